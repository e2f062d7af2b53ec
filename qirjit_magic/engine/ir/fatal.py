"""Constructs that no module may hold, trusted or not: LLVM's code generator or MCJIT ends the process at them.

Each was tried. What is not here and yet ends the process costs a restart of the engine, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import llvmlite.binding as llvm
import msgspec

from qirjit_magic.engine.ir.attributes import find_attributes, find_sections
from qirjit_magic.engine.ir.names import declared_intrinsics
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.refusals import at_name, at_place, at_position, in_one_line
from qirjit_magic.engine.ir.unsized_types import unsized_value
from qirjit_magic.engine.ir.walking import walk
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import END, ESCAPED_STRING, GAP, QUOTED, WORD, find_words, unescaped

_LONGEST_VALUE = (1 << 16) - 1  # elements of an array that is one value
_FEW = 99  # elements of an array that is no value, whatever is in it, without another array or a struct
_MANY = rf"\[{GAP}(?:0*[1-9]\d{{2,}}{GAP}x|\d+{GAP}x{GAP}[\[{{<%])"
_T = TypeVar("_T")
_WHOLE = frozenset({"load", "store", "ret", "phi", "select", "freeze", "extractvalue", "insertvalue"})


def find_long_values(module: QirModule) -> Iterator[UnsafeModuleError]:
    """Arrays and structs of very many elements that an instruction handles as one value."""
    structs = list(module.llvm_module.struct_types)
    counts = _ValueTypes(_count)
    if next(find_words(module.text.text, _MANY), None) is None and all(counts.of(kind) <= _FEW for kind in structs):
        return
    for place, value in walk(module):
        if value.opcode in _WHOLE:
            count = max(counts.of(kind) for kind in _types(value))
            if count > _LONGEST_VALUE:
                construct = f"{count:,} elements as one value"
                reason = f"LLVM makes no code for it. Use at most {_LONGEST_VALUE:,}, or leave them in memory"
                yield at_place(module, place, construct, reason)


def find_unsized(module: QirModule) -> Iterator[UnsafeModuleError]:
    """Values that are, or hold, something of an opaque type."""
    # Pointers hold nothing, so a type that only pointers point to is none of these
    if not any(kind.is_opaque_struct for kind in module.llvm_module.struct_types):
        return
    names, repeated = _ValueTypes(_opaque), _ValueTypes(_opaque_in_array)
    for function in module.llvm_module.functions:
        if not function.is_declaration:  # one that nothing uses does no harm unless LLVM has to count what it holds
            name = next(filter(None, (repeated.of(argument.type) for argument in function.arguments)), "")
            if name:
                yield at_name(module, function.name, *unsized_value(name))
    for place, value in walk(module):
        name = next(filter(None, map(names.of, _types(value))), "")
        if name:
            yield at_place(module, place, *unsized_value(name))


def _types(value: llvm.ValueRef) -> Iterator[llvm.TypeRef]:
    yield value.type
    yield from (operand.type for operand in value.operands)


class _ValueTypes(Generic[_T]):
    # What holds of types, by LLVM's addresses of them: one for one type.

    def __init__(self, ask: Callable[[_ValueTypes[_T], llvm.TypeRef, int], _T]) -> None:
        self._ask = ask
        self._known: dict[int, _T] = {}

    def of(self, kind: llvm.TypeRef, depth: int = 0) -> _T:
        key = hash(kind)
        if key not in self._known:
            self._known[key] = self._ask(self, kind, depth)
        return self._known[key]


def _count(types: _ValueTypes[int], kind: llvm.TypeRef, depth: int) -> int:
    # How many elements a type has, those that hold nothing too.
    if depth > _DEEPEST or not (kind.is_array or (kind.is_struct and not kind.is_opaque_struct)):
        return 1
    parts = [types.of(part, depth + 1) for part in kind.elements]
    return int(kind.element_count) * max(parts, default=1) if kind.is_array else sum(parts)


def _opaque(types: _ValueTypes[str], kind: llvm.TypeRef, depth: int) -> str:
    # The name of the opaque type that a type is or holds.
    if not (kind.is_array or kind.is_struct) or depth > _DEEPEST:
        return ""
    if kind.is_struct and kind.is_opaque_struct:
        return str(kind).partition(" = ")[0]
    return _of_parts(types, kind, depth)


def _opaque_in_array(types: _ValueTypes[str], kind: llvm.TypeRef, depth: int) -> str:
    # The name of the opaque type that elements of an array are or hold, where a type is or holds such an array.
    if kind.is_array:
        return _ValueTypes(_opaque).of(kind)
    if not kind.is_struct or kind.is_opaque_struct or depth > _DEEPEST:
        return ""
    return _of_parts(types, kind, depth)


def _of_parts(types: _ValueTypes[str], kind: llvm.TypeRef, depth: int) -> str:
    return next(filter(None, (types.of(part, depth + 1) for part in kind.elements)), "")


_MAX_BYTES = 1 << 29  # of all global variables: twice that is the longest object code that the kernel takes
_DEEPEST = 100  # of types in each other: Python goes a little deeper, and nobody so deep
_WIDEST = 1 << 13  # bits of an integer; beyond, a multiplication takes LLVM minutes
_LONGEST_VECTOR = 1 << 12
_LONGEST_ARRAY = (1 << 31) - 1  # llvmlite gives 32 bits of the number
_MAX_ALIGNED = 1 << 20
_COLLECTORS = frozenset({b"shadow-stack", b"statepoint-example", b"coreclr"})
_KEPT_SECTIONS = lazy_pattern(rb"\.(?:bss|tbss|tdata)(?:\..*)?\Z|\.(?:strtab|symtab)\Z", re.DOTALL)
_METADATA = b"llvm.metadata"
_APPENDED = frozenset({b"llvm.used", b"llvm.compiler.used", b"llvm.global_ctors", b"llvm.global_dtors"})
_OTHER_TARGETS = (
    *("aarch64", "amdgcn", "arc", "arm", "avr", "bpf", "csky", "dx", "hexagon", "lanai", "loongarch", "m68k"),
    *("mips", "msp430", "nvvm", "ppc", "r600", "riscv", "s390", "sparc", "spv", "ve", "wasm", "xcore", "xtensa"),
)
_AMONG_PASSES = r"ssa\.copy|(?:start|set|test\.start|test\.set)\.loop\.iterations|loop\.decrement|call\.preallocated"
_UNSELECTABLE = lazy_pattern(
    rf"llvm\.(?:(?:{'|'.join(_OTHER_TARGETS)}|coro|objc)\.|x86\.(?:tile|t(?:dp|cmm)|amx)|(?:{_AMONG_PASSES})\.)"
)


class _FatalRule(msgspec.Struct, frozen=True):
    word: str  # where no line of the text has it, there is nothing to look for
    pattern: str
    construct: str  # {0} is what was found
    reason: str


class _Limit(msgspec.Struct, frozen=True):
    mark: str  # likewise
    word: re.Pattern[str]  # and where the text has it nowhere: this may go over lines
    pattern: str
    most: int
    construct: str  # {0} is the size
    reason: str  # {1} is the most that it may be


_BOOLEANS = "disable-tail-calls|no-jump-tables|no-(?:infs|nans|signed-zeros)-fp-math|unsafe-fp-math"
_KEYS = f"{_BOOLEANS}|stack-probe-size|patchable-function|zero-call-used-regs|instrument-function-|use-soft-float"
_ENDS = "LLVM ends the process at this value. Leave it out"
_ATTRIBUTES = tuple(  # which attributes, the values that they may have, and why no others
    (lazy_pattern(key), lazy_pattern(values), reason)
    for key, values, reason in (
        (_BOOLEANS, "(?:true|false)?", _ENDS),
        ("stack-probe-size", r"\d+", _ENDS),
        ("patchable-function", "prologue-short-redirect", _ENDS),
        ("zero-call-used-regs", "(?:skip|used|all)(?:-gpr)?(?:-arg)?", _ENDS),
        ("instrument-function-(?:entry|exit)(?:-inlined)?", r"(?!)", _ENDS),
        ("use-soft-float", "(?!true).*", "what it calls hands numbers on in this machine's own way. Leave it out"),
    )
)
_NO_CODE = "LLVM makes no code for it here. Leave it out"
_RULES = (
    _FatalRule(
        "thread_local",
        rf"{WORD}thread_local{END}",
        "a thread_local variable",
        "code that is linked in memory has none. Make it a global variable: everything runs on one thread",
    ),
    _FatalRule(
        "cc",
        rf"{WORD}(?:anyregcc|x86_intrcc|cfguard_checkcc|cc{GAP}0*(?:11|13|19|83)){END}",
        "the calling convention {0}",
        _NO_CODE,
    ),
    _FatalRule("comdat", rf"{WORD}comdat{GAP}(?:largest|exactmatch|samesize){END}", "{0}", "Write 'comdat any'"),
    _FatalRule("target", rf"{WORD}target{GAP}\({GAP}{QUOTED}", "a type of another machine, {0})", _NO_CODE),
    _FatalRule("vscale", rf"{WORD}vscale{GAP}x{END}", "a vector of no fixed length", _NO_CODE),
    _FatalRule("ppc_fp128", rf"{WORD}ppc_fp128{END}", "the type {0}", "LLVM makes no code for it. Use double"),
    _FatalRule("x86_amx", rf"{WORD}x86_amx{END}", "the type {0}", _NO_CODE),
    _FatalRule("ptrauth", rf"{WORD}ptrauth{GAP}\(", "a signed pointer (ptrauth)", _NO_CODE),
    _FatalRule("fn_ret_thunk", rf"{WORD}fn_ret_thunk_extern{END}", "the attribute {0}", _NO_CODE),
)
_LIMITS = (
    _Limit(
        "i",
        lazy_pattern(r"i\d{4}"),
        rf"{WORD}i(?P<size>\d{{4,}}){END}",
        _WIDEST,
        "an integer type of {0:,} bits",
        "LLVM takes minutes for the code, or does not come back. Use at most {1:,} bits",
    ),
    _Limit(
        "<",
        lazy_pattern(rf"<{GAP}(?:vscale\b|\d{{4}})", re.DOTALL),
        rf"<{GAP}(?:vscale{GAP}x{GAP})?(?P<size>\d{{4,}}){GAP}x{END}",
        _LONGEST_VECTOR,
        "a vector of {0:,} elements",
        "LLVM makes no code for it. Use at most {1:,}, or an array in memory",
    ),
    _Limit(
        "[",
        lazy_pattern(rf"\[{GAP}\d{{10}}", re.DOTALL),
        rf"\[{GAP}(?P<size>\d{{10,}}){GAP}x{END}",
        _LONGEST_ARRAY,
        "an array of {0:,} elements",
        "no process has the memory for it. Use at most {1:,}",
    ),
    _Limit(
        "align",
        lazy_pattern(rf"align{GAP}\(?{GAP}\d{{7}}", re.DOTALL),
        rf"{WORD}align{GAP}\(?{GAP}(?P<size>\d{{7,}}){END}",
        _MAX_ALIGNED,
        "an alignment of {0:,} bytes",
        "the object code would be as long. Use at most {1:,}",
    ),
)


def find_fatal(module: QirModule, lines: str) -> Iterator[UnsafeModuleError]:
    """Find the construct at which LLVM would end the process, with its place where it has one.

    Args:
        module: the module.
        lines: its distinct lines.
    """
    for rule in _RULES:
        if rule.word in lines:
            for found in find_words(module.text.text, rule.pattern):
                yield at_position(module, found.start(), rule.construct.format(in_one_line(found[0])), rule.reason)
    text = module.text.text  # what is searched in it goes over lines, and begins with a mark: that is fast
    for limit in _LIMITS:
        if limit.mark in lines and limit.word.search(text):
            yield from _find_beyond(module, limit)
    for word, find in _FINDERS:
        if word.search(lines):
            yield from find(module)
    for word, find in _OF_TYPES if "[" in lines else ():
        if word.search(text):
            yield from find(module)


def _find_beyond(module: QirModule, limit: _Limit) -> Iterator[UnsafeModuleError]:
    for found in find_words(module.text.text, limit.pattern):
        size = _number(found["size"])
        if size > limit.most:
            construct, reason = limit.construct.format(size), limit.reason.format(size, limit.most)
            yield at_position(module, found.start(), construct, reason)


def _number(digits: str) -> int:
    return int(digits[:20])  # LLVM has none that is longer


def _find_collectors(module: QirModule) -> Iterator[UnsafeModuleError]:
    for found in find_words(module.text.text, rf"{WORD}gc{GAP}(?P<name>{QUOTED})"):
        if unescaped(found["name"]) not in _COLLECTORS:
            reason = "there is no code for this garbage collector here. Leave it out"
            yield at_position(module, found.start(), f"gc {found['name']}", reason)


def _find_attributes(module: QirModule) -> Iterator[UnsafeModuleError]:
    for attribute in find_attributes(module.text.text):
        for key, values, reason in _ATTRIBUTES:
            if key.fullmatch(attribute.key) and not values.fullmatch(attribute.value):
                construct = f"the attribute {in_one_line(attribute.text)}"
                yield at_position(module, attribute.start, construct, reason)


def _find_sections(module: QirModule) -> Iterator[UnsafeModuleError]:
    names = {value.name.encode() for value in _values(module)}
    for section in find_sections(module.text):
        if section.name == _METADATA:
            kept = not (module.text.enclosing_symbol(section.start) or "").startswith("llvm.")
        else:
            kept = _KEPT_SECTIONS.match(section.name) is not None
        if kept or section.name in names:
            reason = "the object code uses this name itself. Leave it out, or give it another name"
            yield at_position(module, section.start, f"the section {section.written}", reason)


def _find_appended(module: QirModule) -> Iterator[UnsafeModuleError]:
    for variable in module.llvm_module.global_variables:
        if variable.linkage is llvm.Linkage.appending and not _is_of_llvm(variable):
            reason = "only LLVM's own variables may have it. Leave it out"
            yield at_name(module, variable.name, f"@{variable.name} with appending linkage", reason)


def _is_of_llvm(variable: llvm.ValueRef) -> bool:
    return variable.name.encode() in _APPENDED or ', section "llvm.metadata"' in str(variable)


def _find_assembler_names(module: QirModule) -> Iterator[UnsafeModuleError]:
    hidden = llvm.Linkage.internal, llvm.Linkage.private
    for value in _values(module):
        if value.name == "\1" or (value.name.startswith(".L") and value.linkage not in hidden):
            reason = "the assembler keeps such names for itself. Give it another one"
            yield at_name(module, value.name, f"the name '{value.name}'", reason)


def _find_large(module: QirModule) -> Iterator[UnsafeModuleError]:
    total, known = 0, dict[str, int]()
    for variable in module.llvm_module.global_variables:
        if variable.is_declaration:
            continue
        total += _size(variable.global_value_type, known)
        if total > _MAX_BYTES:
            construct = f"@{variable.name} and the variables before it, {total:,} bytes together"
            reason = f"there may be {_MAX_BYTES:,} bytes of global variables in a module. Make them smaller"
            yield at_name(module, variable.name, construct, reason)
            return


def _size(kind: llvm.TypeRef, known: dict[str, int], depth: int = 0) -> int:
    # LLVM's own figure may have more than 64 bits, and lose some; what a struct has between its elements is little.
    # Named types may hold each other so often that nobody could count.
    text = str(kind)
    if text not in known:
        holds = kind.is_array or kind.is_vector or kind.is_struct
        parts = [_size(part, known, depth + 1) for part in kind.elements] if holds and depth < _DEEPEST else []
        if kind.is_array or kind.is_vector:
            known[text] = int(kind.element_count) * max(parts, default=0)
        elif kind.is_struct:
            known[text] = sum(parts)
        else:
            width = re.fullmatch(r"i(\d+)", text)
            known[text] = (int(width[1]) + 7) // 8 if width else 8
    return known[text]


def _find_intrinsics(module: QirModule) -> Iterator[UnsafeModuleError]:
    for function in declared_intrinsics(module.text, module.llvm_module):
        if _UNSELECTABLE.match(function.name):
            reason = "LLVM makes no code for it here. Write it in terms of ordinary instructions"
            yield at_name(module, function.name, f"the intrinsic @{function.name}", reason)


def _values(module: QirModule) -> Iterator[llvm.ValueRef]:
    yield from module.llvm_module.functions
    yield from module.llvm_module.global_variables


_FINDERS: tuple[tuple[re.Pattern[str], Callable[[QirModule], Iterator[UnsafeModuleError]]], ...] = (
    (lazy_pattern(rf'"(?:{_KEYS})|{ESCAPED_STRING}'), _find_attributes),
    (lazy_pattern("opaque"), find_unsized),
    (lazy_pattern("gc"), _find_collectors),
    (lazy_pattern("section"), _find_sections),
    (lazy_pattern("appending"), _find_appended),
    (lazy_pattern(r'@\.L|@"'), _find_assembler_names),
    (lazy_pattern(""), _find_intrinsics),
)
# A type may hold arrays of others, and of names for them: then its size is to be counted.
_NESTED = rf"\[{GAP}(?:\d{{%d}}|\d+{GAP}x{GAP}[\[{{<%%])"
_OF_TYPES: tuple[tuple[re.Pattern[str], Callable[[QirModule], Iterator[UnsafeModuleError]]], ...] = (
    (lazy_pattern(_NESTED % 3, re.DOTALL), find_long_values),
    (lazy_pattern(_NESTED % 5, re.DOTALL), _find_large),
)
