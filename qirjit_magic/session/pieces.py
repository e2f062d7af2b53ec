"""Copies of the shared memory: what a piece of a run has recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qirjit_magic.wire.memory import RECORD_SIZE, RecordMemory
from qirjit_magic.wire.protocol import RunReply, RunRequest

if TYPE_CHECKING:
    from qirjit_magic.wire.records import Piece

_LAST_RECORDS = 32  # say how a shot ended that has as many records as it may


def copied(memory: RecordMemory, request: RunRequest) -> Piece:
    """What shots that were run have recorded, with the shot that did not finish."""
    from qirjit_magic.wire.records import Piece  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

    committed = memory.committed()
    position = min(memory.position(), committed + RECORD_SIZE * (request.most_records + _LAST_RECORDS))
    return Piece(memory.records(0, committed), memory.records(committed, position), memory.text())


def copied_sample(memory: RecordMemory, request: RunRequest, reply: RunReply) -> Piece:
    """What was sampled: the records of one shot, and the results of all."""
    from qirjit_magic.wire.records import Piece, Sampled  # noqa: PLC0415 - likewise

    shots = reply.next - request.first
    bits = Sampled(shots, reply.sampled, memory.sampled(shots, reply.sampled))
    return Piece(memory.records(0, memory.committed()), b"", memory.text(), bits)
