"""Engines, sessions and simulator libraries to test with."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from qirjit_magic.engine.jit import JitEngine
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.sandbox import get_platform
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS
from tests.process.support import PLATFORMS, make_supervisor

IN_PROCESS = "in-process"
GRACE_S = 0.3
_HERE = Path(__file__).parent


# What these files ask is what programs mean, which no platform changes: one answers. What a platform does its own way,
# the life of processes, memory, interrupts and output, is asked of each in the others. The night asks all of each.
ON_ONE_PLATFORM = frozenset(
    f"test_{name}.py"
    for name in (
        *("choice", "corpus", "dialects", "every_record", "found", "refusals", "same_as_qirrunner"),
        *("sampled", "sampling_proof", "session_code", "statevector", "warm_run"),
    )
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would be asked of several platforms, and is the same on all."""
    if "QIRJIT_EVERY_PLATFORM" in os.environ:
        return
    left_out = {item for item in items if item.path.parent == _HERE and _is_asked_of_another(item)}
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]


def _is_asked_of_another(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
    return item.path.name in ON_ONE_PLATFORM and any(platform in parameters for platform in PLATFORMS[1:])


@pytest.fixture(scope="module")
def engines() -> Iterator[Callable[[str], Engine]]:
    """One engine of each kind for a whole file, made when it is first asked for."""
    with contextlib.ExitStack() as closing:

        @cache
        def engine(kind: str) -> Engine:
            if kind == IN_PROCESS:
                memory = RecordMemory(get_platform().create_region(SIZE))
                closing.callback(memory.close)
                made: Engine = JitEngine(memory)
            else:
                made = make_supervisor(kind, grace_s=GRACE_S)
            closing.callback(made.close)
            return made

        yield engine


@pytest.fixture(params=(IN_PROCESS, *PLATFORMS))
def engine(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Iterator[Engine]:
    """Everything that implements `Engine`, without modules."""
    made = engines(request.param)
    made.memory.clear()
    yield made
    for name in made.status().modules:
        made.remove(name)


@pytest.fixture(scope="module")
def sessions() -> Iterator[Callable[[str], Session]]:
    """One session on each platform for a whole file, made when it is first asked for; stopped shots die soon."""
    with contextlib.ExitStack() as closing:

        @cache
        def session(platform: str) -> Session:
            return closing.enter_context(Session(engine_client=make_supervisor(platform, grace_s=GRACE_S)))

        yield session


@pytest.fixture(params=PLATFORMS)
def session(request: pytest.FixtureRequest, sessions: Callable[[str], Session]) -> Iterator[Session]:
    """A session on each platform, without modules; others may have run in it before."""
    made = sessions(request.param)
    yield made
    for info in made.modules:
        made.remove(info.name)


@pytest.fixture(scope="session")
def compile_toy(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a library of toy_simulator.c, with flags for the C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler `cc` to make a simulator library with: install gcc or clang.")

    @cache
    def compile_it(*flags: str) -> Path:
        library = tmp_path_factory.mktemp("toy") / "toy.so"
        source = PROGRAMS / "toy_simulator.c"
        subprocess.run([compiler, "-shared", "-fPIC", *flags, "-o", library, source], check=True)
        return library

    return compile_it


@pytest.fixture(scope="session")
def toy(compile_toy: Callable[..., Path]) -> str:
    """The path of the toy simulator."""
    return str(compile_toy())
