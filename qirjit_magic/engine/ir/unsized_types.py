"""Types without a size, in text that LLVM has not accepted: opaque ones, and those that nobody defines.

Only pointers to them may be values. LLVM ends the process at an ``extractvalue`` that takes one out of a struct, as
soon as it reads it; what else there may be of them it refuses, without saying which type it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import END, GAP, NAME, WORD, Token, find_words, plain_name, tokens

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_DEEPEST = 100  # of types in each other, and of names for names
_COMPLAINTS = lazy_pattern(
    r"unsized|must be sized|first class type|invalid type for|non-scalar|invalid element type|invalid vector element"
)
_ENDS_TYPE = lazy_pattern(
    r"%.*|[*>\])}]|i\d+|void|ptr|half|bfloat|float|double|fp128|x86_fp80|label|metadata", re.DOTALL
)


class _Type(msgspec.Struct, frozen=True):
    # What is written of a type: a name, or what an array or struct holds; of all others nothing. Functions repeat it.
    name: str = ""
    parts: tuple[_Type, ...] = ()
    repeated: bool = False


_SIZED, _FUNCTION = _Type(), _Type(repeated=True)


_OF_FUNCTION = "a value of a function's type", "only a pointer to a function is one. Write 'ptr'"


def unsized_value(name: str) -> tuple[str, str]:
    """Return the construct that is refused where there is a value of the opaque type of this name, and why."""
    return f"a value of the opaque type {name}", f"it has no size. Write a pointer to it, 'ptr' or '{name}*'"


def check_extracted(text: SourceText) -> None:
    """Refuse what ends the process when LLVM reads it.

    Raises:
        UnsafeModuleError: an instruction gives a value of a type that is opaque, or not defined before it.
    """
    lines = text.distinct_lines
    if "extractvalue" not in lines and "landingpad" not in lines:
        return
    types = _UnsizedTypes(text.text)
    for found in find_words(text.text, rf"{WORD}(?:extractvalue|landingpad){END}"):
        given = types.given_by(found)
        if given.name or given is _FUNCTION:
            place = text.location(found.start())
            construct, reason = unsized_value(given.name) if given.name else _OF_FUNCTION
            raise UnsafeModuleError(
                construct, f"{reason}.", line=place.line, column=place.column, source_line=place.source_line
            )


def explain_unsized(message: str, text: SourceText, line: int | None = None) -> str:
    """LLVM's message with the name of the type that it is about, where that is one without a size."""
    if not _COMPLAINTS.search(message):
        return message
    types = _UnsizedTypes(text.text)
    written = message if line is None else text.line(line) or ""
    name = types.first_opaque(tokens(written))
    return message if name is None else f"{message}: the type {name} is opaque, {unsized_value(name)[1]}"


def _set(name: str) -> str:
    return rf"{re.escape(name)}{GAP}="


