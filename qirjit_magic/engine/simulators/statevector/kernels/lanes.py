"""Memory by its address, as functions of Numba: words, doubles, and eight doubles at once.

Nothing depends on how well somebody vectorises: eight lanes are one LLVM vector, whatever the machine makes of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

WIDTH = 8
_FAST = {"contract"}  # multiply and add in one instruction; nothing else that would change a number
_OPTIONS = {"fastmath": _FAST, "error_model": "numpy", "boundscheck": False, "nogil": True}
_I32, _I64, _DOUBLE = ir.IntType(32), ir.IntType(64), ir.DoubleType()
_VECTOR, _INDICES = ir.VectorType(_DOUBLE, WIDTH), ir.VectorType(_I64, WIDTH)
_ALIGNMENT = 8

inline = numba.njit(forceinline=True, **_OPTIONS)
KERNELS: dict[str, Any] = {}  # compiled, by their symbols
_TYPES = {"int": types.int64, "float": types.float64, "None": types.void}


llvm.add_symbol("qirjit_make_room", 1)  # Numba links what it compiles; here nobody calls them
llvm.add_symbol("qirjit_refuse_twice", 1)
llvm.add_symbol("qirjit_share_groups", 1)
llvm.add_symbol("qirjit_take_memory", 1)
llvm.add_symbol("qirjit_give_back", 1)


def declare(symbol: str, returns: Any, *parameters: Any) -> Any:
    """A function that is called by its symbol: its callers hold no copy of it, so that it is compiled once."""
    return types.ExternalFunction(symbol, returns(*parameters))


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function of integers and doubles under its name, with ``qirjit_`` before it; it raises nothing."""
    *parameters, returns = (_TYPES[str(kind)] for kind in function.__annotations__.values())
    symbol = f"qirjit_{function.__name__.strip('_')}"
    KERNELS[symbol] = numba.cfunc(returns(*parameters), **_OPTIONS)(function)
    llvm.add_symbol(symbol, KERNELS[symbol].address)
    return declare(symbol, returns, *parameters)


class _LanesType(types.Type):
    def __init__(self) -> None:
        super().__init__(name="lanes8")


