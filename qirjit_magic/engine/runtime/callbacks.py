"""`Callbacks`: functions in Python that programs call, through shims."""

from __future__ import annotations

import ctypes
import operator
import reprlib
from collections.abc import Callable
from functools import cache, partial
from types import TracebackType
from typing import Any

import msgspec

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.runtime.shims import CALLBACK, EXIT, SHIM, Exit, shim_object
from qirjit_magic.errors import DefinitionError
from qirjit_magic.protocol.messages import Intrinsic, Raised
from qirjit_magic.protocol.module_info import ModuleInfo, Signature
from qirjit_magic.protocol.pickles import unpickled
from qirjit_magic.protocol.symbol_graph import python_module

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
