from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from qirjit_magic.errors import RunTimeoutError
from qirjit_magic.notebook.panel.choices import choices, closest_choice
from qirjit_magic.notebook.panel.job import FLUSH_S, Job
from qirjit_magic.notebook.panel.panel import RunCoordinator
from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo, Signature
from qirjit_magic.session.runs.watcher import Observer


def _result() -> Any:
    return SimpleNamespace(notices=("notice: so it is",))


def _job(run: Callable[[Observer], Any], tell: Callable[[], None] = lambda: None) -> Job:
    return Job("bell · Bell()", run, tell)


def test_a_job_has_what_its_run_gave_and_said() -> None:
    result, told = _result(), []

    def run(observer: Observer) -> Any:
        observer.show("hello\n")
        observer.on_tick()
        return result

    job = _job(run, lambda: told.append((job.ended, job.tail.newest)))
    job.start()
    assert job.wait(10)
    assert (job.result, job.error) == (result, None)
    assert told == [(False, "hello\n"), (True, "hello\nnotice: so it is\n")]


def test_a_job_tells_no_more_than_ten_times_a_second() -> None:
    told: list[int] = []

    def run(observer: Observer) -> Any:
        for number in range(10_000):
            observer.show(f"{number}\n")
            observer.on_tick()
        return _result()

    job = _job(run, lambda: told.append(1))
    began = time.monotonic()
    job.start()
    assert job.wait(60)
    assert len(told) <= (time.monotonic() - began) / FLUSH_S + 2


def test_what_finished_before_an_error_is_the_result() -> None:
    partial = _result()

    def run(_: Observer) -> Any:
        raise RunTimeoutError(1.0, partial=partial)

    job = _job(run)
    job.start()
    assert job.wait(10)
    assert job.result is partial
    assert isinstance(job.error, RunTimeoutError)


def test_an_error_of_python_is_not_lost_in_the_thread() -> None:
    def run(_: Observer) -> Any:
        raise ZeroDivisionError

    job = _job(run)
    job.start()
    assert job.wait(10)
    assert isinstance(job.error, ZeroDivisionError)


def test_a_job_that_is_interrupted_has_ended_all_the_same() -> None:
    def run(_: Observer) -> Any:
        raise KeyboardInterrupt

    job = _job(run)
    job.start()
    assert job.wait(10)
    assert (job.ended, type(job.error)) == (True, KeyboardInterrupt)


def test_a_desk_keeps_no_job_that_has_ended() -> None:
    coordinator = RunCoordinator()
    job = _job(lambda _: _result(), coordinator.notify)
    kept = weakref.ref(job)
    assert coordinator.begin(job)
    assert job.wait(10)
    coordinator.notify()
    del job
    gc.collect()
    assert kept() is None


def test_a_job_that_is_stopped_says_so_to_its_run() -> None:
    stopped = threading.Event()

    def run(observer: Observer) -> Any:
        while not observer.stopping():
            stopped.wait(0.001)
        stopped.set()
        return _result()

    job = _job(run)
    job.start()
    job.stop()
    assert job.wait(10)
    assert stopped.is_set()


def test_one_job_runs_at_a_time_and_everybody_hears_of_it() -> None:
    coordinator, end, heard = RunCoordinator(), threading.Event(), []
    coordinator.subscribe(lambda: heard.append(coordinator.job))
    first, second = _job(lambda _: end.wait(10) and _result(), coordinator.notify), _job(lambda _: _result())
    assert coordinator.begin(first)
    assert not coordinator.begin(second)
    assert coordinator.job is first
    end.set()
    assert first.wait(10)
    assert coordinator.job is None
    assert heard == [first, None]
    assert coordinator.begin(second)
    assert second.wait(10)


def test_of_many_threads_one_begins() -> None:
    coordinator, end, gate = RunCoordinator(), threading.Event(), threading.Barrier(8)
    begun: list[bool] = []

    def begin() -> None:
        gate.wait(10)
        begun.append(coordinator.begin(_job(lambda _: end.wait(10) and _result())))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    end.set()
    assert sorted(begun) == [False] * 7 + [True]
    assert coordinator.job is None or coordinator.job.wait(10)


def test_who_has_left_hears_nothing() -> None:
    coordinator, heard = RunCoordinator(), []
    listener = lambda: heard.append(1)  # noqa: E731 - it is compared
    coordinator.subscribe(listener)
    coordinator.unsubscribe(listener)
    coordinator.unsubscribe(listener)
    coordinator.notify()
    assert (heard, coordinator.listener_count) == ([], 0)


def _module(name: str, *functions: EntryPoint) -> ModuleInfo:
    return ModuleInfo(name, "digest", functions=functions)


def test_every_function_that_can_be_run_is_offered() -> None:
    takes = EntryPoint("f", Signature("i64", ("double",)))
    hidden = EntryPoint("g", Signature("void"), public=False)
    entry = EntryPoint("h", Signature("void"), public=False, attributes=(("entry_point", ""),))
    assert choices([_module("one", takes, hidden), _module("two", entry)]) == (
        ("one · f(double) → i64", ("one", "f")),
        ("two · h() *", ("two", "h")),
    )


@pytest.mark.parametrize(
    ("wanted", "default", "chosen"),
    [
        (("a", "f"), ("b", "h"), ("a", "f")),
        (("a", "gone"), ("b", "h"), ("a", "f")),
        (("gone", "f"), ("b", "h"), ("b", "h")),
        (None, None, ("a", "f")),
    ],
)
def test_a_choice_stays_near(wanted: tuple[str, str], default: tuple[str, str], chosen: tuple[str, str]) -> None:
    assert closest_choice(wanted, [("a", "f"), ("a", "g"), ("b", "h")], default) == chosen
    assert closest_choice(wanted, [], default) is None
