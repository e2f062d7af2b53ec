"""`Callbacks`: functions in Python that programs call, through shims.

A shim has the declared type and calls Python through ctypes. Then it looks whether the shot goes on, and jumps out of
it where it does not: an exception cannot pass native code, nor a jump Python.
"""

from __future__ import annotations

import ctypes
import operator
import reprlib
from collections.abc import Callable
from functools import cache, partial
from types import TracebackType
from typing import Any

import msgspec
from llvmlite import ir

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import link_texts
from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.errors import DefinitionError
from qirjit_magic.protocol.messages import Intrinsic, Raised
from qirjit_magic.protocol.module_info import ModuleInfo, Signature
from qirjit_magic.protocol.pickles import unpickled
from qirjit_magic.protocol.symbol_graph import python_module

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


_C_TYPES: dict[str, type[ctypes._SimpleCData[Any]]] = {
    "i1": ctypes.c_bool,
    "double": ctypes.c_double,
    "float": ctypes.c_double,
    "ptr": ctypes.c_uint64,
}
_SHOWN_CHARACTERS = 10_000

Function = Callable[..., object]
Check = Callable[[object], object]


class _Defined(msgspec.Struct, frozen=True):
    """A function; its callback must live as long as its shim."""

    signature: Signature
    callback: object
    shim: LinkedObject


class Callbacks:
    """The functions in Python of this process.

    Args:
        emitter: makes the shims' code.

    Attributes:
        raised: what one of them raised since `begin`.
    """

    def __init__(self, emitter: ObjectEmitter) -> None:
        self.raised: Raised | None = None
        self._leave = 0
        self._exit = Exit()
        self._defined: dict[str, _Defined] = {}
        self._others: list[_Defined] = []  # of simulators
        self._declared: dict[str, Signature] = {}  # whose functions are in another process
        self._object_code = cache(partial(shim_object, emitter))

    @property
    def modules(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python as modules of a `SymbolGraph`."""
        defined = {name: defined.signature for name, defined in self._defined.items()}
        return python_module(self._declared | defined)

    def define(self, intrinsic: Intrinsic) -> None:
        """Make native code of a function in Python; without the function itself, only its type is known.

        Raises:
            DefinitionError: it cannot be loaded.
        """
        name, signature = intrinsic.name, intrinsic.signature
        if not intrinsic.pickled:
            self.undefine(name)
            self._declared[name] = signature
            return
        defined = self._made(name, signature, _load(intrinsic))
        self.undefine(name)
        self._defined[name] = defined

    def _made(self, name: str, signature: Signature, function: Function) -> _Defined:
        returns = None if signature.returns == "void" else _c_type(signature.returns)
        callback_type = ctypes.CFUNCTYPE(returns, *map(_c_type, signature.parameters))
        callback = callback_type(self._guarded(name, function, _check(name, signature.returns)))
        symbols = {
            CALLBACK: ExternalSymbol(ctypes.cast(callback, ctypes.c_void_p).value or 0),
            EXIT: ExternalSymbol(ctypes.addressof(self._exit), function=False),
        }
        return _Defined(signature, callback, LinkedObject(self._object_code(signature), symbols))

    def address(self, name: str, signature: Signature, function: Function) -> int:
        """The address of a function in Python that is no program's to define: a simulator's.

        Args:
            name: what it is called where it fails.
            signature: its type.
            function: what is called.
        """
        made = self._made(name, signature, function)
        self._others.append(made)
        return made.shim.address(SHIM)

    def undefine(self, name: str) -> None:
        """Forget a function in Python, and free its code: nothing may call it afterwards."""
        self._declared.pop(name, None)
        defined = self._defined.pop(name, None)
        if defined:
            defined.shim.close()

    def symbol(self, name: str) -> ExternalSymbol:
        """The symbol that programs which declare this function are bound to.

        Raises:
            DefinitionError: the function is in another process.
        """
        if name in self._declared:
            raise DefinitionError(name, "this engine process has not got it. Run it in one without a fence.")
        shim = self._defined[name].shim
        return ExternalSymbol(shim.address(SHIM), serial=shim.serial)

    def begin(self, leave: int) -> None:
        """Shots are about to run; ``leave`` is the address of ``qirjit_leave`` in their runtime."""
        self.raised = None
        self._leave = leave
        self._exit.leave = None

    def _guarded(self, name: str, function: Function, check: Check) -> Function:
        def call(*arguments: object) -> object:
            try:
                return check(function(*arguments))
            except BaseException as error:  # noqa: BLE001 - whatever it is, native code would not pass it on
                self._fail(name, error)
                return 0

        return call

    def _fail(self, name: str, error: BaseException) -> None:
        self._exit.leave = self._leave
        message = last_line(error)
        try:
            import traceback  # noqa: PLC0415 - most runs need none

            trace = "".join(traceback.format_exception(type(error), error, _below(error.__traceback__)))
        except BaseException:  # noqa: BLE001 - of an odd class: its name has to do
            trace = message
        encoded = message.encode()
        self._exit.message, self._exit.length = encoded, len(encoded)
        self.raised = Raised(name, _shortened(trace))

    def close(self) -> None:
        """Free the shims."""
        for name in list(self._defined):
            self.undefine(name)
        for other in self._others:
            other.shim.close()
        self._others.clear()


def _load(intrinsic: Intrinsic) -> Function:
    try:
        function: Function = unpickled(intrinsic.pickled, intrinsic.path)
    except BaseException as error:  # noqa: BLE001 - modules are imported here, and may do anything
        reason = f"the engine process cannot load it: {last_line(error)}. It must find there what it needs."
        raise DefinitionError(intrinsic.name, reason) from None
    return function


def _below(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace


def last_line(error: BaseException) -> str:
    """The last line of an exception's traceback: its class and its text."""
    import traceback  # noqa: PLC0415 - most runs need none

    try:
        (*_, line) = traceback.format_exception_only(error)
    except BaseException:  # noqa: BLE001 - of an odd class: its name has to do
        line = type(error).__name__
    return _shortened(line.strip())


def _shortened(text: str) -> str:
    text = text.encode(errors="backslashreplace").decode()
    half = _SHOWN_CHARACTERS // 2
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:half]}\n…\n{text[-half:]}"


