from __future__ import annotations

import contextlib
import json
import struct
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qirjit_magic.options import CompileOptions, RunOptions
from qirjit_magic.protocol.messages import (
    MESSAGES,
    Add,
    Added,
    Define,
    Done,
    EngineStatus,
    Frame,
    FrameError,
    GetStatus,
    Inbox,
    Message,
    Promote,
    Raised,
    Ready,
    Refused,
    Remove,
    ResetVariables,
    Restore,
    RunReply,
    RunRequest,
    Show,
    Undefine,
    pack,
)
from qirjit_magic.protocol.module_info import Declaration, Diagnostic, EntryPoint, GlobalVariable, ModuleInfo, Signature
from qirjit_magic.protocol.simulator_specs import SimulatorSpec

_names = st.text(max_size=12)
_lines = st.none() | st.integers(1, 10**6)
_words = st.integers(-(2**63), 2**63 - 1)
_signatures = st.builds(Signature, _names, st.lists(_names, max_size=3).map(tuple), st.booleans())
_modules = st.builds(
    ModuleInfo,
    _names,
    _names,
    _names,
    st.lists(st.tuples(_names, st.booleans() | st.integers(0, 2**64 - 1) | _names), max_size=3).map(tuple),
    st.lists(
        st.builds(
            EntryPoint, _names, _signatures, st.booleans(), st.lists(st.tuples(_names, _names), max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    st.lists(
        st.builds(
            GlobalVariable,
            _names,
            _names,
            st.booleans(),
            st.booleans(),
            st.integers(0, 2**62),
            st.sampled_from([0, 1, 64]),
        ),
        max_size=2,
    ).map(tuple),
    st.lists(
        st.builds(
            Declaration,
            _names,
            _names,
            st.booleans(),
            st.lists(_names, max_size=2).map(tuple),
            _lines,
            st.none() | _names,
        ),
        max_size=2,
    ).map(tuple),
    st.lists(
        st.builds(
            Diagnostic,
            st.sampled_from(["notice", "warning"]),
            _names,
            _lines,
            st.sampled_from(["", "undefined", "shadowed", "misfits", "abandoned", "anew"]),
        ),
        max_size=2,
    ).map(tuple),
    st.integers(0, 3),
    st.integers(0, 2**40),
    st.floats(0, 2**40),
)
_compile_options = st.builds(CompileOptions, st.none() | st.integers(0, 3), st.booleans(), st.booleans())
_run_options = st.builds(
    RunOptions,
    st.integers(1, 2**62),
    st.none() | st.integers(0, 2**64 - 1),
    st.none() | _names.filter(str.strip),
    jobs=st.integers(1, 256) | st.just("auto"),
    timeout=st.none() | st.floats(0.001, 1e9),
)
_requests = st.builds(
    RunRequest,
    _names,
    _names,
    st.integers(0, 2**62),
    st.integers(1, 2**62),
    st.lists(_words, max_size=4).map(tuple),
    st.none() | st.integers(0, 2**64 - 1),
    st.builds(SimulatorSpec, _names, _names, _names, st.booleans(), st.booleans()),
    begins=st.integers(0, 2**62),
    ends=st.none() | st.integers(0, 2**62),
    options=_run_options,
)
_facts = st.dictionaries(_names, st.none() | _names | _words | st.lists(_names, max_size=3).map(tuple), max_size=4)
_messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(Ready, _names, _names),
    st.builds(Add, _names, _compile_options, st.lists(_names, max_size=3).map(tuple)),
    st.builds(Added, _modules),
    st.builds(Restore, _modules),
    st.builds(Promote, _names),
    st.builds(ResetVariables, _names),
    st.builds(Remove, _names),
    st.builds(Define, _names, _signatures, st.lists(_names, max_size=3).map(tuple)),
    st.builds(Undefine, _names),
    st.builds(Show, _names, st.sampled_from(["ir", "compiled", "asm", "object"]), _compile_options),
    st.builds(GetStatus),
    st.builds(Done),
    st.builds(Refused, _names, _facts),
    _requests,
    st.builds(
        RunReply,
        st.sampled_from(["done", "stopped", "full", "failed", "killed"]),
        st.integers(0, 2**62),
        st.lists(_names, max_size=3).map(tuple),
        st.none() | st.builds(Raised, _names, _names),
    ),
    st.builds(EngineStatus, st.integers(0, 2**31), _names, st.integers(0, 9), _names),
)
_frames = st.builds(Frame, _messages, st.binary(max_size=200), st.integers(0, 2**64 - 1))


def _drain(inbox: Inbox) -> list[Frame]:
    popped = []
    while (frame := inbox.pop()) is not None:
        popped.append(frame)
    return popped


def _raw(text: bytes, blob: bytes = b"") -> bytes:
    return struct.pack("<QII", 0, len(text), len(blob)) + text + blob


@given(_frames)
def test_a_frame_arrives_as_it_was_sent(frame: Frame) -> None:
    inbox = Inbox()
    inbox.feed(pack(frame))
    assert _drain(inbox) == [frame]


@given(st.lists(_frames, max_size=4), st.data())
def test_frames_arrive_in_order_however_the_bytes_are_cut(frames: list[Frame], drawn: st.DataObject) -> None:
    data = b"".join(map(pack, frames))
    inbox, popped = Inbox(), []
    cuts = drawn.draw(st.lists(st.integers(0, len(data)), max_size=6))  # beyond the end they would cut nothing
    places = [0, *sorted(cuts), len(data)]
    for start, end in pairwise(places):
        inbox.feed(data[start:end])
        popped += _drain(inbox)
    assert popped == frames


def test_half_a_frame_is_none_and_the_rest_completes_it() -> None:
    frame = Frame(Add("bell"), b"define void @f() { ret void }")
    data = pack(frame)
    inbox = Inbox()
    for byte in data[:-1]:
        inbox.feed(bytes([byte]))
        assert inbox.pop() is None
    inbox.feed(data[-1:])
    assert inbox.pop() == frame
    assert inbox.pop() is None


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_junk_raises_nothing_but_a_frame_error(chunks: list[bytes]) -> None:
    inbox = Inbox()
    for chunk in chunks:
        inbox.feed(chunk)
        try:
            _drain(inbox)
        except FrameError:
            return


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*MESSAGES, "Message", "__class__", ""]), _JSON, st.data())
def test_any_json_in_a_message_s_place_is_that_message_or_a_frame_error(
    kind: str, body: object, data: st.DataObject
) -> None:
    if kind in MESSAGES:  # more of it gets through to the types of the fields
        names = list(MESSAGES[kind].__struct_fields__)
        body = data.draw(st.just(body) | st.fixed_dictionaries(dict.fromkeys(names, _JSON)))
    inbox = Inbox()
    inbox.feed(_raw(json.dumps({"kind": kind, "body": body}).encode()))
    try:
        frame = inbox.pop()
    except FrameError:
        return
    assert frame is not None
    assert type(frame.message) is MESSAGES[kind]


