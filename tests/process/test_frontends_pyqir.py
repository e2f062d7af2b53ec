"""What pyqir builds does what it says, as text and as bitcode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import pi
from typing import Any

import pytest

from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.session.session import Session
from tests.process.frontends import SHOTS, assert_follows, certain, outputs
from tests.process.support import make_supervisor

Step = tuple[str | int | float, ...]
FORMS = ("ir", "bitcode")

# Gates with their angles and qubits, and what all qubits are then; each is told from its neighbours.
GATES: dict[str, list[tuple[list[Step], list[int]]]] = {
    "h": [([("h", 0), ("h", 0)], [0]), ([("h", 0), ("z", 0), ("h", 0)], [1])],
    "x": [([("x", 1)], [0, 1])],
    "y": [([("y", 0)], [1]), ([("h", 0), ("s", 0), ("y", 0), ("s_adj", 0), ("h", 0)], [0])],
    "z": [([("h", 0), ("z", 0), ("h", 0)], [1]), ([("z", 0)], [0])],
    "s": [([("rx", pi / 2, 0), ("s", 0), ("h", 0)], [0])],
    "s_adj": [([("rx", pi / 2, 0), ("s_adj", 0), ("h", 0)], [1])],
    "t": [([("rx", pi / 2, 0), ("t", 0), ("t", 0), ("h", 0)], [0])],
    "t_adj": [([("rx", pi / 2, 0), ("t_adj", 0), ("t_adj", 0), ("h", 0)], [1])],
    "rx": [([("rx", pi, 0)], [1]), ([("rx", -pi / 2, 0), ("s", 0), ("h", 0)], [1])],
    "ry": [([("ry", pi / 2, 0), ("h", 0)], [0]), ([("ry", -pi / 2, 0), ("h", 0)], [1])],
    "rz": [([("rx", pi / 2, 0), ("rz", pi / 2, 0), ("h", 0)], [0]), ([("rz", pi / 2, 0)], [0])],
    "cx": [([("x", 0), ("cx", 0, 1)], [1, 1]), ([("x", 1), ("cx", 0, 1)], [0, 1])],
    "cz": [([("h", 1), ("x", 0), ("cz", 0, 1), ("h", 1)], [1, 1]), ([("h", 1), ("cz", 0, 1), ("h", 1)], [0, 0])],
    "ccx": [
        ([("x", 0), ("x", 1), ("ccx", 0, 1, 2)], [1, 1, 1]),
        ([("x", 0), ("ccx", 0, 1, 2)], [1, 0, 0]),
        ([("x", 1), ("x", 2), ("ccx", 0, 1, 2)], [0, 1, 1]),
    ],
    "swap": [([("x", 0), ("swap", 0, 1)], [0, 1]), ([("x", 1), ("swap", 0, 2)], [0, 1, 0])],
    "reset": [([("x", 0), ("x", 1), ("reset", 0)], [0, 1])],
    "barrier": [([("x", 0), ("barrier",), ("x", 0), ("barrier",), ("x", 0)], [1])],
}
MEASURED = {"mz", "if_result"}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        yield opened


@pytest.fixture(scope="module")
def pyqir() -> Any:
    pytest.importorskip("pyqir", reason="pyqir is missing, which builds QIR: pip install '.[test]'")
    for room in ("qis", "rt"):
        pytest.importorskip(f"pyqir.{room}")
    return pytest.importorskip("pyqir")


def play(pyqir: Any, module: Any, steps: list[Step]) -> None:
    for name, *operands in steps:
        values = [module.qubits[operand] if isinstance(operand, int) else operand for operand in operands]
        getattr(pyqir.qis, str(name))(module.builder, *values)


def record(pyqir: Any, module: Any, *results: int) -> None:
    for index in results:
        label = module.add_byte_string(f"r{index}".encode())
        pyqir.rt.result_record_output(module.builder, module.results[index], label)


def measured(pyqir: Any, steps: list[Step], qubits: int) -> Any:
    module = pyqir.SimpleModule("measured", qubits, qubits)
    pyqir.rt.initialize(module.builder, pyqir.Constant.null(pyqir.qubit(module.context, 0).type))
    play(pyqir, module, steps)
    for qubit, result in zip(module.qubits, module.results, strict=True):
        pyqir.qis.mz(module.builder, qubit, result)
    record(pyqir, module, *range(qubits))
    return module


def written(module: Any, form: str) -> str | bytes:
    source: str | bytes = getattr(module, form)()
    return source


# -- gates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gate", GATES)
def test_a_gate_has_its_effect(session: Session, pyqir: Any, gate: str, form: str) -> None:
    for steps, expected in GATES[gate]:
        module = measured(pyqir, steps, len(expected))
        assert certain(session, written(module, form)) == tuple(expected)


def test_every_function_of_its_instruction_set_is_tried(pyqir: Any) -> None:
    assert GATES.keys() | MEASURED == set(pyqir.qis.__all__)


@pytest.mark.parametrize("form", FORMS)
def test_a_ghz_state_agrees(session: Session, pyqir: Any, form: str) -> None:
    module = measured(pyqir, [("h", 0), ("cx", 0, 1), ("cx", 1, 2)], 3)
    assert_follows(outputs(session, written(module, form)), {"(0, 0, 0)": 1 / 2, "(1, 1, 1)": 1 / 2})


def test_text_and_bitcode_give_the_same_output(session: Session, pyqir: Any) -> None:
    module = measured(pyqir, [("h", 0), ("ry", 0.3, 1), ("cx", 0, 2), ("rx", 1.1, 2)], 3)
    assert outputs(session, module.ir()) == outputs(session, module.bitcode())


# -- decisions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_result_decides_which_gates_are_played(session: Session, pyqir: Any, form: str) -> None:
    module = pyqir.SimpleModule("decides", 3, 3)
    basic = pyqir.BasicQisBuilder(module.builder)
    basic.h(module.qubits[0])
    basic.mz(module.qubits[0], module.results[0])
    basic.if_result(module.results[0], one=lambda: basic.x(module.qubits[1]), zero=lambda: basic.x(module.qubits[2]))
    basic.mz(module.qubits[1], module.results[1])
    basic.mz(module.qubits[2], module.results[2])
    record(pyqir, module, 0, 1, 2)
    assert_follows(outputs(session, written(module, form)), {"(0, 0, 1)": 1 / 2, "(1, 1, 0)": 1 / 2})


@pytest.mark.parametrize("form", FORMS)
def test_decisions_within_decisions_teleport_a_state(session: Session, pyqir: Any, form: str) -> None:
    module = pyqir.SimpleModule("teleport", 3, 3)
    qubits, results, builder = module.qubits, module.results, module.builder
    play(pyqir, module, [("ry", pi / 3, 0), ("t", 0), ("h", 1), ("cx", 1, 2), ("cx", 0, 1), ("h", 0)])
    pyqir.qis.mz(builder, qubits[0], results[0])
    pyqir.qis.mz(builder, qubits[1], results[1])

    def mended(gates: list[Step]) -> Callable[[], None]:
        return lambda: play(pyqir, module, gates)

    def after_one() -> None:
        pyqir.qis.if_result(builder, results[0], one=mended([("x", 2), ("z", 2)]), zero=mended([("x", 2)]))

    def after_zero() -> None:
        pyqir.qis.if_result(builder, results[0], one=mended([("z", 2)]))

    pyqir.qis.if_result(builder, results[1], one=after_one, zero=after_zero)
    play(pyqir, module, [("t_adj", 2), ("ry", -pi / 3, 2)])
    pyqir.qis.mz(builder, qubits[2], results[2])
    record(pyqir, module, 2)
    assert outputs(session, written(module, form)) == [(0,)] * SHOTS


# -- outputs and returned values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_tuples_and_arrays_are_recorded(session: Session, pyqir: Any, form: str) -> None:
    module = pyqir.SimpleModule("nested", 3, 3)
    play(pyqir, module, [("x", 0), ("x", 2)])
    for qubit, result in zip(module.qubits, module.results, strict=True):
        pyqir.qis.mz(module.builder, qubit, result)
    label = module.add_byte_string(b"all")
    pair = pyqir.const(pyqir.IntType(module.context, 64), 2)
    pyqir.rt.tuple_record_output(module.builder, pair, label)
    pyqir.rt.array_record_output(module.builder, pair, label)
    record(pyqir, module, 0, 1, 2)
    assert certain(session, written(module, form)) == ([1, 0], 1)


def test_labels_are_in_the_text(session: Session, pyqir: Any) -> None:
    info = session.add(measured(pyqir, [("x", 1)], 2).bitcode(), "labels")
    text = session.run(module=info.name).to_text("labeled")
    assert [line for line in text.splitlines() if line.startswith("OUTPUT")] == [
        "OUTPUT\tRESULT\t0\tr0",
        "OUTPUT\tRESULT\t1\tr1",
    ]


def computing(pyqir: Any) -> Any:
    """A module with ``i64 @shifted(i64, i64)``: three times the first, less the second, one to the left."""
    context = pyqir.Context()
    module = pyqir.Module(context, "computing")
    word = pyqir.IntType(context, 64)
    function = pyqir.Function(pyqir.FunctionType(word, [word, word]), pyqir.Linkage.EXTERNAL, "shifted", module)
    builder = pyqir.Builder(context)
    builder.insert_at_end(pyqir.BasicBlock(context, "entry", function))
    a, b = function.params
    tripled = builder.mul(a, pyqir.const(word, 3))
    builder.ret(builder.shl(builder.sub(tripled, b), pyqir.const(word, 1)))
    return module


@pytest.mark.parametrize("level", [0, None, 2])
def test_a_function_returns_what_it_computed(session: Session, pyqir: Any, level: int | None) -> None:
    session.add(computing(pyqir), "computing", opt_level=level)
    for a, b in ((5, 1), (-7, 20), (2**62, 0)):
        expected = (2 * (3 * a - b) + 2**63) % 2**64 - 2**63
        assert session.run("shifted", module="computing", args=(a, b), shots=2).returns == [expected] * 2


@pytest.mark.parametrize("level", [0, None, 2])
def test_a_comparison_returns_a_bool(session: Session, pyqir: Any, level: int | None) -> None:
    context = pyqir.Context()
    module = pyqir.Module(context, "comparing")
    word = pyqir.IntType(context, 64)
    kind = pyqir.FunctionType(pyqir.IntType(context, 1), [word])
    function = pyqir.Function(kind, pyqir.Linkage.EXTERNAL, "negative", module)
    builder = pyqir.Builder(context)
    builder.insert_at_end(pyqir.BasicBlock(context, "entry", function))
    builder.ret(builder.icmp(pyqir.IntPredicate.SLT, function.params[0], pyqir.const(word, 0)))
    session.add(module, "comparing", opt_level=level)
    returned = [session.run("negative", module="comparing", args=(value,)).returns for value in (-1, 0, 1)]
    assert str(returned) == "[[True], [False], [False]]"


# -- functions of others -------------------------------------------------------------------------------------------


def test_an_external_function_is_that_of_another_module(session: Session, pyqir: Any) -> None:
    module = pyqir.SimpleModule("calls", 1, 1)
    word = pyqir.IntType(module.context, 64)
    shifted = module.add_external_function("shifted", pyqir.FunctionType(word, [word, word]))
    value = module.builder.call(shifted, [pyqir.const(word, 5), pyqir.const(word, 14)])
    two = module.builder.icmp(pyqir.IntPredicate.EQ, value, pyqir.const(word, 2))
    module.builder.if_(two, true=lambda: pyqir.qis.x(module.builder, module.qubits[0]))
    pyqir.qis.mz(module.builder, module.qubits[0], module.results[0])
    record(pyqir, module, 0)
    session.reset()
    session.add(module.bitcode(), "calls")
    with pytest.raises(UnresolvedSymbolError, match="shifted"):
        session.run(module="calls")
    session.add(computing(pyqir), "computing")
    assert certain(session, module.bitcode()) == (1,)


def test_an_external_gate_is_that_of_the_simulator(session: Session, pyqir: Any) -> None:
    module = pyqir.SimpleModule("rotates", 2, 2)
    context = module.context
    qubit = pyqir.qubit(context, 0).type
    kind = pyqir.FunctionType(pyqir.Type.void(context), [pyqir.Type.double(context), qubit, qubit])
    rxx = module.add_external_function("__quantum__qis__rxx__body", kind)
    module.builder.call(rxx, [pyqir.const(pyqir.Type.double(context), pi / 3), *module.qubits])
    for measured_qubit, result in zip(module.qubits, module.results, strict=True):
        pyqir.qis.mz(module.builder, measured_qubit, result)
    record(pyqir, module, 0, 1)
    assert_follows(outputs(session, module.ir()), {"(0, 0)": 3 / 4, "(1, 1)": 1 / 4})
