"""`RunResult`: what a run gave, in columns; Python objects are made when somebody looks."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, get_args, overload

import numpy as np

from qirjit_magic.display import summary as parts
from qirjit_magic.display import views
from qirjit_magic.display.histogram import Histogram, Order, draw
from qirjit_magic.errors import OptionError
from qirjit_magic.options import OutputFormat
from qirjit_magic.protocol.module_info import Diagnostic, EntryPoint
from qirjit_magic.protocol.return_values import Returned, recorded_words, returned_value
from qirjit_magic.protocol.shared_memory import TEXT_KINDS, RecordKind
from qirjit_magic.protocol.timings import UNTIMED, Timings
from qirjit_magic.results.containers import Output, nested
from qirjit_magic.results.counts import NO_COUNTS, Counts, count_values_in_words
from qirjit_magic.results.output_schemas import header, shot_lines
from qirjit_magic.results.records import Record, RecordTable
from qirjit_magic.results.sampled import SampledTable
from qirjit_magic.sanitize import sanitize_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)
MAX_BARS = 1_000
_FAILED = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """The way in which a run was carried out: simulator, method, number of processes, and the reason."""

    simulator: str
    method: str = "live"
    why: str = ""
    processes: int = 1

    def __str__(self) -> str:
        because = f": {sanitize_line(self.why)}" if self.why else ""
        spread = f" in {self.processes} processes" if self.processes > 1 else ""
        return f"{self.method} shots on the simulator '{sanitize_line(self.simulator)}'{spread}{because}"


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot.

    Attributes:
        records: what it recorded, in order; messages are among them.
        returned: what the entry point returned.
        exit_code: the number of its END line.
    """

    records: tuple[Record, ...]
    returned: Returned = None
    exit_code: int = 0

    @property
    def outputs(self) -> tuple[Record, ...]:
        """Its records that are outputs, each with its label: messages and state dumps are left out."""
        return tuple(record for record in self.records if record.kind not in TEXT_KINDS)

    @property
    def messages(self) -> tuple[str, ...]:
        """The texts of its messages and state dumps."""
        return tuple(str(record.value) for record in self.records if record.kind in TEXT_KINDS)


class Shots(Sequence[Shot]):
    """The finished shots of a run, each made when it is looked at."""

    def __init__(self, table: RecordTable | SampledTable, entry: EntryPoint) -> None:
        self._table = table
        self._entry = entry

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, index: int) -> Shot: ...
    @overload
    def __getitem__(self, index: slice) -> list[Shot]: ...
    def __getitem__(self, index: int | slice) -> Shot | list[Shot]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        word = int(self._table.returned[place])
        exit_code = word if self._entry.exit_code_returned else 0
        words = self._table.returned_words[place].tolist()
        returned = returned_value(self._entry.signature.returns, word, words)
        return Shot(self._table.shot(place), returned, exit_code)

    def __repr__(self) -> str:
        return f"<{len(self):,} shots>"


