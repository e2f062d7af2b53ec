"""What pictures of a run are made of: a bounded part of it, and how much there is in all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from qirjit_magic.wire.records import Record
from qirjit_magic.wire.tallies import Tally

SHOWN_ROWS = 25  # of a histogram
SHOWN_RECORDS = 100
SHOWN_MESSAGES = 200
SHOWN_STATES = 4


@dataclass(frozen=True, slots=True)
class Texts:
    """The first texts of a kind, and how many there are."""

    first: tuple[str, ...] = ()
    total: int = 0

    @property
    def more(self) -> int:
        """How many are left out."""
        return self.total - len(self.first)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a picture of a run needs.

    Attributes:
        entry: the entry point's name.
        shots: how many shots finished.
        requested: how many were asked for.
        outcomes: how often each string of results came.
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
    outcomes: Tally = Tally()
    returned: Tally = Tally()
    records: tuple[Record, ...] = field(default=())
    more_records: int = 0
    messages: Texts = Texts()
    states: Texts = Texts()
    qubits: int = 0
    dropped: int = 0


class Summarised(Protocol):
    """A run that can say what its pictures need: `RunResult`."""

    @property
    def summary(self) -> Summary:
        """The run in brief."""
        ...
