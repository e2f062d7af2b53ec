"""Kernels as fixtures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from jupyter_client.manager import start_new_kernel

from tests.files import REPOSITORY
from tests.notebook.kernels import Kernel


@pytest.fixture(scope="session", autouse=True)
def _closed_event_loops() -> Iterator[None]:
    # jupyter_client makes an event loop in each context and closes none; a loop left to the garbage collector warns.
    made: list[asyncio.AbstractEventLoop] = []
    new_event_loop = asyncio.new_event_loop

    def remember() -> asyncio.AbstractEventLoop:
        made.append(new_event_loop())
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", remember)
        yield
    for loop in made:
        if not loop.is_running():
            loop.close()


@pytest.fixture
def bare_kernel() -> Iterator[Kernel]:
    """A kernel that has loaded nothing."""
    manager, client = start_new_kernel(cwd=str(REPOSITORY / "notebooks"))
    yield Kernel(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """A kernel with the extension, shared by the tests of a file."""
    manager, client = start_new_kernel(cwd=str(REPOSITORY / "notebooks"))
    shared = Kernel(manager, client)
    loaded = shared.run("%load_ext qirjit_magic")
    assert loaded.status == "ok", loaded.traceback
    yield shared
    client.stop_channels()
    manager.shutdown_kernel(now=True)
