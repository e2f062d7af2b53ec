from __future__ import annotations

from collections import Counter
from pathlib import Path

import llvmlite.binding as llvm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qdk import TargetProfile, qsharp

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.ir.profiles import MAX_PROFILED_INSTRUCTIONS, ProfileReport, report_profile
from tests.files import program

_BASE, _ONE_BLOCK, _ADAPTIVE, _EVERYTHING = (
    program(f"profiles/{name}").decode() for name in ("base", "base_one_block", "adaptive", "every_capability")
)
_ALL = (
    "int_computations:i32",
    "int_computations:i64",
    "float_computations:double",
    "ir_functions",
    "backwards_branching:3",
    "multiple_target_branching",
    "multiple_return_points",
    "dynamic_qubit_management",
    "dynamic_result_management",
    "arrays",
)
_H = "  call void @__quantum__qis__h__body(ptr null)\n"
_READ = "  %r = call i1 @__quantum__rt__read_result(ptr null)\n"
_DRAW = "  %r = call i64 @__quantum__qis__draw__body()\n"
_DECLARED = {
    _READ: "\ndeclare i1 @__quantum__rt__read_result(ptr)\n",
    _DRAW: "\ndeclare i64 @__quantum__qis__draw__body()\n",
}
_INITIALIZE = "  call void @__quantum__rt__initialize(ptr null)\n"
_AGAIN = "\n  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr)"

# What is changed in a whole program, what the only warning then says, and what stands in its line
_BREAKS = {
    "a gate after a measurement": (
        _BASE,
        ("  br label %output", f"{_H}  br label %output"),
        "@main, 'call @__quantum__qis__h__body' is a gate after a measurement, which the base profile does not allow",
        "  call void @__quantum__qis__h__body(ptr null)",
    ),
    "a gate after a measurement in one block": (
        _ONE_BLOCK,
        ("%Result* null)\n  call", "%Result* null)\n  call void @__quantum__qis__h__body(%Qubit* null)\n  call"),
        "a gate after a measurement",
        "  call void @__quantum__qis__h__body(%Qubit* null)",
    ),
    "output before a measurement": (
        _BASE,
        (_AGAIN, f"\n  call void @__quantum__rt__result_record_output(ptr null, ptr @0){_AGAIN}"),
        "@main, 'call @__quantum__qis__mz__body' is a measurement after output",
        "  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr)",
    ),
    "initialization after a gate": (
        _BASE,
        ("  br label %measurements", f"{_INITIALIZE}  br label %measurements"),
        "the initialization after a gate",
        _INITIALIZE.rstrip(),
    ),
    "a result that is read": (
        _BASE,
        ("  br label %output", f"{_READ}  br label %output"),
        "'call @__quantum__rt__read_result' is a runtime function for other profiles",
        _READ.rstrip(),
    ),
    "an instruction that returns something": (
        _BASE,
        ("  br label %output", f"{_DRAW}  br label %output"),
        "'call @__quantum__qis__draw__body' is a call that returns a value",
        _DRAW.rstrip(),
    ),
    "a conditional branch": (
        _BASE,
        ("br label %measurements", "br i1 true, label %measurements, label %output"),
        "@main, 'br' is a conditional branch",
        "br i1 true",
    ),
    "a computation": (_BASE, ("  ret i64 0", "  %x = add i64 0, 1\n  ret i64 0"), "'add' is a computation", "%x = add"),
    "a parameter": (_BASE, ("@main()", "@main(i64 %n)"), "@main takes (i64), and", "define i64 @main(i64 %n)"),
    "no exit code": (
        _ONE_BLOCK.replace("ret i64 0", "ret void"),
        ("i64 @main", "void @main"),
        "returns void",
        "define",
    ),
    "too few qubits": (
        _BASE,
        ('qubits"="2"', 'qubits"="1"'),
        "uses qubit 1, and @main has required_num_qubits 1. Make it 2",
        "  call void @__quantum__qis__cnot__body",
    ),
    "too few results": (
        _BASE,
        ('results"="2"', 'results"="1"'),
        "uses result 1, and @main has required_num_results 1. Make it 2",
        "  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr)",
    ),
    "too few qubits by the older name": (_ONE_BLOCK, ('Qubits"="2"', 'Qubits"="1"'), "uses qubit 1", "@__quantum__qis"),
    "no labels": (_BASE, (' "output_labeling_schema"="s"', ""), "lacks the attribute output_labeling_schema", "define"),
    "no numbers": (
        _ADAPTIVE,
        ('"required_num_qubits"="1" "required_num_results"="2"', ""),
        "@main lacks the attributes required_num_qubits and required_num_results",
        "define i64 @main",
    ),
    "no version": (
        _BASE,
        ("!{!0, !1, !2, !3}", "!{!0, !2, !3}"),
        'the module flag qir_minor_version is missing. Add !{i32 7, !"qir_minor_version", i32 0}',
        "!llvm.module.flags",
    ),
    "another behaviour": (
        _BASE,
        ('!{i32 7, !"qir_minor_version"', '!{i32 1, !"qir_minor_version"'),
        "the module flag qir_minor_version has the behaviour 1. Make it i32 7 (Max)",
        "!1 = ",
    ),
    "another type": (
        _EVERYTHING,
        ('"multiple_return_points", i1 true', '"multiple_return_points", i32 1'),
        "the module flag multiple_return_points is of type i32. Write it as i1",
        "!9 = ",
    ),
    "dynamic qubits in the base profile": (
        _BASE,
        ('"dynamic_qubit_management", i1 false', '"dynamic_qubit_management", i1 true'),
        "@main declares the base profile, and the module has dynamic_qubit_management",
        "define i64 @main",
    ),
    "a width that is not declared": (
        _EVERYTHING,
        ('!{!"i32", !"i64"}', '!{!"i64"}'),
        "takes int_computations:i32, which the module flags do not declare. Declare !{i32 5, ",
        "  %short = trunc i64 %next to i32",
    ),
    "only one kind of loops": (
        _EVERYTHING,
        ("i2 3", "i2 1"),
        "takes backwards_branching:2, which the module flags do not declare. Declare !{i32 7, ",
        "  br i1 %one",
    ),
    "a call by a pointer": (
        _ADAPTIVE,
        ("  ret i64 0", "  %f = select i1 %a, ptr @main, ptr null\n  ret i64 0"),
        "@main, 'select' is a pointer that is computed, which the adaptive profile does not allow",
        "  %f = select",
    ),
}


