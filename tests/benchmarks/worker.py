"""A peer's process: it prepares cases, runs them and says how long that took."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.benchmarks.cases import BY_NAME
from tests.benchmarks.peers import CannotRunError, Peer, Run

_FIRST = "bell-1000"  # what each runs before anything is measured
_ENOUGH_S = 0.2  # beside what one shot takes; less says too little of how long many will take
_TOO_LONG_S = 20.0  # of many shots the first; then no other is run
_FOR_ONCE = 3  # a single shot that takes so many times as long as it should is not run again only to be warm


@dataclass(frozen=True, slots=True)
class Prepare:
    """Ask a peer to prepare a case, and for how many shots fit into so many seconds, or to run all of them."""

    case: str
    longest: float
    all_shots: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """It did.

    Attributes:
        shots: how many fit.
        one: how many seconds a run of one shot takes, compiling included.
        counts: whether that was so long that it is a measurement itself.
    """

    shots: int
    one: float
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot."""

    why: str


def serve(connection: Connection, peer: Peer) -> None:
    """Answer until the other end is closed: a `Prepare` with `Ready` or `Refused`, a number of shots with seconds."""
    run: Run | None = None
    _warm(peer)
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        if isinstance(asked, Prepare):
            run = None  # its memory goes first
            answer, run = _prepare(peer, asked)
            connection.send(answer)
        else:
            assert run
            connection.send(_seconds(run, asked))


def _warm(peer: Peer) -> None:
    with suppress(Exception):  # it is told of when a case is prepared
        peer.load()(BY_NAME[_FIRST])(BY_NAME[_FIRST].shots)


def _prepare(peer: Peer, asked: Prepare) -> tuple[Ready | Refused, Run | None]:
    case = BY_NAME[asked.case]
    try:
        run = peer.load()(case)
        ready = fitting(lambda shots: _seconds(run, shots), case.shots, asked.longest, all_shots=asked.all_shots)
    except CannotRunError as error:
        return Refused(str(error)), None
    except ImportError as error:
        return Refused(f"not installed: {error.name}"), None
    except Exception as error:  # noqa: BLE001 - another library's; the table tells it
        return Refused(f"{type(error).__name__}: {error}".splitlines()[0][:80]), None
    return ready, run


def fitting(seconds_of: Callable[[int], float], shots: int, longest: float, *, all_shots: bool = False) -> Ready:
    """How many shots take no longer, rounded down to one digit, found by running ever more of them.

    Args:
        seconds_of: runs so many shots and gives its seconds.
        shots: that are wanted.
        longest: seconds that they may take beside what one shot takes.
        all_shots: whether they are run however long they take.
    """
    one = seconds_of(1)
    if one > (_FOR_ONCE * longest if shots == 1 else _TOO_LONG_S):
        return Ready(1, one, counts=True)
    tried, seconds = 1, seconds_of(1)
    one = min(one, seconds)  # the first may have waited for what is made once
    if all_shots or shots == 1:
        return Ready(shots, one)
    while tried < shots and seconds < 2 * one + _ENOUGH_S:
        tried = min(shots, 10 * tried)
        seconds = seconds_of(tried)
    if tried == shots and seconds <= one + longest:
        return Ready(shots, one)
    room = max(2, 1 + int(longest * (tried - 1) / (seconds - one)))  # of one alone compiling could not be told
    return Ready(shots if room >= shots else one_digit(room), one)


def one_digit(number: int) -> int:
    """The number with zeros behind its first digit."""
    unit: int = 10 ** (len(str(number)) - 1)
    return number // unit * unit


def _seconds(run: Run, shots: int) -> float:
    gc.collect()
    began = time.perf_counter()
    kept = run(shots)
    taken = time.perf_counter() - began
    del kept  # what it costs to forget a result is nobody's waiting
    return taken
