"""`intrinsic`: functions that QIR may call, written in Python."""

from __future__ import annotations

import inspect
import itertools
import weakref
from collections.abc import Callable
from typing import TypeVar

import msgspec

from qirjit_magic.errors import PLAIN_TYPE, DefinitionError, OptionError
from qirjit_magic.options import checked_name
from qirjit_magic.protocol.messages import Intrinsic
from qirjit_magic.protocol.module_info import ModuleInfo, Signature
from qirjit_magic.protocol.pickles import import_folders, pickled
from qirjit_magic.protocol.symbol_graph import python_module
from qirjit_magic.session.runs.runner import Engines

Function = Callable[..., object]
F = TypeVar("F", bound=Function)

_EXPECTED_TYPE = "a type such as 'i64 (i64, double)', of void, i1 to i64, double, float and ptr"
_EXPECTED_NAME = "the name that QIR declares, without @, and none of LLVM's own"


class _Decorated(msgspec.Struct, frozen=True):
    """The arguments of a call of `intrinsic`; a later one has a higher serial."""

    signature: Signature
    function: Function
    serial: int


_decorated: dict[str, _Decorated] = {}
_serials = itertools.count(1)
_followers: weakref.WeakSet[PythonFunctions] = weakref.WeakSet()


def intrinsic(name: str, signature: str) -> Callable[[F], F]:
    """Let QIR call the function that this decorates, in every session of this process.

    A copy of the function, with all that it uses, is sent to the engine process before a session next compiles or runs
    something. It is called there: what it changes does not come back, and what changes here later does not reach it
    until the function is defined anew. A cell that defines the name goes first; the simulator and the runtime come
    after.

    Args:
        name: the name that QIR declares.
        signature: its type in LLVM's words. ``i1`` is a bool in Python, other integers are signed, ``ptr`` is an
            address, ``void`` is None.

    Returns:
        A decorator, which gives the function back as it is.

    Raises:
        OptionError: the name or type cannot be one, or the function cannot be called so.
        DefinitionError: the function cannot be sent.

    Example:
        >>> @qir.intrinsic("add_one", "i64 (i64)")
        ... def add_one(number):
        ...     return number + 1
        >>> add_one(1)
        2
    """
    kind = _checked(name, signature)

    def decorate(function: F) -> F:
        _pack(name, kind, function)  # refused here, not where it is sent
        _decorated[name] = _Decorated(kind, function, next(_serials))
        for functions in list(_followers):
            functions.pending = True
        return function

    return decorate


class PythonFunctions:
    """The functions in Python that one session knows: its own, and those of `intrinsic`.

    Args:
        engines: they get them.

    Attributes:
        pending: whether there is something to `follow`, which most runs need not ask.
    """

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._own: set[str] = set()
        self._known: dict[str, int] = {}  # the serials of those of `intrinsic` that were sent, or refused
        self.pending = True
        _followers.add(self)

    def follow(self) -> None:
        """Send what `intrinsic` was given since the last time.

        Raises:
            DefinitionError: one could not be loaded; that is said once, and the others are there.
        """
        refused: list[DefinitionError] = []
        for name, decorated in self._unknown().items():
            try:
                self._engines.define(_pack(name, decorated.signature, decorated.function))
            except DefinitionError as error:
                refused.append(error)
            self._known[name] = decorated.serial
            self._own.discard(name)
        self.pending = False  # first: another thread may decorate one now
        if any(self._known.get(name) != decorated.serial for name, decorated in list(_decorated.items())):
            self.pending = True  # also where one of the session's own hides it, as long as its engine has that
        if refused:
            raise refused[0]

    def modules(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python as a `SymbolGraph` takes them, with those that are still to be sent."""
        new = {name: decorated.signature for name, decorated in self._unknown().items()}
        return python_module(self._defined_signatures() | new) if new else self._engines.intrinsics

    def _defined_signatures(self) -> dict[str, Signature]:
        return {f.name: f.signature for module in self._engines.intrinsics for f in module.functions}

    def _unknown(self) -> dict[str, _Decorated]:
        own = self._own and self._own & set(self._defined_signatures())  # a restarted engine may have refused one
        return {
            name: decorated
            for name, decorated in list(_decorated.items())
            if self._known.get(name) != decorated.serial and name not in own
        }

    def define(self, name: str, signature: str, function: Function) -> None:
        """Check the name and the type, and send the function to the engines."""
        self._engines.define(_pack(name, _checked(name, signature), function))
        self._own.add(name)

    def undefine(self, name: str) -> None:
        """Forget a function in the engines; one of `intrinsic` comes back only when it is defined anew."""
        self._engines.undefine(checked_name(name))
        self._own.discard(name)
        self.pending = True
        if name in _decorated:
            self._known[name] = _decorated[name].serial


def _checked(name: str, signature: str) -> Signature:
    if not isinstance(name, str) or not name or name.startswith(("@", "llvm.", "\1")) or "\0" in name:
        raise OptionError("name", name, _EXPECTED_NAME)
    checked_name(name)
    found = PLAIN_TYPE.match(signature) if isinstance(signature, str) else None
    if not found:
        raise OptionError("signature", signature, _EXPECTED_TYPE)
    return Signature(found[1], tuple(kind.strip() for kind in found[2].split(",") if kind))


def _pack(name: str, signature: Signature, function: Function) -> Intrinsic:
    _check_callable(name, signature, function)
    try:
        content = pickled(function)
    except Exception as error:  # noqa: BLE001 - an object may refuse as it likes
        reason = f"it cannot be sent to the engine process: {error}. Make what it needs inside the function."
        raise DefinitionError(name, reason) from None
    return Intrinsic(name, signature, content, import_folders())


def _check_callable(name: str, signature: Signature, function: Function) -> None:
    if not callable(function):
        raise OptionError("function", function, f"what '{name}' is to call")
    try:
        inspect.signature(function).bind(*signature.parameters)
    except TypeError as error:
        raise OptionError("signature", str(signature), f"one that the function can be called with: {error}") from None
    except ValueError:
        return  # a builtin does not say what it takes
