"""The state-vector simulator beside the sparse one and qirrunner, the same programs in turn; and its first use.

Run: ``python -m tests.benchmarks.statevector [ROUNDS] [--all]``; with ``--all`` the others run dense states of 16 and
20 qubits too, which takes them up to a quarter of a minute each.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import qirrunner

from qirjit_magic import Session
from tests.files import program

DEPTH = 10
_DECLARATIONS = """
declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__t__body(ptr)
declare void @__quantum__qis__cnot__body(ptr, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
attributes #0 = {{ "entry_point" "required_num_qubits"="{0}" "required_num_results"="{0}" }}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A program, how often it is run, and whether the others can run it in a reasonable time."""

    name: str
    source: bytes
    shots: int
    others: bool = True


def dense(qubits: int, seed: int = 0) -> bytes:
    """A random circuit that leaves no amplitude at zero: in each layer a gate on each qubit, and cnots on pairs."""
    generator = random.Random(seed)  # noqa: S311 - the same circuit each time
    lines = ["__quantum__rt__initialize(ptr null)"]
    for layer in range(DEPTH):
        lines += [_one_qubit_gate(generator, qubit) for qubit in range(qubits)]
        lines += [f"__quantum__qis__cnot__body({_at(q)}, {_at(q + 1)})" for q in range(layer % 2, qubits - 1, 2)]
    lines += [f"__quantum__qis__mz__body({_at(q)}, {_at(q)})" for q in range(qubits)]
    lines += [f"__quantum__rt__result_record_output({_at(q)}, ptr null)" for q in range(qubits)]
    calls = "\n".join(f"  call void @{line}" for line in lines)
    return f"define void @main() #0 {{\n{calls}\n  ret void\n}}\n{_DECLARATIONS.format(qubits)}".encode()


def _at(number: int) -> str:
    return f"ptr inttoptr (i64 {number} to ptr)" if number else "ptr null"


def _one_qubit_gate(generator: random.Random, qubit: int) -> str:
    name = generator.choice(["rx", "ry", "rz", "h", "t"])
    angle = f"double {generator.uniform(0, 6.28):.6f}, " if name.startswith("r") else ""
    return f"__quantum__qis__{name}__body({angle}{_at(qubit)})"


def cases(*, everything: bool) -> Iterator[Case]:
    """What is measured."""
    yield Case("Bell, 100,000 shots", program("Bell"), 100_000)
    yield Case("teleportation, 100,000 live shots", program("teleport"), 100_000)
    yield Case("dense, 10 qubits, 1,000 shots", dense(10), 1_000)
    for qubits in (16, 20, 22, 24):
        yield Case(f"dense, {qubits} qubits, 1 shot", dense(qubits), 1, everything and qubits <= 20)


def runners(case: Case, session: Session) -> dict[str, Callable[[], object]]:
    """What runs a case once, by its name."""
    session.add(case.source, "measured")
    ours: dict[str, Callable[[], object]] = {
        name: lambda name=name: session.run(module="measured", shots=case.shots, seed=1, simulator=name)  # type: ignore[misc]
        for name in (("statevector", "sparse") if case.others else ("statevector",))
    }
    if case.others:
        ours["qirrunner"] = lambda: qirrunner.run_bytes(case.source, None, case.shots, 1, lambda _: None)
    return ours


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def measure(case: Case, session: Session, rounds: int) -> None:
    """Print the medians of a case, and how many times as long the others took."""
    running = runners(case, session)
    times: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(rounds):
        for name, action in running.items():
            times[name].append(_seconds(action))
    ours = median(times["statevector"])
    figures = ", ".join(
        f"{name} {1000 * median(taken):.1f} ms ({1000 * min(taken):.1f} to {1000 * max(taken):.1f})"
        + ("" if name == "statevector" else f" = {median(taken) / ours:.0f}x")
        for name, taken in times.items()
    )
    print(f"{case.name}: {figures}")


def measure_first_use(rounds: int) -> None:
    """Print how long the first run of an engine takes on each simulator: with the state vector, it compiles that."""
    for name in ("statevector", "sparse"):
        taken = []
        for _ in range(rounds):
            with Session(simulator=name) as session:
                session.add(program("Bell"), "measured")
                taken.append(_seconds(lambda session=session: session.run(shots=1, seed=1)))  # type: ignore[misc]
        print(
            f"first run on {name}: {1000 * median(taken):.0f} ms ({1000 * min(taken):.0f} to {1000 * max(taken):.0f})"
        )


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--all", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QIRJIT_CACHE"] = folder
        measure_first_use(chosen.rounds)
        with Session() as session:
            for case in cases(everything=chosen.all):
                measure(case, session, chosen.rounds)


if __name__ == "__main__":
    main()
