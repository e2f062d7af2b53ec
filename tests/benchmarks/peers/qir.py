"""Who else runs QIR: each call is given the text of the program, compiles it and runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.benchmarks.peers import CannotRunError, Run

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

_DENSE_QUBITS = 20  # beyond it these take minutes a shot
_STATE_QUBITS = 26  # beyond it a state vector takes gigabytes
_QDK_GATES = 100_000  # beyond it QDK and qirrunner take minutes to compile


def _check_gates(case: Case) -> None:
    if case.compiles and case.size > _QDK_GATES:
        raise CannotRunError("minutes of compiling")


def qirrunner(case: Case) -> Run:
    """``qirrunner.run_bytes``; the text that it gives is dropped."""
    import qirrunner as library  # noqa: PLC0415 - only this peer's process needs it

    _check_gates(case)
    if case.series == "qubits" and case.size > _DENSE_QUBITS:
        raise CannotRunError("minutes a shot")
    program = case.program().encode()
    return lambda shots: library.run_bytes(program, None, shots, None, lambda _: None)


def qdk_cpu(case: Case) -> Run:
    """QDK's state-vector simulator."""
    _check_gates(case)
    if case.series == "qubits" and case.size > _DENSE_QUBITS:
        raise CannotRunError("minutes a shot")
    if case.circuit and case.circuit().qubits > _STATE_QUBITS:
        raise CannotRunError("the state does not fit into memory")
    return _qdk(case, "cpu")


def qdk_clifford(case: Case) -> Run:
    """QDK's stabilizer simulator."""
    if case.circuit is None or not case.circuit().is_clifford:
        raise CannotRunError("not a Clifford circuit")
    return _qdk(case, "clifford")


def _qdk(case: Case, kind: Any) -> Run:
    from qdk.simulation import run_qir  # noqa: PLC0415 - only this peer's process needs it

    program = case.program()
    return lambda shots: run_qir(program, shots=shots, type=kind)


def qirc(case: Case) -> Run:
    """``qirc.run``, which gives counts."""
    import qirc as library  # noqa: PLC0415 - only this peer's process needs it

    program = case.program()
    return lambda shots: library.run(program, shots=shots)
