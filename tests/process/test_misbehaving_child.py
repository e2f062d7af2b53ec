"""An engine process that keeps to no protocol: an error each time, never a hang."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import qirjit_magic
from qirjit_magic.errors import EngineError, EngineStartError, QirError, RunTimeoutError
from qirjit_magic.session.session import Session
from qirjit_magic.session.streams import show_nothing
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.wire.memory import RECORDS_START
from qirjit_magic.wire.platforms import choose
from tests.process.support import PLATFORMS, children, eventually

pytestmark = pytest.mark.timeout(10)

CHILD = """#!{python}
import json, os, socket, struct, sys, time

arguments = json.loads(next(word for word in sys.argv if word.startswith("{{")))
connection = socket.socket(fileno=arguments["socket"])

def send(kind, body, blob=b""):
    text = json.dumps({{"kind": kind, "body": body}}).encode()
    connection.sendall(struct.pack("<II", len(text), len(blob)) + text + blob)

def receive():
    connection.recv(1 << 20)

def ready():
    send("Ready", {{"version": "{version}"}})

def add():
    receive()
    functions = [{{"name": "f", "signature": {{"returns": "void"}}}}]
    send("Added", {{"module": {{"name": "m", "digest": "", "functions": functions}}}}, b"object code")
    receive()

def hang():
    time.sleep(60)

{behaviour}
"""
MODULE = b"define void @f() { ret void }"
BROKEN_FRAMES = {
    "junk": 'connection.sendall(b"\\xff" * 100); hang()',
    "a length beyond the limit": 'connection.sendall(struct.pack("<II", 1 << 29, (1 << 29) + 1)); hang()',
    "no JSON": 'connection.sendall(struct.pack("<II", 4, 0) + b"junk"); hang()',
    "deep JSON": 'connection.sendall(struct.pack("<II", 1 << 20, 0) + b"[" * (1 << 20)); hang()',
    "an unknown message": 'send("Surprise", {}); hang()',
    "wrong types": 'send("Ready", {"version": 7}); hang()',
    "half a frame, then its end": 'connection.sendall(b"\\x10\\0\\0")',
    "half a body, then its end": 'connection.sendall(struct.pack("<II", 100, 0) + b"{")',
    "its end without a word": "sys.exit(0)",
    "a closed connection": "connection.close(); hang()",
}
WRONG_REPLIES = {
    "a reply that was not asked for": 'send("Done", {}); hang()',
    "an error that does not exist": 'send("Refused", {"error": "Surprise", "facts": {}}); hang()',
    "facts that the error does not have": 'send("Refused", {"error": "LinkError", "facts": {"a": 1}}); hang()',
    "an error without its facts": 'send("Refused", {"error": "SignatureError", "facts": {}}); hang()',
    "something else than an error": 'send("Refused", {"error": "dataclass", "facts": {}}); hang()',
    "a name of the language": 'send("Refused", {"error": "__name__", "facts": {}}); hang()',
}
# The header's words: 1 is how many bytes of records there are, 2 how many of these belong to finished shots.
SCRIBBLES = {
    "a header of ones": 'os.pwrite(arguments["memory"], b"\\xff" * 4096, 0)',
    "records that point nowhere": f"""
memory = arguments["memory"]
os.pwrite(memory, struct.pack("<IIq", 2, 2**32 - 1, -1) * 9999 + struct.pack("<IIq", 1, 7, 7), {RECORDS_START})
os.pwrite(memory, struct.pack("<QQ", 160_000, 160_000), 8)""",
    "noise": f"""
memory = arguments["memory"]
os.pwrite(memory, os.urandom(1 << 20), {RECORDS_START})
os.pwrite(memory, struct.pack("<QQ", 1 << 20, 1 << 20), 8)""",
}

Start = Callable[[str, str], Session]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    """Starts a session whose engine process behaves like this."""
    made: list[Session] = []

    def start_it(platform: str, behaviour: str) -> Session:
        child = tmp_path / "python"
        child.write_text(CHILD.format(python=sys.executable, version=qirjit_magic.__version__, behaviour=behaviour))
        child.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(child))
        made.append(Session(supervisor=EngineSupervisor(choose(platform), grace_s=0.3)))
        return made[0]

    yield start_it
    for session in made:
        session.close()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("what", BROKEN_FRAMES)
def test_a_broken_first_frame_is_a_failed_start(start: Start, platform: str, what: str) -> None:
    others = children()
    session = start(platform, BROKEN_FRAMES[what])
    with pytest.raises(EngineStartError):
        session.status()
    assert eventually(lambda: children() == others)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("what", BROKEN_FRAMES)
def test_a_broken_reply_is_an_engine_error(start: Start, platform: str, what: str) -> None:
    others = children()
    session = start(platform, f"ready(); receive(); {BROKEN_FRAMES[what]}")
    with pytest.raises(EngineError):
        session.status()
    assert eventually(lambda: children() == others)


@pytest.mark.parametrize("what", WRONG_REPLIES)
def test_a_wrong_reply_is_an_error_of_ours(start: Start, what: str) -> None:
    session = start("linux", f"ready(); receive(); {WRONG_REPLIES[what]}")
    with pytest.raises(QirError):
        session.status()


def test_another_version_is_a_failed_start(start: Start) -> None:
    session = start("linux", 'send("Ready", {"version": "0.0.0"}); hang()')
    with pytest.raises(EngineStartError, match=qirjit_magic.__version__):
        session.status()


@pytest.mark.parametrize("silence", ["hang()", 'connection.sendall(b"\\x10"); hang()'])
def test_a_run_that_is_never_answered_ends_with_its_time(start: Start, silence: str) -> None:
    session = start("linux", f"ready(); add(); {silence}")
    session.add(MODULE, "m")
    with pytest.raises(RunTimeoutError):
        session.run("f", timeout=0.1)


def test_a_run_that_is_answered_after_its_time_is_not_begun_again(start: Start) -> None:
    # The memory was full just when the time was over: the stop must not be forgotten with the rest of the memory.
    again = 'while True: time.sleep(0.2); send("RunReply", {"outcome": "full", "next": 1}); receive()'
    session = start("linux", f"ready(); add()\n{again}")
    session.add(MODULE, "m")
    with pytest.raises(RunTimeoutError):
        session.run("f", shots=5, timeout=0.1)


@pytest.mark.parametrize("what", SCRIBBLES)
def test_whatever_is_in_the_shared_memory_gives_a_result(start: Start, what: str) -> None:
    reply = 'send("RunReply", {"outcome": "done", "next": 1}); hang()'
    session = start("linux", f"ready(); add()\n{SCRIBBLES[what]}\n{reply}")
    session.add(MODULE, "m")
    result = session.run("f")
    assert len(result.table) == len(result.shots)
    assert result.to_text("labeled").startswith("HEADER\t")
    assert all(shot.records is not None for shot in result.shots[:100])


def test_a_closed_output_keeps_nobody_busy(start: Start) -> None:
    session = start("linux", "ready(); receive(); os.close(1); os.close(2); time.sleep(0.5); sys.exit(1)")
    looks: list[float] = []
    with session._engine.watching(show_nothing, lambda: looks.append(time.monotonic())), pytest.raises(EngineError):
        session.status()
    assert len(looks) < 200
