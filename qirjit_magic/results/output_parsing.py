"""Output text to records: both output schemas of the QIR specification, and what qirrunner prints.

Source: qir-alliance/qir-spec, specification/output_schemas/Grammars.md. Beyond that grammar stands what `schemas`
writes: INFO lines, state dumps, exit codes other than 0, records without a label, files without a shot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

from qirjit_magic.errors import RecordError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.shared_memory import TEXT_KINDS, RecordKind
from qirjit_magic.results.containers import top_items
from qirjit_magic.results.output_schemas import Schema, header, read_field, read_message, read_record, shot_lines
from qirjit_magic.results.records import Record

Pairs = tuple[tuple[str, str], ...]
_SCHEMAS: dict[str, Schema] = {name: name for name in get_args(Schema)}
_END_OF_LINE = lazy_pattern(r"\r\n|\r|\n")
_QIRRUNNER_END_OF_LINE = lazy_pattern(r"\r?\n")  # a label may have a CR in it
_EXIT_CODE = lazy_pattern("[+-]?[0-9]{1,20}")
_FIRST_HEADERS = ("schema_id", "schema_version")
_STATE = "STATE: "  # begins the last line of a state dump
_DUMP_LINES = ("Global Results: ", _STATE)
_LEGACY_TYPES = (("BOOL", "true|false"), ("RESULT", "[01]"), ("INT", "[+-]?[0-9]+"))
_CONTAINERS = ("TUPLE", "ARRAY")
_NAME_AND_VALUE = 2
_FAILED = "1"


@dataclass(frozen=True, slots=True)
class ParsedShot:
    """One shot of an output text.

    Attributes:
        records: its records in order, messages and state dumps among them.
        metadata: the entry point's attributes; where the shot has none, those of the shot before.
        exit_code: the number of its END line.
    """

    records: tuple[Record, ...] = ()
    metadata: Pairs = ()
    exit_code: int = 0

    @property
    def messages(self) -> tuple[str, ...]:
        """The texts of its messages and state dumps."""
        return tuple(str(record.value) for record in self.records if record.kind in TEXT_KINDS)


@dataclass(frozen=True, slots=True)
class ParsedOutput:
    """The shots of an output text.

    Attributes:
        schema: the schema that it is in; qirrunner's text counts as labeled.
        version: the version of the schema; empty for qirrunner's text, which names none.
        shots: the shots in order.
        headers: the name and value of each further HEADER line.
    """

    schema: Schema
    version: str
    shots: tuple[ParsedShot, ...]
    headers: Pairs = ()

    def to_text(self, schema: Schema = "labeled") -> str:
        """The shots as text in an output schema of the QIR specification 2.1."""
        return "".join(f"{line}\n" for line in self._lines(schema))

    def _lines(self, schema: Schema) -> Iterator[str]:
        yield from header(schema)
        for shot in self.shots:
            yield from shot_lines(shot.records, shot.metadata, shot.exit_code, schema=schema)


def parse_output(text: str) -> ParsedOutput:
    """Read an output text: labeled, ordered, or qirrunner's text without HEADER lines (see `from_qirrunner`).

    Raises:
        RecordError: a line is none of these; it has the line.

    Example:
        >>> text = qir.run(bell, shots=2, seed=7).to_text("labeled")
        >>> parsed = qir.parse_output(text)
        >>> parsed.schema, len(parsed.shots), len(parsed.shots[0].records)
        ('labeled', 2, 2)
    """
    text = text.removeprefix("\ufeff")
    if text.lstrip("\r\n").startswith("START"):
        return _read(_QirrunnerReader(), _QIRRUNNER_END_OF_LINE.split(text))
    return _read(_SchemaReader(), _END_OF_LINE.split(text))


def from_qirrunner(text: str) -> str:
    r"""Write what qirrunner printed in the labeled schema of the QIR specification.

    HEADER lines are put before it. Records of legacy functions (``RESULT``, a tab and a value) become OUTPUT records of
    the type that the value shows: 0 and 1 are taken for results, although they may be integers. Containers between a
    start and an end become a record with the number of their items. Tabs and line breaks in labels are escaped. Exit
    codes stay as they are: qirrunner prints 0 for every shot. Where the text breaks off in a shot, that shot ends
    with 1.

    Raises:
        RecordError: qirrunner prints no such line; it has the line.

    Example:
        >>> lines = ["START", "METADATA\tentry_point", "OUTPUT\tRESULT\t1\tc0", "END\t0"]
        >>> text = qir.from_qirrunner("\n".join(lines))
        >>> text.splitlines()[0].split("\t"), qir.parse_output(text).shots[0].records[0].value
        (['HEADER', 'schema_id', 'labeled'], 1)
    """
    return parse_output(text).to_text()


def _read(reader: _SchemaReader | _QirrunnerReader, lines: list[str]) -> ParsedOutput:
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=1):
        try:
            reader.read(line)
        except RecordError as error:
            raise replace(error, line=number, source_line=line) from None
    return reader.output()


class _OutputReader:
    """Reads the lines of shots, one by one."""

    def __init__(self) -> None:
        self.shots: list[ParsedShot] = []
        self.begun = False  # whether a shot is
        self.records: list[Record] = []
        self.metadata: list[tuple[str, str]] = []
        self.dump: list[str] = []
        self._known: dict[str, Record] = {}  # by line: shots are much alike

    def read(self, line: str) -> None:
        """Take the next line."""
        if line in self._known:
            self.add(self._known[line])
            return
        match line.split("\t"):
            case ["START"]:
                self._start()
            case ["METADATA", name, *value] if len(value) <= 1:
                self.add_metadata(name, *value)
            case ["OUTPUT", kind, value, *label] if len(label) <= 1:
                self._known[line] = read_record(kind, value, self.read_label(label[0]) if label else None)
                self.add(self._known[line])
            case ["INFO", text]:
                self.add(Record(RecordKind.MESSAGE, read_message(text)))
            case ["END", code]:
                self.end(code)
            case _:
                self.read_other(line)

    def read_label(self, text: str) -> str:
        """The label as it was."""
        return read_field(text)

    def read_other(self, line: str) -> None:
        """Take a line that is no record of the specification."""
        if line.startswith(_DUMP_LINES):
            self.check_begun()
            self.dump.append(line)
            if line.startswith(_STATE):
                self._end_dump()
        elif line:
            raise RecordError("this is no START, METADATA, OUTPUT, INFO or END with what belongs to it between tabs.")

    def add(self, record: Record) -> None:
        """The shot has one more record."""
        self.check_begun()
        self._end_dump()
        self.records.append(record)

    def add_metadata(self, name: str, value: str = "") -> None:
        """The shot has one more attribute."""
        self.check_begun()
        self.metadata.append((read_field(name), read_field(value)))

    def _start(self) -> None:
        if self.begun:
            raise RecordError("a shot starts before the END of the one before.")
        self.begun = True

    def end(self, code: str) -> None:
        """The shot is over."""
        self.check_begun()
        self._end_dump()
        if not _EXIT_CODE.fullmatch(code):
            raise RecordError(f"the exit code is {code!r}: it must be an integer.")
        metadata = tuple(self.metadata) or (self.shots[-1].metadata if self.shots else ())
        self.shots.append(ParsedShot(tuple(self.records), metadata, int(code)))
        self.begun = False
        self.records.clear()
        self.metadata.clear()

    def check_begun(self) -> None:
        """A shot must have begun."""
        if not self.begun:
            raise RecordError("the line lies in no shot: START comes first.")

    def _end_dump(self) -> None:
        if self.dump:
            self.records.append(Record(RecordKind.DUMP, "\n".join(self.dump)))
            self.dump.clear()


class _SchemaReader(_OutputReader):
    """Reads a text that says its schema in HEADER lines."""

    def __init__(self) -> None:
        super().__init__()
        self._headers: list[tuple[str, str]] = []

    def read(self, line: str) -> None:
        """Take the next line."""
        if line.startswith("HEADER\t"):
            self._read_header(line)
        elif line and len(self._headers) < len(_FIRST_HEADERS):
            raise RecordError(f"the text must begin with the HEADER lines of {' and '.join(_FIRST_HEADERS)}.")
        else:
            super().read(line)

    def read_label(self, text: str) -> str:
        """The label as it was."""
        if self._headers[0][1] == "ordered":
            raise RecordError("there are no labels in the ordered schema.")
        return read_field(text)

    def output(self) -> ParsedOutput:
        """Return the shots that were read."""
        if len(self._headers) < len(_FIRST_HEADERS):
            raise RecordError(f"the text has no HEADER lines of {' and '.join(_FIRST_HEADERS)}.")
        if self.begun:
            raise RecordError(f"the text ends before the END of shot {len(self.shots)}.")
        (_, schema), (_, version), *more = self._headers
        return ParsedOutput(_SCHEMAS[schema], version, tuple(self.shots), tuple(more))

    def _read_header(self, line: str) -> None:
        if self.begun or self.shots:
            raise RecordError("HEADER lines stand once, before all shots.")
        fields = [read_field(field) for field in line.split("\t")[1:]]
        if len(fields) != _NAME_AND_VALUE:
            raise RecordError("a HEADER has a name and a value.")
        name, value = fields
        place = len(self._headers)
        if place < len(_FIRST_HEADERS) and name != _FIRST_HEADERS[place]:
            raise RecordError(f"the header is {name!r}: {_FIRST_HEADERS[place]} comes first.")
        if not place and value not in _SCHEMAS:
            raise RecordError(f"the schema is {value!r}: it must be {' or '.join(_SCHEMAS)}.")
        self._headers.append((name, value))


class _QirrunnerReader(_OutputReader):
    """Reads what qirrunner prints: only messages are escaped, and legacy functions have records of another form."""

    def __init__(self) -> None:
        super().__init__()
        self._containers: list[int] = []  # where the records of those stand that have no end yet

    def read_label(self, text: str) -> str:
        """The label as it was."""
        return text

    def add_metadata(self, name: str, value: str = "") -> None:
        """The shot has one more attribute."""
        self.check_begun()
        self.metadata.append((name, value))

    def read_other(self, line: str) -> None:
        """Take a line that is no record of the specification."""
        match line.split("\t"):
            case ["RESULT", value]:
                self._read_legacy(value)
            case ["OUTPUT", kind, value, *label]:
                self.add(read_record(kind, value, "\t".join(label)))
            case ["METADATA", name, *value]:
                self.add_metadata(name, "\t".join(value))
            case _ if self._in_label and not line.startswith(_DUMP_LINES):
                last = self.records.pop()
                self.add(replace(last, label=f"{last.label}\n{line}"))
            case _:
                super().read_other(line)

    def end(self, code: str) -> None:
        """The shot is over."""
        super().end(code)
        self._containers.clear()

    def output(self) -> ParsedOutput:
        """Return the shots that were read."""
        if self.begun:
            self.end(_FAILED)
        return ParsedOutput("labeled", "", tuple(self.shots))

    @property
    def _in_label(self) -> bool:
        # A label is printed as it is; a line break in it ends the line, but not the label.
        return self.begun and not self.dump and bool(self.records) and self.records[-1].label is not None

    def _read_legacy(self, value: str) -> None:
        kind, _, edge = value.partition("_")
        if kind not in _CONTAINERS:
            self.add(read_record(_legacy_type(value), value))
        elif edge == "START":
            self.add(Record(RecordKind[kind], 0))
            self._containers.append(len(self.records) - 1)
        elif edge == "END" and self._containers and self.records[self._containers[-1]].kind.name == kind:
            place = self._containers.pop()
            self.records[place] = Record(RecordKind[kind], len(top_items(self.records[place + 1 :])))
        else:
            raise RecordError(f"no {kind} was begun last that could end here.")


def _legacy_type(value: str) -> str:
    return next((kind for kind, pattern in _LEGACY_TYPES if re.fullmatch(pattern, value)), "DOUBLE")