def _report(text: str) -> ProfileReport:
    return report_profile(parse_module(text.encode()))


@pytest.mark.parametrize("text", [_BASE, _ONE_BLOCK])
def test_gates_measurements_and_output_in_this_order_are_the_base_profile(text: str) -> None:
    assert _report(text) == ProfileReport("base", (), ())


def test_a_gate_that_depends_on_a_measurement_takes_no_capability() -> None:
    assert _report(_ADAPTIVE) == ProfileReport("adaptive", (), (), reads_results=("main",))


def test_a_result_is_read_in_each_shot_where_no_branch_is_before_it_and_a_measurement_is() -> None:
    assert _report(_BASE).reads_results == ()
    before = _BASE.replace("entry:\n", "entry:\n" + _READ, 1) + _DECLARED[_READ]
    assert _report(before).reads_results == ()
    after = _BASE.replace("  br label %output", f"{_READ}  br label %output", 1) + _DECLARED[_READ]
    assert _report(after).reads_results == ("main",)
    other = "  br i1 poison, label %output, label %output"
    assert _report(after.replace("entry:\n", f"entry:\n{other}\n\nnever:\n", 1)).reads_results == ()


def test_every_capability_that_is_used_is_reported_in_the_specification_s_order() -> None:
    assert _report(_EVERYTHING) == ProfileReport("adaptive", _ALL, ())


@pytest.mark.parametrize("name", _BREAKS)
def test_what_a_module_breaks_is_said_with_its_line(name: str) -> None:
    whole, (before, after), message, line = _BREAKS[name]
    assert before in whole
    text = whole.replace(before, after) + "".join(more for call, more in _DECLARED.items() if call in after)
    (diagnostic,) = _report(text).diagnostics
    assert diagnostic.severity == "warning"
    assert message in diagnostic.message
    assert diagnostic.line is not None
    assert line in text.split("\n")[diagnostic.line - 1]


@pytest.mark.parametrize("text", [_BASE, _ONE_BLOCK, _ADAPTIVE, _EVERYTHING])
@pytest.mark.parametrize("end", ["\r\n", "  ; said\n"])
def test_bitcode_and_other_ends_of_lines_are_the_same_program(text: str, end: str) -> None:
    bitcode = llvm.parse_assembly(text, llvm.create_context()).as_bitcode()
    assert report_profile(parse_module(bitcode)) == _report(text)
    assert _report(text.replace("\n", end)) == _report(text)


