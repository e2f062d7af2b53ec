"""What memory allows at best: one compiled pass that reads and writes the state, for each pass that fusing leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator

from qirjit_magic import Session
from tests.benchmarks.cases import Case
from tests.benchmarks.circuits import fused_passes
from tests.benchmarks.measurements import FLOOR, Measurement
from tests.files import program

_PASSES = {20: 200, 24: 10}  # each a few hundredths of a second, so that calling weighs little


def measure(case: Case, rounds: int) -> Iterator[Measurement]:
    """The floor of a dense case, where its passes are known; of another nothing."""
    if case.series != "qubits" or case.size not in _PASSES or case.circuit is None:
        return
    passes = fused_passes(case.circuit())
    with Session() as session:
        session.add(program("read_write_pass"), "passes")
        _seconds(session, case.size, 1)  # its memory is there now
        values = tuple(passes * _seconds_a_pass(session, case.size) for _ in range(rounds))
    yield Measurement(case.name, case.title, FLOOR, values)


def _seconds_a_pass(session: Session, qubits: int) -> float:
    passes = _PASSES[qubits]
    return (_seconds(session, qubits, passes) - _seconds(session, qubits, 0)) / passes


def _seconds(session: Session, qubits: int, passes: int) -> float:
    began = time.perf_counter()
    session.run(f"passes{qubits}", args=[passes])
    return time.perf_counter() - began
