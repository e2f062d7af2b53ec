"""A notebook that is saved shows its results without a kernel: parsed, converted, and where nobody trusts it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

from tests.files import PROGRAMS
from tests.notebook.kernels import TIMEOUT_S
from tests.pages import Page

_CELLS = {
    "a histogram": f"%qir coins --file {PROGRAMS / 'coins.ll'} --shots 100 --seed 7",
    "a state and messages": f"%qir dumps --file {PROGRAMS / 'dumps.ll'} --seed 7",
    "a value": "qirjit_magic.default_session().last",
    "a histogram alone": "qirjit_magic.default_session().run('coins', shots=50, seed=7).histogram(order='count')",
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook file with the outputs of these cells."""
    cells = [new_code_cell("%load_ext qirjit_magic\nimport qirjit_magic"), *map(new_code_cell, _CELLS.values())]
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, timeout=TIMEOUT_S, kernel_name="python3").execute()
    path = tmp_path_factory.mktemp("saved") / "results.ipynb"
    nbformat.write(notebook, path)
    return path


def _bundles(path: Path) -> list[dict[str, str]]:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return [output["data"] for cell in notebook.cells for output in cell.outputs if "data" in output]


def test_each_result_is_html_and_text_and_no_widget(saved: Path) -> None:
    bundles = _bundles(saved)
    assert [set(bundle) for bundle in bundles] == [{"text/html", "text/plain"}] * len(_CELLS)
    first_lines = [bundle["text/plain"].split("\n")[0] for bundle in bundles]
    assert first_lines == ["coins · 100 shots", "dumps · 1 shot", "dumps · 1 shot", "coins · 50 shots"]
    assert all("<svg" in bundle["text/html"] for bundle in bundles)


def test_a_page_that_drops_svg_and_style_shows_what_the_text_says(saved: Path) -> None:
    for bundle in _bundles(saved):
        seen = Page(bundle["text/html"]).seen
        shares = [word for word in bundle["text/plain"].split() if word.endswith("%")]
        assert shares
        assert all(share in seen for share in shares)


def test_a_converted_notebook_shows_every_result(saved: Path) -> None:
    exporter: Any = HTMLExporter()
    page, _ = exporter.from_filename(str(saved))
    for words in ("coins · 100 shots", "dumps · 1 shot", "state 1 of 2", "messages", "probability", "0.7071"):
        assert words in page
    assert page.count("<table") >= len(_CELLS)
