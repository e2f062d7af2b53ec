"""The capabilities that a program uses, as the QIR specification 2.1 names them, and what no profile of it allows.

The specification is `specification/profiles` of https://github.com/qir-alliance/qir-spec. Where it is silent and
compilers are not (conversions between integers and floating-point numbers, `fneg`, `unreachable`, `inttoptr` as an
instruction of its own), the program is not said to be beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntFlag
from typing import NamedTuple

from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.instructions import Block, Callee, Function, Instruction, Operand
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.lazy_patterns import lazy_pattern


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


INTEGERS, FLOATS = "int_computations", "float_computations"
FUNCTIONS, LOOPS = "ir_functions", "backwards_branching"
SWITCHES, RETURNS = "multiple_target_branching", "multiple_return_points"
QUBITS, RESULTS, ARRAYS = "dynamic_qubit_management", "dynamic_result_management", "arrays"
CAPABILITIES = (INTEGERS, FLOATS, FUNCTIONS, LOOPS, SWITCHES, RETURNS, QUBITS, RESULTS, ARRAYS)
UNRESTRICTED = "unrestricted"

RUNTIME, INSTRUCTIONS = "__quantum__rt__", "__quantum__qis__"
INITIALIZE = f"{RUNTIME}initialize"
_INTEGER = lazy_pattern(r"i(\d+)")
_FLOAT = frozenset({"half", "float", "double"})
_PLAIN = frozenset({"br", "ret", "unreachable", "inttoptr"})
_WHOLE = {"add", "sub", "mul", "udiv", "sdiv", "urem", "srem", "and", "or", "xor", "shl", "lshr", "ashr"}
_ARITHMETIC = frozenset({*_WHOLE, "fadd", "fsub", "fmul", "fdiv", "frem", "fneg", "select", "phi", "freeze"})
_COMPARISONS = frozenset({"icmp", "fcmp"})
_CASTS = frozenset({"zext", "sext", "trunc", "fpext", "fptrunc", "sitofp", "uitofp", "fptosi", "fptoui"})
_ON_ARRAYS = frozenset({"alloca", "store", "getelementptr"})
_LEGACY = lazy_pattern(
    r"__quantum__rt__(?:string|tuple|array|callable|capture|bigint|range|(?:bool|int|double|pauli|qubit|result)_to_"
    r"|qubit_allocate_array|qubit_release_array|qubit_borrow|result_(?:get|equal|update)|message|fail|memory|heap)"
)
_SILENT = lazy_pattern(r"llvm\.(?:dbg|lifetime|assume|donothing|experimental\.noalias|invariant|annotation|sideeffect)")
_RECORDED = {
    "__quantum__rt__int_record_output": INTEGERS,
    "__quantum__rt__double_record_output": FLOATS,
    "__quantum__rt__float_record_output": FLOATS,
}
_RESOURCES = lazy_pattern(r"__quantum__rt__(qubit|result)_(array_)?(?:allocate|release)")


class Finding(NamedTuple):
    """Something that an instruction does.

    Attributes:
        subject: the capability that it takes, or `UNRESTRICTED`.
        value: of numbers the type, where one is meant; of loops their kind; of what no profile allows, what it is.
        place: which instruction.
    """

    subject: str
    value: str
    place: Place


def find_capabilities(function: Function) -> Iterator[Finding]:
    """Return the capabilities that a function's instructions need, each as often as it is there, in their order."""
    widened = _only_recorded(function)
    returns = 0
    for instruction in function.instructions:
        for subject, value in _of_instruction(instruction, recorded=instruction.key in widened):
            yield Finding(subject, value, instruction.place)
        returns += instruction.opcode == "ret"
        if returns > 1 and instruction.opcode == "ret":
            yield Finding(RETURNS, "", instruction.place)
    for kind, place in find_loops(function):
        yield Finding(LOOPS, str(int(kind)), place)


def find_parameters(function: Function) -> Iterator[tuple[str, str]]:
    """Return the capabilities that an IR-defined function needs by its own type: those of its numbers."""
    for kind in function.signature.parameters:
        yield from () if kind == "ptr" else _numbers(kind)
    yield from _numbers(function.signature.returns)


def find_misplaced_calls(function: Function) -> Iterator[Finding]:
    """Calls of runtime functions that only entry points may make."""
    for instruction in function.instructions:
        callee = instruction.callee
        if callee and (records_output(callee) or callee.name == INITIALIZE):
            yield Finding(UNRESTRICTED, "for entry points only", instruction.place)


def find_recursion(functions: Mapping[str, Function]) -> Iterator[Finding]:
    """Calls that lead back to the function that they are in."""
    called = {name: {i.callee.name for i in f.instructions if i.callee} for name, f in functions.items()}
    circles = _without_leaves({name: names & functions.keys() for name, names in called.items()})
    for name in circles:
        for instruction in functions[name].instructions:
            callee = instruction.callee
            if callee and callee.name in circles and name in _reachable(callee.name, circles):
                yield Finding(UNRESTRICTED, "recursion", instruction.place)


