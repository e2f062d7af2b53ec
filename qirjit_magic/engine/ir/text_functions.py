"""`WrittenFunctions`: the instructions of functions whose text is plain, without asking LLVM about each.

LLVM has accepted the text. What is read here is a narrow form of it: calls with constants or named values, branches,
returns, one instruction a line. A function with any other line is left to LLVM.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import islice

from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.instructions import Block, Callee, Instruction, Operand
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.engine.text.patterns import has_plain_lines

_NAME = r"[\w.$-]++"
_REST = r"(?:,[ \t]*+![\w.]++[ \t]++!\d++)*[ \t]*+(?:;.*+)?"
_KIND = rf"ptr|(?:%{_NAME}|i\d++)\*++|i\d++|double"
_ATTRIBUTES = r"(?:(?:noundef|nonnull|nocapture|readonly|writeonly|zeroext|signext)[ \t]++)*"
_CALL = re.compile(
    rf"[ \t]*+(?:%({_NAME})[ \t]*+=[ \t]*+)?(?:tail[ \t]++)?call[ \t]++(?:void|{_KIND})[ \t]++"
    rf"@({_NAME})[ \t]*+\((.*)\)[ \t]*+(?:#\d++)?{_REST}",
    re.ASCII,
)
_BRANCH = (
    rf"label[ \t]++%({_NAME})[ \t]*+|i1[ \t]++%({_NAME}),[ \t]*+label[ \t]++%({_NAME}),[ \t]*+label[ \t]++%({_NAME})"
)
_OTHER = re.compile(
    rf"[ \t]*+(?:({_NAME}):|br[ \t]++(?:{_BRANCH})|(ret|unreachable)(?:[ \t]++(?:void|([^;!,]++)))?)?{_REST}", re.ASCII
)
_DIGITS = r"\d{1,40}+"  # Python reads no number of thousands
_OPERAND = re.compile(
    rf"[ \t]*+({_KIND})[ \t]++{_ATTRIBUTES}(?:(null)"
    rf"|inttoptr[ \t]*+\(i(64|32)[ \t]++({_DIGITS})[ \t]++to[ \t]++(?:{_KIND})\)|(-?{_DIGITS})"
    rf"|(0x[0-9A-Fa-f]++|-?\d++\.\d++(?:[eE][-+]?\d++)?)|@({_NAME})|%({_NAME})"
    rf"|getelementptr[ \t]++inbounds[ \t]*+\([^()@]*+@({_NAME})[^()]*+\))[ \t]*+(?:,|\Z)",
    re.ASCII,
)
# Groups that repeat are not possessive: Python before 3.11.5 has a fault there. Each line is searched from its begin.
_DEFINITION = re.compile(
    rf'define(?<![^\n]define)\b[^\n@;"]*+@({_NAME})\(\)(?:"[^"\n]*+"|[^\n;{{"])*\{{[ \t\r]*+(?:;[^\n]*+)?$',
    re.ASCII | re.MULTILINE,
)
_CALLS = re.compile(r"\n[ \t]*+(?:%[^\n=]*+= )?(?:tail )?call ")
Blocks = tuple[Block, ...]


class WrittenFunctions:
    """The functions without parameters of a text that LLVM has accepted.

    Args:
        text: the module's.
        functions: the names of all functions that are defined or declared in it.
        callee: what is known of one of them.
    """

    def __init__(self, text: str, functions: Collection[str], callee: Callable[[str], Callee]) -> None:
        self._text = text
        self._functions = functions
        self._callee = callee
        plain = has_plain_lines(text) and not any(map(_is_unnamed, functions))
        self._bodies = dict(_bodies(text)) if plain else {}

    def is_longer(self, name: str, limit: int) -> bool:
        """Whether a function certainly has more instructions than this."""
        if name not in self._bodies:
            return False
        return sum(1 for _ in islice(_CALLS.finditer(self._text, *self._bodies[name]), limit + 1)) > limit

    def read(self, name: str) -> Blocks | None:
        """The blocks of a function; None where its text is not plain."""
        if name not in self._bodies:
            return None
        start, end = self._bodies[name]
        return _Body(name, self._functions, self._callee).read(self._text[start:end])


def _bodies(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for found in _DEFINITION.finditer(text):
        # A brace may also end a body from within a line: then what is found next is in another function
        following = text.find("define", found.end())
        end = text.find("\n}", found.end(), following if following >= 0 else len(text))
        if end >= 0:
            yield found[1], (found.end(), end)


def _is_unnamed(name: str) -> bool:
    return not name.strip("0123456789")  # LLVM says nothing for `@0`; `@"0"` is another one


class _Body:
    def __init__(self, function: str, functions: Collection[str], callee: Callable[[str], Callee]) -> None:
        self._function = function
        self._functions = functions
        self._callee = callee
        self._keys: dict[str, int] = {}
        self._operands: dict[str, Operand] = {}
        self._counts = Counter[str]()
        self._blocks: list[Block] = []
        self._label = ""
        self._instructions: list[Instruction] = []
        self._ended = False

    def read(self, text: str) -> Blocks | None:
        for line in text.split("\n"):
            call = _CALL.fullmatch(line, 0, len(line) - line.endswith("\r"))
            plain = self._add_call(*call.group(1, 2, 3)) if call else self._read_other(line.removesuffix("\r"))
            if not plain:
                return None
        self._end_block()
        return tuple(self._blocks)

    def _add_call(self, local: str | None, name: str, arguments: str) -> bool:
        operands = self._read_operands(arguments)
        if operands is None or self._ended or name not in self._functions:
            return False
        callee = self._callee(name)
        self._add("call", f"@{name}", callee.signature.returns, operands, local=local, callee=callee)
        return True

    def _read_other(self, line: str) -> bool:
        found = _OTHER.fullmatch(line)
        if not found:
            return False
        label, target, condition, yes, no, end, value = found.groups()
        if label is not None:
            return self._begin_block(label)
        if not any((target, condition, end)):
            return True
        operands = self._read_operands(value or "")
        if self._ended or operands is None:
            return False
        if target:
            operands = (self._block_operand(target),)
        elif condition:
            operands = (self._local(condition, "i1"), self._block_operand(no), self._block_operand(yes))  # LLVM's order
        self._add(end or "br", end or "br", "void", operands)
        self._ended = True
        return True

    def _begin_block(self, label: str) -> bool:
        if self._instructions:
            if not self._ended:
                return False
            self._end_block()
        elif self._blocks or self._label:
            return False
        self._label = label
        self._ended = False
        return True

    def _end_block(self) -> None:
        self._blocks.append(Block(self._key(f"%{self._label}"), tuple(self._instructions)))
        self._instructions = []

    def _add(
        self,
        opcode: str,
        word: str,
        kind: str,
        operands: tuple[Operand, ...],
        *,
        local: str | None = None,
        callee: Callee | None = None,
    ) -> None:
        number = self._counts[word]
        self._counts[word] += 1
        key = self._key(f"%{local}" if local else f"{word} {number}")
        place = Place(self._function, word, number)
        self._instructions.append(Instruction(opcode, key, kind, operands, callee, (), place, ""))

    def _key(self, of: str) -> int:
        return self._keys.setdefault(of, len(self._keys))

    def _block_operand(self, label: str) -> Operand:
        return Operand(ValueKind.basic_block, self._key(f"%{label}"), "label", "", None)

    def _local(self, name: str, kind: str) -> Operand:
        return Operand(ValueKind.instruction, self._key(f"%{name}"), kind, "", None)

    def _read_operands(self, text: str) -> tuple[Operand, ...] | None:
        operands: list[Operand] = []
        position, end = 0, len(text)
        while position < end:
            found = _OPERAND.match(text, position)
            if not found:
                return None
            position = found.end()
            written = found[0]
            operand = self._operands.get(written)
            if operand is None:
                operand = self._operand(found)
                if operand is None:
                    return None
                self._operands[written] = operand
            operands.append(operand)
        return tuple(operands)

    def _operand(self, found: re.Match[str]) -> Operand | None:
        written, null, width, number, integer, _, name, local, base = found.groups()
        kind = "ptr" if written.endswith("*") else written
        if local is not None:
            return self._local(local, kind)
        key = self._key(found[0])
        if name is not None:
            value = ValueKind.function if name in self._functions else ValueKind.global_variable
            return Operand(value, key, kind, "" if _is_unnamed(name) else name, None)
        if null or number:
            return _pointer(key, kind, int(number or 0) % (1 << int(width or 64)), int(width or 64))
        if integer:
            return Operand(ValueKind.constant_int, key, kind, "", int(integer) % (1 << int(kind[1:])))
        if base in self._functions:  # LLVM may make the function of it
            return None
        value = ValueKind.constant_fp if kind == "double" else ValueKind.constant_expr
        return Operand(value, key, kind, "", None)


def _pointer(key: int, kind: str, number: int, width: int) -> Operand:
    if not number:
        return Operand(ValueKind.constant_pointer_null, key, kind, "", 0)
    negative = number >> (width - 1)  # so LLVM writes it, and it is no id
    return Operand(ValueKind.constant_expr, key, kind, "", None if negative else number)
