"""Simulators in Python: the example of docs/simulators.md, and what may go wrong with one."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import qirjit_magic as qir
from qirjit_magic.errors import IntrinsicError, OptionError, SimulatorError, UnresolvedSymbolError, WorkerCrashedError
from qirjit_magic.protocol import simulator_specs
from qirjit_magic.protocol.operations import NATIVE
from qirjit_magic.session.session import Session
from tests.circuits.chances import p_value
from tests.circuits.drawing import random_circuit
from tests.circuits.outcomes import exact
from tests.circuits.running import FAMILIES, load
from tests.files import REPOSITORY, program

_PAGE = (REPOSITORY / "docs" / "simulators.md").read_text("utf-8")

_CONTROLLED = """
declare void @__quantum__qis__t__ctl(ptr, ptr)
define void @only_controlled() {
  call void @__quantum__qis__t__ctl(ptr null, ptr null)
  ret void
}
"""


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulators that are registered by one test only."""
    monkeypatch.setattr(simulator_specs, "_known", {})


@pytest.fixture
def dense() -> type[Any]:
    """The class of the page's example, which registers itself."""
    scope: dict[str, Any] = {"__name__": "example"}
    found = re.search(r"^```python\n(.*?)^```", _PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    assert len([line for line in found[1].splitlines() if line.strip()]) <= 40
    exec(compile(found[1], "example.py", "exec"), scope)  # noqa: S102 - our own page
    kind: type[Any] = scope["Dense"]
    return kind


@pytest.fixture(scope="module")
def shared() -> Iterator[Session]:
    """One session, whose open engine process serves every test."""
    with Session() as session:
        yield session


class Silent(qir.Simulator):
    """No gate."""

    def measure(self, qubit: int) -> bool:  # noqa: ARG002 - the signature is the contract's
        return False

    def reset(self, qubit: int) -> None:
        pass


class Flips(Silent):
    """Only x, with as much of a register as that needs."""

    def begin(self, seed: int | None) -> None:
        self.begun = seed

    def start_shot(self) -> None:
        self.ones: set[int] = set()
        self.released: list[int] = []

    def x(self, qubit: int) -> None:
        self.ones ^= {qubit}

    def measure(self, qubit: int) -> bool:
        return qubit in self.ones

    def reset(self, qubit: int) -> None:
        self.ones.discard(qubit)


class Broken(Flips):
    """It fails in its third shot."""

    shots = 0

    def start_shot(self) -> None:
        super().start_shot()
        self.shots += 1

    def x(self, qubit: int) -> None:
        if self.shots == 3:
            message = "no more magic"
            raise RuntimeError(message)
        super().x(qubit)


class Number(Flips):
    """It has a gate that is none."""

    h = 5


class Undecided(Flips):
    """What it measures is no bit."""

    found: Any = None

    def measure(self, qubit: int) -> bool:  # noqa: ARG002 - the signature is the contract's
        return self.found  # type: ignore[no-any-return]


class Starting(Flips):
    """It begins no shot."""

    def start_shot(self) -> None:
        message = "not today"
        raise RuntimeError(message)


class Unmakable(Flips):
    """No object of it can be made."""

    def __init__(self) -> None:
        message = "there is no licence"
        raise OSError(message)


@pytest.mark.parametrize(("name", "one"), [("teleport", 0.1892), ("repeat_until_success", 0.3188)])
def test_the_example_of_the_page_has_the_right_distribution(
    shared: Session, dense: type[Any], name: str, one: float
) -> None:
    qir.register_simulator("dense", dense)
    shared.add(program(name), name)
    result = shared.run(module=name, shots=1000, seed=5, simulator="dense")
    assert p_value(result.counts(), {"0": 1 - one, "1": one}) > 1e-6
    assert result.plan.simulator == "dense"
    again = shared.run(module=name, shots=1000, seed=5, simulator="dense")
    assert again.to_text("labeled") == result.to_text("labeled")
    assert shared.run(module=name, shots=1000, seed=6, simulator="dense").counts() != result.counts()


def test_random_circuits_record_what_they_should_on_few_gates(shared: Session, dense: type[Any]) -> None:
    qir.register_simulator("dense", dense)  # it has h, rz and cx, and what its class adds to them
    circuits = {f"drawn_{seed}": random_circuit(FAMILIES["adaptive"], seed) for seed in range(10)}
    for name, module in load(shared, circuits).items():
        counts = shared.run(name, module=module, shots=150, seed=3, simulator="dense").counts()
        assert p_value(counts, exact(circuits[name])) > 1e-6, name


def test_random_numbers_come_from_the_seed(shared: Session, dense: type[Any]) -> None:
    qir.register_simulator("dense", dense)
    shared.add(program("numbers/draws"), "draws")
    first, again, other = (
        shared.run("whole", args=(0, 10**9), module="draws", shots=5, seed=seed, simulator="dense").returns
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(set(first)) == 5


def test_a_simulator_is_there_after_its_process_was_killed(shared: Session) -> None:
    qir.register_simulator("flips", Flips)
    shared.add(program("flip_and_measure"), "flip")
    shared.run(module="flip", simulator="flips")
    process = shared.status().open_pid
    os.kill(process, signal.SIGKILL)
    with contextlib.suppress(WorkerCrashedError):  # who notices first is not said
        shared.run(module="flip", simulator="flips")
    assert shared.run(module="flip", shots=3, simulator="flips").counts() == {"1": 3}
    assert shared.status().open_pid not in {0, process}


def test_allocated_qubits_and_results_are_numbered_and_given_back(shared: Session) -> None:
    qir.register_simulator("flips", Flips)
    shared.add(program("flip_and_measure"), "flip")
    assert shared.run(module="flip", shots=3, simulator="flips").counts() == {"1": 3}


def test_what_a_simulator_lacks_is_named_with_the_methods_to_add(shared: Session) -> None:
    qir.register_simulator("flips", Flips)
    shared.add(program("teleport"), "teleport")
    with pytest.raises(UnresolvedSymbolError, match="Give its class") as caught:
        shared.run("teleport", simulator="flips")
    assert caught.value.methods == ("h", "z", "ry", "cx")
    shared.add(_CONTROLLED, "controlled")
    with pytest.raises(UnresolvedSymbolError, match="Give its class") as caught:
        shared.run("only_controlled", simulator="flips")
    assert caught.value.methods == ("h", "rz", "cx")


@pytest.mark.parametrize(
    ("function", "methods"),
    [
        ("csx__body(ptr, ptr)", ["h", "rz", "cx"]),
        ("r1__body(double, ptr)", ["rz"]),
        ("u3__body(double, double, double, ptr)", ["rz", "ry"]),
        ("sxdg__body(ptr)", ["h", "s_adj"]),
        ("cp__body(double, ptr, ptr)", ["rz", "cx"]),
        ("cs__adj(ptr, ptr)", ["rz", "cx"]),
        ("cswap__body(ptr, ptr, ptr)", ["cx", "ccx"]),
    ],
)
def test_what_a_gate_is_made_of_is_named_where_the_simulator_lacks_it(
    shared: Session, function: str, methods: list[str]
) -> None:
    name, _, kinds = function.partition("(")
    arguments = ", ".join(f"{kind} {'1.0' if kind == 'double' else 'null'}" for kind in kinds[:-1].split(", "))
    called = f"@__quantum__qis__{name}"
    call = f"define void @calls() {{ call void {called}({arguments}) ret void }}"
    shared.add(f"declare void {called}({kinds}\n{call}", "composite")
    qir.register_simulator("flips", Flips)
    with pytest.raises(UnresolvedSymbolError, match="Give its class") as caught:
        shared.run("calls", simulator="flips")
    assert list(caught.value.methods) == methods
    qir.register_simulator("enough", type("Enough", (Flips,), dict.fromkeys(methods, lambda *_: None)))
    assert shared.run("calls", simulator="enough").plan.simulator == "enough"


@pytest.mark.parametrize("pair", ["cx", "cz"])
def test_all_native_gates_are_made_of_three(shared: Session, pair: str) -> None:
    few = type("Few", (Flips,), dict.fromkeys(("h", "rz", pair), lambda *_: None))
    qir.register_simulator("few", few)
    for gate in NATIVE.values():
        arguments = ", ".join(("double 1.0",) * len(gate.angles.split()) + ("ptr null",) * gate.width)
        head = gate.type.replace("(", f"@{gate.native_symbol}(", 1)
        call = f"define void @calls() {{ call void @{gate.native_symbol}({arguments}) ret void }}"
        shared.add(f"declare {head}\n{call}", "native")
        assert shared.run("calls", simulator="few").plan.simulator == "few", gate.name


def failure(session: Session, name: str, simulator: Any, said: str) -> IntrinsicError:
    """The error with which a run on this simulator ends."""
    qir.register_simulator(name, simulator)
    session.add(program("flip_and_measure"), "flip")
    with pytest.raises(IntrinsicError, match=said) as caught:
        session.run(module="flip", shots=10, simulator=name)
    return caught.value


def test_an_exception_ends_the_run_with_its_traceback_and_the_finished_shots(shared: Session) -> None:
    error = failure(shared, "broken", Broken, "no more magic")
    assert (error.name, error.shot) == ("broken.x", 2)
    assert "RuntimeError" in error.traceback
    assert error.partial is not None
    assert error.partial.counts() == {"1": 2}
    assert shared.run(module="flip", shots=2).counts() == {"1": 2}


@pytest.mark.parametrize("found", [None, "x", 7, 0.5])
def test_a_measurement_that_finds_no_bit_ends_the_run(shared: Session, found: object) -> None:
    undecided = type("Undecided", (Undecided,), {"found": found})
    error = failure(shared, "undecided", undecided, f"measure returned {found!r}, and it must return True or False")
    assert error.name == "undecided.measure"


@pytest.mark.parametrize("found", [1, True, np.int64(1), np.True_])
def test_a_measurement_may_find_a_bit_of_numpy(shared: Session, found: object) -> None:
    qir.register_simulator("decided", type("Decided", (Undecided,), {"found": found}))
    shared.add(program("flip_and_measure"), "flip")
    assert shared.run(module="flip", shots=10, simulator="decided").counts() == {"1": 10}


def test_what_fails_at_the_start_of_a_shot_is_called_as_in_the_class(shared: Session) -> None:
    assert failure(shared, "starting", Starting, "not today").name == "starting.start_shot"


def test_a_class_of_which_no_object_can_be_made_is_told_and_ends_nothing(shared: Session) -> None:
    qir.register_simulator("unmakable", Unmakable)
    shared.add(program("flip_and_measure"), "flip")
    process = shared.status().open_pid
    with pytest.raises(SimulatorError, match="'unmakable' could not be loaded: OSError: there is no licence"):
        shared.run(module="flip", simulator="unmakable")
    assert process in {0, shared.status().open_pid}


def test_a_simulator_in_python_samples_nothing(shared: Session) -> None:
    qir.register_simulator("flips", Flips)
    shared.add(program("flip_and_measure"), "flip")
    with pytest.raises(SimulatorError, match="--method sampled"):
        shared.run(module="flip", shots=3, simulator="flips", method="sampled")


@pytest.mark.parametrize(
    ("name", "simulator", "said"),
    [
        ("silent", Silent, "a class with a gate"),
        ("no class", 3, "a class derived from Simulator"),
        ("unfinished", qir.Simulator, "the methods measure, reset"),
        ("sparse", Flips, "a name of its own"),
        ("", Flips, "a name of its own"),
        (" ", Flips, "a name of its own"),
        ("number", Number, "a class whose h can be called"),
    ],
)
def test_a_registration_that_can_do_nothing_is_refused(name: str, simulator: Any, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        qir.register_simulator(name, simulator)
    assert simulator_specs._known == {}


def test_a_path_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(SimulatorError, match="there is no file"):
        qir.register_simulator("lost", "/no/such/library.so")


def test_a_registered_library_is_found_by_its_name(toy: str, shared: Session) -> None:
    qir.register_simulator("toy", toy)
    assert "toy" in simulator_specs.simulator_names()
    shared.add(program("toy_gates"), "toy")
    assert shared.run("flip_and_measure", module="toy", shots=3, simulator="toy").counts() == {"01": 3}
