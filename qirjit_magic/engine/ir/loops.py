"""Which loops a function has: iterations, whose length is known, or loops that end when a measurement says so."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntFlag

from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.instructions import Block, Function, Instruction, Operand
from qirjit_magic.engine.ir.places import Place


class Loops(IntFlag):
    """Kinds of loops, as the module flag ``backwards_branching`` numbers them."""

    NONE = 0
    ITERATIONS = 1
    CONDITIONAL = 2


def find_loops(function: Function) -> list[tuple[Loops, Place]]:
    """Each loop's kind, and the branch with which it begins anew.

    A loop is conditional if what ends it is computed from what a call returned, or if nothing ends it. Values that only
    depend on which way a measurement sent the program are not followed.
    """
    blocks = {block.key: block for block in function.blocks}
    backwards = list(_backwards(function.blocks[0], blocks))
    if not backwards:
        return []
    before = _predecessors(blocks)
    measured = _measured(function)
    bodies: dict[int, set[int]] = {}  # by the block where the loop begins: it may begin anew from several places
    for source, target in backwards:
        bodies.setdefault(target, {target}).update(_body(source, target, before))
    return [
        (_kind([blocks[key] for key in bodies[target]], bodies[target], measured), _terminator(blocks[source]).place)
        for source, target in backwards
    ]


def _terminator(block: Block) -> Instruction:
    return block.instructions[-1]


def _predecessors(blocks: dict[int, Block]) -> dict[int, list[int]]:
    before: dict[int, list[int]] = {key: [] for key in blocks}
    for key, block in blocks.items():
        for target in _terminator(block).targets:
            before[target].append(key)
    return before


def _backwards(entry: Block, blocks: dict[int, Block]) -> Iterator[tuple[int, int]]:
    # Depth first: an edge to a block that is not left yet closes a circle
    path = {entry.key: iter(_terminator(entry).targets)}
    seen = {entry.key}
    while path:
        key = next(reversed(path))
        target = next(path[key], None)
        if target is None:
            del path[key]
        elif target in path:
            yield key, target
        elif target not in seen:
            seen.add(target)
            path[target] = iter(_terminator(blocks[target]).targets)


def _body(source: int, target: int, before: dict[int, list[int]]) -> set[int]:
    body, waiting = {target}, [source]
    while waiting:
        key = waiting.pop()
        if key not in body:
            body.add(key)
            waiting.extend(before[key])
    return body


def _kind(body: list[Block], keys: set[int], measured: set[int]) -> Loops:
    ends = [_terminator(block) for block in body]
    exits = [end for end in ends if any(target not in keys for target in end.targets)]
    known = exits and not any(operand.key in measured for end in exits for operand in end.operands)
    return Loops.ITERATIONS if known else Loops.CONDITIONAL


def _measured(function: Function) -> set[int]:
    # Values and memory that what a call returned has gone into. Loops carry it on: until nothing is new.
    measured: set[int] = set()
    size = -1
    while size != len(measured):
        size = len(measured)
        for instruction in function.instructions:
            measured.update(_reached(instruction, measured))
    return measured


def _reached(instruction: Instruction, measured: set[int]) -> Iterator[int]:
    if instruction.opcode == "call":
        if instruction.type != "void":
            yield instruction.key
    elif instruction.opcode == "store":
        value, pointer = instruction.operands
        if value.key in measured:
            yield pointer.key
    elif any(_carries(operand) and operand.key in measured for operand in instruction.operands):
        yield instruction.key


def _carries(operand: Operand) -> bool:
    return operand.local or operand.kind is ValueKind.global_variable