def test_the_line_of_bitcode_is_that_of_the_printed_module() -> None:
    text = _BASE.replace("  br label %output", f"{_H}  br label %output")
    module = parse_module(llvm.parse_assembly(text, llvm.create_context()).as_bitcode())
    (diagnostic,) = report_profile(module).diagnostics
    assert diagnostic.line is not None
    assert module.text.line(diagnostic.line) == _H.rstrip()


@pytest.mark.parametrize("capability", _ALL)
def test_a_capability_that_is_not_declared_is_named(capability: str) -> None:
    name = capability.partition(":")[0]
    lines = [line for line in _EVERYTHING.split("\n") if f'!"{name}"' not in line]
    flag = next(line for line in _EVERYTHING.split("\n") if f'!"{name}"' in line).partition(" ")[0]
    text = "\n".join(lines).replace(f", {flag}", "")
    messages = [diagnostic.message for diagnostic in _report(text).diagnostics]
    assert any(name in message for message in messages)
    assert _report(text).capabilities == _ALL


@pytest.mark.parametrize(
    ("flag", "name"),
    [("dynamic_qubit_management", "qubit_array_allocate"), ("dynamic_result_management", "result_allocate")],
)
def test_allocation_against_a_flag_that_forbids_it_is_named(flag: str, name: str) -> None:
    text = _EVERYTHING.replace(f'"{flag}", i1 true', f'"{flag}", i1 false')
    messages = [diagnostic.message for diagnostic in _report(text).diagnostics]
    assert any(name in message and f"takes {flag}" in message for message in messages)


def test_only_what_the_entry_points_reach_is_looked_at() -> None:
    unused = "\ndefine void @unused(i64 %n) {\n  %x = add i64 %n, 1\n  ret void\n}\n"
    assert _report(_BASE + unused) == ProfileReport("base", (), ())


@pytest.mark.parametrize("declared", ["custom", "unrestricted", "full"])
def test_another_profile_than_the_specification_s_promises_nothing(declared: str) -> None:
    text = _BASE.replace("base_profile", declared).replace("  br label %output", f"{_H}  br label %output")
    assert _report(text.replace(", !1, !2", "")) == ProfileReport("adaptive", (), ())


def test_flags_of_a_draft_declare_other_capabilities() -> None:
    text = _ADAPTIVE.replace("!{!0, !1, !2, !3}", "!{!0, !1, !2, !3, !4, !5}").replace(
        "  %both", "  %x = add i64 1, 2\n  %both"
    )
    draft = '!4 = !{i32 1, !"classical_ints", i1 true}\n!5 = !{i32 1, !"backwards_branching", i1 false}\n'
    assert _report(text + draft).diagnostics == ()


def test_a_remark_about_a_flag_is_none() -> None:
    remark = '; !{i32 2, !"qir_minor_version", i64 0} would be wrong\n'
    assert _report(remark + _BASE).diagnostics == ()


def test_what_is_like_a_flag_and_in_no_list_is_none() -> None:
    unused = '!99 = !{i32 2, !"qir_minor_version", i64 0}\n'
    assert _report(unused + _BASE).diagnostics == ()
    wrong = _BASE.replace('!"qir_minor_version", i32', '!"qir_minor_version", i64')
    (diagnostic,) = _report(unused + wrong).diagnostics
    assert diagnostic.line is not None
    assert diagnostic.line > 1
    assert "qir_minor_version" in (unused + wrong).split("\n")[diagnostic.line - 1]


def test_each_thing_is_said_once_where_it_is_first() -> None:
    text = _BASE.replace("  br label %output", f"{_H * 3}  br label %output")
    (diagnostic,) = _report(text).diagnostics
    assert diagnostic.line == text.split("\n").index("measurements:") + 4


def test_dynamic_qubits_need_no_number() -> None:
    text = _EVERYTHING.replace('"output_labeling_schema"', '"output_labeling_schema" "required_num_qubits"="0"')
    text = text.replace(
        "  %short", "  call void @__quantum__qis__rx__body(double 1.0, ptr inttoptr (i64 9 to ptr))\n  %short"
    )
    assert _report(text).diagnostics == ()


def test_a_very_long_program_is_taken_at_its_word() -> None:
    text = _BASE.replace("  br label %output", f"{_H * (MAX_PROFILED_INSTRUCTIONS + 1)}  br label %output")
    assert _report(text) == ProfileReport("base", (), ())


def test_the_flags_and_attributes_of_a_very_long_program_are_checked() -> None:
    text = _BASE.replace("  br label %output", f"{_H * (MAX_PROFILED_INSTRUCTIONS + 1)}  br label %output").replace(
        "i32 7, ", "i32 1, "
    )
    (diagnostic,) = _report(text).diagnostics
    assert "qir_minor_version has the behaviour 1" in diagnostic.message