class Outputs(Sequence[tuple[Output, ...] | list[Output]]):
    """The outputs of the finished shots of a run, a Python value each, made when it is looked at."""

    def __init__(self, table: RecordTable | SampledTable) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, index: int) -> tuple[Output, ...] | list[Output]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[Output, ...] | list[Output]]: ...
    def __getitem__(
        self, index: int | slice
    ) -> tuple[Output, ...] | list[Output] | list[tuple[Output, ...] | list[Output]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return nested(self._table.shot(range(len(self))[index]))

    def __repr__(self) -> str:
        return f"<the outputs of {len(self):,} shots>"


@dataclass(frozen=True, eq=False)
class RunResult:
    """The records of a run, in columns; Python objects are made of them when they are asked for.

    Attributes:
        module: the module's name.
        entry: the entry point that was run.
        table: the records of the finished shots, as NumPy columns.
        requested: the number of shots that were asked for.
        seed: the seed of the simulator's random stream, 64 bits; None for a simulator that takes none.
        plan: how it was carried out: simulator, method, processes.
        unfinished: the records of the shot that did not finish, where there is one; it counts nowhere else.
        stdout: what native code wrote to descriptor 1; of a flood both ends, and between them a line that says so.
        stderr: the same of descriptor 2.
        notices: remarks about the run, such as global variables that started anew.
        dropped: the number of records and texts that found no room: 0 unless one shot records a million, or megabytes.
        unkept: the bytes that were written to descriptors 1 and 2 and are neither in stdout nor in stderr.
        timings: the seconds of each step; the first run after its module was added has the steps of that too.

    Example:
        >>> result = qir.run(bell, shots=100, seed=7)
        >>> result.entry.name, result.requested, result.seed, result.partial
        ('bell', 100, 7, False)
    """

    module: str
    entry: EntryPoint
    table: RecordTable | SampledTable = field(repr=False)
    requested: int = 1
    seed: int | None = None
    plan: Plan = Plan("statevector")
    unfinished: Sequence[Record] | None = field(default=None, repr=False)
    stdout: str = field(default="", repr=False)
    stderr: str = field(default="", repr=False)
    notices: tuple[Diagnostic, ...] = field(default=(), repr=False)
    dropped: int = 0
    unkept: int = 0
    timings: Timings = field(default=UNTIMED, repr=False)

    @property
    def partial(self) -> bool:
        """Return whether fewer shots finished than were asked for: a bool."""
        return len(self.table) < self.requested

    @cached_property
    def shots(self) -> Shots:
        """The finished shots, a lazy sequence of `Shot`."""
        return Shots(self.table, self.entry)

    @cached_property
    def records(self) -> Outputs:
        """The outputs of each finished shot as a Python value, a lazy sequence.

        RESULT is 0 or 1, BOOL a bool, INT an int, DOUBLE a float, RESULT_ARRAY a list of 0 and 1; TUPLE is a tuple and
        ARRAY a list of the items that follow it. A shot is the value of the one container that holds all its outputs,
        else a tuple of them in recording order, as the specification says. A container that promises more items than
        follow has those that do. Labels and messages are in ``shots``.
        """
        return Outputs(self.table)

    @cached_property
    def returns(self) -> list[Returned]:
        """The values that the entry point returned: one Python value a shot.

        An integer is an int, ``i1`` a bool, ``double`` and ``float`` a float, a struct a tuple and an array a list of
        such; ``void`` is None. A pointer to a result is the result's value, 0 or 1; any other is its address.
        """
        kind = self.entry.signature.returns
        words = zip(self.table.returned.tolist(), self.table.returned_words.tolist(), strict=True)
        return [returned_value(kind, word, recorded) for word, recorded in words]

    @cached_property
    def messages(self) -> list[str]:
        """Messages and state dumps of all shots in order, those of a shot that did not finish last."""
        rest = [str(record.value) for record in self.unfinished or () if record.kind in TEXT_KINDS]
        return self.table.messages() + rest

    def counts(self) -> dict[str, int]:
        """Count the strings of results, sorted by the string.

        Returns:
            The number of shots by string. The result that was recorded first is the leftmost character, ``0`` or
            ``1``, the next one stands right of it, and so on. Empty where the program records no result.

        Example:
            >>> counts = qir.run(bell, shots=1000, seed=7).counts()
            >>> list(counts), counts["00"] + counts["11"]
            (['00', '11'], 1000)
        """
        return self.table.counts()

    def to_text(self, format: OutputFormat = "labeled") -> str:  # noqa: A002 - the word of the specification and of --format
        """Write the run as text.

        Args:
            format: ``labeled`` or ``ordered``, the output schemas of the QIR specification 2.1, with messages as INFO
                lines; ``json``: one object a shot; ``counts``: a string of results, a tab and the number of its shots;
                ``none``: nothing.

        Raises:
            OptionError: there is no such format.

        Example:
            >>> text = qir.run(bell, seed=7).to_text("labeled")
            >>> [line.split() for line in text.splitlines()[:3]]
            [['HEADER', 'schema_id', 'labeled'], ['HEADER', 'schema_version', '2.1'], ['START']]
        """
        if format not in FORMATS:
            raise OptionError("format", format, f"one of {', '.join(FORMATS)}")
        return "".join(f"{line}\n" for line in self._lines(format))

    def _lines(self, form: OutputFormat) -> Iterator[str]:
        if form == "counts":
            yield from (f"{key}\t{count}" for key, count in self.counts().items())
        elif form == "json":
            yield from (json.dumps(_json_shot(shot), ensure_ascii=False) for shot in self.shots)
        elif form != "none":
            yield from header(form)
            metadata = self.entry.attributes
            for shot in self.shots:
                yield from shot_lines(shot.records, metadata, shot.exit_code, schema=form)
            if self.unfinished is not None:
                yield from shot_lines(self.unfinished, metadata, _FAILED, schema=form)

    def __str__(self) -> str:
        return views.describe(self.summary)

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - the signature is IPython's
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, str]:
        return {"text/plain": views.describe(self.summary), "text/html": views.result_html(self.summary)}

    def histogram(self, *, top: int = parts.SHOWN_ROWS, order: Order = "value") -> Histogram:
        """Draw the strings of results as a picture, which a notebook displays.

        Args:
            top: the number of the most frequent strings that have a bar of their own, at most 1,000; the others have
                one together.
            order: ``value``, sorted by the string, or ``count``, the most frequent first.

        Returns:
            The picture; ``svg()`` and ``text()`` give it as text.

        Raises:
            OptionError: there is no such number or order.

        Example:
            >>> picture = qir.run(bell, shots=1000, seed=7).histogram(order="count")
            >>> picture.svg().startswith("<svg")
            True
        """
        if not 1 <= top <= MAX_BARS:
            raise OptionError("top", top, f"a number from 1 to {MAX_BARS:,}")
        if order not in get_args(Order):
            raise OptionError("order", order, f"one of {', '.join(get_args(Order))}")
        chart = views.outcomes(self.summary)
        return replace(chart, counts=self.table.top_counts(top), order=order)

    def plot(self, ax: Axes | None = None, *, top: int = parts.SHOWN_ROWS, order: Order = "value") -> Axes:
        """Draw the strings of results with matplotlib, which the extra ``plot`` installs.

        Args:
            ax: the axes to draw on; those of a new figure of pyplot where None.
            top: the number of bars, see `histogram`.
            order: their order, see `histogram`.

        Returns:
            matplotlib's axes, to change them or to save their figure.

        Raises:
            MissingPackageError: matplotlib is not installed.
            OptionError: there is no such number or order.

        Example:
            >>> from matplotlib.figure import Figure
            >>> axes = qir.run(bell, shots=1000, seed=7).plot(Figure().subplots())
            >>> len(axes.patches)
            2
        """
        return draw(self.histogram(top=top, order=order), ax)

    @cached_property
    def summary(self) -> parts.Summary:
        """The part of the run that pictures show, bounded, with the number of shots and records."""
        records, more = self.table.first_records(parts.SHOWN_RECORDS) if len(self.table) == 1 else ((), 0)
        return parts.Summary(
            entry=self.entry.name,
            shots=len(self.table),
            requested=self.requested,
            outcomes=NO_COUNTS if records else self.table.top_counts(parts.SHOWN_ROWS),
            returned=NO_COUNTS if self._returned_nothing or not len(self.table) else self._returned(parts.SHOWN_ROWS),
            records=records,
            more_records=more,
            messages=self._texts(RecordKind.MESSAGE, parts.SHOWN_MESSAGES),
            states=self._texts(RecordKind.DUMP, parts.SHOWN_STATES),
            qubits=_qubits(self.entry),
            dropped=self.dropped,
        )

    def _texts(self, kind: RecordKind, limit: int) -> parts.FirstTexts:
        first, total = self.table.first_texts(kind, limit)
        rest = tuple(str(record.value) for record in self.unfinished or () if record.kind == kind)
        return parts.FirstTexts((*first, *rest)[:limit], total + len(rest))

    def _returned(self, limit: int) -> Counts:
        kind = self.entry.signature.returns
        recorded = bool(recorded_words(kind))
        words = self.table.returned_words.T if recorded else self.table.returned[np.newaxis]
        return count_values_in_words(words, lambda row: returned_value(kind, row[0], row), limit)

    @property
    def _returned_nothing(self) -> bool:
        # An exit code of 0 is no news.
        void = self.entry.signature.returns == "void"
        return void or (self.entry.exit_code_returned and not self.table.returned.any())

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to show but messages: one finished shot, no record, none returned."""
        return self.summary.only_messages


def _qubits(entry: EntryPoint) -> int:
    said = dict(entry.attributes).get("required_num_qubits", "")
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else 0


def _json_shot(shot: Shot) -> dict[str, object]:
    records = [{"kind": r.kind.name, "value": _json_value(r.value), "label": r.label} for r in shot.records]
    return {"records": records, "returned": _json_value(shot.returned), "exit_code": shot.exit_code}


def _json_value(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_json_value(item) for item in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value
