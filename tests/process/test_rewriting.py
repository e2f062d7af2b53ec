"""Programs in other words that mean the same; ``python -m tests.rewriting`` has all of them in all ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from qirjit_magic import Session
from tests.files import PROGRAMS, TUTORIAL_PROGRAMS
from tests.process.support import make_supervisor
from tests.rewriting.checking import check
from tests.rewriting.rewritings import REWRITINGS

_KNOWN = sorted((PROGRAMS / "rewriting").glob("*.ll"))
_DRAWN = sorted(
    path
    for folder in ("unsafe", "profiles", "refused", "sampling", "dialects")
    for path in (PROGRAMS / folder).glob("*.ll")
    if path.stem != "every_capability"  # it runs until it is stopped
)
_WAYS = 3  # for each program that is drawn


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as session:
        yield session


@pytest.mark.parametrize("path", _KNOWN, ids=lambda path: path.stem)
def test_results_that_are_looked_at_are_run_live_in_whatever_words(session: Session, path: Path) -> None:
    assert check(session, path, list(REWRITINGS), seed=3).differences == ()


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_program_does_the_same_in_whatever_words(session: Session, name: str) -> None:
    for path in (PROGRAMS / "teleport.ll", TUTORIAL_PROGRAMS / "Bell.ll", PROGRAMS / "module_flags.ll"):
        assert check(session, path, [name], seed=3).differences == ()


@pytest.mark.parametrize("path", _DRAWN, ids=lambda path: path.stem)
def test_a_drawn_program_says_the_same_in_drawn_words(session: Session, path: Path) -> None:
    drawn = Random(path.stem).sample(sorted(REWRITINGS), _WAYS)  # noqa: S311 - no secret
    assert check(session, path, drawn, seed=4).differences == ()
