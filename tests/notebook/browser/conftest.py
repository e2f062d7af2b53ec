"""Front ends and pages as fixtures; where Chromium or a package is missing, the tests of this folder are skipped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.notebook.browser import needs
from tests.notebook.browser.servers import Servers

if TYPE_CHECKING:  # what may be missing is imported by the fixtures
    from playwright.sync_api import Browser

    from tests.notebook.browser.opening import Opener


class _Unavailable(pytest.Module):
    """A file of tests that cannot even be imported."""

    def collect(self) -> NoReturn:
        if needs.required():
            pytest.fail(needs.missing(), pytrace=False)
        pytest.skip(needs.missing(), allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    return _Unavailable.from_parent(parent, path=module_path) if needs.missing() else None


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """JupyterLab, Notebook 7 and Voila, started when a test opens something there."""
    with contextlib.ExitStack() as closing:
        yield Servers(closing)


@pytest.fixture(scope="module")  # no longer: while it is there, an event loop runs in this thread
def browser() -> Iterator[Browser]:
    """Chromium."""
    from tests.notebook.browser.opening import chromium  # noqa: PLC0415 - it imports what may be missing

    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def opener(servers: Servers, browser: Browser) -> Iterator[Opener]:
    """Opens notebooks that stay open for all tests of a file."""
    from tests.notebook.browser.opening import Opener  # noqa: PLC0415 - it imports what may be missing

    opening = Opener(servers, browser)
    yield opening
    opening.close()


@pytest.fixture
def open_notebook(servers: Servers, browser: Browser) -> Iterator[Opener]:
    """Opens notebooks; afterwards their pages and kernels are closed, and no page may have had an error."""
    from tests.notebook.browser.opening import Opener  # noqa: PLC0415 - it imports what may be missing

    opening = Opener(servers, browser)
    yield opening
    problems = opening.problems()
    opening.close()
    assert problems == []
