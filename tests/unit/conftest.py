"""What the unit tests share: programs in LLVM IR, public QIR to try, and memory as both processes see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.sandbox import get_platform
from tests import files

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def program() -> Callable[[str], bytes]:
    """The text of a file of ``tests/programs``, by its name without ``.ll``."""
    return files.program


@pytest.fixture(scope="session")
def parsed(program: Callable[[str], bytes]) -> Callable[[str], QirModule]:
    """The same, parsed."""
    return lambda name: parse_module(program(name), name)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder of public QIR programs beside this repository, where there is one."""
    if found := files.corpus():
        return found
    pytest.skip("there is no folder shared/corpus beside the repository: put public QIR programs there.")


@pytest.fixture(params=["linux", "portable"])
def memory(request: pytest.FixtureRequest) -> Iterator[RecordMemory]:
    """Empty shared memory, made by each platform."""
    shared = RecordMemory(get_platform(request.param).create_region(SIZE))
    shared.clear()
    yield shared
    shared.close()
