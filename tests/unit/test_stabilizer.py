"""Gates of the stabilizer simulator: each on each state, in each basis; rotations by each number of quarter turns."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from qirjit_magic.engine.simulators.operation_trace import QUBITS_OF
from qirjit_magic.engine.simulators.stabilizer import CliffordProgram
from qirjit_magic.protocol.operations import Op
from tests.unit.traces import Entry, distribution, gate, measure, record, trace

_STATES: dict[str, tuple[Op, ...]] = {"0": (), "+": (Op.H,), "+i": (Op.H, Op.S)}
_BASES: dict[str, tuple[Op, ...]] = {"Z": (), "X": (Op.H,), "Y": (Op.S_ADJ, Op.H)}
_GATES = (Op.H, Op.X, Op.Y, Op.Z, Op.S, Op.S_ADJ, Op.SX, Op.CX, Op.CY, Op.CZ, Op.SWAP)
_ROTATIONS = (Op.RX, Op.RY, Op.RZ, Op.RXX, Op.RYY, Op.RZZ)
_SHOTS = 128  # of up to four strings, all as likely: one is missing once in 10**15 runs


def _programs(op: Op, quarters: int = 0) -> Iterator[tuple[str, list[Entry]]]:
    qubits = range(QUBITS_OF[op])
    for states in itertools.product(_STATES, repeat=len(qubits)):
        for bases in itertools.product(_BASES, repeat=len(qubits)):
            before = [gate(each, q) for q in qubits for each in _STATES[states[q]]]
            after = [gate(each, q) for q in qubits for each in _BASES[bases[q]]]
            ends = [*(measure(q, q) for q in qubits), *(record(q) for q in qubits)]
            turn = gate(op, *qubits, angle=quarters * np.pi / 2)
            yield f"|{' '.join(states)}> in {' '.join(bases)}", [*before, turn, *after, *ends]


@pytest.mark.parametrize(
    ("op", "quarters"),
    [*((op, 0) for op in _GATES), *itertools.product(_ROTATIONS, (-3, -2, -1, 0, 1, 2, 3, 6))],
    ids=lambda value: value.name if isinstance(value, Op) else str(value),
)
def test_a_gate_is_its_matrix_on_each_state_in_each_basis(op: Op, quarters: int) -> None:
    # A measurement of a stabilizer state is certain, or each outcome as likely: which there are says everything.
    wrong = {}
    for name, entries in _programs(op, quarters):
        rows = CliffordProgram(trace(*entries), 1).columns(0, _SHOTS)
        drawn = {"".join(str(int(bit)) for bit in shot) for shot in zip(*rows, strict=True)}
        if drawn != (exact := distribution(entries).keys()):
            wrong[name] = (drawn, set(exact))
    assert wrong == {}


@pytest.mark.parametrize("op", _ROTATIONS, ids=lambda op: op.name)
def test_a_turn_and_the_one_back_have_other_certain_outcomes_somewhere(op: Op) -> None:
    # Else the comparison above could not tell one from the other.
    found = [[distribution(entries).keys() for _, entries in _programs(op, quarters)] for quarters in (1, -1)]
    assert any(len(one) == len(other) == 1 and one != other for one, other in zip(*found, strict=True))
