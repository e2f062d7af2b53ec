"""Why an engine process died, as the error that says so."""

from __future__ import annotations

import signal

from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.session.causes import Ending, cause
from qirjit_magic.session.child import UNKNOWN
from qirjit_magic.session.limits import Limit, address_limit
from qirjit_magic.session.streams import Stream
from qirjit_magic.wire.memory import RecordMemory

_DEADLY = set(signal.Signals)
# How a process ends that nobody ended.
OF_ITSELF = frozenset({"SIGABRT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "exit status 1"})
_END_CHARACTERS = 1000  # a Rust panic says why before a long backtrace


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The process was killed, because what was stopped did not end in the grace: internal."""


def crash(
    how: str,
    entry: str,
    errors: Stream,
    *,
    memory_limit: int,
    memory: RecordMemory | None = None,
    pid: int = 0,
    module: str = "",
    late: Limit | None = None,
    stopped: bool = False,
    too_large: bool = False,
) -> WorkerCrashedError:
    """The error for an engine process that died while it ran ``entry``.

    Args:
        how: a signal or an exit status.
        entry: the entry point; empty where none was run.
        errors: what it wrote to its descriptor 2.
        memory_limit: the bytes that it was allowed; 0 without a limit.
        memory: where its note of a fault is, which is taken, and the shot.
        pid: its number.
        module: the module that it compiled; empty where it compiled none.
        late: what had not ended when its time was over.
        stopped: whether a signal had stopped it.
        too_large: whether it was killed since it held more memory than it was allowed.
    """
    said = errors.both_ends(_END_CHARACTERS)
    fault = memory.take_fault() if memory else None
    shot = memory.running() if memory and entry else None
    if fault and how == UNKNOWN and fault.signal in _DEADLY:
        how = signal.Signals(fault.signal).name
    ending = Ending(
        how,
        said,
        fault,
        pid,
        compiling=bool(module),
        late=late.what if late else "",
        late_s=late.seconds if late else 0,
        stopped=stopped,
        too_large=too_large,
        memory_limit=memory_limit,
        address_limit=address_limit(),
    )
    late_s = late.seconds if late and how == "SIGKILL" else 0
    return WorkerCrashedError(how, entry, said, cause(ending), shot, module, late_s, stopped and late_s > 0)
