"""Results of runs that nobody ran, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from qirjit_magic.protocol.module_info import EntryPoint, Signature
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.record_columns import TextPool
from qirjit_magic.results.records import RecordTable
from qirjit_magic.session.run_result import RunResult

Row = tuple[RecordKind, int, int]
"""Kind, index of the text, value."""


def bits(word: str) -> list[Row]:
    """The records of a shot that has these results."""
    return [(RecordKind.RESULT, -1, int(bit)) for bit in word]


def counted(counts: dict[str, int]) -> list[list[Row]]:
    """The shots that had these strings of results so often."""
    return [bits(word) for word, count in counts.items() for _ in range(count)]


def table_of(shots: Sequence[Sequence[Row]], strings: Iterable[str] = (), returned: Sequence[int] = ()) -> RecordTable:
    """The records of these shots; what they returned is 0 where nothing else is said."""
    rows = [row for shot in shots for row in shot]
    kinds, texts, values = zip(*rows, strict=True) if rows else ((), (), ())
    return columns_of(
        kinds=np.array(kinds, np.uint8),
        texts=np.array(texts, np.int32),
        values=np.array(values, np.int64),
        ends=np.cumsum([len(shot) for shot in shots], dtype=np.int64),
        returned=np.array(returned or [0] * len(shots), np.int64),
        returned_words=np.zeros((len(shots), 0), np.int64),
        strings=tuple(strings),
    )


def columns_of(*, strings: Sequence[str], **columns: Any) -> RecordTable:
    """The table of these columns, in which a text is an index into the strings."""
    texts, places = TextPool.of(strings)
    places = np.append(places, -1)  # of index -1
    arrays = columns["kinds"] == RecordKind.RESULT_ARRAY
    values = columns["values"].copy()
    values[arrays] = places[values[arrays]]
    columns |= {"texts": places[columns["texts"]].astype(np.int32), "values": values}
    return RecordTable(**columns, strings=texts)


def run_of(
    shots: Sequence[Sequence[Row]],
    strings: Iterable[str] = (),
    *,
    name: str = "main",
    requested: int | None = None,
    returns: str = "void",
    returned: Sequence[int] = (),
    attributes: tuple[tuple[str, str], ...] = (),
) -> RunResult:
    """A result of these shots."""
    entry = EntryPoint(name, Signature(returns), attributes=attributes)
    table = table_of(shots, strings, returned)
    return RunResult("module", entry, table, requested=len(shots) if requested is None else requested)
