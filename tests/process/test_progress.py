"""An observer is told how far a run is."""

from __future__ import annotations

import asyncio

import pytest

from qirjit_magic.errors import RunTimeoutError, SimulatorError, WorkerCrashedError
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.session import Session
from tests.files import REPOSITORY, program

BELL = (REPOSITORY / "notebooks" / "programs" / "Bell.ll").read_bytes()
SHOTS = 600


class Following:
    """What an observer is told."""

    def __init__(self) -> None:
        self.told: list[Progress] = []
        self.said: list[str] = []
        self.observer = Observer(self.said.append, progress=self.told.append)

    def check(self, *, done: int, shots: int) -> None:
        """It comes in order, and ends with so many shots, once."""
        counts = [progress.done for progress in self.told]
        assert counts == sorted(counts)
        assert [progress.ended for progress in self.told] == [False] * (len(counts) - 1) + [True]
        assert (counts[-1], {progress.shots for progress in self.told}) == (done, {shots})
        seconds = [progress.seconds for progress in self.told]
        assert seconds == sorted(seconds)


@pytest.fixture
def following() -> Following:
    return Following()


def test_it_comes_in_order_and_ends_with_all_shots(session: Session, following: Following) -> None:
    session.add(program("slow_shots"))
    session.run("slow", shots=SHOTS, method="live", show=following.observer)
    following.check(done=SHOTS, shots=SHOTS)
    assert any(0 < progress.done < SHOTS for progress in following.told)
    last = following.told[-2]
    assert last.rate > 0
    assert last.left is not None
    assert len(following.said) == SHOTS  # what it says is shown all the same


def test_a_run_of_many_pieces_goes_on_where_it_was(session: Session, following: Following) -> None:
    session.add(program("floods"))
    session.run("numbers", args=[20_000], shots=250, method="live", show=following.observer)
    following.check(done=250, shots=250)


def test_of_sampled_shots_none_is_done_until_they_are_drawn(session: Session, following: Following) -> None:
    session.add(BELL)
    session.run(shots=4_000_000, method="sampled", show=following.observer)
    following.check(done=4_000_000, shots=4_000_000)
    assert {progress.done for progress in following.told[:-1]} <= {0}
    assert {progress.left for progress in following.told[:-1]} <= {None}


def test_a_run_that_is_stopped_ends_with_what_it_has(session: Session, following: Following) -> None:
    session.add(program("slow_shots"))
    with pytest.raises(RunTimeoutError) as stopped:
        session.run("second_shot_endless", shots=5, timeout=0.3, show=following.observer)
    following.check(done=1, shots=5)
    assert stopped.value.partial is not None
    assert len(stopped.value.partial.shots) == 1


def test_a_run_that_crashes_ends_with_what_it_has(session: Session, following: Following) -> None:
    session.add(program("crashes"))
    with pytest.raises(WorkerCrashedError):
        session.run("store_to_16", shots=5, show=following.observer)
    following.check(done=0, shots=5)


def test_a_run_whose_messages_nobody_takes_ends_with_what_it_has(session: Session, following: Following) -> None:
    def show(_: str) -> None:
        raise BrokenPipeError

    session.add(program("slow_shots"))
    with pytest.raises(BrokenPipeError):
        session.run("slow", shots=5, method="live", show=Observer(show, progress=following.told.append))
    following.check(done=0, shots=5)


def test_a_run_that_is_given_up_before_its_modules_are_compiled_has_ended_too(
    session: Session, following: Following
) -> None:
    session.add(program("slow_shots"), trust=True)
    observer = Observer(stopping=lambda: True, progress=following.told.append)
    assert not session.run("slow", shots=5, show=observer).shots
    following.check(done=0, shots=5)


def test_a_run_that_is_refused_is_told_nothing(session: Session, following: Following) -> None:
    session.add(program("slow_shots"))
    with pytest.raises(SimulatorError):
        session.run("quick", simulator="/nowhere.so", show=following.observer)
    assert following.told == []


def test_whoever_follows_with_a_function_alone_needs_nothing_else(session: Session) -> None:
    said: list[str] = []
    session.add(program("slow_shots"))
    session.run("slow", shots=300, method="live", show=said.append)
    assert len(said) == 300


def test_a_run_in_another_thread_is_followed_too(session: Session, following: Following) -> None:
    session.add(program("slow_shots"))
    asyncio.run(session.run_async("slow", shots=SHOTS, method="live", show=following.observer))
    following.check(done=SHOTS, shots=SHOTS)
