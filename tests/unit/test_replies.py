"""Replies are checked; what an engine raises passes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, cast

import pytest

from qirjit_magic.errors import EngineError, ExecutionError, LocatedError, QirError, UnsafeModuleError
from qirjit_magic.protocol.messages import (
    CircuitReply,
    CircuitRequest,
    Fact,
    Frame,
    FrameError,
    Outcome,
    Refused,
    RunReply,
    RunRequest,
)
from qirjit_magic.protocol.operations import MAX_FIRST, MAX_QUBIT, RETURNED, Operation, TraceEnd
from qirjit_magic.session.client.replies import checked_reply, refusal_error

_Facts = dict[str, Fact]
_VALUES: _Facts = {
    "str": "x",
    "str | None": None,
    "int": 7,
    "int | None": None,
    "bool": True,
    "tuple[str, ...]": ("x",),
    "object": 7,
}


def _kinds(kind: type[QirError] = QirError) -> Iterator[type[QirError]]:
    for below in kind.__subclasses__():
        if not issubclass(below, ExecutionError | EngineError):
            if dataclasses.is_dataclass(below):
                yield below
            yield from _kinds(below)


@pytest.mark.parametrize("kind", sorted(set(_kinds()), key=str), ids=str)
def test_every_error_of_an_engine_comes_through(kind: type[QirError]) -> None:
    facts: _Facts = {field.name: _VALUES[str(field.type)] for field in dataclasses.fields(cast("Any", kind))}
    if issubclass(kind, LocatedError):
        facts["module"] = "here"
    raised = refusal_error(Refused(kind.__name__, facts), ["here"])
    assert type(raised) is kind
    assert raised.facts() == facts


def test_a_fact_of_another_type_does_not() -> None:
    facts: _Facts = {"construct": "x", "reason": "y", "trustable": "yes"}
    with pytest.raises(FrameError, match="UnsafeModuleError has no such facts"):
        refusal_error(Refused(UnsafeModuleError.__name__, facts), [""])


@pytest.mark.parametrize(("following", "right"), [(10, False), (11, True), (20, True), (21, False), (-1, False)])
def test_a_full_memory_goes_on_with_a_shot_of_the_part_that_was_asked_for(following: int, right: bool) -> None:  # noqa: FBT001 - a table
    request, reply = RunRequest("m", "main", first=10, shots=100, ends=20), RunReply("full", following)
    if right:
        assert checked_reply(Frame(request), Frame(reply), RunReply, known=()) == reply
    else:
        with pytest.raises(FrameError, match="shots that it has run, or that there are not"):
            checked_reply(Frame(request), Frame(reply), RunReply, known=())


def test_no_part_ends_behind_its_end() -> None:
    request = RunRequest("m", "main", shots=100, ends=20)
    assert checked_reply(Frame(request), Frame(RunReply("stopped", 70)), RunReply, known=()).next == 20


@pytest.mark.parametrize(
    ("request_", "outcome"),
    [
        (RunRequest("m", "main", shots=8), "done"),
        (RunRequest("m", "main", shots=8, first=4, method="sampled"), "done"),
        (RunRequest("m", "main", shots=8, method="sampled"), "full"),
    ],
)
def test_shots_are_sampled_only_where_that_was_asked_for(request_: RunRequest, outcome: Outcome) -> None:
    reply = RunReply(outcome, 8, sampled=1)
    with pytest.raises(FrameError):
        checked_reply(Frame(request_), Frame(reply), RunReply, known=())
    asked = RunRequest("m", "main", shots=8, method="auto")
    assert checked_reply(Frame(asked), Frame(RunReply("done", 8, sampled=1)), RunReply, known=()).sampled == 1


def _circuit(reply: CircuitReply) -> CircuitReply:
    return checked_reply(Frame(CircuitRequest("m", "main")), Frame(reply), CircuitReply, known=())


@pytest.mark.parametrize(
    "wrong",
    [
        CircuitReply((Operation("u3", (0,)),)),
        CircuitReply((Operation("<script>", (0,)),)),
        CircuitReply((Operation("h"),)),
        CircuitReply((Operation("h", (0, 1)),)),
        CircuitReply((Operation("h", (-1,)),)),
        CircuitReply((Operation("h", (MAX_QUBIT + 1,)),)),
        CircuitReply((Operation("h", (0,), angle=1.0),)),
        CircuitReply((Operation("h", (0,), result=1),)),
        CircuitReply((Operation("mz", (0,)),)),
        CircuitReply((Operation("mz", (0,), result=-1),)),
        CircuitReply((Operation("mz", (0,), result=4 * RETURNED),)),
        CircuitReply((), last=(Operation("no", (0,)),)),
        CircuitReply((), counts={"no": 1}),
        CircuitReply((Operation("h", (0,)),) * (MAX_FIRST + 1)),
    ],
    ids=str,
)
def test_what_is_no_circuit_is_refused(wrong: CircuitReply) -> None:
    with pytest.raises(FrameError):
        _circuit(wrong)


def test_numbers_of_a_circuit_are_cut_to_what_can_be() -> None:
    told = CircuitReply(
        (Operation("rz", (0,), angle=None),),
        left_out=-5,
        counts={"h": -1, "x": 1 << 90},
        depth=-1,
        width=1 << 90,
        end=TraceEnd("x" * (1 << 20), qubit=-7, result=1 << 90),
        remark="y" * (1 << 20),
    )
    taken = _circuit(told)
    assert taken.first == told.first
    assert (taken.left_out, taken.depth, taken.width) == (0, 0, MAX_QUBIT + 1)
    assert taken.counts == {"h": 0, "x": (1 << 63) - 1}
    assert taken.end is not None
    assert (taken.end.qubit, taken.end.result) == (0, 2 * RETURNED)
    assert (len(taken.end.function), len(taken.remark)) == (1 << 16, 1 << 16)
