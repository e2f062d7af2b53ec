"""Frames between kernel and engine: a number, two lengths, JSON, a raw blob. Data only; nothing in it is executed."""

from __future__ import annotations

import struct

import msgspec

from qirjit_magic.protocol.messages import MESSAGES, Message

_HEAD = struct.Struct("<QII")
_LIMIT = 1 << 30
_CODE_ROOM = 64 << 20
_CODE_PER_BYTE = 16
_SHOWN = 200  # characters of what is wrong with a message: it may be in there


def code_room(source_bytes: int) -> int:
    """How many bytes of object code, or of text about it, the source of a module may come to."""
    return _CODE_ROOM + _CODE_PER_BYTE * source_bytes


class FrameError(Exception):
    """The peer sent something that is no frame of this protocol."""


class Frame(msgspec.Struct, frozen=True):
    """A typed message with its raw bytes (source text, object code).

    Attributes:
        message: what is said.
        blob: the raw bytes.
        number: the request's, of 64 bits; a reply has that of the request that it answers.
    """

    message: Message
    blob: bytes = b""
    number: int = 0


class _Envelope(msgspec.Struct):
    kind: str
    body: msgspec.Raw


def pack(frame: Frame) -> bytes:
    """The frame as bytes to send."""
    envelope = _Envelope(type(frame.message).__name__, msgspec.Raw(msgspec.json.encode(frame.message)))
    text = msgspec.json.encode(envelope)
    return _HEAD.pack(frame.number, len(text), len(frame.blob)) + text + frame.blob


class Inbox:
    """Bytes in, whole frames out; it never blocks, so half a frame hangs nobody."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._text_room = self._blob_room = _LIMIT

    @property
    def empty(self) -> bool:
        """Whether nothing has arrived that was not popped."""
        return not self._data

    def expect(self, *, text: int, blob: int) -> None:
        """Take only frames with at most so many bytes of JSON and of blob."""
        self._text_room, self._blob_room = min(text, _LIMIT), min(blob, _LIMIT)

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
        number, text_size, blob_size = _HEAD.unpack_from(self._data)
        if text_size > self._text_room or blob_size > self._blob_room or text_size + blob_size > _LIMIT:
            message = f"a frame of {text_size + blob_size:,} bytes, which is too long"
            raise FrameError(message)
        middle = _HEAD.size + text_size
        end = middle + blob_size
        if len(self._data) < end:
            return None
        with memoryview(self._data) as data:
            received = _decode(bytes(data[_HEAD.size : middle]))
            blob = bytes(data[middle:end])
        del self._data[:end]
        return Frame(received, blob, number)


def _decode(text: bytes) -> Message:
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
        kind = MESSAGES[envelope.kind]
        return msgspec.json.decode(envelope.body, type=kind)
    except (msgspec.MsgspecError, KeyError, RecursionError, ValueError, OverflowError) as error:
        message = f"unreadable message: {repr(error)[:_SHOWN]}"
        raise FrameError(message) from None
