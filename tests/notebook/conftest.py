"""Kernels as fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyter_client.manager import start_new_kernel

from tests.notebook.kernels import REPOSITORY, Kernel


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
