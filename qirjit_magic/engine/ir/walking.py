"""`walk`: every instruction of a module as LLVM has it, each with its place in the text as it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.raw_instructions import raw_instructions, value_at
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.engine.text.outlining import is_outlined, may_have_outlined_names

_CALLS = frozenset({"call", "invoke", "callbr"})


def walk(module: QirModule) -> Iterator[tuple[Place, llvm.ValueRef]]:
    """The instructions of all functions, in their order; calls that were outlined stand where they were written.

    LLVM is asked about each of them, which takes microseconds: look into the text first whether that is needed.
    """
    whole = may_have_outlined_names(module.text.text)
    functions = {function.name: function for function in module.llvm_module.functions}
    names = {hash(function): name for name, function in functions.items()}
    for name, function in functions.items():
        if whole or not is_outlined(name):
            counts = Counter[str]()
            for word, value in _words(function, functions, names, whole=whole):
                yield Place(name, word, counts[word]), value
                counts[word] += 1


def _words(
    function: llvm.ValueRef, functions: dict[str, llvm.ValueRef], names: dict[int, str], *, whole: bool
) -> Iterator[tuple[str, llvm.ValueRef]]:
    for block in function.blocks:
        for address, opcode, operands in raw_instructions(block):
            value = value_at(address, block, "instruction")
            name = names.get(operands[-1]) if opcode == "call" else None
            if name is None:
                yield opcode, value
            elif is_outlined(name) and not whole:
                pieces = _words(functions[name], functions, names, whole=whole)
                yield from (piece for piece in pieces if piece[0] != "ret")
            else:
                yield f"@{name}", value


def called(instruction: llvm.ValueRef) -> llvm.ValueRef | None:
    """The function that an instruction calls; None where it is no call."""
    if instruction.opcode not in _CALLS:
        return None
    *_, callee = instruction.operands
    return callee
