"""`Report`: what came of many mutations, as a table."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fuzzing.trial import Outcome

_SHOWN = 2000  # characters of a finding


@dataclass
class Report:
    """Outcomes, counted.

    Attributes:
        seed: what the mutations were made from.
        outcomes: how often each kind of outcome was.
        deaths: how often each kind of death was.
        smallest: the outcome with the smallest program, for each kind of death.
        findings: the outcomes that should not have been.
        slowest: the outcome that took longest.
    """

    seed: int
    outcomes: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    smallest: dict[str, Outcome] = field(default_factory=dict)
    findings: list[Outcome] = field(default_factory=list)
    slowest: Outcome | None = None
    began: float = field(default_factory=time.monotonic)

    def take(self, outcome: Outcome) -> None:
        """Count one more."""
        self.outcomes[outcome.kind] += 1
        if outcome.death:
            self.deaths[outcome.death] += 1
            known = self.smallest.get(outcome.death)
            if known is None or outcome.bytes < known.bytes:
                self.smallest[outcome.death] = outcome
        if outcome.finding:
            self.findings.append(outcome)
        if self.slowest is None or outcome.seconds > self.slowest.seconds:
            self.slowest = outcome

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        count, seconds = sum(self.outcomes.values()), time.monotonic() - self.began
        yield f"seed {self.seed}: {count:,} mutations in {seconds:,.0f} s, {count / max(seconds, 1e-9):.1f} a second"
        if self.slowest:
            yield f"the slowest: --only {self.slowest.index}, {self.slowest.seconds:.1f} s"
        yield "\noutcomes"
        for kind, number in self.outcomes.most_common():
            yield f"{number:8,}  {kind}"
        yield f"\nengine processes that died: {sum(self.deaths.values()):,}"
        for death, number in self.deaths.most_common():
            yield f"{number:8,}  {death}  (--only {self.smallest[death].index})"
        yield f"\nfindings: {len(self.findings)}"
        for outcome in self.findings:
            yield f"--only {outcome.index}: {outcome.kind}: {outcome.finding[:_SHOWN]}"
