from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.function_reader import read_functions
from qirjit_magic.engine.ir.instructions import Block, Instruction, Operand
from qirjit_magic.engine.ir.parse import QirModule, parse_module
from qirjit_magic.engine.ir.text_functions import WrittenFunctions
from qirjit_magic.errors import QirError
from tests.files import PROGRAMS, program

_EVERY_LINE = program("written/every_line").decode()
_MANY = 1 << 30
Shape = list[tuple[object, ...]]


def test_every_form_of_line_is_read_as_llvm_reads_it() -> None:
    module = parse_module(_EVERY_LINE.encode())
    assert [name for name, _ in _read_both_ways(module)] == ["main", "without_a_label", "returns_what_it_got"]


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("  ret i64 0", "  %sum = add i64 1, 2\n  ret i64 0"),
        ("  ret i64 0", '  call void asm sideeffect "", ""()\n  ret i64 0'),
        ("  br label %last", "  switch i64 0, label %last [i64 1, label %else]"),
        ("  call void @takes_typed(ptr inttoptr (i64 0 to ptr), i1 1)", "  call void @takes_typed(ptr undef, i1 true)"),
        (
            "  %read = call i1 @__quantum__rt__read_result(ptr null)",
            "  %read = call zeroext i1 @__quantum__rt__read_result(ptr null)",
        ),
        ("  unreachable", "  unreachable\n\n  br label %last"),
        ("entry:", '"an entry":'),
        ("define i64 @main() #0 {", "define i64 @main(i64 %argument) #0 {"),
        ("; which way", "; which way /*"),
        ("ptr inttoptr (i64 0 to ptr)", "ptr getelementptr inbounds (i8, ptr null, i64 0)"),
        ("ptr inttoptr (i64 0 to ptr)", "ptr getelementptr inbounds (i8, ptr @main, i64 0)"),
        ("ret i64 0", f"ret i64 {'9' * 5_000}"),
        ("@without_a_label()", "@1()"),
        ("@without_a_label()", '@"0"()'),
    ],
)
def test_a_function_with_any_other_line_is_left_to_llvm(line: str, instead: str) -> None:
    assert line in _EVERY_LINE
    module = parse_module(_EVERY_LINE.replace(line, instead, 1).encode())
    assert "main" not in dict(_read_both_ways(module))


def test_a_body_ends_where_llvm_ends_it() -> None:
    module = parse_module(program("written/braces"))
    lengths = {f.name: len([i for b in f.blocks for i in b.instructions]) for f in module.llvm_module.functions}
    written = WrittenFunctions(module.text.text, lengths.keys(), pytest.fail)
    assert [name for name, length in lengths.items() if written.is_longer(name, length)] == []
    assert written.is_longer("is_long", 2)
    read = [name for name, _ in _read_both_ways(module)]
    assert read == ["is_long", "has_a_remark", "is_short"]


def test_an_unnamed_variable_is_not_the_one_that_is_called_0() -> None:
    module = parse_module(_EVERY_LINE.encode())
    functions = read_functions(module, ["main"], limit=_MANY)
    assert functions is not None
    operands = [o for i in functions["main"].instructions for o in i.operands if o.kind is ValueKind.global_variable]
    assert [operand.name for operand in operands] == ["table", ""]


@pytest.mark.parametrize(
    "line", ["define @a() {" * 20_000, 'define void @a() "{' * 20_000, "define void @a() {\n" * 20_000]
)
def test_a_text_is_searched_in_linear_time(line: str) -> None:
    assert not WrittenFunctions(f"{line}\n", {"a"}, pytest.fail).is_longer("a", 0)


def test_line_ends_of_windows_are_read_too() -> None:
    module = parse_module(_EVERY_LINE.replace("\n", "\r\n").encode())
    assert "main" in dict(_read_both_ways(module))


def test_a_long_function_is_known_to_be_long_before_it_is_read() -> None:
    text = _EVERY_LINE.replace("entry:", "entry:" + "\n  call void @g()" * 100)
    functions = WrittenFunctions(text, {"g"}, pytest.fail)
    assert functions.is_longer("main", 100)
    assert not functions.is_longer("main", 200)
    assert not functions.is_longer("nobody", 0)


def test_the_programs_of_the_tests_are_read_as_llvm_reads_them() -> None:
    assert sum(map(_read_in, sorted(PROGRAMS.rglob("*.ll")))) > 30


def test_public_programs_are_read_as_llvm_reads_them(corpus: Path) -> None:
    assert sum(map(_read_in, sorted(corpus.rglob("*.ll")))) > 50


def _read_in(file: Path) -> int:
    try:
        module = parse_module(file.read_bytes())
    except QirError:  # what is to be refused
        return 0
    return len(list(_read_both_ways(module)))


def _read_both_ways(module: QirModule) -> Iterator[tuple[str, Shape]]:
    functions = {function.name for function in module.llvm_module.functions}
    for name in (function.name for function in module.info.functions):
        asked = read_functions(module, [name], limit=_MANY, by_text=False)
        assert asked is not None
        called = {i.callee.name: i.callee for i in asked[name].instructions if i.callee}
        written = WrittenFunctions(module.text.text, functions, called.__getitem__).read(name)
        if written is not None:
            assert _shape(written) == _shape(asked[name].blocks), name
            yield name, _shape(written)


def _shape(blocks: tuple[Block, ...]) -> Shape:
    # A key is as good as any other that is the same in the same places; LLVM knows more constants to be the same
    keys: dict[int, int] = {}

    def numbered(key: int) -> int:
        return keys.setdefault(key, len(keys))

    def operand(of: Operand) -> tuple[object, ...]:
        lasting = of.local or of.kind is ValueKind.basic_block
        return of.type, of.number, numbered(of.key) if lasting else None, of.kind if lasting else None

    def instruction(block: Block, of: Instruction) -> tuple[object, ...]:
        known = of.opcode, of.type, of.callee, of.incoming, of.place, of.memory
        return numbered(block.key), numbered(of.key), *known, *map(operand, of.operands)

    return [instruction(block, of) for block in blocks for of in block.instructions]
