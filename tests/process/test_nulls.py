"""Null pointers where the runtime library takes strings and the like: no string is an empty one, nothing is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qirjit_magic.errors import ProgramFailedError
from qirjit_magic.session.session import Session
from tests.circuits.running import LIVE
from tests.files import program
from tests.process.support import make_supervisor

simulators = pytest.mark.parametrize("simulator", [*LIVE, "auto"])


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        opened.add(program("nulls"), "nulls")
        pid = opened.status().pid
        yield opened
        assert opened.status().pid == pid  # none of all that has ended the process


@simulators
@pytest.mark.parametrize("entry", ["fails_silently", "fails_with_no_characters"])
def test_a_failure_without_a_message_is_a_failure(session: Session, simulator: str, entry: str) -> None:
    with pytest.raises(ProgramFailedError) as raised:
        session.run(entry, simulator=simulator)
    assert raised.value.message == ""
    assert str(raised.value) == "the program failed in shot 0 (exit code 1), without a message."


def test_an_assertion_without_a_message_is_one(session: Session) -> None:
    with pytest.raises(ProgramFailedError, match="without a message"):
        session.run("asserts_silently", simulator="statevector")


@simulators
def test_no_string_is_an_empty_one(session: Session, simulator: str) -> None:
    assert session.run("says_nothing", simulator=simulator).messages == ["", "", "ab", "ab", ""]
    (shot,) = session.run("compares", simulator=simulator).shots
    assert [record.value for record in shot.records] == [True, True, False, True, 0, 0]


@simulators
def test_nothing_is_counted_and_there_is_no_copy_of_it(session: Session, simulator: str) -> None:
    (shot,) = session.run("counts_nothing", simulator=simulator).shots
    assert [record.value for record in shot.records] == [True, True, True]


@simulators
def test_no_label_is_none(session: Session, simulator: str) -> None:
    (shot,) = session.run("labels_nothing", simulator=simulator).shots
    assert [record.label for record in shot.records] == [None] * 5
