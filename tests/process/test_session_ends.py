"""`Session`: how it is closed, how its runs are stopped, and what it does not take."""

from __future__ import annotations

import gc
import threading
from functools import partial

import numpy as np
import pytest

from qirjit_magic.errors import EngineStartError, OptionError, SessionClosedError
from qirjit_magic.session import session as session_module
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import LIVENESS_S, eventually, is_gone, make_supervisor


def test_closing_ends_a_run_that_goes_on_and_refuses_what_waits() -> None:
    session = Session(engine_client=make_supervisor(grace_s=0.3))
    session.add(program("slow_shots"), "slow")
    ended: list[object] = []
    going = threading.Event()

    def run(entry: str) -> None:
        try:
            ended.append(session.run(entry, show=lambda _: going.set()))
        except EngineStartError as error:
            ended.append(error)

    threads = [threading.Thread(target=run, args=("endless",)), threading.Thread(target=run, args=("quick",))]
    threads[0].start()
    assert going.wait(LIVENESS_S)
    threads[1].start()
    session.close()
    for thread in threads:
        thread.join(LIVENESS_S)
    assert [type(end) for end in ended] == [SessionClosedError] * 2
    assert sorted(str(end) for end in ended) == [
        "the engine process did not start: the session is closed. Make a new one.",
        "the session was closed while it ran 'endless'. Make a new one.",
    ]


def test_a_run_that_closes_its_session_keeps_what_has_finished() -> None:
    session = Session(engine_client=make_supervisor())
    session.add(program("slow_shots"), "slow")
    shown: list[str] = []

    def show(text: str) -> None:
        shown.append(text)
        if len(shown) == 3:
            session.close()

    with pytest.raises(SessionClosedError) as caught:
        session.run("slow", shots=10**6, show=show)
    assert caught.value.entry == "slow"
    assert caught.value.partial is not None
    assert len(caught.value.partial.shots) >= 2
    assert session.closed
    with pytest.raises(SessionClosedError):
        session.status()


def test_closing_waits_for_nobody_who_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_CLOSE_S", 0.1)
    session = Session(engine_client=make_supervisor())
    session.add(program("slow_shots"), "slow")
    pid = session.status().pid
    shown, go_on, ended = threading.Event(), threading.Event(), list[object]()

    def show(_: str) -> None:
        shown.set()
        go_on.wait(LIVENESS_S)

    def run() -> None:
        try:
            session.run("slow", shots=10**6, show=show)
        except SessionClosedError as error:
            ended.append(error.entry)

    thread = threading.Thread(target=run)
    thread.start()
    assert shown.wait(LIVENESS_S)
    session.close()
    assert thread.is_alive()
    assert eventually(lambda: is_gone(pid))
    go_on.set()
    thread.join(LIVENESS_S)
    assert ended == ["slow"]
    assert session._engine.restarter._closed


def test_a_closed_session_says_so() -> None:
    session = Session()
    session.close()
    session.close()
    for action in (session.status, session.reset, partial(session.add, b""), partial(session.run, "f")):
        with pytest.raises(EngineStartError, match="closed"):
            action()


def test_a_session_that_nobody_holds_ends_its_process() -> None:
    session = Session()
    pid = session.status().pid
    del session
    gc.collect()
    assert eventually(lambda: is_gone(pid))


def test_an_observer_stops_its_run_also_before_it_began(session: Session) -> None:
    session.add(program("slow_shots"), "slow")
    result = session.run("slow", shots=10**6, show=Observer(stopping=lambda: True))
    assert result.partial
    assert len(result.shots) == 0
    asked = iter(range(5))
    assert session.run("slow", shots=10**9, show=Observer(stopping=lambda: next(asked, None) is None)).partial


def test_numpy_integers_are_integers(session: Session) -> None:
    session.add(program("coins"), "coins")
    shots, seed = np.int64(3), np.uint64(2**64 - 1)
    result = session.run("coins", shots=shots, seed=seed)  # type: ignore[arg-type]  # what users give
    assert (len(result.shots), result.seed) == (3, 2**64 - 1)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("shots", value) for value in (0, -1, 2.5, True, "3", None, 2**63)],
        *[("seed", value) for value in (-1, 2**64, 1.5, "x", False)],
        *[("timeout", value) for value in (0, -1, "x", float("nan"))],
        ("method", "fast"),
    ],
)
def test_a_wrong_option_is_refused_with_its_name_and_value(session: Session, option: str, value: object) -> None:
    session.add(program("coins"), "coins")
    with pytest.raises(OptionError, match=f"{option} is") as caught:
        session.run("coins", **{option: value})  # type: ignore[arg-type]  # what users give
    assert caught.value.value is value
