"""The instructions of a function that the base profile does not allow, and the static qubits that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile

from qirjit_magic.engine.ir.capabilities import INITIALIZE, INSTRUCTIONS, RUNTIME, Finding, records_output
from qirjit_magic.engine.ir.instructions import Block, Callee, Function, Instruction, Operand
from qirjit_magic.engine.text.instruction_places import Place

BASE = "base"
_RUNTIME = frozenset({INITIALIZE, *(f"{RUNTIME}{kind}_record_output" for kind in ("tuple", "array", "result"))})
_TAKE = frozenset({f"{RUNTIME}read_result", f"{INSTRUCTIONS}read_result__body"})
_READ = _TAKE | {f"{RUNTIME}result_record_output"}
_PHASES = "the initialization", "a gate", "a measurement", "output"


def find_base_violations(function: Function) -> Iterator[Finding]:
    """Each instruction that no base profile program has, or has earlier.

    Blocks are not counted: a single one, or more than four, are the same program if everything stands in order.
    """
    numbers = _numbers(function)
    phase = 0
    for block in _chain(function):
        for instruction in block.instructions:
            beyond = _beyond(instruction, numbers)
            if beyond:
                yield Finding(BASE, beyond, instruction.place)
            elif instruction.callee and not instruction.callee.name.startswith(
                "llvm."
            ):  # these only tell LLVM something
                now = _phase(instruction.callee)
                if now < phase:
                    yield Finding(BASE, f"{_PHASES[now]} after {_PHASES[phase]}", instruction.place)
                phase = max(phase, now)


def find_static_ids(function: Function) -> Iterator[tuple[str, int, Place]]:
    """The constants that name ``qubits`` and ``results`` in a function's calls, each with its call."""
    numbers = _numbers(function)
    for instruction in function.instructions:
        if instruction.callee:
            for kind, operand in _resources(instruction.callee, instruction.operands):
                number = numbers.get(operand.key, operand.number)
                if number is not None and operand.type == "ptr":
                    yield kind, number, instruction.place


def always_reads_result(function: Function) -> bool:
    """Return whether it measures and then takes a result for a bit, whichever way it goes."""
    called = (i.callee for block in _chain(function) for i in block.instructions if i.callee)
    return any(callee.name in _TAKE for callee in dropwhile(lambda callee: not callee.measures, called))


def _numbers(function: Function) -> dict[int, int | None]:
    # Some compilers write `inttoptr` and `getelementptr` of constants as instructions: the same as inside of the call
    folded: dict[int, int | None] = {}
    for instruction in function.instructions:
        if instruction.opcode in {"inttoptr", "getelementptr"} and not any(o.local for o in instruction.operands):
            first = instruction.operands[0]
            folded[instruction.key] = first.number if instruction.opcode == "inttoptr" else None
    return folded


def _chain(function: Function) -> Iterator[Block]:
    # As far as there is one way to go: a circle is another profile's, too
    blocks = {block.key: block for block in function.blocks}
    block = blocks.pop(function.blocks[0].key, None)
    while block:
        yield block
        targets = block.instructions[-1].targets
        block = blocks.pop(targets[0], None) if len(targets) == 1 else None


def _beyond(instruction: Instruction, folded: dict[int, int | None]) -> str:
    if instruction.opcode == "br":
        return "a conditional branch" if len(instruction.targets) > 1 else ""
    if instruction.opcode == "call":
        return _beyond_call(instruction.callee) or _variable(instruction, folded)
    if instruction.opcode == "ret" or instruction.key in folded:
        return _variable(instruction, folded)
    return "a computation"


def _beyond_call(callee: Callee | None) -> str:
    if callee is None:
        return "a call of no named function"
    if callee.defined:
        return "a call of a function that the module defines"
    if callee.name.startswith(RUNTIME) and callee.name not in _RUNTIME:
        return "a runtime function for other profiles"
    return "a call that returns a value" if callee.signature.returns != "void" else ""


def _variable(instruction: Instruction, folded: dict[int, int | None]) -> str:
    variable = any(operand.local and operand.key not in folded for operand in instruction.operands)
    return "a value that is no constant" if variable else ""


def _phase(callee: Callee) -> int:
    if callee.name == INITIALIZE:
        return 0
    if records_output(callee):
        return 3
    return 2 if callee.measures else 1


def _resources(callee: Callee, operands: tuple[Operand, ...]) -> Iterator[tuple[str, Operand]]:
    if callee.name in _READ:
        yield "results", operands[0]
    elif callee.name.startswith(INSTRUCTIONS) and callee.signature.returns == "void":
        for index, operand in enumerate(operands):
            if index in callee.results:
                yield "results", operand
            elif callee.results or not callee.measures or len(operands) == 1:
                yield "qubits", operand
