"""Frames between kernel and engine: two ``u32`` lengths, JSON, a raw blob. Data only; nothing in it is executed."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import msgspec

from qirjit_magic.wire.protocol import MESSAGES, Message

_HEAD = struct.Struct("<II")
_LIMIT = 1 << 30


class FrameError(Exception):
    """The peer sent something that is no frame of this protocol."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A typed message with its raw bytes (source text, object code)."""

    message: Message
    blob: bytes = b""


class _Envelope(msgspec.Struct):
    kind: str
    body: msgspec.Raw


def pack(frame: Frame) -> bytes:
    """The frame as bytes to send."""
    envelope = _Envelope(type(frame.message).__name__, msgspec.Raw(msgspec.json.encode(frame.message)))
    text = msgspec.json.encode(envelope)
    return _HEAD.pack(len(text), len(frame.blob)) + text + frame.blob


class Inbox:
    """Bytes in, whole frames out; it never blocks, so half a frame hangs nobody."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take what arrived."""
        self._data += chunk

    def pop(self) -> Frame | None:
        """The next whole frame, if it has arrived.

        Raises:
            FrameError: what arrived is too long, malformed, or of the wrong types.
        """
        if len(self._data) < _HEAD.size:
            return None
        text_size, blob_size = _HEAD.unpack_from(self._data)
        if text_size + blob_size > _LIMIT:
            message = f"a frame of {text_size + blob_size:,} bytes, more than {_LIMIT:,}"
            raise FrameError(message)
        middle = _HEAD.size + text_size
        end = middle + blob_size
        if len(self._data) < end:
            return None
        received = _decode(bytes(self._data[_HEAD.size : middle]))
        blob = bytes(self._data[middle:end])
        del self._data[:end]
        return Frame(received, blob)


def _decode(text: bytes) -> Message:
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
        kind = MESSAGES[envelope.kind]
        return msgspec.json.decode(envelope.body, type=kind)
    except (msgspec.MsgspecError, KeyError, RecursionError, UnicodeDecodeError) as error:
        message = f"unreadable message: {error!r}"
        raise FrameError(message) from None
