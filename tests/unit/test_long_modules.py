from __future__ import annotations

import ctypes

import llvmlite.binding as llvm
import pytest

from qirjit_magic.engine.codegen.object_code import LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.text.outlining import OUTLINED, is_outlined, outline
from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.errors import QirSyntaxError

_CALLS = 3000
_NOTE = "  call void @note(i64 7)\n"
_DEFINITIONS = """\
@sum = internal global i64 0
declare void @elsewhere(ptr)
define private void @note(i64 %by) {
  %1 = load i64, ptr @sum
  %2 = mul i64 %1, 3
  %3 = add i64 %2, %by
  store i64 %3, ptr @sum
  ret void
}
"""


def _program(calls: str = _CALLS * _NOTE, end: str = "") -> str:
    return f"{_DEFINITIONS}define i64 @main() {{\n{calls}{end}  %r = load i64, ptr @sum\n  ret i64 %r\n}}\n"


def _outlined(module: QirModule) -> int:
    return sum(is_outlined(f.name) for f in module.llvm_module.functions)


def _result(module: llvm.ModuleRef, level: int = 0) -> int:
    linked = LinkedObject(ObjectEmitter().emit(module, level), {})
    result = ctypes.CFUNCTYPE(ctypes.c_uint64)(linked.address("main"))()
    linked.close()
    return int(result)


def _expected(values: list[int]) -> int:
    total = 0
    for value in values:
        total = (3 * total + value) % 2**64
    return total


def _error(text: str, *, outlined: bool = True) -> QirSyntaxError:
    with pytest.raises(QirSyntaxError) as caught:
        parse_module(text.encode(), outlined=outlined)
    return caught.value


def test_a_long_module_looks_as_it_is_written() -> None:
    source = _program().encode()
    module, written = parse_module(source), parse_module(source, outlined=False)
    assert (module.info, module.text.text) == (written.info, written.text.text)
    assert [f.name for f in module.info.functions] == ["note", "main"]
    assert (_outlined(module), _outlined(written)) == (3, 0)


def test_long_bitcode_is_outlined_too() -> None:
    module = parse_module(read_text(_program()).as_bitcode())
    assert _outlined(module) == 3
    assert [f.name for f in module.info.functions] == ["note", "main"]
    assert "outlined" not in module.text.text
    assert _result(module.llvm_module) == _expected([7] * _CALLS)


def test_a_program_may_have_such_names_itself() -> None:
    own = f"define void @{OUTLINED}0() {{\n  ret void\n}}\n"
    module = parse_module((own + _program()).encode())
    assert [f.name for f in module.info.functions] == [f"{OUTLINED}0", "note", "main"]
    assert _result(module.llvm_module) == _expected([7] * _CALLS)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_long_module_runs_at_every_level(level: int) -> None:
    values = list(range(_CALLS))
    module = parse_module(_program("".join(f"  call void @note(i64 {value})\n" for value in values)).encode())
    assert _outlined(module)
    assert _result(module.llvm_module, level) == _expected(values)


@pytest.mark.parametrize("mistake", ["  bogus 1", "  call void @nobody()", "  call void @note(i64 %nobody)"])
def test_a_mistake_in_a_long_module_has_its_place_in_the_text(mistake: str) -> None:
    text = _program(end=f"{mistake}\n{_NOTE}")
    error = _error(text)
    assert (error.line, error.source_line) == (text.split("\n").index(mistake) + 1, mistake)
    assert str(error) == str(_error(text, outlined=False))


def test_a_mistake_that_the_verifier_finds_is_the_same_one() -> None:
    text = _program(end="  br label %b\nb:\n  %x = add i64 %y, 1\n  %y = add i64 1, 1\n")
    assert "does not dominate" in _error(text).message
    assert str(_error(text)) == str(_error(text, outlined=False))


def test_where_llvm_refuses_the_pieces_the_module_is_read_as_it_is_written() -> None:
    spellings = "".join(f"  call void @note(i64 {value})\n" for value in ("1", "%two", '%"two"'))
    text = _program(f"  %two = add i64 1, 1\n{spellings}{_CALLS * _NOTE}")
    assert outline(SourceText(text)) is not None
    module = parse_module(text.encode())
    assert _outlined(module) == 0
    assert _result(module.llvm_module) == _expected([1, 2, 2, *[7] * _CALLS])


def test_pieces_with_many_locals_are_longer() -> None:
    numbers = range(150)
    defined = "".join(f"  %v{n} = add i64 {n}, 0\n" for n in numbers)
    module = parse_module(_program(defined + "".join(f"  call void @note(i64 %v{n})\n" for n in numbers) * 60).encode())
    assert _outlined(module) == 3
    assert _result(module.llvm_module) == _expected([*numbers] * 60)


def test_a_local_of_many_calls_is_passed_and_too_many_locals_stay() -> None:
    numbers = range(500)
    defined = "".join(f"  %v{n} = add i64 {n}, 0\n" for n in numbers)
    few = parse_module((_program(defined + _CALLS * "  call void @note(i64 %v7)\n")).encode())
    many = parse_module((_program(defined + "".join(f"  call void @note(i64 %v{n})\n" for n in numbers) * 6)).encode())
    assert (_outlined(few) > 0, _outlined(many)) == (True, 0)
    assert _result(few.llvm_module) == _expected([7] * _CALLS)
    assert _result(many.llvm_module) == _expected([*numbers] * 6)
