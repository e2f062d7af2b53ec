"""An engine process that keeps to no protocol: an error each time, never a hang."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path

import pytest

import qirjit_magic
from qirjit_magic.errors import EngineError, EngineStartError, RunTimeoutError, WorkerCrashedError
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.protocol.shared_memory import RECORDS_START, TEXT_CAPACITY, TEXT_START, Word
from qirjit_magic.session.client.process import show_nothing
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.session import Session
from tests.process.support import PLATFORMS, children, eventually, make_supervisor

pytestmark = pytest.mark.timeout(10)

CHILD = """#!{python}
import json, os, socket, struct, sys, time

arguments = json.loads(next(word for word in sys.argv if word.startswith("{{")))
connection = socket.socket(fileno=arguments["socket"])

number = 0

def frame(kind, body, blob=b"", to=None):
    text = json.dumps({{"kind": kind, "body": body}}).encode()
    return struct.pack("<QII", number if to is None else to, len(text), len(blob)) + text + blob

def send(*what, **how):
    connection.sendall(frame(*what, **how))

def receive():
    global number
    while True:
        asked = connection.recv(1 << 20)
        (number,) = struct.unpack_from("<Q", asked)
        if b"GetBuiltinCode" not in asked:
            return
        send("Done", {{}}, b"object code")  # it behaves well until it is to run something

def ready():
    send("Ready", {{"version": "{version}"}})

def add():
    receive()
    functions = [{{"name": "f", "signature": {{"returns": "void"}}}}]
    send("Added", {{"module": {{"name": "m", "digest": "", "functions": functions}}}}, b"object code")
    receive()

def function(name):
    return {{"name": name, "signature": {{"returns": "void"}}}}

def claim(**what):
    send("Added", {{"module": {{"name": "m", "digest": "", **what}}}}, b"object code")

def hang():
    time.sleep(60)

