"""More circuits than tests have time for: ``python -m tests.circuits --circuits 1000 --seed 2``."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qirjit_magic.errors import NotSampleableError
from qirjit_magic.session.session import Session
from tests.circuits.chances import most_probable, p_value, uniformity
from tests.circuits.drawing import COLLAPSING, DEEP, Family, random_circuit
from tests.circuits.outcomes import exact, states
from tests.circuits.running import DUMPING, FAMILIES, WAYS, Way, count, difference, dumps, load

_AT_ONCE = 50
_SHARE = 1_000_000  # seeds of the campaigns begin so far from each other
_EXACT = 1e-12
_FALSE_ALARM = 1e-6
_FAMILIES = {**FAMILIES, "deep": DEEP, "collapsing": COLLAPSING}


def main() -> int:
    """Say what was found; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.circuits", description=__doc__)
    parser.add_argument("--circuits", type=int, default=1000, help="how many of each family")
    parser.add_argument("--seed", type=int, default=2, help="1 and more: 0 is the tests'")
    parser.add_argument("--qubits", type=int, default=8, help="how many a circuit has at the most")
    parser.add_argument("--family", choices=_FAMILIES, action="append", help="only this one")
    parser.add_argument("--simulator", action="append", help="only this one")
    given = parser.parse_args()
    seeds = range(given.seed * _SHARE, given.seed * _SHARE + given.circuits)
    wrong = 0
    for name in given.family or _FAMILIES:
        family = replace(_FAMILIES[name], qubits=(1, given.qubits))
        begun = time.monotonic()
        if family.pure:
            said, found = _amplitudes(family, seeds, given.simulator or DUMPING)
        else:
            ways = [way for way in WAYS if way.takes(family) and way.simulator in (given.simulator or [way.simulator])]
            said, found = _distributions(family, seeds, ways)
        wrong += found
        print(f"{name}: {len(seeds)} circuits in {time.monotonic() - begun:.0f} s", *said, sep="\n  ", flush=True)
    return int(wrong > 0)


def _pieces(seeds: range) -> list[range]:
    return [seeds[first : first + _AT_ONCE] for first in range(0, len(seeds), _AT_ONCE)]


def _distributions(family: Family, seeds: range, ways: list[Way]) -> tuple[list[str], int]:
    found: dict[Way, dict[int, float]] = {way: {} for way in ways}
    bounds: dict[str, float] = {}
    used: Counter[str] = Counter()
    for piece in _pieces(seeds):
        with Session() as session:
            circuits = {f"c{seed}": random_circuit(family, seed) for seed in piece}
            modules = load(session, circuits)
            for seed, (name, circuit) in zip(piece, circuits.items(), strict=True):
                expected = exact(circuit)
                for way in ways:
                    try:
                        counted = count(session, name, modules[name], way, seed)
                    except NotSampleableError as error:  # of too many wires
                        used[f"{way}: {error.reason}"] += 1
                        continue
                    used[f"{way}: {counted.simulator}"] += 1
                    found[way][seed] = p_value(counted.counts, expected)
                    bounds[f"{way} {seed}"] = most_probable(counted.counts, expected)
    rejected = {run: p for run, p in bounds.items() if p < _FALSE_ALARM / len(bounds)}
    said = [f"{way}: least p {min(values.values()):.2g}, {_uniform(values)}" for way, values in found.items()]
    return [*said, f"runs: {dict(used)}", f"rejected: {rejected}"], len(rejected)


def _uniform(values: dict[int, float]) -> str:
    uncertain = [p for p in values.values() if p < 1]
    return f"{len(uncertain)} below 1, which are uniform with p {uniformity(uncertain):.2g}"


def _amplitudes(family: Family, seeds: range, simulators: Sequence[str]) -> tuple[list[str], int]:
    most = dict.fromkeys(simulators, 0.0)
    wrong: dict[str, float] = {}
    for piece in _pieces(seeds):
        with Session() as session:
            circuits = {f"c{seed}": random_circuit(family, seed) for seed in piece}
            for name, module in load(session, circuits, dumped=True).items():
                expected, qubits = states(circuits[name]), circuits[name].qubits
                for simulator in simulators:
                    for bits, state in dumps(session, name, module, simulator, qubits=qubits, shots=20):
                        differs = difference(state, expected[bits]) if bits in expected else 2.0
                        most[simulator] = max(most[simulator], differs)
                        if not differs < _EXACT:
                            wrong[f"{simulator} {name} {bits}"] = differs
    return [f"largest differences: {most}", f"wrong: {wrong}"], len(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
