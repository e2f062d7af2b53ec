"""What was measured, and the arithmetic of it: medians, spreads, ratios, targets met and missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

OURS = "qirjit_magic"
FLOOR = "bandwidth floor"
Unit = Literal["s", "MiB"]
Kind = Literal["times as fast", "times as long at most", "seconds more at most", "at most"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One who ran one case in several rounds.

    Attributes:
        case: its name.
        title: what the table calls it.
        who: the peer.
        values: one a round: seconds a run, or MiB.
        shots: in each run; fewer than the case has where more would have taken too long.
        wanted_shots: that the case has.
        one: seconds that a run of one shot takes, compiling included.
        unit: of the values.
        why: why there are no values.
        series: the picture in which it is a point, or empty.
        size: where it is there.
    """

    case: str
    title: str
    who: str
    values: tuple[float, ...] = ()
    shots: int = 1
    wanted_shots: int = 1
    one: float = 0.0
    unit: Unit = "s"
    why: str = ""
    series: str = ""
    size: int = 0

    @property
    def costs(self) -> tuple[float, ...]:
        """What the case costs in each round: where fewer shots were run, one and what the others would take."""
        if self.shots == self.wanted_shots:
            return self.values
        if self.shots == 1:
            return tuple(value * self.wanted_shots for value in self.values)
        more = (self.wanted_shots - 1) / (self.shots - 1)
        return tuple(self.one + max(0.0, value - self.one) * more for value in self.values)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some values, the lowest and the highest."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Target:
    """What a case must show.

    Attributes:
        case: its name.
        peer: whom it is compared with; empty where a value of our own is asked for.
        wanted: the number.
        kind: what the number means.
        unit: of a value of our own.
        why: what stands in the way, said where it is missed.
    """

    case: str
    peer: str
    wanted: float
    kind: Kind = "times as fast"
    unit: Unit = "s"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a target.

    Attributes:
        target: the target.
        title: of its case.
        found: the number that it is about; None where it was not measured.
        before: the part of our own time that one shot takes too, compiling included; 0 where one shot is all.
    """

    target: Target
    title: str
    found: Spread | None
    before: float = 0.0

    @property
    def met(self) -> bool | None:
        """Whether the median reaches it; None where it was not measured."""
        if self.found is None:
            return None
        if self.target.kind == "times as fast":
            return self.found.median >= self.target.wanted
        return self.found.median <= self.target.wanted

    @property
    def share(self) -> float:
        """By how much: 2 is twice as good as wanted, 0.5 half as good. Of what is found only."""
        assert self.found
        if self.target.kind == "times as fast":
            return self.found.median / self.target.wanted
        return self.target.wanted / self.found.median if self.found.median > 0 else float("inf")


def spread(values: Sequence[float]) -> Spread | None:
    """The median with the lowest and highest; None of nothing."""
    return Spread(median(values), min(values), max(values)) if values else None


def ratios(ours: Measurement, theirs: Measurement) -> tuple[float, ...]:
    """How many times as much as ours theirs costs, in each round that both were in."""
    return tuple(b / a for a, b in zip(ours.costs, theirs.costs, strict=False))


def verdicts(targets: Iterable[Target], measured: Iterable[Measurement]) -> list[Verdict]:
    """What became of each target."""
    found = {(one.case, one.who): one for one in measured}
    return [_verdict(target, found) for target in targets]


def _verdict(target: Target, measured: dict[tuple[str, str], Measurement]) -> Verdict:
    ours = measured.get((target.case, OURS))
    theirs = measured.get((target.case, target.peer)) if target.peer else ours
    if not ours or not theirs:
        return Verdict(target, ours.title if ours else target.case, None)
    match target.kind:
        case "times as fast":
            values = ratios(ours, theirs)
        case "times as long at most":
            values = ratios(theirs, ours)
        case "seconds more at most":
            values = tuple(a - b for a, b in zip(ours.costs, theirs.costs, strict=False))
        case "at most":
            values = ours.costs
    before = ours.one / median(ours.costs) if ours.values and ours.wanted_shots > 1 else 0.0
    return Verdict(target, ours.title, spread(values), before)