{behaviour}
"""
MODULE = b"define void @f() { ret void }"
MOST = len(MODULE) // 4 + 64
BROKEN_FRAMES = {
    "junk": 'connection.sendall(b"\\xff" * 100); hang()',
    "a length beyond the limit": 'connection.sendall(struct.pack("<QII", 0, 1 << 29, (1 << 29) + 1)); hang()',
    "no JSON": 'connection.sendall(struct.pack("<QII", 0, 4, 0) + b"junk"); hang()',
    "deep JSON": 'connection.sendall(struct.pack("<QII", 0, 1 << 20, 0) + b"[" * (1 << 20)); hang()',
    "an unknown message": 'send("Surprise", {}); hang()',
    "wrong types": 'send("Ready", {"version": 7}); hang()',
    "half a frame, then its end": 'connection.sendall(b"\\x10\\0\\0")',
    "half a body, then its end": 'connection.sendall(struct.pack("<QII", 0, 100, 0) + b"{")',
    "its end without a word": "sys.exit(0)",
    "a closed connection": "connection.close(); hang()",
}
# To a request for the status.
WRONG_REPLIES = {
    "another kind": 'send("Done", {})',
    "a request": 'send("GetStatus", {})',
    "an error that does not exist": 'send("Refused", {"error": "Surprise", "facts": {}})',
    "facts that the error does not have": 'send("Refused", {"error": "LinkError", "facts": {"a": 1}})',
    "facts of other types": 'send("Refused", {"error": "SimulatorError", "facts": {"message": 7}})',
    "facts in facts": 'send("Refused", {"error": "SimulatorError", "facts": {"message": {"a": {}}}})',
    "an error without its facts": 'send("Refused", {"error": "SignatureError", "facts": {}})',
    "an error that lists nothing": 'send("Refused", {"error": "ProfileError", "facts": {"profile": "", "breaks": []}})',
    "an error in another one": 'send("Refused", {"error": "QirSyntaxError", "facts": {"message": "", "module": "?"}})',
    "an error with a result": 'send("Refused", {"error": "RunTimeoutError", "facts": {"timeout_s": 1, "partial": ""}})',
    "an error that the kernel raises": 'send("Refused", {"error": "EngineStartError", "facts": {"message": ""}})',
    "something else than an error": 'send("Refused", {"error": "dataclass", "facts": {}})',
    "a name of the language": 'send("Refused", {"error": "__name__", "facts": {}})',
    "no request's number": 'send("EngineStatus", {}, to=0)',
    "an earlier request's number": 'send("EngineStatus", {}, to=number - 1)',
    "one reply too many": 'connection.sendall(2 * frame("EngineStatus", {}))',
    "half a reply too many": 'connection.sendall(frame("EngineStatus", {}) + b"\\0")',
    "a blob that nobody asked for": 'connection.sendall(struct.pack("<QII", number, 4, 1 << 29))',
    "half a character": 'send("EngineStatus", {"llvm": "\\ud800"})',
    "a number that no machine has": 'send("EngineStatus", {"memory": 10**5000})',
    "a number that is none": 'connection.sendall(frame("EngineStatus", {"memory": float("nan")}))',
}
# To a request to add a module called "m".
WRONG_MODULES = {
    "another module": 'send("Added", {"module": {"name": "n", "digest": ""}})',
    "more functions than its source can hold": "claim(functions=[function(f'f{place}') for place in range(120_000)])",
    "more names than its source can hold": "claim(declarations=[{'name': f'{n}', 'type': ''} for n in range(72)])",
    "more remarks than its source can hold": "claim(breaks=[{'severity': 'notice', 'message': ''}] * 1000)",
    "more flags than its source can hold": "claim(flags=[['a', 1]] * 1000)",
    "two functions of one name": "claim(functions=[function('f')] * 2)",
    "a function and a variable of one name": "claim(functions=[function('f')], variables=[{'name': 'f', 'type': ''}])",
    "a function that there is not": "claim(reads_results=['f'])",
    "a variable of no size": "claim(variables=[{'name': 'v', 'type': '', 'size': -1}])",
    "a module of no name": 'send("Added", {"module": {"digest": ""}})',
    "code without a module": 'send("Done", {}, b"object code")',
    "more code than fits": 'connection.sendall(struct.pack("<QII", number, 4, 1 << 29))',
}
# To a request for three shots.
WRONG_ENDS = {
    "to be asked again for the same shot": '{"outcome": "full", "next": 0}',
    "to be asked again for a shot before the first": '{"outcome": "full", "next": -1}',
    "to be asked again for a shot that there is not": '{"outcome": "full", "next": 4}',
    "to be asked again for a shot beyond 64 bits": '{"outcome": "full", "next": 2**70}',
    "an end that there is not": '{"outcome": "won", "next": 3}',
    "a part of a shot": '{"outcome": "done", "next": 1.5}',
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
        made.append(Session(engine_client=make_supervisor(platform, grace_s=0.3)))
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
def test_a_wrong_reply_ends_the_process(start: Start, what: str) -> None:
    others = children()
    session = start("linux", f"ready(); receive(); {WRONG_REPLIES[what]}; hang()")
    with pytest.raises(WorkerCrashedError, match="reply"):
        session.status()
    assert eventually(lambda: children() == others)


@pytest.mark.parametrize("what", WRONG_MODULES)
def test_a_wrong_module_is_none(start: Start, what: str) -> None:
    session = start("linux", f"ready(); receive(); {WRONG_MODULES[what]}; hang()")
    with pytest.raises(WorkerCrashedError):
        session.add(MODULE, "m")
    assert session.modules == ()
    assert session._engine._unsaved == {}


def test_a_module_of_as_much_as_its_source_can_hold_is_one(start: Start) -> None:
    session = start(
        "linux", f"ready(); receive(); claim(functions=[function(f'f{{n}}') for n in range({MOST})]); hang()"
    )
    assert len(session.add(MODULE, "m").functions) == MOST


@pytest.mark.parametrize("what", WRONG_ENDS)
def test_a_wrong_end_of_a_run_ends_the_process(start: Start, what: str) -> None:
    session = start("linux", f'ready(); add(); send("RunReply", {WRONG_ENDS[what]}); hang()')
    session.add(MODULE, "m")
    with pytest.raises(WorkerCrashedError, match="reply"):
        session.run("f", shots=3)


def test_a_reply_that_comes_when_nobody_asks_is_no_answer_to_the_next_request(start: Start) -> None:
    late = 'time.sleep(0.1); send("EngineStatus", {"simulator": "forged"}); hang()'
    session = start("linux", f'ready(); receive(); send("EngineStatus", {{"simulator": "true"}}); {late}')
    first = session.status()
    process = session._engine.restarter.process
    assert process is not None
    assert eventually(process.is_lost)
    second = session.status()
    assert (first.simulator, second.simulator, second.restarts) == ("true", "true", 1)
    assert first.pid != second.pid


def test_a_program_that_answers_in_the_engine_s_place_cannot_answer_the_next_request(start: Start) -> None:
    # The engine's own reply to the first request comes while the second one waits.
    forged = 'send("EngineStatus", {"simulator": "forged"}); first = number; receive()'
    session = start("linux", f'ready(); receive(); {forged}; send("EngineStatus", {{}}, to=first); hang()')
    session.status()
    with pytest.raises(WorkerCrashedError, match="earlier"):
        session.status()


def test_whatever_is_said_of_the_engine_is_what_the_kernel_knows_or_clamped(start: Start) -> None:
    numbers = '"pid": 1, "open_pid": 1, "simulator_loads": -1, "memory": 2**64 - 1, "restarts": 7'
    lie = f'{{{numbers}, "modules": ["none", "none"]}}'
    session = start("linux", f'ready(); receive(); send("EngineStatus", {lie}); hang()')
    status = session.status()
    assert status.pid in children()
    assert (status.simulator_loads, status.memory, status.modules) == (0, 2**63 - 1, ())
    assert (status.restarts, status.open_pid) == (0, 0)


def test_whatever_is_said_of_a_module_is_what_the_kernel_knows_or_clamped(start: Start) -> None:
    remark = '{"severity": "notice", "message": "", "line": -7}'
    lie = '"digest": "forged", "opt_level": 2**63, "object_size": -1, "added_at": -1e300, "trusted": True'
    lie += f', "breaks": [{remark}]'
    added = f'send("Added", {{"module": {{"name": "m", {lie}}}}}, b"code")'
    session = start("linux", f"ready(); receive(); {added}; hang()")
    module = session.add(MODULE, "m")
    assert (module.digest, module.opt_level, module.object_size) == (sha256(MODULE).hexdigest(), 3, 4)
    assert module.added_at > 0
    assert module.breaks[0].line is None
    assert not module.trusted


def test_a_run_names_only_modules_that_are_there(start: Start) -> None:
    raised = '{"name": "", "traceback": ""}'
    said = f'{{"outcome": "stopped", "next": 2**70, "linked": ["<Python>", "x", "m"], "raised": {raised}}}'
    session = start("linux", f"ready(); add()\nwhile True: send('RunReply', {said}); receive()")
    session.add(MODULE, "m")
    assert session.run("f").notices == session.run("f").notices == ()


def test_a_result_has_no_more_shots_than_were_asked_for(start: Start) -> None:
    ends = f"""
