from __future__ import annotations

from pathlib import Path

import pytest
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.instructions import Function, Instruction, read_functions
from qirjit_magic.engine.ir.parse import parse_module
from qirjit_magic.engine.ir.raw_instructions import kind_at, raw_instructions, type_at, value_at
from qirjit_magic.errors import QirError
from tests.files import PROGRAMS, program

_EVERY_OPERAND = program("function_reader/every_operand")
_MANY = 1 << 30


def _read(source: bytes, name: str = "main") -> Function:
    functions = read_functions(parse_module(source), [name], limit=_MANY)
    assert functions is not None
    return functions[name]


def _calls_of(*names: str) -> list[Instruction]:
    return [i for i in _read(_EVERY_OPERAND).instructions if i.callee and i.callee.name in names]


def _assert_read_as_llvmlite_reads(source: bytes) -> int:
    count = 0
    module = parse_module(source, outlined=False).llvm_module
    for block in (block for function in module.functions for block in function.blocks):
        for raw, value in zip(raw_instructions(block), block.instructions, strict=True):
            operands = list(value.operands)
            assert (raw.address, raw.opcode, raw.operands) == (hash(value), value.opcode, tuple(map(hash, operands)))
            assert type_at(raw.address) == hash(value.type)
            assert [kind_at(each) for each in raw.operands] == [operand.value_kind for operand in operands]
            assert [str(value_at(each, block)) for each in raw.operands] == list(map(str, operands))
            count += 1
    return count


def test_the_programs_of_the_tests_are_read_as_llvmlite_reads_them() -> None:
    count = 0
    for file in sorted(PROGRAMS.rglob("*.ll")):
        try:
            parse_module(file.read_bytes())
        except QirError:  # what is to be refused
            continue
        count += _assert_read_as_llvmlite_reads(file.read_bytes()) if file.stat().st_size < 1 << 14 else 0
    assert count > 1000


def test_the_number_of_a_constant_is_the_one_that_llvm_folds_it_to() -> None:
    integers, *_ = _calls_of("takes_integers")
    assert [operand.number for operand in integers.operands] == [(1 << 64) - 1, 200, 0, None, None]
    first, second = _calls_of("takes_pointers")
    assert [operand.number for operand in first.operands] == [0, 7, None]
    assert [operand.number for operand in second.operands] == [None, None, 0]  # LLVM writes -1, which is no id


def test_an_unnamed_variable_is_not_the_one_that_is_called_0() -> None:
    operands = [
        o for i in _read(_EVERY_OPERAND).instructions for o in i.operands if o.kind is ValueKind.global_variable
    ]
    assert [operand.name for operand in operands] == ["table", "", "label"]


def test_the_same_constant_has_one_key_however_it_is_written() -> None:
    initialize, typed = _calls_of("__quantum__rt__initialize", "takes_typed")
    assert initialize.operands[0].key == typed.operands[0].key


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_function_is_read_up_to_the_limit(beyond: int) -> None:
    length = len(list(_read(_EVERY_OPERAND).instructions))
    functions = read_functions(parse_module(_EVERY_OPERAND), ["main"], limit=length - beyond)
    assert (functions is None) == bool(beyond)


def test_public_programs_are_read_as_llvmlite_reads_them(corpus: Path) -> None:
    readable = 0
    for file in sorted(corpus.rglob("*.ll"))[:40]:
        try:
            parse_module(file.read_bytes())
        except QirError:
            continue
        readable += _assert_read_as_llvmlite_reads(file.read_bytes())
    assert readable > 300
