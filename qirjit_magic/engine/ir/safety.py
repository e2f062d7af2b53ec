"""Code that a module may hold only where it is trusted, as QIR's own instructions cannot check it.

It is looked for in the text, since LLVM would have to be asked about each instruction. A program that is to do harm has
other ways, such as an address that it computes: what it can reach is limited by the process that it runs in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import llvmlite.binding as llvm
import msgspec
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.attributes import find_attributes, find_sections
from qirjit_magic.engine.ir.fatal import find_fatal
from qirjit_magic.engine.ir.names import declared_intrinsics
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.refusals import at_name, at_place, at_position
from qirjit_magic.engine.ir.walking import called, walk
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import END, ESCAPED_STRING, GAP, NAME, WORD, compiled, find_words, plain_name, tokens

# Who calls something that has no name writes a bracket behind a local name, or behind another bracket.
_PERHAPS = (  # each begins with one character, which is fast to search for
    lazy_pattern(r"\)\s*(?:\(|;|/\*)"),
    lazy_pattern(rf"%{NAME}\s*(?:\(|;|/\*)"),
)
_CALLED_VALUE = rf"(?:%{NAME}|\)){GAP}\("
_CONSTANT = frozenset({ValueKind.constant_int, ValueKind.constant_pointer_null})
_COMPUTED = frozenset(
    (
        *("add", "sub", "mul", "udiv", "sdiv", "urem", "srem", "shl", "lshr", "ashr", "and", "or", "xor"),
        *("trunc", "zext", "sext", "inttoptr", "ptrtoint", "ptrtoaddr", "bitcast", "addrspacecast"),
        *("getelementptr", "freeze", "phi", "extractvalue", "insertvalue"),
    )
)


def find_called_constants(module: QirModule) -> Iterator[Place]:
    """Calls of what is computed from nothing but integers that stand in the program.

    They come there by way of casts, sums, memory of a function's own, and other functions of the module.
    """
    text = module.text.text
    if not any(perhaps.search(text) for perhaps in _PERHAPS) or next(find_words(text, _CALLED_VALUE), None) is None:
        return
    found = list(walk(module))
    values = _Values(module, [value for _, value in found])
    for place, value in found:
        callee = called(value)
        if callee is not None and callee.value_kind is not ValueKind.function and values.is_number(callee):
            yield place


class _Values:
    # What reaches a value: by LLVM's addresses, which are one for one value.

    def __init__(self, module: QirModule, instructions: list[llvm.ValueRef]) -> None:
        self._instructions = {hash(value): value for value in instructions}
        self._stored: dict[int, list[llvm.ValueRef]] = defaultdict(list)
        self._given: dict[tuple[str, int], list[llvm.ValueRef]] = defaultdict(list)
        self._returned: dict[str, list[llvm.ValueRef]] = defaultdict(list)
        self._parameters = {
            hash(argument): (function.name, index)
            for function in module.llvm_module.functions
            if not function.is_declaration
            for index, argument in enumerate(function.arguments)
        }
        for value in instructions:
            opcode = value.opcode
            if opcode == "store":
                stored, pointer = value.operands
                self._stored[hash(pointer)].append(stored)
            elif opcode == "ret":
                self._returned[value.function.name].extend(value.operands)
            elif (callee := called(value)) is not None and callee.value_kind is ValueKind.function:
                for index, operand in enumerate(list(value.operands)[:-1]):
                    self._given[callee.name, index].append(operand)

    def is_number(self, value: llvm.ValueRef) -> bool:
        """Return whether it is computed from integers alone, at least one of which is not 0."""
        seen, waiting, numbers = set[int](), [value], False
        while waiting:
            current = waiting.pop()
            if hash(current) in seen:
                continue
            seen.add(hash(current))
            sources = self._sources(current)
            if sources is None:
                return False
            numbers = numbers or (not sources and current.value_kind is not ValueKind.constant_pointer_null)
            waiting += sources
        return numbers

    def _sources(self, value: llvm.ValueRef) -> list[llvm.ValueRef] | None:
        kind = value.value_kind
        if kind in _CONSTANT:
            return []
        if kind is ValueKind.constant_expr:
            return [] if "inttoptr" in str(value) else None
        if kind is ValueKind.argument:
            return self._given.get(self._parameters[hash(value)]) or None
        instruction = self._instructions.get(hash(value))
        return None if instruction is None else self._of_instruction(instruction)

    def _of_instruction(self, value: llvm.ValueRef) -> list[llvm.ValueRef] | None:
        opcode = value.opcode
        if opcode == "load":
            (pointer,) = value.operands
            memory = self._instructions.get(hash(pointer))
            return self._stored.get(hash(pointer)) if memory is not None and memory.opcode == "alloca" else None
        if opcode == "call":
            callee = called(value)
            return self._returned.get(callee.name) if callee is not None else None
        if opcode == "select":
            return list(value.operands)[1:]
        return list(value.operands) if opcode in _COMPUTED else None


_CODE = "this is machine code, which can do anything"
_ADDRESS = "what stands at that address of the process is nothing that a program can know"
_REGISTER = "what LLVM keeps in the processor's registers is not the program's"
_BY_NAME = "LLVM makes a call of this name by itself, and no one checks whose function it is"
_SECTION = "it says where the linker puts things, even data where code is"
_INITIALISER = "its functions are to run by themselves when a module is loaded or unloaded"
_ENDS = ("llvm.global_ctors", "llvm.global_dtors")
_REGISTERS = "llvm.write_register", "llvm.write_volatile_register"
_ALIAS = lazy_pattern(rf"@(?P<name>{NAME}) = .*?\balias (?P<value>.*)")
_MAY_BE_ALIAS = lazy_pattern(r"alias(?<!\walias)(?!\w)")
_METADATA = b"llvm.metadata"  # of @llvm.used and the like: never in the object code


class _UnsafeRule(msgspec.Struct, frozen=True):
    word: str  # where no line of the text has it, there is nothing to look for
    pattern: str
    construct: str
    reason: str


_RULES = (
    _UnsafeRule("asm", rf"{WORD}module{GAP}asm{END}", "module-level assembler code (module asm)", _CODE),
    _UnsafeRule("asm", rf"{WORD}asm{END}", "inline assembler code (asm)", _CODE),
    _UnsafeRule(
        "ifunc", rf"{WORD}ifunc{END}", "an ifunc", "its resolver runs when the module is linked, before anybody runs it"
    ),
    _UnsafeRule("prologue", rf"{WORD}prologue{END}", "prologue data", _CODE),
)


def check_safety(module: QirModule, *, trust: bool) -> None:
    """Refuse what only trusted modules may hold, and what no module may, as it would end the process.

    Args:
        module: the module.
        trust: whether it is trusted.

    Raises:
        UnsafeModuleError: with the first such construct; ``trustable`` says whether ``trust`` allows it.
    """
    lines = module.text.distinct_lines
    fatal = next(find_fatal(module, lines), None)
    if fatal is not None:
        raise fatal
    unsafe = None if trust else next(_find_unsafe(module, lines), None)
    if unsafe is not None:
        raise unsafe


def _find_unsafe(module: QirModule, lines: str) -> Iterator[UnsafeModuleError]:
    text = module.text.text
    for rule in _RULES:
        if rule.word in lines:
            for found in find_words(text, rule.pattern):
                yield at_position(module, found.start(), rule.construct, rule.reason, trustable=True)
    for section in find_sections(module.text):
        if section.name != _METADATA and not section.plain:
            yield at_position(module, section.start, f"the section {section.written}", _SECTION, trustable=True)
    if "trap-func" in lines or compiled(ESCAPED_STRING).search(lines):
        for attribute in find_attributes(text):
            if attribute.key == "trap-func-name":
                construct = 'the attribute "trap-func-name"'
                yield at_position(module, attribute.start, construct, _BY_NAME, trustable=True)
    if "alias" in lines and _MAY_BE_ALIAS.search(lines):
        yield from _find_alias_of_constants(module)
    yield from _find_register_writes(module)
    yield from _find_called_constants(module)
    yield from _find_initialisers(module)


def _find_alias_of_constants(module: QirModule) -> Iterator[UnsafeModuleError]:
    for line in module.printed.split("\n"):  # as LLVM prints it, each alias is a line
        found = _ALIAS.match(line)
        if found and _is_integer(found["value"]):
            yield at_name(
                module, plain_name(found["name"]), "an alias of an integer constant", _ADDRESS, trustable=True
            )


def _is_integer(aliased: str) -> bool:
    # With a type before it. An address that has no name in it is a number, or has been computed from null.
    return "inttoptr" in aliased or not any(token.kind == "global" for token in tokens(aliased))


def _find_register_writes(module: QirModule) -> Iterator[UnsafeModuleError]:
    for function in declared_intrinsics(module.text, module.llvm_module):
        if function.name.startswith(_REGISTERS):
            construct = "the intrinsic llvm.write_register"
            yield at_name(module, function.name, construct, _REGISTER, trustable=True)


def _find_called_constants(module: QirModule) -> Iterator[UnsafeModuleError]:
    for place in find_called_constants(module):
        yield at_place(module, place, "a call of an integer constant", _ADDRESS, trustable=True)


def _find_initialisers(module: QirModule) -> Iterator[UnsafeModuleError]:
    for name in _ENDS:
        try:
            variable = module.llvm_module.get_global_variable(name)
        except NameError:
            continue
        if variable.is_declaration or variable.global_value_type.element_count:
            yield at_name(module, name, f"@{name}", _INITIALISER, trustable=True)


_POINTER_SIZE = lazy_pattern(r"(?:^|-)p(?:0)?:(\d+)")


def check_layout(module: QirModule) -> None:
    """Refuse what was laid out for machines of another byte order or pointer size.

    Raises:
        UnsafeModuleError: the ``target datalayout`` is big-endian, or its pointers have not 64 bits.
    """
    layout = module.llvm_module.data_layout
    pointer = _POINTER_SIZE.search(layout)
    if "E" in layout.split("-"):
        reason = "the module is laid out for a big-endian machine"
    elif pointer and pointer[1] != "64":
        reason = f"the module is laid out for pointers of {pointer[1]} bits"
    else:
        return
    found = next(find_words(module.text.text, rf"{WORD}target{GAP}datalayout{END}"), None)
    place = None if found is None else module.text.location(found.start())
    raise UnsafeModuleError(
        f'target datalayout = "{layout}"',
        f"{reason}, this one has 64 bits and is little-endian. Compile it for a 64-bit little-endian target.",
        line=place.line if place else None,
        source_line=place.source_line if place else None,
    )


def check_names(module: QirModule) -> None:
    """Refuse functions that have only a number: LLVM's code generator aborts at them.

    Raises:
        UnsafeModuleError: there is one.
    """
    if any(not function.name for function in module.info.functions):
        raise UnsafeModuleError("a function without a name", "code can be made for named functions only. Name it.")