memory = arguments["memory"]
os.pwrite(memory, struct.pack("<IIq", 1, 0, 7) * 10, {RECORDS_START})
os.pwrite(memory, struct.pack("<QQ", 160, 160), 8)"""
    session = start("linux", f'ready(); add()\n{ends}\nsend("RunReply", {{"outcome": "done", "next": 2}}); hang()')
    session.add(MODULE, "m")
    assert len(session.run("f", shots=2).shots) == 2


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
    with (
        session._engine.restarter.watching(show_nothing, lambda: looks.append(time.monotonic())),
        pytest.raises(EngineError),
    ):
        session.status()
    assert len(looks) < 200


def test_steps_take_no_longer_than_the_answer_was_waited_for(start: Start) -> None:
    lie = '"timings": {"parse": 1e300, "verify": -1.0, "compile": 1e300, "simulate": 7.0, "total": 9.0}'
    added = f'send("Added", {{"module": {{"name": "m", "digest": "", "functions": functions, {lie}}}}}, b"code")'
    functions = 'functions = [{"name": "f", "signature": {"returns": "void"}}]'
    ended = f'send("RunReply", {{"outcome": "done", "next": 1, {lie.replace("compile", "link")}}})'
    session = start("linux", f"ready(); receive()\n{functions}\n{added}; receive(); {ended}; hang()")
    module = session.add(MODULE, "m").timings
    assert module.steps.keys() <= {"start", "parse"}
    assert sum(module.steps.values()) <= module.total < 10
    result = session.run("f").timings
    assert result.steps.keys() <= {"start", "parse", "link", "decode"}
    assert sum(result.steps.values()) <= result.total < 20


def test_shots_that_there_are_not_are_no_progress(start: Start) -> None:
    lie = f'os.pwrite(arguments["memory"], b"\\xff" * 8, {8 * Word.SHOT}); time.sleep(0.3)'
    session = start("linux", f'ready(); add(); {lie}; send("RunReply", {{"outcome": "done", "next": 2**70}}); hang()')
    session.add(MODULE, "m")
    told: list[Progress] = []
    session.run("f", shots=3, show=Observer(progress=told.append))
    assert len(told) > 1
    assert {progress.done for progress in told} == {0}  # a shot that has finished has a record


_OVERLAPPING = f"""
memory = arguments["memory"]
os.pwrite(memory, b"x" * ({TEXT_CAPACITY} - 1), {TEXT_START} + 1)
os.pwrite(memory, b"".join(struct.pack("<IIq", 8, 1 + n, {TEXT_CAPACITY} - 8000) for n in range(4000)), {RECORDS_START})
os.pwrite(memory, struct.pack("<QQQQ", 64_000, 0, {TEXT_CAPACITY}, 4000), 8)
"""


@pytest.mark.parametrize("newest", [False, True], ids=["the first", "the newest"])
@pytest.mark.parametrize("how", ["time", "stop", "interrupt"])
def test_texts_that_overlap_put_off_no_end_of_a_run(start: Start, *, how: str, newest: bool) -> None:
    again = f'number += 1; os.pwrite(memory, struct.pack("<Q", number), {8 * Word.LINES}); time.sleep(0.001)'
    session = start("linux", f"ready(); add()\n{_OVERLAPPING}\nwhile True: {again}")
    session.add(MODULE, "m")
    shown: list[int] = []
    began = time.monotonic()

    def show(text: str) -> None:
        shown.append(len(text))
        if how == "interrupt" and len(shown) == 1:
            signal.raise_signal(signal.SIGINT)

    stopping = (lambda: bool(shown)) if how == "stop" else (lambda: False)
    observer = Observer(show=show, stopping=stopping, newest=newest)
    ends: dict[str, AbstractContextManager[object]] = {
        "time": pytest.raises(RunTimeoutError),
        "stop": nullcontext(),
        "interrupt": pytest.raises(KeyboardInterrupt),
    }
    with ends[how]:
        session.run("f", shots=10, timeout=0.3 if how == "time" else None, show=observer)
    assert time.monotonic() - began < 5
    assert 0 < sum(shown) < 100 << 20
    assert session.last is not None
    assert session.last.partial


_HIGHEST = f'os.pwrite(arguments["memory"], b"\\xff" * {8 * (Word.RUNNING + 1)}, 0)'


def test_a_shot_that_there_is_not_is_none_in_which_an_engine_died(start: Start) -> None:
    session = start("linux", f"ready(); add(); {_HIGHEST}; sys.exit(3)")
    session.add(MODULE, "m")
    with pytest.raises(WorkerCrashedError) as caught:
        session.run("f", shots=7)
    assert caught.value.shot == 6


def test_numbers_of_records_and_shots_that_cannot_be_are_not_told(start: Start) -> None:
    session = start("linux", f'ready(); add(); {_HIGHEST}; send("RunReply", {{"outcome": "done", "next": 7}}); hang()')
    session.add(MODULE, "m")
    told: list[Progress] = []
    result = session.run("f", shots=7, show=Observer(progress=told.append))
    assert result.dropped < 10**11  # in the seconds that it took nobody tries to write more
    assert told[-1].done == len(result.shots)
