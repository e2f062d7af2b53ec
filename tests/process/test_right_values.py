"""Inputs that once gave a wrong answer, or gave a right one that is to stay: each gives its right value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.session.session import Session
from tests.files import corpus
from tests.process.right_values import CHECKS, Row, Trial, recorded
from tests.process.support import make_supervisor

_TABLE = "expected.tsv"


def folder() -> Path | None:
    """The inputs beside the repository, where they are there."""
    public = corpus()
    found = public.with_name("cases") if public else None
    return found if found and (found / _TABLE).exists() else None


def rows(*issues: str) -> list[Row]:
    """A row for each file of these issues' rows."""
    where = folder()
    if where is None:
        return []
    lines = (where / _TABLE).read_text().splitlines()[1:]
    given = [Row(*line.split("\t")) for line in lines]
    return [
        Row(row.issue, str(file.relative_to(where)), row.arguments, row.kind, row.right)
        for row in given
        if row.issue in issues
        for name in row.file.split(", ")
        for file in sorted(where.glob(name))
    ]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        yield opened


def test_the_inputs_are_there() -> None:
    if not rows("right"):
        pytest.skip("the inputs are not beside this repository: put them into shared/cases next to it.")


@pytest.mark.parametrize("row", rows("right"), ids=lambda row: row.file)
def test_has_its_right_value(row: Row, session: Session) -> None:
    where = folder()
    assert where
    CHECKS[row.right](Trial(session, where / row.file, row))


@pytest.mark.parametrize("row", rows("keeps"), ids=lambda row: row.file)
def test_keeps_its_right_value(row: Row, session: Session) -> None:
    where = folder()
    assert where
    recorded(Trial(session, where / row.file, row))
