"""`externalise`: a module that only declares its own public variables, so that their addresses can be known first.

What a variable begins with stays in the object code, as a variable `initial_name`: there LLVM can say everything in it,
addresses of functions and variables of whatever module, places in functions, differences.
"""

from __future__ import annotations

import re
from dataclasses import replace

import llvmlite.binding as llvm
from msgspec import structs

from qirjit_magic.engine.ir.llvm_modules import read_changed
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import NAME
from qirjit_magic.protocol.module_info import GlobalVariable

_INITIAL = "qirjit.initial."

# As LLVM prints a module: each global in a line of its own, whatever there is in its strings.
_NAME = lazy_pattern(f"@{NAME}")
_LINE = lazy_pattern(rf"^({_NAME.pattern}) = ((?:[\w()]+ )*?)(global|constant) (.*)$", re.MULTILINE)
_TIED = lazy_pattern(r"^(?:@|define ).*(?: alias | ifunc |\bsub \().*$", re.MULTILINE)
_ATTACHMENTS = lazy_pattern(r"(?:, ![\w.]+ !\d+)+$")
_ZEROS = lazy_pattern(r'zeroinitializer(?:, (?:section "[^"]*"|align \d+))*$')
_ALIGNMENT = lazy_pattern(r", align 0*(\d+)")
_STRING = lazy_pattern(r'"[^"]*"')
_ODD_NAMES = ".L", "\1"  # the assembler's own, and those that say what it is to make of them


def initial_name(place: int) -> str:
    """The symbol of the first value of the module's variable at this place; the object code has none for zeros."""
    return f"{_INITIAL}{place}"


def externalise(module: QirModule, data_layout: str) -> QirModule:
    """The module with its public variables declared, and with their sizes and alignments in `ModuleInfo.variables`.

    Only a module that uses variables of others is changed: nobody else can be in a circle of variables. Some variables
    stay as they are, see `_staying`.

    Args:
        module: as it was read; its LLVM module is not used up.
        data_layout: that of the machine that the code is for.
    """
    info = module.info
    if all(declaration.function for declaration in info.declarations) or not any(v.public for v in info.variables):
        return module
    text = module.printed or str(module.llvm_module)  # which raises what cannot be printed
    if _INITIAL in text:
        return module
    moving = _Externaliser(module, data_layout, _staying(text))
    text = _LINE.sub(moving.line, text)
    changed = read_changed(text)
    if changed is None:
        return module
    return replace(module, info=structs.replace(info, variables=tuple(moving.variables)), llvm_module=changed)


def _staying(text: str) -> frozenset[str]:
    # An alias is of what the same object defines, and so are both sides of a difference: LLVM ends the process else.
    return frozenset(name for line in _TIED.findall(text) for name in _NAME.findall(line))


class _Externaliser:
    def __init__(self, module: QirModule, data_layout: str, staying: frozenset[str]) -> None:
        self.variables = list(module.info.variables)
        # One for each module: it remembers layouts by the addresses of types, and these are used again.
        self._target_data = llvm.create_target_data(data_layout)
        places = {variable.name: place for place, variable in enumerate(self.variables)}
        self._places: dict[str, int] = {}  # by the name as it is printed
        self._types: dict[str, llvm.TypeRef] = {}
        for value in module.llvm_module.global_variables:
            place = places.get(value.name)
            if place is None or not self.variables[place].public or not value.name or value.name.startswith(_ODD_NAMES):
                continue
            found = _NAME.match(str(value))
            if found and found[0] not in staying:
                self._places[found[0]] = place
                self._types[found[0]] = value.global_value_type

    def line(self, found: re.Match[str]) -> str:
        name, words, kind, value = found.groups()
        value = _ATTACHMENTS.sub("", value)
        plain = _STRING.sub("", value)
        if name not in self._places or "(" in words or "thread_local" in words or ", comdat" in plain:
            return found[0]  # `(`: of an address space, or a model of thread-local ones
        place = self._places[name]
        given = _ALIGNMENT.search(plain)
        variable = self._variable(place, self._types[name], int(given[1]) if given else 1)
        self.variables[place] = variable
        declared = f"{name} = external {kind} {variable.type}, align {variable.alignment}"
        return declared if _ZEROS.search(value) else f"{declared}\n@{initial_name(place)} = {kind} {value}"

    def _variable(self, place: int, kind: llvm.TypeRef, alignment: int) -> GlobalVariable:
        size = self._target_data.get_abi_size(kind)
        alignment = max(alignment, self._target_data.get_abi_alignment(kind))
        return structs.replace(self.variables[place], size=size, alignment=alignment)
