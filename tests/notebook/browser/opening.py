"""Notebooks from cells, opened in a browser."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, expect, sync_playwright

from tests.notebook.browser.needs import chromium as chromium_path
from tests.notebook.browser.pages import FRONT_ENDS, TIMEOUT_S, NotebookPage
from tests.notebook.browser.servers import Servers

LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_numbers = itertools.count()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; while it is there, Playwright's event loop runs in this thread."""
    expect.set_options(timeout=1000 * TIMEOUT_S)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Opener:
    """Opens notebooks in one browser."""

    servers: Servers
    browser: Browser
    pages: list[NotebookPage] = field(default_factory=list)
    _kernels_of_others: dict[str, set[str]] = field(default_factory=dict)

    def __call__(
        self, front_end: str, *cells: str, theme: str = LIGHT, width: int = 1280, height: int = 900
    ) -> NotebookPage:
        """A page with a notebook of these code cells; only Voila has run them.

        Args:
            front_end: a name of `FRONT_ENDS`.
            cells: their texts.
            theme: `LIGHT` or `DARK`.
            width: of the page, in pixels.
            height: likewise.
        """
        name = f"{next(_numbers)}.ipynb"
        write_notebook(self.servers[front_end].folder / name, *cells)
        return self.open(front_end, name, theme=theme, width=width, height=height)

    def open(
        self, front_end: str, path: str, *, theme: str = LIGHT, width: int = 1280, height: int = 900
    ) -> NotebookPage:
        """A page with a notebook that is there, by its path in the server's folder."""
        server = self.servers[front_end]
        self._kernels_of_others.setdefault(server.url, server.kernel_ids())
        server.set_theme(theme)
        dark = theme == DARK
        page = self.browser.new_page(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        opened = NotebookPage(page, front_end)
        self.pages.append(opened)
        query = f"token={server.token}"
        if front_end == "voila" and dark:
            query += "&theme=dark"
        route = FRONT_ENDS[front_end].format(number=next(_numbers))
        opened.open(f"{server.url}{route}/{path}?{query}")
        return opened

    def problems(self) -> list[str]:
        """Errors that the open pages had, beside those that a front end always has."""
        return [problem for page in self.pages for problem in page.unexpected_problems()]

    def close(self) -> None:
        """Close the pages that were opened here, and end their kernels."""
        for opened in self.pages:
            opened.page.context.close()
        self.pages.clear()
        for server in self.servers:
            for kernel in server.kernel_ids() - self._kernels_of_others.get(server.url, server.kernel_ids()):
                server.end_kernel(kernel)


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of these code cells; where one fails, *Run all* goes on."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, metadata={"tags": ["raises-exception"]}) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)
