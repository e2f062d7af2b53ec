"""What several files of this folder use."""

from __future__ import annotations

import atexit
import gc
import os
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import Compiled, RunReply, RunRequest
from qirjit_magic.protocol.module_info import Diagnostic
from qirjit_magic.protocol.shared_memory import RecordMemory
from qirjit_magic.results.records import RecordBatch, RunRecords, decode
from qirjit_magic.sandbox import get_platform
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.client.restarter import GRACE_S

PLATFORMS = ("linux", "portable")
# What is waited for takes milliseconds; only a hang takes as long as this.
LIVENESS_S = 20.0
E = TypeVar("E", bound=Exception)


def long_program(gates: int = 20_000) -> bytes:
    """A program that takes LLVM about a second to compile."""
    calls = "  call void @__quantum__qis__x__body(ptr null)\n" * gates
    return f"define void @long() {{\n{calls}  ret void\n}}\ndeclare void @__quantum__qis__x__body(ptr)\n".encode()


def number(value: int, returns: str = "i64") -> bytes:
    """A module with one function, ``@number``, that returns the value."""
    return f"define {returns} @number() {{ ret {returns} {value} }}".encode()


def about(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    """What each of them is about."""
    return [diagnostic.about for diagnostic in diagnostics]


def recording(memory: RecordMemory) -> RunRecords:
    """What a run left in the memory."""
    committed, position = memory.committed_bytes(), memory.position()
    return decode([RecordBatch(memory.records(0, committed), memory.records(committed, position), memory.text())])


def run(engine: Engine, request: RunRequest) -> tuple[RunReply, RunRecords]:
    """Run with empty memory, and read it."""
    engine.memory.clear()
    reply = engine.run(request)
    return reply, recording(engine.memory)


def returned(engine: Engine, module: str, entry: str, *arguments: int) -> int:
    """The word that one shot returns."""
    _, records = run(engine, RunRequest(module, entry, arguments=arguments))
    (word,) = records.finished.returned.tolist()
    return int(word)


class _OwnObjects(ObjectCache):
    """Keeps what an engine brings itself, and no module: each test compiles its own."""

    def keep(self, key: str, compiled: Compiled) -> bool:
        return not compiled.module.digest and super().keep(key, compiled)


@cache
def _builtin_objects() -> ObjectCache:
    folder = tempfile.TemporaryDirectory(prefix="own-objects-")
    atexit.register(folder.cleanup)
    return _OwnObjects(Path(folder.name))


def make_supervisor(
    platform: str | None = None, *, grace_s: float = GRACE_S, memory_limit: int | None = None, sandboxed: bool = True
) -> EngineClient:
    """An engine process; only the first of a test run compiles the simulators, which takes a third of a second."""
    made = EngineClient(
        get_platform(platform) if platform else None,
        grace_s=grace_s,
        memory_limit=memory_limit,
        sandboxed=sandboxed,
        cache=_builtin_objects(),
    )
    made._saves = False  # so that nothing is compiled once more for that cache, or found where it waits for that
    return made


def eventually(condition: Callable[[], bool], within_s: float = LIVENESS_S) -> bool:
    """Whether the condition comes true before the time is over."""
    deadline = time.monotonic() + within_s
    while not (reached := condition()) and time.monotonic() < deadline:
        time.sleep(0.005)
    return reached


def is_gone(pid: int) -> bool:
    """Whether the process has ended; a zombie has, somebody else is to collect it."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def descriptors() -> set[str]:
    """The open descriptors of this process, without those of lost objects, which the collector closes at any time."""
    gc.collect()
    return {str(number) for number in range(1024) if _is_open(number)}


def children() -> set[int]:
    """The living processes that this one started, and those that these did; without those of lost objects."""
    gc.collect()
    found = psutil.Process().children(recursive=True)
    return {child.pid for child in found if not is_gone(child.pid)}


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


class Once:
    """Does something at the first call, and nothing at later ones."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._action = action
        self.done = False

    def __call__(self, *_: object) -> None:
        if not self.done:
            self.done = True
            self._action()


def refusal(kind: type[E], action: Callable[..., object], *arguments: object) -> E:
    """The error that the call raises, without the frames it came through.

    These hold LLVM's objects of this process, and a test's frame that holds such an error makes a circle of them: the
    garbage collector might free a context before its module.
    """
    try:
        action(*arguments)
    except kind as error:
        error.__context__ = error.__cause__ = None
        return error.with_traceback(None)
    pytest.fail(f"no {kind.__name__} was raised")
