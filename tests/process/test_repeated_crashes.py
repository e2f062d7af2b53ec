"""A module that ends engine processes is named and left alone, until somebody wants it tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qirjit_magic.errors import QuarantineError, WorkerCrashedError, WorkerRestartLimitError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import number

BAD = program("store_at_16")


@pytest.fixture(autouse=True)
def nothing_has_died(session: Session) -> None:
    """Other tests of this file crash in the same session."""
    session.reset()


def _crash(session: Session, times: int, module: str = "bad") -> None:
    for _ in range(times):
        with pytest.raises(WorkerCrashedError):
            session.run(module=module)


def test_a_module_is_not_run_after_three_crashes_and_the_others_are(session: Session) -> None:
    session.add(number(7), "good")
    session.add(BAD, "bad")
    _crash(session, 3)
    restarts = session.status().restarts
    for _ in range(2):
        with pytest.raises(QuarantineError, match="'bad' has ended 3 engine processes"):
            session.run(module="bad")
    assert session.run("number").returns == [7]
    assert session.status().restarts == restarts
    with pytest.raises(QuarantineError):  # what others do well does not help it
        session.run(module="bad")


@pytest.mark.parametrize(
    "retry",
    [
        lambda session: session.reset("bad"),
        lambda session: session.add(BAD + b"; another text\n", "bad"),
        lambda session: (session.remove("bad"), session.add(BAD, "bad")),
        lambda session: (session.reset(), session.add(BAD, "bad")),
    ],
    ids=["reset", "changed", "removed", "all reset"],
)
def test_it_is_tried_again_where_somebody_wants_that(session: Session, retry: Callable[[Session], object]) -> None:
    session.add(number(7), "good")
    session.add(BAD, "bad")
    _crash(session, 3)
    session.run("number")
    retry(session)
    _crash(session, 1)


def test_five_crashes_in_a_row_are_the_last_until_all_is_reset(session: Session) -> None:
    for place in range(5):
        session.add(BAD + b"; %d\n" % place, f"bad{place}")
    for place in range(5):
        _crash(session, 1, f"bad{place}")
    for _ in range(2):
        with pytest.raises(WorkerRestartLimitError, match="%qir_reset"):
            session.run(module="bad0")
    with pytest.raises(WorkerRestartLimitError):
        session.add(number(7))
    session.reset()
    session.add(number(7))
    assert session.run("number").returns == [7]
