"""`find_mistyped_call`: a call by another type than the function has, which takes what is left in registers.

LLVM accepts `call double @f()` of a function that returns nothing. What such a call returns, or what a function is
given that is called with too few arguments, is whatever the last one has left there: a number that was drawn, a result.
So is what arrives in another way than it was sent: by another calling convention, or by an attribute that only one of
both has. What is called by its address may be of any type, but for the tables of callables, which the library calls.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.parse import QirModule, read_signature
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import NAME, OPENING, brackets, plain_name, split_at_commas
from qirjit_magic.protocol.module_info import Declaration

_SHOWN = 100  # characters of an instruction
# None of these says where a value is. What stands above a short one in its register has come there with it.
_ATTRIBUTE = (
    r"(?:zeroext|signext|noext|noundef|nonnull|noalias|nocapture|nofree|readonly|writeonly|readnone|writable|immarg"
    r"|align \d+|(?:captures|range)\([^()\";/\n]*\)|(?:dereferenceable|dereferenceable_or_null)\(\d+\))"
)
_HARMLESS = rf"(?:{_ATTRIBUTE} )*"
# As a program may write it. Whatever is written otherwise is asked of LLVM.
_PLAIN_TYPES: Mapping[str, str] = {"ptr": r"(?:ptr|[%\w.]+\*+)", **{kind: kind for kind in ("void", "double", "float")}}
_INTEGER = lazy_pattern(r"i\d+")
_VALUE = r'[-+.%@\w]++(?: \([^()";/\n]*+\)| inbounds \([^()";/\n]*+\)|)'
_PLAIN_NAME = lazy_pattern(r"[A-Za-z_][\w.]*", re.ASCII)
_ANY_TYPE = r"(?:void|ptr|double|float|i\d+|[%\w.]+\*+)"
_PLAIN_DEFINITION = lazy_pattern(
    rf"define (?:(?:internal|private|dso_local) )*{_ANY_TYPE} @[\w.]+"
    rf"\((?:{_ANY_TYPE}(?: %[\w.]+)?(?:, {_ANY_TYPE}(?: %[\w.]+)?)*)?\)",
    re.ASCII,
)
_PLAIN_PARAMETER = rf"{_ANY_TYPE}(?: {_ATTRIBUTE})*(?: %[\w.]+)?"
_PLAIN_DECLARATION = lazy_pattern(
    rf"declare {_HARMLESS}{_ANY_TYPE} @[\w.]+\((?:{_PLAIN_PARAMETER}(?:, {_PLAIN_PARAMETER})*)?\)", re.ASCII
)
_PLAIN_HEADERS = ("define", _PLAIN_DEFINITION), ("declare", _PLAIN_DECLARATION)
# As LLVM prints it: an instruction, a function and a variable each begin their line.
_CALL = lazy_pattern(
    rf"^ +(?:%{NAME} = )?(?:tail |musttail |notail )?(?:call|invoke|callbr) "
    r"(?:(?:fast|reassoc|nnan|ninf|nsz|arcp|contract|afn) )*(.*)$",
    re.MULTILINE,
)
_CALLEE = lazy_pattern(rf"(?<= )@{NAME}(?=\()")
_HEADER = lazy_pattern(r"^(?:define|declare) (.*)$", re.MULTILINE)
_BEFORE_TYPE = lazy_pattern(
    r"(?:(?:private|internal|available_externally|linkonce|weak|common|linkonce_odr|weak_odr|external|extern_weak"
    rf"|dso_local|dso_preemptable|hidden|protected|default|dllimport|dllexport) )*(?:fastcc |coldcc )?{_HARMLESS}"
)
_CONVENTION = lazy_pattern(r"(?:.* )?(fastcc|coldcc) ")  # in what stands before a type
_HIDDEN = lazy_pattern(r"(?:private|internal) ")
_ATTRIBUTES = lazy_pattern(_HARMLESS)
_BEGINS_VALUE = lazy_pattern(
    r'[-+%@<\[{"\d]|c"|(?:null|true|false|undef|poison|zeroinitializer|none|splat|inttoptr|ptrtoint|getelementptr'
    r"|bitcast|addrspacecast|trunc|add|sub|xor|blockaddress)(?![\w.])"
)
_FIRST_WORD = lazy_pattern(rf"%{NAME}|\w+(?: addrspace\(\d+\))?")
_LOCAL = lazy_pattern(rf"%{NAME}")
_TABLE = lazy_pattern(rf"^(@{NAME}) = [\w ()]*\bconstant \[\d+ x ptr\] \[(.*?)\](?:, |$)", re.MULTILINE)
_CALLABLE = "__quantum__rt__callable_create"
_BY_TABLE = ("void (ptr, ptr, ptr)", "void (ptr, i32)")  # the types by which the library calls what is in the two


def find_mistyped_call(module: QirModule) -> str:
    """The first such call or function in words; empty where there is none."""
    if _is_plain(module.text.distinct_lines, module.info.declarations):
        return ""
    if not module.printed:
        return "LLVM prints the module with what is no text"
    return next(_Printed(module.printed, module.llvm_module).find(), "")


def _is_plain(lines: str, declarations: Iterable[Declaration]) -> bool:
    """Return whether it is certain without what LLVM prints: each word that may be a call begins one that fits.

    It is asked of each line by itself: a call, a declaration or a definition that is longer is not plain.
    """
    if "invoke" in lines or any(lines.count(word) != len(found.findall(lines)) for word, found in _PLAIN_HEADERS):
        return False
    calls = _plain_calls((function.name, function.type) for function in declarations)
    return len(calls.findall(lines)) == lines.count("call") - lines.count("nocallback")


def _plain_calls(functions: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """A pattern that matches calls of functions by their names and types, and nothing else."""
    names = defaultdict[tuple[str, str], list[str]](list)
    for name, kind in functions:
        signature = read_signature(kind)
        types = [_plain_type(each) for each in (signature.returns, *signature.parameters)]
        if all(types) and _PLAIN_NAME.fullmatch(name):
            arguments = ", ".join(f"{each} {_VALUE}" for each in types[1:])
            names[types[0], arguments].append(re.escape(name))
    several = (f"{kind} @(?:{'|'.join(few)})\\({given}\\)" for (kind, given), few in names.items())
    return lazy_pattern(f"call (?:{'|'.join(several) or '(?!)'})", re.ASCII)


def _plain_type(kind: str) -> str:
    return kind if _INTEGER.fullmatch(kind) else _PLAIN_TYPES.get(kind, "")


def _passes_plainly(header: str) -> bool:
    """Return whether a function as LLVM prints it takes and returns values by the C calling convention alone."""
    found = _HEADER.match(header)
    name = _CALLEE.search(found[1]) if found else None
    if found is None or name is None:
        return False
    before = found[1][: name.start()]
    rest = _matched(_BEFORE_TYPE, before)
    if not _is_type(before[rest:].removesuffix(" ")):
        return False
    # Of another module, or of whoever runs it, nobody knows by which convention it is called
    if _CONVENTION.match(before[:rest]) and not _HIDDEN.match(before):
        return False
    parameters = (_LOCAL.sub("", _without_type(each)) for each in split_at_commas(found[1], name.end() + 1))
    return all(not _ATTRIBUTES.sub("", f"{each.strip()} ").strip() for each in parameters)


def _matched(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _is_type(text: str) -> bool:
    return not _without_type(text) and text != "..."


def _without_type(text: str) -> str:
    """The rest of a text, behind the type that it begins with."""
    if text == "...":
        return ""
    if text[:1] in OPENING:
        for mark, depth in brackets(text):
            if not depth:
                return text[mark.end() :]
    found = _FIRST_WORD.match(text)
    return text[found.end() :] if found else text


class _Printed:
    """A module as LLVM prints it."""

    def __init__(self, text: str, module: llvm.ModuleRef) -> None:
        self._text = text
        self._functions = {function.name: function for function in module.functions}
        self._conventions: dict[str, str] = {}
        self._types: dict[str, tuple[str, tuple[str, ...], bool]] = {}
        self._tables = dict(_TABLE.findall(text))

    def find(self) -> Iterator[str]:
        """Each call, and each function, of which it is not certain."""
        for found in _HEADER.finditer(self._text):
            if not _passes_plainly(found[0]):
                yield _shown(found[0])
            elif callee := _CALLEE.search(found[0]):
                before = found[1][: _matched(_BEFORE_TYPE, found[1])]
                if convention := _CONVENTION.match(before):
                    self._conventions[plain_name(callee[0][1:])] = f"{convention[1]} "
        plain = _plain_calls(
            (name, str(function.global_value_type))
            for name, function in self._functions.items()
            if name not in self._conventions
        )
        for found in _CALL.finditer(self._text):
            if (_CALLABLE in found[1] or not plain.match(f"call {found[1]}")) and not self._fits(found[1]):
                yield _shown(found[0])

    def _fits(self, call: str) -> bool:
        callee = _CALLEE.search(call)
        name = plain_name(callee[0][1:]) if callee else ""
        if callee is None or name not in self._functions:
            return False
        returned, parameters, variadic = self._type(name)
        kind = f"{returned} ({', '.join((*parameters, '...'))}) " if variadic else f"{returned} "
        convention = self._conventions.get(name, "")
        if not call.startswith(convention):
            return False
        before = call[len(convention) : callee.start()]
        given = list(split_at_commas(call, callee.end() + 1))
        if before[_matched(_ATTRIBUTES, before) :] != kind or not _fit(given, parameters, variadic=variadic):
            return False
        return name != _CALLABLE or self._fits_callable(given)

    def _type(self, name: str) -> tuple[str, tuple[str, ...], bool]:
        if name not in self._types:
            kind = self._functions[name].global_value_type
            parameters = tuple(map(_type_name, kind.get_function_parameters()))
            self._types[name] = _type_name(kind.get_function_return()), parameters, kind.is_function_vararg
        return self._types[name]

    def _fits_callable(self, given: list[str]) -> bool:
        tables = zip(given, _BY_TABLE, strict=False)
        return all(table == "ptr null" or self._holds(table, kind) for table, kind in tables)

    def _holds(self, table: str, kind: str) -> bool:
        held = self._tables.get(table.removeprefix("ptr "), "ptr ?").split(", ")
        functions = (self._functions.get(plain_name(each[len("ptr @") :])) for each in held if each != "ptr null")
        return all(function is not None and str(function.global_value_type) == kind for function in functions)


def _type_name(kind: llvm.TypeRef) -> str:
    return str(kind).partition(" = type ")[0]


def _shown(line: str) -> str:
    return f"'{line.strip()[:_SHOWN]}'"


def _fit(given: list[str], parameters: tuple[str, ...], *, variadic: bool) -> bool:
    if len(given) != len(parameters) and not (variadic and len(given) > len(parameters)):
        return False
    typed = zip(given, parameters, strict=False)
    if not all(argument.startswith(f"{kind} ") for argument, kind in typed):
        return False
    values = (_without_type(argument).removeprefix(" ") for argument in given if not argument.startswith("metadata "))
    return all(_BEGINS_VALUE.match(value, _matched(_ATTRIBUTES, value)) for value in values)
