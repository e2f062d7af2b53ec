"""Thunks: one calling convention, ``i64 (ptr entry, ptr arguments)``, for entry points of every type."""

from __future__ import annotations

import re

from llvmlite import ir

from qirjit_magic.engine.ir.contexts import read_text
from qirjit_magic.engine.ir.objects import LinkedObject, ObjectEmitter
from qirjit_magic.errors import EntryPointError
from qirjit_magic.wire.modules import EntryPoint, Signature

_I64 = ir.IntType(64)
_FLOATING = {"double": ir.DoubleType(), "float": ir.FloatType()}
_INTEGER = re.compile(r"i(\d+)\Z")
_WORD_BITS = 64
_NAME = "qirjit_thunk"


class Thunks:
    """The thunks of this process, one for each signature."""

    def __init__(self, emitter: ObjectEmitter) -> None:
        self._emitter = emitter
        self._linked: dict[Signature, LinkedObject] = {}

    def address(self, entry: EntryPoint) -> int:
        """The thunk that calls this entry point.

        Raises:
            EntryPointError: a parameter or the returned value is of a type that no 64-bit word holds.
        """
        if entry.signature not in self._linked:
            module = read_text(str(_build(entry)))
            module.verify()
            self._linked[entry.signature] = LinkedObject(self._emitter.emit(module), {})
        return self._linked[entry.signature].address(_NAME)

    def close(self) -> None:
        """Free them."""
        for linked in self._linked.values():
            linked.close()
        self._linked.clear()


def _build(entry: EntryPoint) -> ir.Module:
    signature = entry.signature
    if signature.variadic:
        reason = f"'{entry.name}' takes a variable number of arguments, so it cannot be run by itself."
        raise EntryPointError(reason, entry.name)
    parameters = [_word_type(entry, text, "takes") for text in signature.parameters]
    returns = ir.VoidType() if signature.returns == "void" else _word_type(entry, signature.returns, "returns")
    callee = ir.FunctionType(returns, parameters).as_pointer()
    module = ir.Module()
    thunk = ir.Function(module, ir.FunctionType(_I64, [callee, _I64.as_pointer()]), _NAME)
    build = ir.IRBuilder(thunk.append_basic_block())
    words = (build.load(build.gep(thunk.args[1], [_I64(index)])) for index in range(len(parameters)))
    values = [_from_word(build, word, kind) for word, kind in zip(words, parameters, strict=True)]
    returned = build.call(thunk.args[0], values)
    build.ret(_I64(0) if isinstance(returns, ir.VoidType) else _to_word(build, returned))
    return module


def _word_type(entry: EntryPoint, text: str, verb: str) -> ir.Type:
    integer = _INTEGER.match(text)
    if integer and int(integer[1]) <= _WORD_BITS:
        return ir.IntType(int(integer[1]))
    if text == "ptr" and verb == "returns":
        return ir.IntType(8).as_pointer()
    if text in _FLOATING:
        return _FLOATING[text]
    reason = (
        f"'{entry.name}' {verb} {text}. Functions run by name take integers of up to 64 bits, double and float, "
        f"and return these, a pointer or nothing."
    )
    raise EntryPointError(reason, entry.name)


def _from_word(build: ir.IRBuilder, word: ir.Value, kind: ir.Type) -> ir.Value:
    if isinstance(kind, ir.IntType):
        return word if kind.width == _WORD_BITS else build.trunc(word, kind)
    double = build.bitcast(word, ir.DoubleType())
    return double if isinstance(kind, ir.DoubleType) else build.fptrunc(double, kind)


def _to_word(build: ir.IRBuilder, value: ir.Value) -> ir.Value:
    if isinstance(value.type, ir.PointerType):
        return build.ptrtoint(value, _I64)
    if isinstance(value.type, ir.IntType):
        extend = build.zext if value.type.width == 1 else build.sext
        return value if value.type.width == _WORD_BITS else extend(value, _I64)
    double = value if isinstance(value.type, ir.DoubleType) else build.fpext(value, ir.DoubleType())
    return build.bitcast(double, _I64)
