"""Shims: what programs call where a function is written in Python.

A shim has the declared type and calls Python through ctypes. Then it looks whether the shot goes on, and jumps out of
it where it does not: an exception cannot pass native code, nor a jump Python.
"""

from __future__ import annotations

import ctypes

from llvmlite import ir

from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import link_texts
from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.protocol.module_info import Signature

SHIM, CALLBACK, EXIT = "qirjit_shim", "qirjit_callback", "qirjit_exit"
_I8, _I32, _I64, _DOUBLE = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.DoubleType()
_POINTER = _I8.as_pointer()
_TYPES = {"void": ir.VoidType(), "double": _DOUBLE, "float": ir.FloatType(), "ptr": _POINTER}


class Exit(ctypes.Structure):
    """The words that a shim reads: ``leave``, to be called with the other two, is null as long as the shot goes on."""

    _fields_ = (("leave", ctypes.c_void_p), ("message", ctypes.c_char_p), ("length", ctypes.c_int64))


def shim_object(emitter: ObjectEmitter, signature: Signature) -> bytes:
    """The object code of a shim.

    It needs the callback, which takes and returns an ``i8`` for each ``i1``, an ``i64`` for each other integer and
    pointer, and a ``double`` for each ``float``; and an `Exit`.
    """
    module = link_texts(str(_build(signature)), read_floats())
    module.verify()
    return emitter.emit(module)


def _build(signature: Signature) -> ir.Module:
    returns, parameters = _type(signature.returns), [_type(kind) for kind in signature.parameters]
    module = ir.Module()
    callback_type = ir.FunctionType(_word_type(returns), [_word_type(kind) for kind in parameters])
    callback = ir.Function(module, callback_type, CALLBACK)
    shim = ir.Function(module, ir.FunctionType(returns, parameters), SHIM)
    build = ir.IRBuilder(shim.append_basic_block())
    default = ir.Function(module, ir.FunctionType(_I64, []), "qirjit_default_floats")
    restore = ir.Function(module, ir.FunctionType(ir.VoidType(), [_I64]), "qirjit_restore_floats")
    before = build.call(default, [])
    returned = build.call(callback, [_to_word(build, value) for value in shim.args])
    build.call(restore, [before])
    _return_if_left(build, ir.GlobalVariable(module, ir.LiteralStructType([_POINTER, _POINTER, _I64]), EXIT))
    if isinstance(returns, ir.VoidType):
        build.ret_void()
    else:
        build.ret(_from_word(build, returned, returns))
    return module


def _return_if_left(build: ir.IRBuilder, way_out: ir.GlobalVariable) -> None:
    places = (build.gep(way_out, [_I32(0), _I32(index)]) for index in range(3))
    leave, message, length = map(build.load, places)
    with build.if_then(build.icmp_unsigned("!=", leave, _POINTER(None)), likely=False):
        kind = ir.FunctionType(ir.VoidType(), [_POINTER, _I64]).as_pointer()
        build.call(build.bitcast(leave, kind), [message, length])
        build.unreachable()


def _type(text: str) -> ir.Type:
    return _TYPES.get(text) or ir.IntType(int(text[1:]))


def _word_type(kind: ir.Type) -> ir.Type:
    if isinstance(kind, ir.VoidType):
        return kind
    if isinstance(kind, ir.IntType):
        return _I8 if kind.width == 1 else _I64
    return _I64 if isinstance(kind, ir.PointerType) else _DOUBLE


def _to_word(build: ir.IRBuilder, value: ir.Value) -> ir.Value:
    word = _word_type(value.type)
    if isinstance(value.type, ir.PointerType):
        return build.ptrtoint(value, word)
    if isinstance(value.type, ir.IntType):
        return build.zext(value, word) if value.type.width == 1 else build.sext(value, word)
    return build.fpext(value, word)


def _from_word(build: ir.IRBuilder, word: ir.Value, kind: ir.Type) -> ir.Value:
    if isinstance(kind, ir.PointerType):
        return build.inttoptr(word, kind)
    return build.trunc(word, kind) if isinstance(kind, ir.IntType) else build.fptrunc(word, kind)
