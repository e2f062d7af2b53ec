"""A run as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qirjit_magic.plain import plain_line
from qirjit_magic.wire.records import Record
from qirjit_magic.wire.schemas import record_line

SHOWN_ROWS = 25
SHOWN_RECORDS = 100
_BAR = 30


@dataclass(frozen=True, slots=True)
class Summary:
    """What a picture of a run needs.

    Attributes:
        entry: the entry point's name.
        shots: how many shots finished.
        requested: how many were asked for.
        counts: how often each string of results came.
        returned: how often each value was returned, most frequent first; empty for ``void``.
        records: the first records of a single shot, at most `SHOWN_RECORDS`, messages left out.
        more_records: how many more there are.
        dropped: how many records and texts found no room.
    """

    entry: str
    shots: int
    requested: int
    counts: dict[str, int]
    returned: tuple[tuple[str, int], ...] = ()
    records: tuple[Record, ...] = ()
    more_records: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a histogram; ``share`` is between 0 and 1."""

    name: str
    count: int
    share: float


def title(summary: Summary) -> str:
    """``Bell · 1,000 shots``, and what is missing."""
    asked = "" if summary.shots == summary.requested else f" of {summary.requested:,}"
    shots = f"{summary.shots:,}{asked} shot{'' if summary.shots == summary.requested == 1 else 's'}"
    stopped = "" if summary.shots == summary.requested else ", stopped before the end"
    dropped = f", {summary.dropped:,} records and texts found no room" if summary.dropped else ""
    return f"{summary.entry} · {shots}{stopped}{dropped}"


def rows(counts: tuple[tuple[str, int], ...] | dict[str, int]) -> list[Row]:
    """The rows of a histogram: the most frequent in their order, the others as one row."""
    items = list(counts.items() if isinstance(counts, dict) else counts)
    total = sum(count for _, count in items) or 1
    frequent = {name for name, _ in sorted(items, key=lambda item: -item[1])[:SHOWN_ROWS]}
    shown = [Row(name, count, count / total) for name, count in items if name in frequent]
    rest = [count for name, count in items if name not in frequent]
    return [*shown, Row(f"{len(rest):,} others", sum(rest), sum(rest) / total)] if rest else shown


def unshown(summary: Summary) -> list[str]:
    """A line about the records that are not shown, where there are any."""
    return [f"… and {summary.more_records:,} more records"] if summary.more_records else []


def describe(summary: Summary) -> str:
    """The run in a few lines."""
    return "\n".join(map(plain_line, _lines(summary)))


def _lines(summary: Summary) -> Iterator[str]:
    yield title(summary)
    if summary.records:
        for record in summary.records:
            yield record_line(record, labeled=True).partition("\t")[2].expandtabs()
        yield from unshown(summary)
    elif summary.counts:
        yield from _histogram(rows(summary.counts))
    if summary.returned:
        yield "returned"
        yield from _histogram(rows(summary.returned)) if summary.shots > 1 else [summary.returned[0][0]]


def _histogram(shown: list[Row]) -> Iterator[str]:
    width = max(len(row.name) for row in shown)
    count_width = max(len(f"{row.count:,}") for row in shown)
    longest = max(row.share for row in shown) or 1
    for row in shown:
        bar = "█" * round(_BAR * row.share / longest)
        yield f"{row.name:<{width}}  {row.count:>{count_width},}  {row.share:6.1%}  {bar}".rstrip()
