"""Programs whose results go round (`moving`), by every way to run them: does each give what it should?

Run: ``python -m tests.circuits.agreement --programs 2000 --seed 2``, which takes about five minutes.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest

from qirjit_magic.errors import NotSampleableError
from qirjit_magic.session.session import Session
from tests.circuits.chances import most_probable
from tests.circuits.drawing import Family, random_circuit
from tests.circuits.moving import MOVING, ROADS, STRAIGHT_MOVING, write_moving
from tests.circuits.outcomes import exact
from tests.process.shared_runs import be_eager

_SHOTS = {"sparse": 400, "jobs": 100_000}  # so many that there is something to share
_MAX_SHOTS = 2_000
_SHARE = 1_000_000  # seeds of the campaigns begin so far from each other
_FALSE_ALARM = 1e-6
WAYS: Mapping[str, Mapping[str, object]] = {
    "auto": {},
    "live": {"method": "live"},
    "sampled": {"method": "sampled"},
    "sparse": {"simulator": "sparse", "method": "live"},
    "jobs": {"jobs": 2, "method": "live"},
}


@dataclass
class Agreement:
    """What was found.

    Attributes:
        bounds: how probable such deviations are at the most, by way and program; see `most_probable`.
        plans: how often each way took which method, or was refused.
    """

    bounds: dict[str, float] = field(default_factory=dict)
    plans: Counter[str] = field(default_factory=Counter)

    def wrong(self, false_alarm: float) -> dict[str, float]:
        """The runs that deviate more than chance may: right ones do so once in 1/`false_alarm` such sets of runs."""
        return {run: p for run, p in self.bounds.items() if p < false_alarm / len(self.bounds)}


def agreement(seeds: Iterable[int], ways: Iterable[str] = WAYS) -> Agreement:
    """Run a program of each family for each seed, in each of these ways."""
    found = Agreement()
    with pytest.MonkeyPatch.context() as patch, Session() as session, Session() as sharded_run:
        be_eager(patch)
        for one in (session, sharded_run):
            one.add(ROADS, "roads")
        for seed in seeds:
            for family in (MOVING, STRAIGHT_MOVING):
                _try(found, family, seed, {way: sharded_run if way == "jobs" else session for way in ways})
    return found


def _try(found: Agreement, family: Family, seed: int, ways: Mapping[str, Session]) -> None:
    circuit = random_circuit(family, seed)
    expected = exact(circuit)
    name = f"moving_{family.number}_{seed}"
    text = write_moving(name, circuit, family, seed, apart=seed % 4 == 0)
    for way, session in ways.items():
        session.add(text, "moving")
        shots = _SHOTS.get(way, _MAX_SHOTS)
        try:
            result = session.run(name, module="moving", seed=seed, shots=shots, timeout=60, **WAYS[way])  # type: ignore[arg-type]
        except NotSampleableError:
            found.plans[f"{way}: not sampled"] += 1
            continue
        spread = f" in {result.plan.processes} processes" if result.plan.processes > 1 else ""
        found.plans[f"{way}: {result.plan.method} on {result.plan.simulator}{spread}"] += 1
        found.bounds[f"{way} {name}"] = most_probable(result.counts(), expected)


def main() -> int:
    """Say what was found; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.circuits.agreement", description=__doc__)
    parser.add_argument("--programs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=2, help="1 and more: 0 is the tests'")
    given = parser.parse_args()
    first, begun = given.seed * _SHARE, time.monotonic()
    found = agreement(range(first, first + given.programs // 2))
    wrong = found.wrong(_FALSE_ALARM)
    print(f"{given.programs} programs in {time.monotonic() - begun:.0f} s", *found.plans.items(), sep="\n  ")
    print(f"least p {min(found.bounds.values()):.2g} of {len(found.bounds)}, wrong: {wrong}")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
