"""`Session.circuit`: a program is traced in the engine process, and drawn here."""

from __future__ import annotations

import dataclasses
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from qirjit_magic.errors import EntryPointError, UnresolvedSymbolError, WorkerCrashedError
from qirjit_magic.protocol.messages import CircuitRequest
from qirjit_magic.protocol.operations import MAX_FIRST, MAX_LAST, TraceEnd
from qirjit_magic.session.client.process import LIMITS, Limit
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS
from tests.process.pictures import PICTURED, PICTURES, picture
from tests.process.support import number


@pytest.fixture
def drawing(sessions: Callable[[str], Session]) -> Iterator[Session]:
    shared = sessions("linux")
    yield shared
    for info in shared.modules:
        shared.remove(info.name)


@pytest.mark.parametrize("name", PICTURED)
def test_the_pictures_of_circuits_are_those_that_were_looked_at(drawing: Session, name: str) -> None:
    drawn = picture(drawing, name)
    assert f"{drawn.text()}\n" == (PICTURES / f"{name}.txt").read_text("utf-8")
    assert f"{drawn.svg()}\n" == (PICTURES / f"{name}.svg").read_text("utf-8")


def test_a_circuit_is_drawn_on_each_platform(session: Session) -> None:
    drawn = picture(session, "bell")
    assert [one.name for one in drawn.operations] == ["h", "cx", "mz", "mz", "record", "record"]
    assert (drawn.module, drawn.entry, drawn.end) == ("bell", "bell", None)
    assert (drawn.depth, drawn.width, drawn.two_qubit_count, drawn.left_out) == (3, 2, 1, 0)


def test_a_diagram_is_data(drawing: Session) -> None:
    drawn = picture(drawing, "bell")
    assert pickle.loads(pickle.dumps(drawn)) == drawn  # noqa: S301 - our own
    assert str(drawn) == drawn.text()
    with pytest.raises(dataclasses.FrozenInstanceError):
        drawn.entry = "other"  # type: ignore[misc]


def test_a_read_result_ends_the_picture(drawing: Session) -> None:
    assert picture(drawing, "teleport").end == TraceEnd("read_result", result=1)


def test_a_million_gates_are_counted_and_the_answer_stays_small(drawing: Session) -> None:
    module = drawing.add(PICTURES / "long.ll").name
    drawn = drawing.circuit("long", module=module, args=(333_333,))
    assert drawn.gate_counts == {"cx": 333_333, "h": 333_333, "t": 333_333, "mz": 2}
    assert (drawn.depth, drawn.width) == (666_668, 2)
    assert len(drawn.operations) == MAX_FIRST + MAX_LAST
    assert drawn.left_out == 3 * 333_333 + 4 - MAX_FIRST - MAX_LAST
    assert len(drawn._repr_mimebundle_()["text/html"]) < 150_000


def test_more_than_a_trace_has_room_for_is_drawn_as_far_as_it_goes(drawing: Session) -> None:
    module = drawing.add(PICTURES / "long.ll").name
    drawn = drawing.circuit(module=module, args=(10**9,))
    assert drawn.end == TraceEnd(reason="it does more than a trace has room for")
    assert sum(drawn.gate_counts.values()) == 1 << 21


def test_a_dump_of_the_state_is_no_end_of_the_picture_and_still_one_of_sampling(drawing: Session) -> None:
    module = drawing.add(PROGRAMS / "dumps.ll").name
    function = drawing.module(module).functions[0].name
    drawn = drawing.circuit(function, module=module)
    assert drawn.end is None
    result = drawing.run(function, module=module, shots=2, method="auto")
    assert result.plan.method == "live"


def test_drawing_changes_no_variable_of_a_program(drawing: Session) -> None:
    module = drawing.add(PROGRAMS / "counter.ll").name
    name = drawing.module(module).functions[0].name
    assert drawing.run(name, module=module).returns == [1]
    drawn = drawing.circuit(name, module=module)
    assert drawing.run(name, module=module).returns == [2]
    assert "Another shot may do something else: " in drawn.text()


def test_a_circuit_that_depends_on_a_variable_is_the_same_at_each_look(drawing: Session) -> None:
    module = drawing.add(PICTURES / "counting.ll").name
    looks = [drawing.circuit(module=module) for _ in range(3)]
    assert [look.gate_counts for look in looks] == [{"h": 1}] * 3
    assert looks[0] == looks[1] == looks[2]
    drawing.run(module=module)
    assert drawing.circuit(module=module) == looks[0]


def test_what_a_function_in_python_decides_is_drawn_and_said(drawing: Session) -> None:
    drawing.define("number", "i64 ()", lambda: 2)
    try:
        module = drawing.add(PROGRAMS / "number_user.ll").name
        drawn = drawing.circuit(drawing.module(module).functions[0].name, module=module)
        assert "what it calls in Python" in drawn.traced.remark
    finally:
        drawing.undefine("number")


def test_what_cannot_be_traced_is_an_error(drawing: Session) -> None:
    with pytest.raises(EntryPointError):
        drawing.circuit("nowhere")
    module = drawing.add(PICTURES / "long.ll").name
    with pytest.raises(EntryPointError, match="takes 1 argument"):
        drawing.circuit(module=module)
    missing = drawing.add(PROGRAMS / "calls_nobody.ll").name
    with pytest.raises(UnresolvedSymbolError):
        drawing.circuit(module=missing)


def test_a_program_that_dies_while_it_is_drawn_takes_its_process_only(drawing: Session) -> None:
    kept = drawing.add(number(7), "seven").name
    bad = drawing.add(PROGRAMS / "store_at_16.ll", "bad").name
    with pytest.raises(WorkerCrashedError, match="SIGSEGV"):
        drawing.circuit(module=bad)
    assert drawing.run("number", module=kept).returns[0] == 7


def test_a_trace_that_does_not_end_is_killed(drawing: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, CircuitRequest, Limit(0.3, "the trace"))
    drawing.add(PROGRAMS / "endless.ll", "endless")
    began = time.monotonic()
    with pytest.raises(WorkerCrashedError, match=r"the trace had not ended after 0\.3 s"):
        drawing.circuit(module="endless")
    assert time.monotonic() - began < 20


def test_a_trace_that_does_not_end_can_be_stopped(drawing: Session) -> None:
    drawing.add(PROGRAMS / "endless.ll", "endless")
    timer = threading.Timer(0.3, drawing.stop)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        drawing.circuit(module="endless")
    timer.join()
    assert picture(drawing, "bell").depth == 3


def test_a_trace_that_does_not_end_can_be_interrupted(drawing: Session) -> None:
    drawing.add(PROGRAMS / "endless.ll", "endless")
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        drawing.circuit(module="endless")
    timer.join()
    assert picture(drawing, "bell").depth == 3
