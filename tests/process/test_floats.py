"""The floating-point environment of one shot is no other shot's, no other run's and not the simulator's."""

from __future__ import annotations

import platform
from collections.abc import Iterator

import llvmlite.binding as llvm
import pytest

from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.errors import ProgramFailedError
from qirjit_magic.results.records import Value
from qirjit_magic.session.session import Session
from tests.circuits.running import LIVE
from tests.files import program
from tests.process.support import make_supervisor

NEAREST = 1
on_x86 = pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="this machine has no MXCSR")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        opened.add(program("numbers/floats"))
        if platform.machine() in {"x86_64", "AMD64"}:
            opened.add(program("numbers/floats_x86"))
        yield opened


def values(session: Session, entry: str, *args: float, shots: int = 1, simulator: str = "auto") -> list[list[Value]]:
    result = session.run(entry, args=args, shots=shots, simulator=simulator, method="live", seed=1)
    return [[record.value for record in shot.records] for shot in result.shots]


@pytest.mark.parametrize("simulator", LIVE)
def test_a_shot_rounds_as_if_there_had_been_none_before(session: Session, simulator: str) -> None:
    assert values(session, "rounds_otherwise", shots=20, simulator=simulator) == [[NEAREST]] * 20
    assert values(session, "rounds_otherwise", shots=2, simulator=simulator) == [[NEAREST]] * 2


@pytest.mark.parametrize("simulator", LIVE)
def test_a_run_computes_as_ever_behind_one_that_rounds_otherwise(session: Session, simulator: str) -> None:
    values(session, "rounds_otherwise", simulator=simulator)
    assert values(session, "sum", 0.1, 0.2, simulator=simulator) == [[0.1 + 0.2]]


def test_a_run_computes_as_ever_behind_a_shot_that_failed(session: Session) -> None:
    with pytest.raises(ProgramFailedError):
        values(session, "rounds_and_fails")
    assert values(session, "sum", 0.1, 0.2) == [[0.1 + 0.2]]
    assert values(session, "sum", 1.0, 1e-30) == [[1.0]]


def test_what_a_program_asks_the_state_vector_for_is_computed_as_ever(session: Session) -> None:
    own, other = (
        session.run(entry, simulator="statevector", method="live").messages
        for entry in ("dump_as_ever", "dump_rounded_up")
    )
    assert own == other
    mixed = session.run("alternating", simulator="statevector", method="live", shots=6).messages
    assert set(mixed) == set(own)


def test_a_function_in_python_computes_as_ever(session: Session) -> None:
    session.define("add_in_python", "double (double, double)", lambda a, b: a + b)
    text = """
      define double @asks_python() {
        call void @llvm.set.rounding(i32 0)
        %sum = call double @add_in_python(double 0.1, double 0.2)
        %rounded = call i32 @llvm.get.rounding()
        %as.double = uitofp i32 %rounded to double
        call void @__quantum__rt__double_record_output(double %as.double, ptr null)
        ret double %sum
      }
      declare double @add_in_python(double, double)
      declare void @llvm.set.rounding(i32)
      declare i32 @llvm.get.rounding()
      declare void @__quantum__rt__double_record_output(double, ptr)
    """
    session.add(text)
    result = session.run("asks_python", method="live")
    assert result.returns == [0.1 + 0.2]
    assert [record.value for record in result.shots[0].records] == [0.0]  # the program's own mode is there again


@on_x86
@pytest.mark.parametrize("entry", ["unmasks", "flushes_to_zero", "leaves_x87_otherwise", "sum"])
def test_the_control_words_are_those_of_a_new_process(session: Session, entry: str) -> None:
    pid = session.status().pid
    values(session, entry, *((0.1, 0.2) if entry == "sum" else ()), shots=2)
    assert values(session, "control_words", shots=2) == [[0x1F80, 2.0**-60]] * 2
    assert values(session, "sum", 5e-324, 0.0) == [[5e-324]]
    assert values(session, "sum", 0.1, 0.2) == [[0.1 + 0.2]]
    assert session.status().pid == pid


@pytest.mark.parametrize("machine", ["x86_64", "arm64", "aarch64", "riscv64"])
def test_the_environment_of_each_machine_is_valid_ir_with_the_same_functions(machine: str) -> None:
    module = llvm.parse_assembly(read_floats(f"{machine}-unknown-linux-gnu"))
    module.verify()
    defined = {function.name for function in module.functions if not function.is_declaration}
    assert defined == {"qirjit_reset_floats", "qirjit_default_floats", "qirjit_restore_floats"}
