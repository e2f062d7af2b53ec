"""How long each step took: what happened has its time, what did not has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.errors import ProgramFailedError
from qirjit_magic.protocol.messages import RunReply, RunRequest
from qirjit_magic.protocol.timings import COMPILING, UNTIMED, Timings
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session
from tests.files import REPOSITORY, program
from tests.process.support import number

BELL = (REPOSITORY / "notebooks" / "programs" / "Bell.ll").read_bytes()
COMPILED = set(COMPILING)
LIVE = {"link", "simulate", "decode"}


@pytest.fixture
def session(session: Session) -> Session:
    """One whose engine process has everything that it brings itself."""
    session.add(BELL + b"\n; before", "before")
    session.run(method="live")
    session.run(method="sampled")
    session.remove("before")
    return session


def steps(timings: Timings) -> set[str]:
    """Which steps happened; all of them together took no longer than the whole."""
    assert 0 < sum(timings.steps.values()) + timings.rest <= timings.total * (1 + 1e-9)
    return set(timings.steps)


def test_the_first_run_of_a_module_has_its_compilation_and_later_ones_have_not(session: Session) -> None:
    module = session.add(BELL)
    assert steps(module.timings) == COMPILED
    first = session.run(shots=3).timings
    assert steps(first) == COMPILED | LIVE
    assert first.total > module.timings.total
    assert first.parse == module.timings.parse
    assert steps(session.run(shots=3).timings) == LIVE


def test_a_sampled_run_is_traced_and_drawn(session: Session) -> None:
    session.add(BELL)
    session.run()
    assert steps(session.run(shots=1000).timings) == LIVE | {"trace", "sample"}


def test_what_was_there_already_took_nothing(session: Session) -> None:
    session.add(BELL, "bell")
    assert session.add(BELL, "bell").timings == UNTIMED
    assert steps(session.run().timings) >= COMPILED  # it was not told yet
    session.add(BELL, "bell")
    assert steps(session.run().timings) == LIVE


def test_what_is_compiled_anew_is_told_anew(session: Session) -> None:
    session.add(number(1), "number")
    session.run("number")
    session.add(number(2), "number")
    session.add(number(3), "other")  # nobody asks for this one
    assert steps(session.run("number", module="number").timings) == COMPILED | LIVE
    session.remove("other")
    session.add(BELL, "other")
    session.run(module="other")
    assert steps(session.run(module="other").timings) == LIVE


def test_a_run_that_fails_has_its_timings_too(session: Session) -> None:
    session.add(program("failing"), "failing")
    with pytest.raises(ProgramFailedError) as failed:
        session.run("fails", module="failing")
    assert failed.value.partial is not None
    assert steps(failed.value.partial.timings) == COMPILED | LIVE


def test_a_run_of_many_pieces_has_the_sum_of_them(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.add(program("floods"))
    pieces: list[Timings] = []
    run = session._engine.run

    def run_and_note(request: RunRequest) -> RunReply:
        reply = run(request)
        pieces.append(reply.timings)
        return reply

    monkeypatch.setattr(session._engine, "run", run_and_note)
    timings = session.run("numbers", args=[20_000], shots=250, method="live").timings  # 80 MB of records
    assert len(pieces) == 2
    assert timings.simulate == sum(piece.simulate for piece in pieces)
    assert min(piece.simulate for piece in pieces) > 0


@pytest.fixture
def cached(tmp_path: Path) -> Iterator[list[Session]]:
    """Two sessions that share a cache; nothing is in it."""
    made = [Session(engine_client=EngineClient(cache=ObjectCache(tmp_path))) for _ in range(2)]
    yield made
    for session in made:
        session.close()


def test_object_code_from_the_disk_has_no_compilation_and_says_where_it_is_from(cached: list[Session]) -> None:
    compiled, found = (session.add(BELL).timings for session in cached)
    assert (steps(compiled), compiled.from_cache) == (COMPILED | {"start"}, False)
    assert (steps(found), found.from_cache) == ({"start"}, True)
    first, second = (cached[1].run().timings for _ in range(2))
    assert (steps(first), first.from_cache) == (LIVE | {"start"}, True)
    assert (steps(second), second.from_cache) == (LIVE, False)


def test_a_new_engine_process_is_waited_for(session: Session) -> None:
    session.add(program("crashes"), "crashes")
    session.add(BELL, "bell")
    assert "start" not in session.run(module="bell").timings.steps
    session._engine.restarter._discard()  # as where it has died
    assert steps(session.run(module="bell").timings) == LIVE | {"start"}
    assert steps(session.run(module="bell").timings) == LIVE


def test_what_the_open_process_compiles_for_a_run_is_a_part_of_it(session: Session) -> None:
    session.add(number(1), "number")
    session.add(number(2).replace(b"@number", b"@other"), "trusted", trust=True)
    session.run("number")
    first, second = (session.run("other").timings for _ in range(2))
    assert steps(first) == COMPILED | LIVE | {"start"}
    assert steps(second) == LIVE
