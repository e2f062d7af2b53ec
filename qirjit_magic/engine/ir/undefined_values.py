"""`define_values`: what LLVM leaves undefined is zero, in each shot, however it is run.

An undefined value is whatever is left in a register or on the stack: the number of a shot, what was drawn or measured.
Any value is right, and one that is always the same can be sampled. So ``undef`` and ``poison`` become zeros, and what
an ``alloca`` gives is filled with zeros, unless it is written at once. A lifetime that begins anew would make memory
undefined again: it lasts as long as the function. What LLVM's passes find to be undefined later becomes zero too.
Where LLVM takes no zero, as of a type that has none, the module stays as it is, and its shots are not sampled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.llvm_modules import printed, read_changed
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import END, NAME, WORD, split_at_commas

_WORDS = "alloca", "undef", "poison"
_ZERO = "zeroinitializer"
# As LLVM prints a module: an instruction a line, an empty line before each block but the first one.
_UNDEFINED = lazy_pattern(rf'"[^"\n]*"|;[^\n]*|{WORD}(undef|poison){END}')
_LEFT_OPEN = lazy_pattern(
    r"^  (?:%\S+ = (?:insertelement|insertvalue|shufflevector) |(?:tail )?call void @llvm\.lifetime\.)[^\n]*\n",
    re.MULTILINE,
)
_ALLOCA = lazy_pattern(rf"^  (%{NAME}) = alloca (.*)$", re.MULTILINE)
_LIFETIME = lazy_pattern(r"^  (?:tail )?call void @llvm\.lifetime\.(?:start|end)\.[^\n]*\n", re.MULTILINE)
_SCALAR = lazy_pattern(r"i(?:1|8|16|32|64)|ptr|half|float|double")  # without room between values of it
_COUNT = lazy_pattern(r"i(\d+) (\S+)")
_WORD_BITS = 64
_NEAR = 1 << 14  # characters: what is written first stands close to where it was allocated


def define_values(module: QirModule) -> QirModule:
    """The module with zeros for whatever is undefined in it; `QirModule.leaves_undefined` where that cannot be."""
    if not any(word in module.text.distinct_lines for word in _WORDS):
        return module
    text, unfilled = module.printed, list[str]()
    defined = _zeroed(text) if _may_be_undefined(text) else text
    if "alloca" in defined:
        lasting = _LIFETIME.sub("", defined) if "llvm.lifetime" in defined else defined
        defined = _ALLOCA.sub(lambda found: _filled(found, unfilled), lasting)
    changed = module.llvm_module if defined == text else read_changed(defined)
    return replace(module, llvm_module=changed or module.llvm_module, leaves_undefined=bool(unfilled) or not changed)


def _may_be_undefined(text: str) -> bool:
    return "undef" in text or "poison" in text


def defined_after_passes(module: llvm.ModuleRef) -> llvm.ModuleRef | None:
    """The module with zeros for what LLVM's passes have found to be undefined; None where that cannot be.

    Values that are put together of parts begin as undefined ones, and are left as they are.
    """
    text = printed(module)
    if not _may_be_undefined(text) or not any(found[1] for found in _UNDEFINED.finditer(_LEFT_OPEN.sub("", text))):
        return module
    return read_changed("".join(_zeroed(part) if index % 2 == 0 else part for index, part in _parts(text)))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The parts of a text: those of odd number are values that are put together, the others stand between."""
    return enumerate(re.split(f"({_LEFT_OPEN.pattern})", text, flags=re.MULTILINE))


def _zeroed(text: str) -> str:
    return _UNDEFINED.sub(lambda found: _ZERO if found[1] else found[0], text)


def _filled(found: re.Match[str], unfilled: list[str]) -> str:
    # The line of an `alloca` and what fills it; those that cannot be filled come to a list.
    kind, *rest = split_at_commas(found[2])
    kind = kind.removeprefix("inalloca ").removeprefix("swifterror ")
    line, name = found[0], found[1]
    aligned = "".join(f", {part}" for part in rest if part.startswith("align "))
    others = [part for part in rest if not part.startswith(("align ", "!"))]
    if not others and _SCALAR.fullmatch(kind):
        return line if _is_written(found, kind) else f"{line}\n  store {kind} {_ZERO}, ptr {name}{aligned}"
    size = f"ptrtoint (ptr getelementptr ({kind}, ptr null, i64 1) to i64)"
    if others:
        count = _COUNT.fullmatch(others[0])
        if count is None or len(others) > 1:
            unfilled.append(line)
            return line
        before = f"{line}\n  {_beside(name, 'count')} = {_widened(*count.groups())}"
        line = f"{before}\n  {_beside(name, 'size')} = mul i64 {size}, {_beside(name, 'count')}"
        size = _beside(name, "size")
    return f"{line}\n  call void @llvm.memset.p0.i64(ptr {name}, i8 0, i64 {size}, i1 false)"


def _beside(name: str, what: str) -> str:
    return f'%"qirjit.{what}.{name[1:].strip(chr(34))}"'


def _widened(bits: str, count: str) -> str:
    if bits == "64":
        return f"add i64 {count}, 0"
    return f"{'zext' if int(bits) < _WORD_BITS else 'trunc'} i{bits} {count} to i64"


def _is_written(found: re.Match[str], kind: str) -> bool:
    """Return whether the first that happens to it, in the same block, is that a value of its type is stored there."""
    block = found.string[found.end() : found.end() + _NEAR].partition("\n\n")[0]
    mention = re.search(rf"{re.escape(found[1])}(?![-\w.$])", block)
    if mention is None:
        return False
    before = block[: mention.start()].rpartition("\n")[2]
    return before.startswith(f"  store {kind} ") and before.endswith(", ptr ")