def records_output(callee: Callee) -> bool:
    """Return whether it is a function that records output."""
    return callee.name.startswith(RUNTIME) and callee.name.endswith("record_output")


def _without_leaves(called: dict[str, set[str]]) -> dict[str, set[str]]:
    # Who calls nobody, or only such, again and again: what is left is on a circle, or leads to one
    while leaves := {name for name, names in called.items() if not names}:
        called = {name: names - leaves for name, names in called.items() if name not in leaves}
    return called


def _reachable(name: str, called: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting.extend(called.get(current, ()))
    return reached


def _of_instruction(instruction: Instruction, *, recorded: bool) -> Iterator[tuple[str, str]]:
    opcode = instruction.opcode
    if opcode == "call":
        yield from _of_call(instruction)
    elif opcode in _ARITHMETIC:
        yield from _numbers(instruction.type)
    elif opcode in _COMPARISONS:
        yield from _numbers(instruction.operands[0].type)
    elif opcode in _CASTS:
        yield from _numbers(instruction.operands[0].type)
        yield from () if recorded else _numbers(instruction.type)
    elif opcode == "switch":
        yield SWITCHES, ""
    elif opcode not in _PLAIN:
        yield from _of_memory(instruction)


def _numbers(kind: str) -> Iterator[tuple[str, str]]:
    if kind in {"i1", "void"}:
        return
    if _INTEGER.fullmatch(kind):
        yield INTEGERS, kind
    elif kind in _FLOAT:
        yield FLOATS, kind
    else:
        yield UNRESTRICTED, "a pointer that is computed" if kind == "ptr" else f"a value of type {kind}"


def _of_memory(instruction: Instruction) -> Iterator[tuple[str, str]]:
    opcode, kind = instruction.opcode, instruction.type
    if opcode == "load":
        yield from _of_load(instruction)
    elif opcode in _ON_ARRAYS:
        if _is_array(instruction):
            yield ARRAYS, ""
    elif opcode in {"extractvalue", "insertvalue"} and instruction.operands[0].type.startswith("["):
        yield ARRAYS, ""
    elif opcode != "bitcast" or kind != "ptr":  # of pointers it is nothing, left over from their types
        yield UNRESTRICTED, f"the instruction {opcode}"


def _is_array(instruction: Instruction) -> bool:
    if instruction.opcode == "alloca":
        return instruction.memory != "i1"  # room for the `err` of an allocation, which takes no arrays
    if instruction.opcode == "getelementptr":
        return instruction.operands[0].local  # else it may be a label
    return True


def _of_load(instruction: Instruction) -> Iterator[tuple[str, str]]:
    kind = instruction.type
    if kind == "i1":
        return
    if kind == "ptr" or kind.startswith("["):
        yield ARRAYS, ""
        return
    yield from _numbers(kind)
    if instruction.operands[0].kind is not ValueKind.global_variable:  # global constants take no arrays
        yield ARRAYS, ""


def _of_call(instruction: Instruction) -> Iterator[tuple[str, str]]:
    callee = instruction.callee
    if callee is None:
        yield UNRESTRICTED, "a call of no named function"
    elif callee.defined:
        yield FUNCTIONS, ""
    elif resource := _RESOURCES.fullmatch(callee.name):
        yield QUBITS if resource[1] == "qubit" else RESULTS, ""
        if resource[2]:
            yield ARRAYS, ""
    elif callee.name == "__quantum__rt__result_array_record_output":
        yield ARRAYS, ""
    elif callee.name in _RECORDED:
        yield _RECORDED[callee.name], ""
    elif _LEGACY.match(callee.name) and not records_output(callee):
        yield UNRESTRICTED, "the runtime library of QIR 1.0"
    elif not _SILENT.match(callee.name):
        yield from _returned(callee)


def _returned(callee: Callee) -> Iterator[tuple[str, str]]:
    kind = callee.signature.returns
    if kind == "ptr":
        yield UNRESTRICTED, "a call that returns a pointer"
    elif callee.name.startswith(("llvm.memcpy", "llvm.memmove", "llvm.memset")):
        yield ARRAYS, ""
    else:
        yield from _numbers(kind)


def _only_recorded(function: Function) -> frozenset[int]:
    # Casts may take a type that is not declared, if all that is done with it is to record it
    casts = {i.key for i in function.instructions if i.opcode in _CASTS}
    recorded, used = set[int](), set[int]()
    if casts:
        for instruction in function.instructions:
            records = instruction.callee is not None and records_output(instruction.callee)
            (recorded if records else used).update(operand.key for operand in instruction.operands)
    return frozenset(casts & recorded - used)
