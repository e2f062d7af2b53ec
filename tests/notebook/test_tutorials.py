"""The tutorial notebooks: run as they stand, and their kept outputs are what they give."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.files import REPOSITORY
from tests.notebook.tutorials import RAISES, VARIES, executed, tags, tutorials

_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
_LESSON = pytest.mark.parametrize("path", tutorials(), ids=lambda path: path.stem)


@_LESSON
def test_a_lesson_gives_the_outputs_that_it_keeps(path: Path) -> None:
    fresh, kept = executed(path).cells, nbformat.read(path, as_version=4).cells
    assert [_given(cell) for cell in fresh] == [_given(cell) for cell in kept]
    # What is another each time is of the same kinds all the same, and fails in the same way.
    assert [_kinds(cell) for cell in fresh] == [_kinds(cell) for cell in kept]


@_LESSON
def test_a_lesson_is_a_valid_notebook_that_was_executed_in_order(path: Path) -> None:
    kept = nbformat.read(path, as_version=4)
    nbformat.validate(kept)
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert len({cell.id for cell in kept.cells}) == len(kept.cells)
    assert kept.cells[0].source.startswith("# ")
    assert code[0].source == "%load_ext qirjit_magic"


@_LESSON
def test_just_the_cells_that_are_to_fail_do(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        failed = [o for o in cell.get("outputs", ()) if o.output_type == "error"]
        assert bool(failed) == (RAISES in tags(cell)), cell.source
        # An error is a short block, and no Python lines.
        assert not any("Traceback" in line for output in failed for line in output.traceback)


@_LESSON
def test_a_lesson_explains_each_few_cells_and_its_outputs_show_without_a_kernel(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    prose = [index for index, cell in enumerate(cells) if cell.cell_type == "markdown"]
    assert max(after - before for before, after in zip(prose, [*prose[1:], len(cells)], strict=True)) <= 4
    bundles = [o.data for cell in cells for o in cell.get("outputs", ()) if "data" in o]
    assert bundles
    assert all("text/plain" in bundle for bundle in bundles)


@_LESSON
def test_what_a_lesson_links_to_exists(path: Path) -> None:
    prose = "".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    for link in _LINK.findall(prose):
        assert link.startswith("https://") or (path.parent / link).exists(), link


@_LESSON
def test_a_lesson_shows_nothing_of_the_machine_that_ran_it(path: Path) -> None:
    text = path.read_text("utf-8")
    for place in (str(REPOSITORY), str(Path.home()) + "/", "ipykernel_", "/tmp/"):  # noqa: S108 - looked for, not used
        assert place not in text


def _given(cell: Any) -> tuple[str, ...]:
    # What a seed or the program fixes: printed text, values and results as text, errors.
    outputs = () if VARIES in tags(cell) else cell.get("outputs", ())
    return tuple(
        o.get("text") or (f"{o.ename}: {o.evalue}" if o.output_type == "error" else o.data["text/plain"])
        for o in outputs
    )


def _kinds(cell: Any) -> frozenset[str]:
    return frozenset(o.get("ename", "text") for o in cell.get("outputs", ()))
