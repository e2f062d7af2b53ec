"""The tracer has every function that a simulator has: what it cannot write down ends the trace, and is named."""

from __future__ import annotations

import re
from importlib.resources import files

from qirjit_magic.engine.runtime.bindings import Provider, bindings
from qirjit_magic.engine.simulators.tape import QUBITS_OF, Op
from qirjit_magic.engine.simulators.tracer_object import tracer_object


def _written(name: str) -> str:
    return (files("qirjit_magic.engine.simulators") / name).read_text("utf-8")


def test_every_function_of_a_simulator_is_traced_or_ends_the_trace() -> None:
    _, _, traced = tracer_object()
    simulators = {
        name for name, known in bindings().items() if any(found.provider is Provider.SIMULATOR for found in known)
    }
    assert simulators - traced == set()


def test_what_ends_a_trace_is_named_as_programs_call_it() -> None:
    found = re.findall(
        r"@__quantum__(?:qis|rt)__(\w+)\(.*\{\n  call void @end\(ptr @(\w+)\.name", _written("untraced.ll")
    )
    assert len(found) > 20
    for function, name in found:
        assert function.removesuffix("__body") == name
    for name, text in re.findall(r'@(\w+)\.name = .* c"(.*)\\00"', _written("untraced.ll")):
        assert text == name or name in {"seed", "shot"}


def test_the_tracer_and_the_player_know_the_numbers_of_the_operations() -> None:
    traced = re.findall(
        r"__quantum__qis__(\w+?)__(body|adj)\([^{]*\{\n  call void @append\(i32 (\d+)", _written("tracer.ll")
    )
    names = {int(number): f"{name}_adj" if kind == "adj" else name for name, kind, number in traced}
    gates = {op.value: op.name.lower() for op in Op if op < Op.MEASURE}
    assert {number: name.replace("cnot", "cx") for number, name in names.items() if number in gates} == gates
    played = re.findall(r"i32 (\d+), label %(\w+)", _written("statevector/play.ll"))
    assert {int(number): name for number, name in played} == {n: gates[n] for n in gates if QUBITS_OF[n] > 1}