@pytest.mark.parametrize("digits", [19, 20, 400, 4300, 4301, 100_000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_of_any_length_is_a_number_or_a_frame_error(sign: str, digits: int) -> None:
    inbox, number = Inbox(), f"{sign}{'9' * digits}"
    inbox.feed(_raw(f'{{"kind":"RunReply","body":{{"outcome":"done","next":{number}}}}}'.encode()))
    with contextlib.suppress(FrameError):
        assert inbox.pop() == Frame(RunReply("done", int(number)))


@given(_frames, st.integers(0, 200), st.integers(0, 200))
def test_a_frame_that_is_longer_than_expected_is_refused(frame: Frame, text: int, blob: int) -> None:
    inbox = Inbox()
    data = pack(frame)
    inbox.limit_frames(text=text, blob=blob)
    inbox.feed(data)
    fits = len(frame.blob) <= blob and len(data) - len(frame.blob) - len(pack(frame)[:16]) <= text
    if fits:
        assert inbox.pop() == frame
        assert inbox.empty
    else:
        with pytest.raises(FrameError, match="too long"):
            inbox.pop()


@given(st.binary(max_size=80), st.binary(max_size=20))
def test_a_frame_of_junk_is_a_frame_error(text: bytes, blob: bytes) -> None:
    inbox = Inbox()
    inbox.feed(_raw(text, blob))
    with pytest.raises(FrameError):
        inbox.pop()


@given(_frames, st.data())
def test_a_damaged_frame_is_a_frame_or_a_frame_error(frame: Frame, data: st.DataObject) -> None:
    damaged = bytearray(pack(frame))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    inbox = Inbox()
    inbox.feed(bytes(damaged))
    try:
        _drain(inbox)
    except FrameError:
        return


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"kind":"Add"}',
        b'{"kind":"Add","body":{}}',
        b'{"kind":"Add","body":{"name":7}}',
        b'{"kind":"Add","body":{"name":"\xff"}}',
        b'{"kind":"Unheard","body":{}}',
        b'{"kind":"Engine","body":{}}',
        b'{"kind":"Refused","body":{"error":"x","facts":' + b"[" * 100_000 + b"}}",
        b'{"kind":"Refused","body":{"error":"x","facts":{"a":1e999999}}}',
        b'{"kind":"RunReply","body":{"outcome":"perhaps","next":0}}',
        b'{"kind":"RunReply","body":{"outcome":"done","next":1.5}}',
        b'{"kind":"RunReply","body":{"outcome":"done","next":"1"}}',
        b"\x80\x04K\x07.",
    ],
)
def test_a_malformed_message_is_a_frame_error(text: bytes) -> None:
    inbox = Inbox()
    inbox.feed(_raw(text))
    with pytest.raises(FrameError, match="unreadable"):
        inbox.pop()


@pytest.mark.parametrize("sizes", [(2**32 - 1, 0), (0, 2**32 - 1), (2**32 - 1, 2**32 - 1), (1 << 29, (1 << 29) + 1)])
def test_a_frame_too_long_is_refused_before_it_arrives(sizes: tuple[int, int]) -> None:
    inbox = Inbox()
    inbox.feed(struct.pack("<QII", 0, *sizes))
    with pytest.raises(FrameError, match=f"{sum(sizes):,} bytes"):
        inbox.pop()


def test_every_message_can_be_sent() -> None:
    assert set(MESSAGES.values()) == set(get_args(Message))
    assert all(name == kind.__name__ for name, kind in MESSAGES.items())


@given(_modules)
def test_a_flag_stays_what_it_is_a_truth_or_a_number(module: ModuleInfo) -> None:
    inbox = Inbox()
    sent = structs.replace(module, flags=(("truth", True), ("number", 1), ("text", "1")))
    inbox.feed(pack(Frame(Added(sent))))
    received = inbox.pop()
    assert received is not None
    assert isinstance(received.message, Added)
    assert [type(value) for _, value in received.message.module.flags] == [bool, int, str]


def test_a_flag_wider_than_a_word_can_be_sent() -> None:
    module = ModuleInfo("wide", "", flags=(("wide", 2**100 + 1),))
    inbox = Inbox()
    inbox.feed(pack(Frame(Added(module))))
    assert inbox.pop() == Frame(Added(module))