def test_calls_that_were_outlined_are_looked_at_where_they_stand() -> None:
    text = _BASE.replace("  br label %output", f"{_H * 1600}  br label %output")
    module = parse_module(text.encode())
    assert "qirjit.outlined" in str(module.llvm_module)
    (diagnostic,) = report_profile(module).diagnostics
    assert diagnostic.line == text.split("\n").index("measurements:") + 4


@given(st.lists(st.sampled_from(["h", "mz", "out"]), max_size=12))
def test_the_order_decides_between_base_and_adaptive(order: list[str]) -> None:
    calls = {
        "h": _H,
        "mz": "  call void @__quantum__qis__mz__body(ptr null, ptr null)\n",
        "out": "  call void @__quantum__rt__result_record_output(ptr null, ptr null)\n",
    }
    body = "".join(calls[name] for name in order)
    text = _BASE.replace(f"{_H}  call void @__quantum__qis__cnot__body(ptr null, ptr inttoptr (i64 1 to ptr))\n", "")
    start, end = text.index("measurements:\n") + len("measurements:\n"), text.index("  br label %output")
    report = _report(text[:start] + body + text[end:])
    ordered = order == sorted(order, key=["h", "mz", "out"].index)
    assert (report.profile == "base") == ordered
    assert (report.diagnostics == ()) == ordered


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_qubit_beyond_the_required_number_is_named(number: int, count: int) -> None:
    text = _ONE_BLOCK.replace("inttoptr i64 1", f"inttoptr i64 {number}").replace('Qubits"="2"', f'Qubits"="{count}"')
    messages = [diagnostic.message for diagnostic in _report(text).diagnostics]
    assert [f"uses qubit {number}" in message for message in messages] == [True] * (number >= count)


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("int_computations:i32", '!{i32 5, !"int_computations", !{!"i64", !"i32"}}'),
        ("backwards_branching:2", '!{i32 7, !"backwards_branching", i2 3}'),
    ],
)
def test_the_flag_to_declare_keeps_what_was_declared(kind: str, declared: str) -> None:
    text = _EVERYTHING.replace('!{!"i32", !"i64"}', '!{!"i64"}').replace("i2 3", "i2 1")
    (message,) = (diagnostic.message for diagnostic in _report(text).diagnostics if kind in diagnostic.message)
    assert message.endswith(f"Declare {declared}.")


@pytest.mark.parametrize(
    "before",
    ["  ; call void @__quantum__qis__h__body(ptr null)", '  call void @"call @__quantum__qis__h__body("()', ""],
)
def test_what_only_looks_like_a_call_is_not_counted(before: str) -> None:
    text = _BASE.replace("body:\n", f"body:\n{before}\n").replace("  br label %output", f"{_H}  br label %output")
    more = 'declare void @"call @__quantum__qis__h__body("()' if '"' in before else ""
    (diagnostic,) = _report(text + more).diagnostics
    assert diagnostic.line == text.split("\n").index("measurements:") + 4


@pytest.mark.parametrize("target", ["Base", "Adaptive", "Adaptive_RI", "Adaptive_RIF"])
def test_what_a_real_compiler_declares_is_kept(target: str) -> None:
    qsharp.init(target_profile=getattr(TargetProfile, target))
    conditional = "" if target == "Base" else "if r == One { X(b); }"
    body = f"use (a, b) = (Qubit(), Qubit()); H(a); CNOT(a, b); let r = M(a); {conditional} [r, M(b)]"
    qsharp.eval(f"operation Main() : Result[] {{ {body} }}")
    report = _report(str(qsharp.compile("Main()")))
    assert (report.profile, report.diagnostics) == ("base" if target == "Base" else "adaptive", ())


def test_few_public_programs_break_what_they_declare(corpus: Path) -> None:
    broken = Counter[str]()
    for file in sorted(corpus.rglob("*.[lb][lc]")):
        broken[file.name] += len(report_profile(parse_module(file.read_bytes())).diagnostics)
    assert {name: count for name, count in broken.items() if count} == {
        "ArithOps_switch.ll": 2,  # returns nothing; a loop against `backwards_branching` 0
        "barrier.bc": 1,  # returns nothing
        "mz_leaked.ll": 2,  # a call that returns an i64, which is recorded
        "profile_v1.1_compat.ll": 1,  # returns nothing
        "profile_v2.0_compat.ll": 1,
        "random-bit.bc": 1,
        "random_bit.ll": 1,
        "switch_instr.ll": 4,  # no flags, so neither numbers nor `switch`; no labels
    }
