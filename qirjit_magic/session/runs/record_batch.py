"""Copies of the shared memory: what a piece of a run has recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qirjit_magic.protocol.messages import RunReply, RunRequest
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RecordMemory

if TYPE_CHECKING:
    from qirjit_magic.results.record_columns import RecordColumns
    from qirjit_magic.results.records import RecordBatch, Sampled

_LAST_RECORDS = 32  # say how a shot ended that has as many records as it may


def copied(memory: RecordMemory, request: RunRequest) -> RecordBatch:
    """Copy the records of the shots that were run, with the shot that did not finish."""
    from qirjit_magic.results.records import RecordBatch  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

    committed = memory.committed()
    position = min(memory.position(), committed + RECORD_SIZE * (request.max_records + _LAST_RECORDS))
    return RecordBatch(memory.records(0, committed), memory.records(committed, position), memory.text())


def keep_finished(memory: RecordMemory, columns: RecordColumns) -> None:
    """Take into columns what finished shots have recorded, a part of the memory at a time."""
    columns.add(memory.committed(), memory.records, memory.text())


def keep_copy(batch: RecordBatch, columns: RecordColumns) -> None:
    """Take into columns what finished shots have recorded, from a copy."""
    columns.add(len(batch.finished), batch.records, batch.text)


def unfinished(memory: RecordMemory, request: RunRequest) -> RecordBatch:
    """The records of the shot that did not finish."""
    from qirjit_magic.results.records import RecordBatch  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

    committed = memory.committed()
    position = min(memory.position(), committed + RECORD_SIZE * (request.max_records + _LAST_RECORDS))
    return RecordBatch(b"", memory.records(committed, position), memory.text())


def copied_sample(memory: RecordMemory, request: RunRequest, reply: RunReply) -> Sampled:
    """The results of all shots that were sampled."""
    from qirjit_magic.results.records import Sampled  # noqa: PLC0415 - likewise

    shots = reply.next - request.first
    return Sampled(shots, reply.sampled, memory.sampled(shots, reply.sampled))
