"""The summary of a run that its views show: a bounded part of it, and the number of shots and records in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from qirjit_magic.results.counts import NO_COUNTS, Counts
from qirjit_magic.results.records import Record

SHOWN_ROWS = 25  # of a histogram
SHOWN_RECORDS = 100
SHOWN_MESSAGES = 200
SHOWN_STATES = 4


@dataclass(frozen=True, slots=True)
class FirstTexts:
    """The first texts of a kind, and how many there are."""

    first: tuple[str, ...] = ()
    total: int = 0

    @property
    def more(self) -> int:
        """The number of entries that are left out."""
        return self.total - len(self.first)


_NO_TEXTS = FirstTexts()


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of a run, as its views need it.

    Attributes:
        entry: the entry point's name.
        shots: how many shots finished.
        requested: how many were asked for.
        outcomes: how often each string of results came; nothing where `records` has more to say.
        returned: how often each value was returned; empty for ``void``.
        records: the first records of a single shot, at most `SHOWN_RECORDS`, messages left out.
        more_records: how many more there are.
        messages: of all shots.
        states: the texts of state dumps, of all shots.
        qubits: how many qubits the entry point says that it needs, 0 where it does not say.
        dropped: how many records and texts found no room.
    """

    entry: str
    shots: int
    requested: int
    outcomes: Counts = NO_COUNTS
    returned: Counts = NO_COUNTS
    records: tuple[Record, ...] = ()
    more_records: int = 0
    messages: FirstTexts = _NO_TEXTS
    states: FirstTexts = _NO_TEXTS
    qubits: int = 0
    dropped: int = 0

    @property
    def only_messages(self) -> bool:
        """Return whether there are only messages to show: one finished shot, no record, no state, nothing returned."""
        something = self.outcomes.total or self.returned.total or self.records or self.states.total
        return self.shots == self.requested == 1 and not something


class Summarised(Protocol):
    """A run that has a summary for its views: `RunResult`."""

    @property
    def summary(self) -> Summary:
        """The run in brief."""
