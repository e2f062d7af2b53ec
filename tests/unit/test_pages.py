"""The pages for those who change the code speak of the code that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.files import REPOSITORY

CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
PAGES = [REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("**/*.md"))]
_PATH = re.compile(r"`([\w./-]*\w\.(?:py|ll|md|toml)|[\w/-]+/)`")
_SECTIONS = ("A gate of a dialect", "An operation", "A flag", "A record type")
_QUOTED = (
    *("qirjit_magic/protocol/operations.py", "tests/unit/matrices.py", "qirjit_magic/options.py"),
    *("qirjit_magic/flags.py", "qirjit_magic/engine/runtime/recorder.ll"),
)


def _is_there(path: str) -> bool:
    # Pages leave out the first folders where there is no doubt.
    return any(next(REPOSITORY.glob(f"{room}/**/{path.rstrip('/')}"), None) for room in ("qirjit_magic", "tests")) or (
        (REPOSITORY / path).exists()
    )


def _blocks(section: str) -> list[str]:
    text = CONTRIBUTING.partition(f"### {section}\n")[2].partition("\n### ")[0]
    return [" ".join(block.split()) for block in re.findall(r"(?:^ {4}.*\n)+(?:\n?(?: {4}.*\n)+)*", text, re.MULTILINE)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_files_that_a_page_names_are_there(page: Path) -> None:
    assert [path for path in _PATH.findall(page.read_text("utf-8")) if not _is_there(path)] == []


@pytest.mark.parametrize("section", _SECTIONS)
def test_examples_of_contributing_are_quoted_from_the_code(section: str) -> None:
    code = " ".join(" ".join((REPOSITORY / path).read_text("utf-8").split()) for path in _QUOTED)
    blocks = _blocks(section)
    assert blocks
    assert [block for block in blocks if block not in code] == []


def test_contributing_has_at_most_900_words() -> None:
    assert len(CONTRIBUTING.split()) <= 900
