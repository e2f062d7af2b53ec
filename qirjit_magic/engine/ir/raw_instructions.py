"""Instructions as LLVM has them, by their addresses.

llvmlite makes a Python object for each value, iterator and type, which takes ten times as long.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import byref, c_char_p, c_int, c_void_p
from typing import NamedTuple

import llvmlite.binding as llvm
from llvmlite.binding import ValueKind, ffi

# llvmlite's own C functions, called as it calls them. `PyDLL` keeps Python's lock, which stands for llvmlite's.
_C = ctypes.PyDLL(ffi.lib._name, handle=ffi.lib._handle)  # noqa: SLF001 - the handle that `ctypes.CDLL` objects have
for _name in (
    *("BlockInstructionsIter", "InstructionsIterNext", "DisposeInstructionsIter"),
    *("InstructionOperandsIter", "OperandsIterNext", "DisposeOperandsIter"),
    *("GetOpcodeName", "DisposeString", "GetValueKind", "TypeOf"),
):
    _function = getattr(_C, f"LLVMPY_{_name}")
    _function.argtypes, _function.restype = [c_void_p], c_void_p
_C.LLVMPY_GetValueKind.restype = c_int
_C.LLVMPY_PrintValueToString.argtypes = [c_void_p, c_void_p]
_KINDS = {int(kind): kind for kind in ValueKind}


class RawInstruction(NamedTuple):
    """An instruction by addresses, which are the hashes of llvmlite's values.

    Attributes:
        address: of its value.
        opcode: LLVM's name for it.
        operands: the addresses of what it is given; of a call the last one is what is called.
    """

    address: int
    opcode: str
    operands: tuple[int, ...]


def raw_instructions(block: llvm.ValueRef) -> Iterator[RawInstruction]:
    """The instructions of a block, in their order."""
    iterator = _C.LLVMPY_BlockInstructionsIter(block)
    try:
        while address := _C.LLVMPY_InstructionsIterNext(iterator):
            yield RawInstruction(address, _opcode(address), tuple(_operands(address)))
    finally:
        _C.LLVMPY_DisposeInstructionsIter(iterator)


def value_at(address: int, block: llvm.ValueRef, kind: str = "operand") -> llvm.ValueRef:
    """The value of an address, to ask llvmlite for more; ``kind`` is its word for where that was found."""
    return llvm.ValueRef(ctypes.cast(address, ffi.LLVMValueRef), kind, {**block._parents, "block": block})  # noqa: SLF001 - what keeps the module alive


def kind_at(address: int) -> ValueKind:
    """The kind of the value at an address, in LLVM's words."""
    return _KINDS[_C.LLVMPY_GetValueKind(address)]


def type_at(address: int) -> int:
    """The address of a value's type: each type of a module has one."""
    return int(_C.LLVMPY_TypeOf(address))


def text_at(address: int) -> str:
    """The value of an address as LLVM prints it."""
    text = c_char_p()
    _C.LLVMPY_PrintValueToString(address, byref(text))
    try:
        return (text.value or b"").decode()
    finally:
        _C.LLVMPY_DisposeString(text)


def _opcode(address: int) -> str:
    name = _C.LLVMPY_GetOpcodeName(address)
    opcode = ctypes.string_at(name).decode()
    _C.LLVMPY_DisposeString(name)
    return opcode


def _operands(address: int) -> Iterator[int]:
    iterator = _C.LLVMPY_InstructionOperandsIter(address)
    while operand := _C.LLVMPY_OperandsIterNext(iterator):
        yield operand
    _C.LLVMPY_DisposeOperandsIter(iterator)
