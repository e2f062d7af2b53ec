"""Programs that own their engine process and use it against the kernel: through its socket and the shared memory."""

from __future__ import annotations

import contextlib
import os
import random
import struct
import time
from collections.abc import Callable

import pytest

from qirjit_magic.errors import QirError, WorkerCrashedError
from qirjit_magic.protocol.messages import Done, EngineStatus, Frame, RunReply, pack
from qirjit_magic.protocol.shared_memory import RECORDS_START
from qirjit_magic.session.session import Session
from tests.process.support import eventually, number

ATTACKS = b"declare void @attack()\ndefine i64 @attacks() {\n  call void @attack()\n  ret i64 1\n}\n"
DESCRIPTORS = range(3, 256)
FORGED = {
    "junk": b"\xff" * 1000,
    "half a head": b"\0" * 5,
    "an end of the run": pack(Frame(RunReply("done", 1))),
    "an end and another answer": pack(Frame(RunReply("done", 1))) + pack(Frame(Done())),
    "an end and a status": pack(Frame(RunReply("done", 1))) + pack(Frame(EngineStatus(simulator="forged"))),
    "a length without end": struct.pack("<QII", 0, 2**32 - 1, 2**32 - 1),
}


def writes(data: bytes) -> Callable[[], None]:
    """A function that writes to whatever descriptor its process has, the engine's socket among them."""
    descriptors = tuple(DESCRIPTORS)

    def attack() -> None:
        for descriptor in descriptors:
            with contextlib.suppress(OSError):
                os.set_blocking(descriptor, False)
                os.write(descriptor, data)

    return attack


def scribbles(seed: int, places: tuple[int, ...]) -> Callable[[], None]:
    """A function that writes noise into the shared memory."""
    descriptors = tuple(DESCRIPTORS)

    def attack() -> None:
        noise = random.Random(seed)  # noqa: S311 - the same noise each time
        for descriptor in descriptors:
            for place in places:
                with contextlib.suppress(OSError):
                    os.pwrite(descriptor, noise.randbytes(4096), place)

    return attack


def is_right(session: Session) -> bool:
    """Whether the session answers as it should."""
    session.add(number(7), "seven")
    return (
        session.run("number", module="seven", shots=3).returns == [7, 7, 7] and session.status().simulator != "forged"
    )


@pytest.mark.parametrize("what", FORGED)
def test_a_program_that_writes_to_the_engine_s_socket_is_a_crash(session: Session, what: str) -> None:
    session.define("attack", "void ()", writes(FORGED[what]))
    session.add(ATTACKS, "attacks")
    with pytest.raises(WorkerCrashedError):
        session.run("attacks")
    assert is_right(session)
    session.undefine("attack")


@pytest.mark.parametrize("what", FORGED)
def test_a_thread_that_writes_to_the_engine_s_socket_later_answers_nothing(session: Session, what: str) -> None:
    write = writes(FORGED[what])

    def attack() -> None:
        import threading  # noqa: PLC0415 - in the engine process

        threading.Timer(0.1, write).start()

    session.define("attack", "void ()", attack)
    session.add(ATTACKS, "attacks")
    session.run("attacks")
    engine = session._engines.for_run("attacks", session._registry)
    assert engine is not None
    process = engine.restarter.process
    assert process is not None
    assert eventually(process.is_lost)
    assert is_right(session)
    session.undefine("attack")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("places", [(0,), (0, RECORDS_START), (4096, RECORDS_START)])
def test_noise_in_the_shared_memory_gives_a_result_or_an_error_of_ours(
    session: Session, seed: int, places: tuple[int, ...]
) -> None:
    session.define("attack", "void ()", scribbles(seed, places))
    session.add(ATTACKS, "attacks")
    began = time.monotonic()
    with contextlib.suppress(QirError):
        result = session.run("attacks", shots=2, timeout=5)
        assert len(result.shots) <= 2
        assert str(result)
    assert time.monotonic() - began < 10
    assert is_right(session)
    session.undefine("attack")
