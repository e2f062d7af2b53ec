"""Shots are sampled only where nothing can tell one from another: each way in which something could is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import llvmlite.binding as llvm
import pytest

from qirjit_magic.engine.runtime.bindings import Binding, bindings
from qirjit_magic.engine.sampling.alike_shots import ENDING
from qirjit_magic.errors import NotSampleableError
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, program

SHOTS = 2000
LOOKING = sorted(path.stem for path in (PROGRAMS / "sampling" / "looks").glob("*.ll"))
DIFFERING = {
    "named_as_llvms": "the global variable @llvm.counter",
    "named_in_escapes": "the global variable @llvm.counter",
    "without_a_name": "a global variable without a name",
    "by_an_alias": "the global variable @llvm.counter",
    "another_address_space": "an undefined value",
    "clock": "@llvm.readcyclecounter",
    "rounding": "@llvm.get.rounding",
    "return_address": "@llvm.returnaddress",
    "more_arguments": "@llvm.va_start",
    "returns_nothing": "what is left in registers: '%number = call double @__quantum__rt__result_record_output",
    "too_few_arguments": "what is left in registers: 'call void @record()'",
    "called_by_address": "what is left in registers: 'call void %function()'",
    "callable_of_another_type": "what is left in registers: '%callable = call ptr @__quantum__rt__callable_create",
    "stack_address": "records something else with other outcomes, memory or addresses",
    "heap_address": "records something else with other outcomes, memory or addresses",
}
_VALUES = {"ptr": "null", "double": "0.0", "i64": "0", "i32": "1"}
_PASSES_ON = """
define ptr @measured() {
  %result = call ptr @__quantum__qis__m__body(ptr null)
  ret ptr %result
}
declare ptr @__quantum__qis__m__body(ptr)
"""
_RECORDER = "define void @__quantum__rt__result_record_output(ptr %result, ptr %label) {\n  ret void\n}\n"


@pytest.mark.parametrize("name", LOOKING)
def test_a_program_that_looks_at_a_returned_result_is_run(session: Session, name: str) -> None:
    session.add(program(f"sampling/looks/{name}"), "m")
    result = session.run(shots=SHOTS, seed=1)
    assert result.plan.method == "live"
    assert "by the pointer that @__quantum__qis__m" in result.plan.why
    assert result.counts().keys() == {"00", "11"}
    assert abs(result.counts()["00"] - SHOTS / 2) < 200  # nine standard deviations
    with pytest.raises(NotSampleableError, match=r"by the pointer that @__quantum__qis__mz? ?(?:__body)? ?returns"):
        session.run(shots=20, method="sampled")


@pytest.mark.parametrize("name", ["vector", "masked"])
def test_the_instruction_that_looks_is_quoted_as_it_is_written(session: Session, name: str) -> None:
    session.add(program(f"sampling/looks/{name}"), "m")
    with pytest.raises(NotSampleableError) as caught:
        session.run(method="sampled")
    quoted = caught.value.reason.partition("'")[2].rpartition("'")[0]
    assert "poison" in quoted or "undef" in quoted, caught.value.reason


@pytest.mark.parametrize("name", sorted(DIFFERING))
def test_a_program_whose_shots_may_differ_is_run(session: Session, name: str) -> None:
    session.add(program(f"sampling/differs/{name}"), "m")
    result = session.run(shots=1000)
    assert result.plan.method == "live"
    assert DIFFERING[name] in result.plan.why
    with pytest.raises(NotSampleableError) as caught:
        session.run(shots=20, method="sampled")
    assert DIFFERING[name] in caught.value.reason


@pytest.mark.parametrize("level", range(4))
def test_what_is_undefined_is_zero_in_each_shot_however_it_is_run(session: Session, level: int) -> None:
    module = session.add(program("sampling/undefined"), "m", opt_level=level)
    ways: tuple[dict[str, Any], ...] = {"method": "live"}, {"method": "sampled"}, {"simulator": "sparse"}
    found = {
        (entry.name, shot.outputs[1].value, shot.outputs[0].label)
        for entry in module.entry_points
        for way in ways
        for shot in session.run(entry.name, shots=40, seed=1, **way).shots
    }
    assert found == {(entry.name, 0, "undef coin") for entry in module.entry_points}
    assert len(found) > 15


def test_shots_of_a_variable_that_is_named_as_llvms_own_count_on(session: Session) -> None:
    session.add(program("sampling/differs/named_as_llvms"), "m")
    assert list(session.run(shots=1200).records) == [(count,) for count in range(1, 1201)]
    (notice,) = session.add(program("sampling/differs/named_as_llvms") + b"; changed\n", "m").diagnostics
    assert "@llvm.counter" in notice.message or "llvm.counter" in notice.message


def test_bitcode_is_asked_as_text_is(session: Session) -> None:
    text = program("sampling/looks/two_lines").decode()
    session.add(llvm.parse_assembly(text, llvm.create_context()).as_bitcode(), "m")
    plan = session.run(shots=SHOTS).plan
    assert (plan.method, "icmp eq ptr %r, %one" in plan.why) == ("live", True)


def test_a_result_that_goes_to_another_module_is_run(session: Session) -> None:
    session.add(_PASSES_ON, "measures")
    user = program("sampling/looks/in_a_struct").replace(b"@__quantum__qis__m__body(ptr null)", b"@measured()")
    session.add(user.replace(b"declare ptr @__quantum__qis__m__body(ptr)", b"declare ptr @measured()"), "m")
    result = session.run(module="m", shots=SHOTS)
    assert result.plan.method == "live"
    assert result.counts().keys() == {"00", "11"}
    assert "'measures' may tell what was measured" in result.plan.why


def test_a_function_of_the_program_that_takes_results_is_not_the_runtimes(session: Session) -> None:
    session.add(program("sampling/exact_returned"), "m")
    assert session.run(module="m", shots=SHOTS).plan.method == "sampled"
    session.add(_RECORDER, "mine")
    plan = session.run(module="m", shots=SHOTS).plan
    assert (plan.method, "@__quantum__rt__result_record_output" in plan.why) == ("live", True)


def _ending() -> Iterator[tuple[str, Binding]]:
    return ((name, binding) for name in sorted(ENDING) for binding in bindings()[name])


@pytest.mark.parametrize(("name", "binding"), list(_ending()), ids=lambda value: str(getattr(value, "type", value)))
def test_a_function_that_returns_what_was_measured_or_drawn_ends_a_trace(
    session: Session, name: str, binding: Binding
) -> None:
    kind = binding.type
    parameters = kind.partition(" (")[2].removesuffix(")")
    given = ", ".join(f"{each} {_VALUES[each]}" for each in parameters.split(", ") if each)
    returned, _, _ = kind.partition(" (")
    session.add(
        f"define void @main() {{\n  %x = call {returned} @{name}({given})\n  ret void\n}}\n"
        f"declare {returned} @{name}({parameters})\n",
        "m",
    )
    with pytest.raises(NotSampleableError) as caught:
        session.run(shots=20, method="sampled")
    assert caught.value.instruction
