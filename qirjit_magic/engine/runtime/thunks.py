"""Thunks: one calling convention, ``i64 (ptr entry, ptr words)``, for entry points of every type.

The words are the arguments, and after them room for what is returned, where that is more than a number: a pointer, a
struct or an array, a word for each scalar in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from llvmlite import ir

from qirjit_magic.engine.codegen.object_code import LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.errors import EntryPointError
from qirjit_magic.protocol.module_info import EntryPoint, Signature
from qirjit_magic.protocol.return_values import Array, Kind, Struct, integer_bits, read_kind, recorded_words, scalars

_I64 = ir.IntType(64)
_POINTER = ir.IntType(8).as_pointer()
_FLOATING = {"double": ir.DoubleType(), "float": ir.FloatType()}
_WORD_BITS = 64
_NAME = "qirjit_thunk"


class ReturnLayout(msgspec.Struct, frozen=True):
    """The layout of what an entry point returns, as the shot loop reads it (``shots.ll``).

    Attributes:
        words: how many words the thunk writes after the arguments; 0 where it returns all there is.
        pointers: a bit for each of these words: whether it is a pointer.
    """

    words: int
    pointers: int


def return_layout(signature: Signature) -> ReturnLayout:
    """The layout of what each function of this type returns."""
    words = recorded_words(signature.returns)
    kind = read_kind(signature.returns)
    if not words or kind is None:
        return ReturnLayout(0, 0)
    return ReturnLayout(words, sum(1 << index for index, scalar in enumerate(scalars(kind)) if scalar == "ptr"))


class Thunks:
    """The thunks of this process, one for each signature."""

    def __init__(self, emitter: ObjectEmitter) -> None:
        self._emitter = emitter
        self._linked: dict[Signature, LinkedObject] = {}

    def address(self, entry: EntryPoint) -> int:
        """The thunk that calls this entry point.

        Raises:
            EntryPointError: a parameter or the returned value is of a type that words do not hold.
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
    parameters = [_parameter_type(entry, text) for text in signature.parameters]
    callee = ir.FunctionType(_return_type(entry), parameters).as_pointer()
    module = ir.Module()
    thunk = ir.Function(module, ir.FunctionType(_I64, [callee, _I64.as_pointer()]), _NAME)
    build = ir.IRBuilder(thunk.append_basic_block())
    places = [build.gep(thunk.args[1], [_I64(index)]) for index in range(len(parameters))]
    values = [_from_word(build, build.load(place), kind) for place, kind in zip(places, parameters, strict=True)]
    returned = build.call(thunk.args[0], values)
    if recorded_words(signature.returns):
        for index, value in enumerate(_scalars(build, returned), len(parameters)):
            build.store(_to_word(build, value), build.gep(thunk.args[1], [_I64(index)]))
    at_once = isinstance(returned.type, ir.IntType | ir.DoubleType | ir.FloatType)
    build.ret(_to_word(build, returned) if at_once else _I64(0))
    return module


def _parameter_type(entry: EntryPoint, text: str) -> ir.Type:
    if bits := integer_bits(text):
        return ir.IntType(bits)
    if text in _FLOATING:
        return _FLOATING[text]
    raise _refusal(entry, f"takes {text}")


def _return_type(entry: EntryPoint) -> ir.Type:
    if entry.signature.returns == "void":
        return ir.VoidType()
    kind = read_kind(entry.signature.returns)
    if kind is None:
        raise _refusal(entry, f"returns {entry.signature.returns}")
    return _type(kind)


def _refusal(entry: EntryPoint, does: str) -> EntryPointError:
    reason = (
        f"'{entry.name}' {does}. Functions run by name take integers of up to 64 bits, double and float, "
        f"and return these, pointers, small structs and arrays of them, or nothing."
    )
    return EntryPointError(reason, entry.name)


def _type(kind: Kind) -> ir.Type:
    match kind:
        case Struct(items, packed):
            return ir.LiteralStructType([_type(item) for item in items], packed)
        case Array(item, count):
            return ir.ArrayType(_type(item), count)
        case "ptr":
            return _POINTER
        case _:
            return _FLOATING.get(kind) or ir.IntType(integer_bits(kind))


def _scalars(build: ir.IRBuilder, value: ir.Value) -> Iterator[ir.Value]:
    if isinstance(value.type, ir.Aggregate):
        for index in range(len(value.type)):
            yield from _scalars(build, build.extract_value(value, index))
    else:
        yield value


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
