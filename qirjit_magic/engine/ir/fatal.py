"""What no module may hold, trusted or not: LLVM's code generator or MCJIT ends the process at it.

Each was tried. What is not here and yet ends the process costs a restart of the engine, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.words import END, GAP, NAME, QUOTED, WORD, find_words, unescaped
from qirjit_magic.errors import UnsafeModuleError

_MOST_BYTES = 1 << 29  # of all global variables: twice that is the longest object code that the kernel takes
_DEEPEST = 100  # of types in each other: Python goes a little deeper, and nobody so deep
_WIDEST = 1 << 13  # bits of an integer; beyond, a multiplication takes LLVM minutes
_LONGEST_VECTOR = 1 << 12
_LONGEST_VALUE = (1 << 16) - 1  # elements of an array that is one value
_LONGEST_ARRAY = (1 << 31) - 1  # llvmlite gives 32 bits of the number
_MOST_ALIGNED = 1 << 20
_COLLECTORS = frozenset({b"shadow-stack", b"statepoint-example", b"coreclr"})
_KEPT_SECTIONS = re.compile(rb"\.(?:bss|tbss|tdata)(?:\..*)?\Z|\.(?:strtab|symtab)\Z", re.DOTALL)
_METADATA = b"llvm.metadata"
_APPENDED = frozenset({b"llvm.used", b"llvm.compiler.used", b"llvm.global_ctors", b"llvm.global_dtors"})
_OTHER_TARGETS = (
    *("aarch64", "amdgcn", "arc", "arm", "avr", "bpf", "csky", "dx", "hexagon", "lanai", "loongarch", "m68k"),
    *("mips", "msp430", "nvvm", "ppc", "r600", "riscv", "s390", "sparc", "spv", "ve", "wasm", "xcore", "xtensa"),
)
_UNSELECTABLE = re.compile(rf"llvm\.(?:(?:{'|'.join(_OTHER_TARGETS)}|coro|objc)\.|x86\.(?:tile|t(?:dp|cmm)|amx))")


@dataclass(frozen=True, slots=True)
class _Rule:
    word: re.Pattern[str]  # where no line of the text has it, there is nothing to look for
    pattern: str
    construct: str  # {0} is what was found
    reason: str


@dataclass(frozen=True, slots=True)
class _Limit:
    word: re.Pattern[str]  # likewise
    pattern: str
    most: int
    construct: str  # {0} is the size
    reason: str  # {1} is the most that it may be


_NO_CODE = "LLVM makes no code for it here. Leave it out"
_BOOLEANS = "disable-tail-calls|no-jump-tables|no-(?:infs|nans|signed-zeros)-fp-math|unsafe-fp-math"
_ATTRIBUTE_VALUES = "|".join(
    (
        rf'"(?:{_BOOLEANS})"{GAP}={GAP}(?!"(?:true|false)?"){QUOTED}',
        rf'"stack-probe-size"{GAP}={GAP}(?!"\d+"){QUOTED}',
        rf'"patchable-function"{GAP}={GAP}(?!"prologue-short-redirect"){QUOTED}',
        rf'"zero-call-used-regs"{GAP}={GAP}(?!"(?:skip|used|all)(?:-gpr)?(?:-arg)?"){QUOTED}',
        rf'"instrument-function-(?:entry|exit)(?:-inlined)?"{GAP}={GAP}{QUOTED}',
    )
)
_RULES = (
    _Rule(
        re.compile("thread_local"),
        rf"{WORD}thread_local{END}",
        "a thread_local variable",
        "code that is linked in memory has none. Make it a global variable: everything runs on one thread",
    ),
    _Rule(
        re.compile("cc"),
        rf"{WORD}(?:anyregcc|x86_intrcc|cfguard_checkcc|cc{GAP}(?:11|13|19|83)){END}",
        "the calling convention {0}",
        _NO_CODE,
    ),
    _Rule(re.compile("comdat"), rf"{WORD}comdat{GAP}(?:largest|exactmatch|samesize){END}", "{0}", "Write 'comdat any'"),
    _Rule(re.compile("target"), rf"{WORD}target{GAP}\({GAP}{QUOTED}", "a type of another machine, {0})", _NO_CODE),
    _Rule(re.compile("vscale"), rf"{WORD}vscale{GAP}x{END}", "a vector of no fixed length", _NO_CODE),
    _Rule(re.compile("ppc_fp128"), rf"{WORD}ppc_fp128{END}", "the type {0}", "LLVM makes no code for it. Use double"),
    _Rule(re.compile("x86_amx"), rf"{WORD}x86_amx{END}", "the type {0}", _NO_CODE),
    _Rule(
        re.compile("use-soft"),
        rf'"use-soft-float"{GAP}={GAP}"true"',
        "the attribute {0}",
        "what it calls hands numbers on in this machine's own way. Leave it out",
    ),
    _Rule(re.compile("ptrauth"), rf"{WORD}ptrauth{GAP}\(", "a signed pointer (ptrauth)", _NO_CODE),
    _Rule(re.compile("fn_ret_thunk"), rf"{WORD}fn_ret_thunk_extern{END}", "the attribute {0}", _NO_CODE),
    _Rule(
        re.compile(rf'"(?:{_BOOLEANS}|stack-p|patch|zero-c|instrument)'),
        _ATTRIBUTE_VALUES,
        "the attribute {0}",
        "LLVM ends the process at this value. Leave it out",
    ),
)
# A value that is handled as a whole, of an array or a struct.
_VALUE = (
    rf"{WORD}(?:load|store|ret|phi|select|freeze|extractvalue|insertvalue){END}{GAP}(?:\w+{GAP})?"
    rf"(?=\[|\{{|<{GAP}\{{)"
)
_PART = re.compile(rf"\[{GAP}(?P<count>\d+){GAP}x{END}|[\]{{}},]|[^\s\[\]{{}},<>]+")
_LONGEST_TYPE = 1 << 16
_LIMITS = (
    _Limit(
        re.compile(r"i\d{4}"),
        rf"{WORD}i(?P<size>\d{{4,}}){END}",
        _WIDEST,
        "an integer type of {0:,} bits",
        "LLVM takes minutes for the code, or does not come back. Use at most {1:,} bits",
    ),
    _Limit(
        re.compile(rf"<{GAP}(?:vscale|\d{{4}})", re.DOTALL),
        rf"<{GAP}(?:vscale{GAP}x{GAP})?(?P<size>\d{{4,}}){GAP}x{END}",
        _LONGEST_VECTOR,
        "a vector of {0:,} elements",
        "LLVM makes no code for it. Use at most {1:,}, or an array in memory",
    ),
    _Limit(
        re.compile(rf"\[{GAP}\d{{10}}", re.DOTALL),
        rf"\[{GAP}(?P<size>\d{{10,}}){GAP}x{END}",
        _LONGEST_ARRAY,
        "an array of {0:,} elements",
        "no process has the memory for it. Use at most {1:,}",
    ),
    _Limit(
        re.compile(r"align[\s(]*\d{7}"),
        rf"{WORD}align{GAP}\(?{GAP}(?P<size>\d{{7,}}){END}",
        _MOST_ALIGNED,
        "an alignment of {0:,} bytes",
        "the object code would be as long. Use at most {1:,}",
    ),
)


def find_fatal(module: QirModule, lines: str) -> Iterator[UnsafeModuleError]:
    """What LLVM would end the process at, with its place where it has one.

    Args:
        module: the module.
        lines: the `distinct_lines` of its text.
    """
    for rule in _RULES:
        if rule.word.search(lines):
            for found in find_words(module.text.text, rule.pattern):
                yield _error(module, found.start(), rule.construct.format(found[0]), rule.reason)
    for limit in _LIMITS:
        if limit.word.search(lines):
            yield from _find_beyond(module, limit)
    for word, find in _FINDERS:
        if word.search(lines):
            yield from find(module)


def _find_beyond(module: QirModule, limit: _Limit) -> Iterator[UnsafeModuleError]:
    for found in find_words(module.text.text, limit.pattern):
        size = _number(found["size"])
        if size > limit.most:
            construct, reason = limit.construct.format(size), limit.reason.format(size, limit.most)
            yield _error(module, found.start(), construct, reason)


def _find_long_values(module: QirModule) -> Iterator[UnsafeModuleError]:
    for found in find_words(module.text.text, _VALUE):
        count = _element_count(module.text.text, found.end())
        if count > _LONGEST_VALUE:
            construct = f"{count:,} elements as one value"
            reason = f"LLVM makes no code for it. Use at most {_LONGEST_VALUE:,}, or leave them in memory"
            yield _error(module, found.start(), construct, reason)


def _element_count(text: str, start: int) -> int:
    # How many elements the type that begins here has, those that hold nothing too; of a named type nothing is known.
    count, opened = 0, [(1, 0)]  # how often what stands here is there, and how many there were where it began
    for found in _PART.finditer(text, start, start + _LONGEST_TYPE):
        times = opened[-1][0]
        if found["count"]:
            opened.append((times * _number(found["count"]), count))
        elif found[0] == "{":
            opened.append((times, count))
        elif found[0] in "]}":
            count += times if opened.pop()[1] == count else 0
        elif len(opened) > 1 and found[0] != ",":
            count += times
        if len(opened) == 1:
            break
    return count


def _number(digits: str) -> int:
    return int(digits[:20])  # LLVM has none that is longer


def _find_collectors(module: QirModule) -> Iterator[UnsafeModuleError]:
    for found in find_words(module.text.text, rf"{WORD}gc{GAP}(?P<name>{QUOTED})"):
        if unescaped(found["name"]) not in _COLLECTORS:
            reason = "there is no code for this garbage collector here. Leave it out"
            yield _error(module, found.start(), f"gc {found['name']}", reason)


def _find_sections(module: QirModule) -> Iterator[UnsafeModuleError]:
    names: set[bytes] | None = None
    for found in find_words(module.text.text, rf"{WORD}section{GAP}(?P<name>{QUOTED})"):
        if names is None:
            names = {value.name.encode() for value in _values(module)}
        name, line = unescaped(found["name"]), module.text.location(found.start()).source_line
        kept = not line.lstrip().startswith(("@llvm.", '@"llvm.')) if name == _METADATA else _KEPT_SECTIONS.match(name)
        if kept or name in names:
            reason = "the object code uses this name itself. Leave it out, or give it another name"
            yield _error(module, found.start(), f"the section {found['name']}", reason)


def _find_appended(module: QirModule) -> Iterator[UnsafeModuleError]:
    for found in find_words(module.text.text, rf"@(?P<name>{NAME}){GAP}={GAP}appending{END}"):
        line = module.text.location(found.start()).source_line
        if unescaped(found["name"]) not in _APPENDED and "llvm.metadata" not in line:
            reason = "only LLVM's own variables may have it. Leave it out"
            yield _error(module, found.start(), f"@{found['name']} with appending linkage", reason)


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
        if total > _MOST_BYTES:
            construct = f"@{variable.name} and the variables before it, {total:,} bytes together"
            reason = f"there may be {_MOST_BYTES:,} bytes of global variables in a module. Make them smaller"
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
    for function in module.llvm_module.functions:
        if function.is_declaration and _UNSELECTABLE.match(function.name):
            reason = "LLVM makes no code for it here. Write it in terms of ordinary instructions"
            yield at_name(module, function.name, f"the intrinsic @{function.name}", reason)


def _values(module: QirModule) -> Iterator[llvm.ValueRef]:
    yield from module.llvm_module.functions
    yield from module.llvm_module.global_variables


def at_name(module: QirModule, name: str, construct: str, reason: str, *, trustable: bool = False) -> UnsafeModuleError:
    """The error for what a function or global variable is, with the line that defines it, or where it is first used."""
    place = module.text.definition(name) or module.text.first_use(name)
    line, source_line = (place.line, place.source_line) if place else (None, None)
    return UnsafeModuleError(construct, f"{reason}.", trustable, line=line, source_line=source_line)


def _error(module: QirModule, position: int, construct: str, reason: str) -> UnsafeModuleError:
    place = module.text.location(position)
    return UnsafeModuleError(
        construct, f"{reason}.", line=place.line, column=place.column, source_line=place.source_line
    )


_FINDERS: tuple[tuple[re.Pattern[str], Callable[[QirModule], Iterator[UnsafeModuleError]]], ...] = (
    (re.compile(rf"\[{GAP}\d{{3}}"), _find_long_values),
    (re.compile("gc"), _find_collectors),
    (re.compile("section"), _find_sections),
    (re.compile("appending"), _find_appended),
    (re.compile(r'@\.L|@"'), _find_assembler_names),
    (re.compile(rf"\[{GAP}\d+{GAP}(?:x{GAP}[\[<{{%])|\[{GAP}\d{{5}}", re.DOTALL), _find_large),
    (re.compile(""), _find_intrinsics),
)
