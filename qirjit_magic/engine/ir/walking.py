"""`walk`: every instruction of a module as LLVM has it, each with its place in the text as it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import llvmlite.binding as llvm
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.engine.text.outlining import is_outlined, may_have_outlined_names

_CALLS = frozenset({"call", "invoke", "callbr"})


def walk(module: QirModule) -> Iterator[tuple[Place, llvm.ValueRef]]:
    """The instructions of all functions, in their order; calls that were outlined stand where they were written.

    LLVM is asked about each of them, which takes microseconds: look into the text first whether that is needed.
    """
    whole = may_have_outlined_names(module.text.text)
    functions = {function.name: function for function in module.llvm_module.functions}
    for name, function in functions.items():
        if whole or not is_outlined(name):
            counts = Counter[str]()
            for word, value in _words(function, functions, whole=whole):
                yield Place(name, word, counts[word]), value
                counts[word] += 1


def _words(
    function: llvm.ValueRef, functions: dict[str, llvm.ValueRef], *, whole: bool
) -> Iterator[tuple[str, llvm.ValueRef]]:
    for block in function.blocks:
        for value in block.instructions:
            opcode = value.opcode
            callee = called(value) if opcode == "call" else None
            named = callee is not None and callee.value_kind is ValueKind.function
            if callee is None or not named:
                yield opcode, value
            elif is_outlined(callee.name) and not whole:
                yield from (
                    piece for piece in _words(functions[callee.name], functions, whole=whole) if piece[0] != "ret"
                )
            else:
                yield f"@{callee.name}", value


def called(instruction: llvm.ValueRef) -> llvm.ValueRef | None:
    """What an instruction calls; None where it is no call."""
    if instruction.opcode not in _CALLS:
        return None
    *_, callee = instruction.operands
    return callee