lanes = _LanesType()


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _calculate(operation: Callable[..., Any], instruction: str) -> None:
    @infer_global(operation)
    class _Template(ConcreteTemplate):
        cases = (signature(lanes, lanes, lanes),)

    @lower_builtin(operation, lanes, lanes)
    def _lower(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        return getattr(build, instruction)(*values, flags=("contract",))


_calculate(operator.add, "fadd")
_calculate(operator.sub, "fsub")
_calculate(operator.mul, "fmul")


def _place(build: ir.IRBuilder, base: ir.Value, index: ir.Value, kind: ir.Type) -> ir.Value:
    return build.inttoptr(build.add(base, build.shl(index, _I64(3))), kind.as_pointer())


def _loads(kind: Any, llvm_type: ir.Type) -> Any:
    @intrinsic
    def load(_typing: Any, base: Any, index: Any) -> Any:
        def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
            return build.load(_place(build, values[0], values[1], llvm_type), align=_ALIGNMENT)

        return kind(types.int64, types.int64), build_it

    return load


def _stores(kind: Any, llvm_type: ir.Type) -> Any:
    @intrinsic
    def store(_typing: Any, base: Any, index: Any, value: Any) -> Any:
        def build_it(context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
            build.store(values[2], _place(build, values[0], values[1], llvm_type), align=_ALIGNMENT)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, kind), build_it

    return store


# In place `index`, counted in units of eight bytes, from the address `base` on.
word, put_word = _loads(types.int64, _I64), _stores(types.int64, _I64)
real, put_real = _loads(types.float64, _DOUBLE), _stores(types.float64, _DOUBLE)
load, store = _loads(lanes, _VECTOR), _stores(lanes, _VECTOR)


@intrinsic
def differ(_typing: Any, base: Any, other: Any, index: Any) -> Any:
    """Return whether eight words from place `index` on are not the same there and there."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        first, second = (
            build.load(_place(build, place, values[2], _INDICES), align=_ALIGNMENT) for place in values[:2]
        )
        bits = build.bitcast(build.icmp_unsigned("!=", first, second), ir.IntType(WIDTH))
        return build.icmp_unsigned("!=", bits, ir.IntType(WIDTH)(0))

    return types.boolean(types.int64, types.int64, types.int64), build_it


@intrinsic
def any_set(_typing: Any, base: Any, index: Any) -> Any:
    """Return whether of eight words from place `index` on one is not 0."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        there = build.load(_place(build, values[0], values[1], _INDICES), align=_ALIGNMENT)
        bits = build.bitcast(build.icmp_unsigned("!=", there, ir.Constant(_INDICES, None)), ir.IntType(WIDTH))
        return build.icmp_unsigned("!=", bits, ir.IntType(WIDTH)(0))

    return types.boolean(types.int64, types.int64), build_it


@intrinsic
def first_above(_typing: Any, base: Any, index: Any, least: Any) -> Any:
    """Return which of the eight doubles from place `index` on is the first above a number; 8 where none is."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        there = build.load(_place(build, values[0], values[1], _VECTOR), align=_ALIGNMENT)
        bits = build.bitcast(build.fcmp_ordered(">", there, _splat(build, values[2], _VECTOR)), ir.IntType(WIDTH))
        word = build.or_(build.zext(bits, _I64), _I64(1 << WIDTH))
        return build.cttz(word, ir.IntType(1)(1))

    return types.int64(types.int64, types.int64, types.float64), build_it


@intrinsic
def splat(_typing: Any, value: Any) -> Any:
    """The same number in every lane."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        return _splat(build, values[0], _VECTOR)

    return lanes(types.float64), build_it


@intrinsic
def where(_typing: Any, bits: Any, first: Any, second: Any) -> Any:
    """In lane l ``first``, where l has all of these bits, else ``second``."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        wanted = _splat(build, values[0], _INDICES)
        numbers = ir.Constant(_INDICES, list(range(WIDTH)))
        chosen = build.icmp_signed("==", build.and_(numbers, wanted), wanted)
        return build.select(chosen, values[1], values[2])

    return lanes(types.int64, lanes, lanes), build_it


@intrinsic
def flip(_typing: Any, value: Any, mask: Any) -> Any:
    """In lane l what was in lane l ^ mask; the mask has to be a constant once everything is inlined."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        result, mask = values
        for bit in (1, 2, 4):
            order = ir.Constant(ir.VectorType(_I32, WIDTH), [lane ^ bit for lane in range(WIDTH)])
            turned = build.shuffle_vector(result, ir.Constant(_VECTOR, ir.Undefined), order)
            chosen = build.icmp_signed("!=", build.and_(mask, _I64(bit)), _I64(0))
            result = build.select(chosen, turned, result)
        return result

    return lanes(lanes, types.int64), build_it


@intrinsic
def total(_typing: Any, value: Any) -> Any:
    """The sum of the lanes, by halves."""

    def build_it(_context: Any, build: ir.IRBuilder, _signature: Any, values: Any) -> ir.Value:
        result = values[0]
        for bit in (4, 2, 1):
            order = ir.Constant(ir.VectorType(_I32, WIDTH), [lane ^ bit for lane in range(WIDTH)])
            turned = build.shuffle_vector(result, ir.Constant(_VECTOR, ir.Undefined), order)
            result = build.fadd(result, turned)
        return build.extract_element(result, _I32(0))

    return types.float64(lanes), build_it


def _splat(build: ir.IRBuilder, value: ir.Value, kind: ir.VectorType) -> ir.Value:
    nothing = ir.Constant(kind, ir.Undefined)
    first = build.insert_element(nothing, value, _I32(0))
    return build.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(_I32, WIDTH), [0] * WIDTH))
