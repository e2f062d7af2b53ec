"""What a module may hold only where it is trusted: code that QIR's own instructions cannot check.

It is looked for in the text, since LLVM would have to be asked about each instruction. A program that is to do harm has
other ways, such as an address that it computes: what it can reach is limited by the process that it runs in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qirjit_magic.engine.ir.fatal import at_name, find_fatal
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.words import END, GAP, NAME, QUOTED, WORD, blanked, distinct_lines, find_words, unescaped
from qirjit_magic.errors import UnsafeModuleError

_CODE = "this is machine code, which can do anything"
_ADDRESS = "what stands at that address of the process is nothing that a program can know"
_REGISTER = "what LLVM keeps in the processor's registers is not the program's"
_BY_NAME = "LLVM makes a call of this name by itself, and no one checks whose function it is"
_SECTION = "it says where the linker puts things, even data where code is"
_INITIALISER = "its functions are to run by themselves when a module is loaded or unloaded"
_ENDS = ("llvm.global_ctors", "llvm.global_dtors")
_FLAGS = 100  # characters of a constant expression's keyword and flags, at most
_MAYBE_CALLED = re.compile(r"\)\s*[(;/]")  # three times as fast as what follows
_CALLED_RESULT = re.compile(rf"\){GAP}\(", re.DOTALL)
_EXPRESSION = re.compile(r"\b(?:inttoptr|getelementptr|bitcast|addrspacecast)\b[\w\s]*\Z")
_ADDRESS_VALUE = rf"(?P<name>%{NAME}){GAP}={GAP}inttoptr{GAP}i\d+{GAP}\d+{GAP}to{END}"
_CALLED_VALUE = re.compile(rf"(?P<name>%[-\w.$]+){GAP}\(", re.DOTALL)
_METADATA = b"llvm.metadata"  # of @llvm.used and the like: never in the object code


@dataclass(frozen=True, slots=True)
class _Rule:
    word: str  # where no line of the text has it, there is nothing to look for
    pattern: str
    construct: str
    reason: str


_RULES = (
    _Rule("asm", rf"{WORD}module{GAP}asm{END}", "module-level assembler code (module asm)", _CODE),
    _Rule("asm", rf"{WORD}asm{END}", "inline assembler code (asm)", _CODE),
    _Rule(
        "ifunc", rf"{WORD}ifunc{END}", "an ifunc", "its resolver runs when the module is linked, before anybody runs it"
    ),
    _Rule("prologue", rf"{WORD}prologue{END}", "prologue data", _CODE),
    _Rule("write_register", r"@llvm\.write_register\b", "the intrinsic llvm.write_register", _REGISTER),
    _Rule("alias", rf"{WORD}alias{END}[^@]*?{WORD}inttoptr{END}", "an alias of an integer constant", _ADDRESS),
    _Rule("\\", rf'"(?:[^"\\]*\\[^"]*)"{GAP}={GAP}"', "an attribute with an escaped name", _BY_NAME),
    _Rule("probe", rf'"probe-stack"{GAP}={GAP}(?!"inline-asm"){QUOTED}', 'the attribute "probe-stack"', _BY_NAME),
    _Rule("trap-func", rf'"trap-func-name"{GAP}={GAP}{QUOTED}', 'the attribute "trap-func-name"', _BY_NAME),
)


def check_safety(module: QirModule, *, trust: bool) -> None:
    """Refuse what only trusted modules may hold, and what no module may, as it would end the process.

    Args:
        module: the module.
        trust: whether it is trusted.

    Raises:
        UnsafeModuleError: with the first such construct; ``trustable`` says whether ``trust`` allows it.
    """
    lines = distinct_lines(module.text.text)
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
                yield _error(module, found.start(), rule.construct, rule.reason)
    if "section" in lines:
        for found in find_words(text, rf"{WORD}section{GAP}(?P<name>{QUOTED})"):
            if unescaped(found["name"]) != _METADATA:
                yield _error(module, found.start(), f"the section {found['name']}", _SECTION)
    if "inttoptr" in lines:
        yield from _find_called_constants(module)
    yield from _find_initialisers(module)


def _find_called_constants(module: QirModule) -> Iterator[UnsafeModuleError]:
    text = module.text.text
    construct = "a call of an integer constant"
    if _MAYBE_CALLED.search(text) and _CALLED_RESULT.search(text):
        plain = blanked(text)
        for found in _CALLED_RESULT.finditer(plain):
            begin = _opening(plain, found.start())
            keyword = _EXPRESSION.search(plain, max(0, _behind_word(plain, begin) - _FLAGS), begin)
            if keyword and "inttoptr" in plain[keyword.start() : found.start()]:
                yield _error(module, keyword.start(), construct, _ADDRESS)
    if re.search(r"=\s*inttoptr", text):
        names = {found["name"] for found in find_words(text, _ADDRESS_VALUE)}
        for found in find_words(text, _CALLED_VALUE.pattern) if names else ():
            if found["name"] in names:
                yield _error(module, found.start(), construct, _ADDRESS)


def _opening(plain: str, end: int) -> int:
    depth = 0
    for position in range(end, -1, -1):
        depth += {")": 1, "(": -1}.get(plain[position], 0)
        if not depth:
            return position
    return 0


def _behind_word(plain: str, position: int) -> int:
    while position and plain[position - 1].isspace():
        position -= 1
    return position


def _find_initialisers(module: QirModule) -> Iterator[UnsafeModuleError]:
    for name in _ENDS:
        try:
            variable = module.llvm_module.get_global_variable(name)
        except NameError:
            continue
        if variable.is_declaration or variable.global_value_type.element_count:
            yield at_name(module, name, f"@{name}", _INITIALISER, trustable=True)


def _error(module: QirModule, position: int, construct: str, reason: str) -> UnsafeModuleError:
    place = module.text.location(position)
    return UnsafeModuleError(
        construct, f"{reason}.", trustable=True, line=place.line, column=place.column, source_line=place.source_line
    )