def _c_type(kind: str) -> type[ctypes._SimpleCData[Any]]:
    return _C_TYPES.get(kind, ctypes.c_int64)


def _check(name: str, kind: str) -> Check:
    checked = _CHECKS.get(kind) or _integer(64 if kind == "ptr" else int(kind[1:]))

    def check(value: object) -> object:
        try:
            return checked(value)
        except Exception as error:  # noqa: BLE001 - a value may be anything, and so is what it raises
            message = f"'{name}' returned {reprlib.repr(value)}, and {kind} is what it must return: {error}"
            raise TypeError(message) from None

    return check


def _nothing(value: object) -> None:
    if value is not None:
        message = "that is not None"
        raise TypeError(message)


def _truth(value: object) -> bool:
    if value == 1 or value == 0:  # noqa: PLR1714 - NumPy's truth values too, and an array has no single one
        return bool(value)
    message = "that is neither true nor false"
    raise TypeError(message)


def _real(value: object) -> float:
    return ctypes.c_double(value).value  # type: ignore[arg-type]  # that it refuses text is the point


def _integer(bits: int) -> Check:
    low, high = -(1 << (bits - 1)), (1 << bits) - 1

    def check(value: object) -> int:
        number = operator.index(value)  # type: ignore[arg-type]  # that a float is refused is the point
        if low <= number <= high:
            return number
        message = f"outside {low} to {high}"
        raise OverflowError(message)

    return check


_CHECKS: dict[str, Check] = {"void": _nothing, "i1": _truth, "double": _real, "float": _real}