class _UnsizedTypes:
    def __init__(self, text: str) -> None:
        self._text = text
        self._definitions: dict[str, int] = {}  # where the type begins
        for found in find_words(text, rf"%(?P<name>{NAME}){GAP}={GAP}type{END}"):
            self._definitions.setdefault(plain_name(found["name"]), found.end())

    def first_opaque(self, line: Iterable[Token]) -> str | None:
        """The opaque type that a type in a line is or holds: one that is defined, else one that nobody defines."""
        before, defined, others = "", list[str](), list[str]()
        for token, after in pairwise((*line, None)):
            if token is None or (after and after.text == "*"):  # a pointer has a size, whatever it points to
                continue
            if token.kind == "local" and token.name in self._definitions:
                defined.append(token.text)
            elif token.kind == "local" and not _ENDS_TYPE.fullmatch(before):  # there it would be the name of a value
                others.append(token.text)
            before = token.text
        return next(filter(None, map(self.opaque_in, (*defined, *others))), None)

    def opaque_in(self, name: str) -> str | None:
        """The opaque type that the type of this name is or holds; None where it is the name of something else."""
        if plain_name(name[1:]) not in self._definitions and next(find_words(self._text, _set(name)), None):
            return None
        seen, waiting = set[str](), [_Type(name)]
        while waiting:
            current = waiting.pop()
            if current.name and current.name not in seen:
                seen.add(current.name)
                definition = self._definition(current.name, len(self._text))
                if definition is None:
                    return current.name
                waiting.append(definition)
            waiting += current.parts
        return None

    def given_by(self, instruction: re.Match[str]) -> _Type:
        """The type of which an ``extractvalue`` or ``landingpad`` gives a value; it has a name where it is opaque."""
        before = instruction.start()
        reader = _TypeReader(self._text, instruction.end())
        kind = reader.read_type()
        for index in reader.read_indices() if instruction[0] == "extractvalue" else ():
            whole = self._resolved(kind, before)
            if not whole.parts or (index >= len(whole.parts) and not whole.repeated):
                return _SIZED  # LLVM says that there is no such part
            kind = whole.parts[0 if whole.repeated else index]
        return self._resolved(kind, before)

    def _resolved(self, kind: _Type, before: int) -> _Type:
        for _ in range(_DEEPEST):
            definition = self._definition(kind.name, before) if kind.name else None
            if definition is None:
                break
            kind = definition
        return kind

    def _definition(self, name: str, before: int) -> _Type | None:
        # None of an opaque type, and of one that LLVM has not read there
        start = self._definitions.get(plain_name(name[1:]), before)
        reader = _TypeReader(self._text, start)
        return None if start >= before or reader.text == "opaque" else reader.read_type()


class _TypeReader:
    def __init__(self, text: str, start: int) -> None:
        self._tokens: Iterator[Token] = tokens(text, start)
        self._next: Token | None = next(self._tokens, None)

    @property
    def text(self) -> str:
        return self._next.text if self._next else ""

    def _take(self) -> Token | None:
        taken, self._next = self._next, next(self._tokens, None)
        return taken

    def read_type(self, depth: int = 0) -> _Type:
        """The type that begins here; pointers, functions and numbers are all alike."""
        packed = self.text == "<" and bool(self._take())
        kind = self._read_plain(depth, packed=packed)
        if packed and self.text == ">":
            self._take()
        while self.text in {"*", "(", "addrspace"}:
            kind = _FUNCTION if self.text == "(" else _SIZED
            if self.text == "addrspace":
                self._take()
            taken = self._take()
            self._skip(")" if taken and taken.text == "(" else "")
        return kind

    def _read_plain(self, depth: int, *, packed: bool) -> _Type:
        taken = self._take()
        if taken is None or depth > _DEEPEST:
            return _SIZED
        if taken.text == "{":
            return _Type(parts=tuple(self._read_parts(depth)))
        if taken.text == "target":
            self._take()
            self._skip(")")
            return _SIZED
        if packed and taken.text == "vscale":
            self._take()  # its `x`
            taken = self._take() or taken
        if taken.text == "[" or (packed and taken.kind == "number"):
            if not packed:
                self._take()  # how many, and `x`
            self._take()
            part = self.read_type(depth + 1)
            self._skip("]" if not packed else "")
            return _Type(parts=(part,), repeated=True) if not packed else _SIZED
        return _Type(taken.text) if taken.kind == "local" else _SIZED

    def _read_parts(self, depth: int) -> Iterator[_Type]:
        while self._next is not None and self.text != "}":
            yield self.read_type(depth + 1)
            if self.text == ",":
                self._take()
        self._take()

    def _skip(self, closing: str) -> None:
        # Up to the bracket that closes what has been opened
        open_ = [closing] if closing else []
        while open_ and (taken := self._take()) is not None:
            if taken.kind == "other" and taken.text in _CLOSING:
                open_.append(_CLOSING[taken.text])
            elif taken.text == open_[-1]:
                open_.pop()

    def read_indices(self) -> list[int]:
        """The indices of an ``extractvalue``, behind its value."""
        value = self._take()
        if value and value.text in _CLOSING:
            self._skip(_CLOSING[value.text])
        indices: list[int] = []
        while self.text == ",":
            self._take()
            number = self._take()
            if number is None or not number.text.isdigit():
                break
            indices.append(int(number.text[:20]))
        return indices
