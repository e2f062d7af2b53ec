"""`Recompiler`: compiles once more, for the disk, what was compiled by a process that had run programs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from qirjit_magic.errors import QirError
from qirjit_magic.options import COMPILE_DEFAULTS, CompileOptions
from qirjit_magic.protocol.messages import Compiled, GetBuiltinCode
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.session.cache import ObjectCache

DELAY_S = 1.0  # the cell that waits for its first run comes first
QUIET_S = 0.1  # likewise whoever adds one program after the other
IDLE_S = 5.0
_MAX_BYTES = 64 << 20  # of sources that wait, and of object code that is held
_JOIN_S = 0.05
_V = TypeVar("_V")


class Recipe(NamedTuple):
    """The source and options of a module's object code; the key is made of the same.

    Attributes:
        source: the module, as text or bitcode.
        options: how it was to be compiled.
    """

    source: bytes
    options: CompileOptions = COMPILE_DEFAULTS


class Compiler(Protocol):
    """The part of an `EngineClient` that is used to compile here: `Engine.compile`, saving and ending."""

    def start(self) -> None:
        """Start its process."""

    def lower_priority(self) -> None:
        """Let everybody else have the processors first."""

    def compile(self, name: str, source: bytes, options: CompileOptions = ..., /) -> Compiled:
        """Compile a module, and remember its object code for `save`."""

    def builtin_code(self, name: str) -> bytes:
        """The object code of a built-in object."""

    def save(self) -> None:
        """Write to the disk what was compiled."""

    def kill_soon(self) -> None:
        """Kill whatever the process is doing, soon; from any thread."""

    def close(self) -> None:
        """End the process."""


class Recompiler:
    """A second compiler, for the disk: what a process says after it has run a program is not kept there.

    A second process, in a sandbox too, runs nothing ever. In the background, out of everybody's way, it compiles the
    same sources for the disk, and ends when it has had nothing to do for a while. What it has not come to when the
    session ends is not kept.

    Args:
        cache: the disk.
        make: a supervisor for the process, which is started when there is something to do.
    """

    def __init__(self, cache: ObjectCache, make: Callable[[ObjectCache], Compiler]) -> None:
        # Of a thread nobody expects warnings, and the session's own have been given.
        self._cache = cache.without_notices()
        self._make = make
        self._held: dict[str, Compiled] = {}
        self._begin()

    def _begin(self) -> None:
        self._waiting: dict[str, Recipe | GetBuiltinCode] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._wanted_s = 0.0
        self._thread: threading.Thread | None = None
        self._engine: Compiler | None = None

    def after_fork(self) -> None:
        """In a forked process: neither the thread nor its process are there, and what waits the parent compiles."""
        self._begin()

    def find(self, key: str) -> Compiled | None:
        """Return what this session's process has made of the key's source, while the disk has nothing better."""
        return self._held.get(key)

    def enqueue(self, key: str, recipe: Recipe | GetBuiltinCode, compiled: Compiled | None = None) -> None:
        """Have the disk get the key's object code, later.

        Args:
            key: the key.
            recipe: what it is made of.
            compiled: what is to be found until then.
        """
        with self._changed:
            self._waiting[key] = recipe
            self._wanted_s = time.monotonic()
            if compiled is not None:
                self._held[key] = compiled
            _shorten(self._waiting, lambda waiting: len(getattr(waiting, "source", b"")))
            _shorten(self._held, lambda held: len(held.object_code))
            self._changed.notify_all()
            if not (self._closing or (self._thread is not None and self._thread.is_alive())):
                self._thread = threading.Thread(target=self._work, name="qirjit-recompiler", daemon=True)
                self._thread.start()

    def forget(self) -> None:
        """Find nothing any more that was not compiled anew."""
        with self._changed:
            self._held.clear()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._changed:
            self._closing = True
            self._held.clear()
            self._waiting.clear()
            self._changed.notify_all()
            thread = self._thread
        while thread is not None and thread.is_alive() and thread is not threading.current_thread():
            engine = self._engine
            if engine is not None:
                engine.kill_soon()
            thread.join(_JOIN_S)

    def _work(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, DELAY_S)
            if self._closing:
                return
        engine: Compiler | None = None
        try:
            engine = self._engine = self._make(self._cache)
            self._compile_all(engine)
        except QirError:  # no process can be started: the disk does without
            self._end()
        finally:
            if engine is not None:
                engine.close()

    def _end(self) -> None:
        # From now on the next wish starts another thread.
        with self._changed:
            if self._thread is threading.current_thread():
                self._thread = self._engine = None

    def _compile_all(self, engine: Compiler) -> None:
        engine.start()
        engine.lower_priority()
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._closing or self._waiting, IDLE_S):
                    self._end()
                    return
                while not self._closing and (left := self._wanted_s + QUIET_S - time.monotonic()) > 0:
                    self._changed.wait(left)
                if self._closing:
                    return
                key = next(iter(self._waiting))
                recipe = self._waiting.pop(key)
            # Refused, or the death of the process: the cell was told. Given up: the session ends.
            with contextlib.suppress(QirError, KeyboardInterrupt):
                self._compile(engine, key, recipe)

    def _compile(self, engine: Compiler, key: str, recipe: Recipe | GetBuiltinCode) -> None:
        if isinstance(recipe, GetBuiltinCode):
            self._cache.keep(key, Compiled(ModuleInfo("", ""), engine.builtin_code(recipe.name)))
            return
        engine.compile("", recipe.source, recipe.options)
        engine.save()
        with self._changed:
            self._held.pop(key, None)


def _shorten(values: dict[str, _V], size: Callable[[_V], int]) -> None:
    # The oldest go.
    total = sum(map(size, values.values()))
    while total > _MAX_BYTES:
        oldest = next(iter(values))
        total -= size(values.pop(oldest))
