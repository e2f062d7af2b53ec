"""`Tally`: how often what came, of which the most frequent are named; made without a Python object for each shot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How often things came.

    Attributes:
        rows: names and counts of the most frequent, sorted by name or value.
        total: how many came in all.
        distinct: how many different ones.
    """

    rows: tuple[tuple[str, int], ...] = ()
    total: int = 0
    distinct: int = 0

    @property
    def rest(self) -> int:
        """How many came that are not named."""
        return self.total - sum(count for _, count in self.rows)

    @property
    def unnamed(self) -> int:
        """How many different ones are not named."""
        return self.distinct - len(self.rows)
