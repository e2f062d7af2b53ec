from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from qirjit_magic.session.client.kernel_process import DeferredInterrupts, MainThreadInterrupts


@pytest.fixture(autouse=True)
def _python_s_own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _interrupt(times: int = 1) -> None:
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def test_under_a_shield_interrupts_are_counted_and_told_and_not_raised() -> None:
    told: list[int] = []
    with DeferredInterrupts(lambda: told.append(1)) as interrupts:
        _interrupt(3)
        assert interrupts.count == 3
    assert len(told) == 3


def test_after_the_shield_an_interrupt_is_raised_again() -> None:
    interrupts = DeferredInterrupts(lambda: None)
    with interrupts:
        pass
    with pytest.raises(KeyboardInterrupt):
        _interrupt()
    assert interrupts.count == 0


def test_the_count_can_be_read_after_the_shield_and_starts_anew_under_the_next() -> None:
    interrupts = DeferredInterrupts(lambda: None)
    with interrupts:
        _interrupt()
    assert interrupts.count == 1
    with interrupts:
        assert interrupts.count == 0


def test_shields_nest_and_the_outermost_one_ends_it() -> None:
    interrupts = DeferredInterrupts(lambda: None)
    assert interrupts.is_outermost
    with interrupts:
        _interrupt()
        with interrupts:
            _interrupt()
            assert not interrupts.is_outermost
        _interrupt()
        assert not interrupts.is_outermost
    assert interrupts.is_outermost
    assert interrupts.count == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_under_the_shield_passes_and_ends_it() -> None:
    interrupts = DeferredInterrupts(lambda: None)

    def tear() -> None:
        with interrupts:
            _interrupt()
            raise LookupError

    with pytest.raises(LookupError):
        tear()
    assert interrupts.is_outermost
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_another_thread_a_shield_leaves_the_handler_alone() -> None:
    found: list[object] = []

    def work() -> None:
        with DeferredInterrupts(lambda: None) as interrupts:
            found.append((signal.getsignal(signal.SIGINT), interrupts.is_outermost))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(signal.default_int_handler, False)]


def test_an_ignored_interrupt_is_ignored_again_afterwards() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with DeferredInterrupts(lambda: None) as interrupts:
        _interrupt()
    assert interrupts.count == 1
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_shield_that_follows_another_sees_its_interrupts_and_changes_nothing() -> None:
    leader = DeferredInterrupts()
    seen: list[tuple[int, bool]] = []

    def follow() -> None:
        with MainThreadInterrupts(leader) as interrupts:
            seen.append((interrupts.count, interrupts.is_outermost))

    with leader:
        _interrupt(2)
        thread = threading.Thread(target=follow)
        thread.start()
        thread.join()
        _interrupt()
        assert leader.count == 3
    assert seen == [(2, False)]


def test_a_shield_that_follows_another_in_the_main_thread_leaves_it_the_handler() -> None:
    told: list[int] = []
    leader = DeferredInterrupts(lambda: told.append(1))
    with leader, MainThreadInterrupts(leader) as interrupts:
        _interrupt()
        assert (leader.count, interrupts.count, told) == (1, 1, [1])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
