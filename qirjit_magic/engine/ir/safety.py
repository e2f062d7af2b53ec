"""Code that a module may hold only where it is trusted, as QIR's own instructions cannot check it.

It is looked for in the text, since LLVM would have to be asked about each instruction. A program that is to do harm has
other ways, such as an address that it computes: what it can reach is limited by the process that it runs in.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qirjit_magic.engine.ir.addresses import find_called_constants
from qirjit_magic.engine.ir.attributes import find_attributes, find_sections
from qirjit_magic.engine.ir.fatal import find_fatal
from qirjit_magic.engine.ir.names import declared_intrinsics
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.refusals import at_name, at_place, at_position
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import (
    END,
    ESCAPED_STRING,
    GAP,
    NAME,
    WORD,
    compiled,
    find_words,
    plain_name,
    tokens,
)

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
