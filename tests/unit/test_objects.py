from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable

import pytest

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir import QirModule, parse_module

_I64 = ctypes.CFUNCTYPE(ctypes.c_int64)


def _emit(text: str, level: int = 0) -> bytes:
    return ObjectEmitter().emit(parse_module(text.encode()).llvm_module, level)


def _call(linked: LinkedObject, name: str) -> int:
    address = linked.address(name)
    assert address
    return int(_I64(address)())


@pytest.mark.parametrize("level", range(4))
def test_code_runs_as_it_is_written(level: int) -> None:
    linked = LinkedObject(_emit("define i64 @f() { ret i64 42 }", level), {})
    assert _call(linked, "f") == 42
    linked.close()


@pytest.mark.parametrize("level", range(4))
def test_every_function_has_an_address_whatever_its_name_and_linkage(
    parsed: Callable[[str], QirModule], level: int
) -> None:
    linked = LinkedObject(ObjectEmitter().emit(parsed("private_names").llvm_module, level), {})
    assert {name: _call(linked, name) for name in ("hidden", "inner", "größe", "sum")} == {
        "hidden": 1,
        "inner": 2,
        "größe": 4,
        "sum": 7,
    }
    assert linked.address("unknown") == 0
    linked.close()


@pytest.mark.parametrize("name", ["f", "f.x-$", "two words", 'with"quote', "back\\slash", "größe", "\U0001d53d", "1st"])
def test_a_declaration_of_any_name_is_bound_to_its_address(name: str) -> None:
    callee = LinkedObject(_emit("define i64 @callee() { ret i64 7 }"), {})
    quoted = "".join(chr(byte) if 97 <= byte <= 122 else f"\\{byte:02X}" for byte in name.encode())
    text = f'declare i64 @"{quoted}"()\ndefine i64 @caller() {{\n  %1 = call i64 @"{quoted}"()\n  ret i64 %1\n}}\n'
    module = parse_module(text.encode())
    assert [d.name for d in module.info.declarations] == [name]
    code = ObjectEmitter().emit(module.llvm_module)
    linked = LinkedObject(code, {name: ExternalSymbol(callee.address("callee"))})
    assert _call(linked, "caller") == 7
    linked.close()
    callee.close()


def test_a_variable_of_another_object_is_shared() -> None:
    owner = LinkedObject(
        _emit("@count = global i64 5\ndefine i64 @get() {\n  %1 = load i64, ptr @count\n  ret i64 %1\n}"), {}
    )
    text = "@count = external global i64\ndefine i64 @bump() {\n  store i64 6, ptr @count\n  ret i64 0\n}"
    user = LinkedObject(_emit(text), {"count": ExternalSymbol(owner.address("count"), function=False)})
    assert _call(owner, "get") == 5
    assert _call(user, "bump") == 0
    assert _call(owner, "get") == 6
    user.close()
    owner.close()


def test_a_module_of_a_foreign_machine_gets_this_one_s_layout() -> None:
    foreign = 'target triple = "aarch64-apple-darwin"\ntarget datalayout = "e-m:o-i64:64-n32:64"\n'
    linked = LinkedObject(_emit(f"{foreign}define i64 @f() {{ ret i64 3 }}"), {})
    assert _call(linked, "f") == 3
    linked.close()


def test_one_emitter_serves_many_modules() -> None:
    emitter = ObjectEmitter()
    codes = [emitter.emit(parse_module(b"define i64 @f() { ret i64 %d }" % n).llvm_module) for n in range(3)]
    linked = [LinkedObject(code, {}) for code in codes]
    assert [_call(one, "f") for one in linked] == [0, 1, 2]
    for one in linked:
        one.close()


def test_the_assembly_names_the_functions() -> None:
    assembly = ObjectEmitter().assembly(parse_module(b"define i64 @seven() { ret i64 7 }").llvm_module)
    assert "seven:" in assembly


def test_a_module_in_a_circle_of_references_is_freed_without_harm() -> None:
    for _ in range(10):
        module = parse_module(b"define void @f() { ret void }")
        error = ValueError(module)
        error.__cause__ = error
        del module, error
        gc.collect()
    assert parse_module(b"").info.functions == ()
