"""Rotations of the stabilizer simulator: each by each number of quarter turns, on each state, in each basis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from qirjit_magic.engine.simulators.stabilizer import CliffordProgram
from qirjit_magic.engine.simulators.tape import QUBITS_OF, Op
from tests.unit.tapes import Entry, distribution, gate, measure, record, tape

_STATES: dict[str, tuple[Op, ...]] = {"0": (), "+": (Op.H,), "+i": (Op.H, Op.S)}
_BASES: dict[str, tuple[Op, ...]] = {"Z": (), "X": (Op.H,), "Y": (Op.S_ADJ, Op.H)}
_SHOTS = 128  # of up to four strings, all as likely: one is missing once in 10**15 runs


def _programs(op: Op, quarters: int) -> Iterator[tuple[str, list[Entry]]]:
    qubits = range(QUBITS_OF[op])
    for states in itertools.product(_STATES, repeat=len(qubits)):
        for bases in itertools.product(_BASES, repeat=len(qubits)):
            before = [gate(each, q) for q in qubits for each in _STATES[states[q]]]
            after = [gate(each, q) for q in qubits for each in _BASES[bases[q]]]
            ends = [*(measure(q, q) for q in qubits), *(record(q) for q in qubits)]
            turn = gate(op, *qubits, angle=quarters * np.pi / 2)
            yield f"|{' '.join(states)}> in {' '.join(bases)}", [*before, turn, *after, *ends]


@pytest.mark.parametrize("quarters", [-3, -2, -1, 0, 1, 2, 3, 6])
@pytest.mark.parametrize("op", [Op.RX, Op.RY, Op.RZ, Op.RXX, Op.RYY, Op.RZZ], ids=lambda op: op.name)
def test_a_rotation_by_quarter_turns_is_that_of_its_matrix(op: Op, quarters: int) -> None:
    # A measurement of a stabilizer state is certain, or each outcome as likely: which there are says everything.
    wrong = {}
    for name, entries in _programs(op, quarters):
        rows = CliffordProgram(tape(*entries), 1).columns(0, _SHOTS)
        drawn = {"".join(str(int(bit)) for bit in shot) for shot in zip(*rows, strict=True)}
        if drawn != (exact := distribution(entries).keys()):
            wrong[name] = (drawn, set(exact))
    assert wrong == {}


def test_the_sense_of_each_rotation_is_seen_in_a_certain_outcome() -> None:
    # Else the comparison above could not tell a turn from the one back.
    for op in (Op.RX, Op.RY, Op.RZ, Op.RXX, Op.RYY, Op.RZZ):
        found = {quarters: [distribution(entries) for _, entries in _programs(op, quarters)] for quarters in (1, -1)}
        assert any(
            len(one) == len(other) == 1 and one.keys() != other.keys()
            for one, other in zip(found[1], found[-1], strict=True)
        )
