from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.codegen.stack_probes import probe_stacks
from qirjit_magic.engine.ir.parse import QirModule, parse_module

PROBE = '"probe-stack"="inline-asm"'
SMALL = [
    "define void @f() {\n ret void\n}",
    "define void @f() {\n %a = alloca i64\n %b = alloca ptr, align 8\n %c = alloca double\n ret void\n}",
    'define void @"an alloca"() {\n call void @"an alloca"()\n ret void\n}',
]
LARGE = [
    "%a = alloca [1000000 x i64]",
    "%a = alloca %huge, align 64",
    "%a = alloca i8, i64 %n",
    "%a = alloca <64 x i64>",
    "%a = alloca i9999",
    "call void @takes(ptr byval(%huge) null)",
]


def large(body: str) -> QirModule:
    text = f"define void @f(i64 %n) {{\n {body}\n ret void\n}}\ndeclare void @takes(ptr byval(%huge))\n"
    return parse_module(f"%huge = type {{ [100000 x i64] }}\n{text}".encode())


def probed(module: QirModule) -> list[bool]:
    functions = [function for function in probe_stacks(module).llvm_module.functions if not function.is_declaration]
    return [PROBE.encode() in b" ".join(function.attributes) for function in functions]


@pytest.mark.parametrize("text", SMALL)
def test_a_module_that_takes_little_of_the_stack_stays_as_it_is(text: str) -> None:
    module = parse_module(text.encode())
    assert probe_stacks(module) is module


@pytest.mark.parametrize("body", LARGE)
def test_a_function_that_may_take_much_is_probed(body: str) -> None:
    assert probed(large(body)) == [True]


@pytest.mark.parametrize(
    "definition",
    [
        "define internal fastcc void @f()",
        'define weak void @"odd \\22(name"(i64 %"x)", i64 %n) unnamed_addr',
        'define ptr @f(...) local_unnamed_addr addrspace(0) noinline section "a) b" align 16 prefix i32 1',
        'define dso_local noundef signext i32 @f(ptr byval({ i64, i64 }) align 8 %p) "other"="x("',
        "define void @f() #0 comdat",
        "define hidden void @f(ptr dereferenceable(8) %p) personality ptr @other",
    ],
)
def test_every_kind_of_definition_takes_the_attribute(definition: str) -> None:
    returns = {"void": "ret void", "ptr": "ret ptr null", "i32": "ret i32 0"}
    kind = next(kind for kind in returns if re.search(rf"\b{kind} @", definition))
    text = (
        f"$f = comdat any\n@other = global i64 0\n{definition} {{\n"
        f" %a = alloca [9999 x i64]\n {returns[kind]}\n}}\nattributes #0 = {{ nounwind }}\n"
    )
    assert probed(parse_module(text.encode())) == [True]


def test_functions_beside_it_are_probed_as_well_and_declarations_are_not() -> None:
    module = large("%a = alloca [1000000 x i64]\n call void @takes(ptr byval(%huge) %a)")
    declared = next(f for f in probe_stacks(module).llvm_module.functions if f.is_declaration)
    assert PROBE.encode() not in b" ".join(declared.attributes)


@pytest.mark.parametrize(
    "attribute",
    [
        '"probe-stack"="abort"',
        '"probe-stack" /* of whom? */ = ; "\n "abort"',
        '"probe\\2Dstack"="abort"',
        '"stack-probe-size"="1000000000"',
        '"no-stack-arg-probe"',
    ],
)
@pytest.mark.parametrize("body", ["%a = alloca [1000000 x i64]", "%a = alloca i64"])
def test_how_the_stack_is_probed_is_not_the_program_s_to_say(attribute: str, body: str) -> None:
    text = f"define void @f() {attribute} {{\n {body}\n ret void\n}}\ndefine void @g() #0 {{\n {body}\n ret void\n}}\n"
    module = probe_stacks(parse_module(f"{text}attributes #0 = {{ {attribute} }}\n".encode()))
    printed = str(module.llvm_module)
    assert attribute not in printed
    assert (PROBE in printed) == ("1000000" in body)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_place_that_is_declared_unreachable_traps(level: int) -> None:
    module = parse_module(b"define void @f() {\n unreachable\n}\ndefine void @g() {\n ret void\n}\n")
    assembly = ObjectEmitter().assembly(module.llvm_module, level)
    assert re.search(r"f:(?:\n\s*\..*|\n\.L.*)*\n\s*(?:ud2|brk)", assembly)


def test_a_probed_frame_is_touched_page_by_page(parsed: Callable[[str], QirModule]) -> None:
    module = probe_stacks(parsed("faults/stack"))
    assembly = ObjectEmitter().assembly(module.llvm_module)
    assert "4096" in assembly
