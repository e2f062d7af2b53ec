"""Replies of the engine process, which a hostile program may own: each is an answer to what was asked, or refused.

Numbers are clamped, names of modules are those that the kernel knows, and nothing is executed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Any, TypedDict, TypeVar, cast

from msgspec import structs

from qirjit_magic import errors
from qirjit_magic.errors import EngineError, ExecutionError, LocatedError, QirError
from qirjit_magic.protocol.messages import (
    Add,
    Added,
    CircuitReply,
    CircuitRequest,
    Compile,
    EngineStatus,
    Frame,
    FrameError,
    GetBuiltinCode,
    Message,
    Refused,
    RunReply,
    RunRequest,
    Show,
    max_code_bytes,
)
from qirjit_magic.protocol.module_info import Diagnostic, ModuleInfo
from qirjit_magic.protocol.operations import MAX_FIRST, MAX_LAST, MAX_QUBIT, RETURNED, SHAPES, Operation, TraceEnd
from qirjit_magic.protocol.shared_memory import RECORDS_CAPACITY, sampled_size
from qirjit_magic.protocol.timings import COMPILING, RUNNING, UNTIMED, Step, Timings

_M = TypeVar("_M", bound=Message)
_TEXT_ROOM = 16 << 20
_TEXT_PER_BYTE = 32  # of a module's text: what is known of each name in it
# The least bytes that a function, variable or declaration takes: eleven were measured, of a variable in bitcode.
_BYTES_PER_NAME = 4
_MORE_NAMES = 64
_MAX_CHARACTERS = 1 << 16
_MAX_NUMBER = (1 << 63) - 1
_MAX_LINE = (1 << 31) - 1
_HIGHEST_LEVEL = 3
# What the fields of the errors are that an engine raises, by their annotations.
_FITS: dict[str, Callable[[object], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: type(value) is int,
    "int | None": lambda value: value is None or type(value) is int,
    "tuple[str, ...]": lambda value: isinstance(value, tuple),
    "object": lambda _: True,
}


class ReplyLimits(TypedDict):
    """The bytes that a reply may have: of JSON, and of what comes raw with it."""

    text: int
    blob: int


def reply_limits(request: Frame | None) -> ReplyLimits:
    """Return the bytes that the reply may have: in proportion to what is to be compiled or shown."""
    message, size = (request.message, len(request.blob)) if request else (None, 0)
    compiling = isinstance(message, Add | Compile | Show)
    return {
        "text": _TEXT_ROOM + (_TEXT_PER_BYTE * size if compiling else 0),
        "blob": max_code_bytes(size) if compiling or isinstance(message, GetBuiltinCode) else 0,
    }


def checked_reply(request: Frame, reply: Frame, kind: type[_M], *, known: Collection[str], took_s: float = 0.0) -> _M:
    """The reply's message.

    Args:
        request: what was asked.
        reply: what came.
        kind: the message that answers it.
        known: the names of the modules that are there.
        took_s: how long it took to come; its steps took no longer.

    Raises:
        FrameError: it is no answer to this.
        QirError: the engine refused.
    """
    message = reply.message
    if isinstance(message, Refused):
        asked = request.message.name if isinstance(request.message, Add | Compile | Show) else ""
        raise refusal_error(message, {"", asked, *known})
    if not isinstance(message, kind):
        raise FrameError(f"{type(message).__name__}, which was not asked for")
    answer: Message = message
    match request.message, message:
        case (Add() | Compile()) as add, Added(module):
            answer = Added(_own_module(add, module, request.blob, reply.blob, took_s=took_s))
        case RunRequest() as run, RunReply() as end:
            answer = _run_reply(run, end, known, took_s=took_s)
        case CircuitRequest(), CircuitReply() as traced:
            answer = _circuit(traced)
        case _, EngineStatus() as status:
            answer = _status(status, known)
    return cast("_M", answer)


def reply_timings(message: Message) -> Timings:
    """The steps that an answer tells of."""
    match message:
        case Added(module):
            return module.timings
        case RunReply():
            return message.timings
    return UNTIMED


def bounded_timings(timings: Timings, steps: Collection[Step], seconds: float) -> Timings:
    """These steps alone, none below 0, and together not longer than so many seconds."""
    left = max(0.0, seconds)
    kept: dict[str, Any] = {}
    for step in steps:
        took = getattr(timings, step)
        kept[step] = min(took, left) if took > 0 else 0.0  # what is no number is not above 0
        left -= kept[step]
    return Timings(**kept)


def _own_module(
    request: Add | Compile, module: ModuleInfo, source: bytes, object_code: bytes, *, took_s: float
) -> ModuleInfo:
    replaceable = request.replaceable if isinstance(request, Add) else ()
    if module.name not in {request.name, *replaceable}:
        raise FrameError("it is about another module")
    _check_plausible(module, len(source))
    return structs.replace(
        module,
        digest=sha256(source).hexdigest(),  # the next time, this source is not compiled
        declarations=tuple(structs.replace(d, line=_line(d.line)) for d in module.declarations),
        diagnostics=_located(module.diagnostics),
        breaks=_located(module.breaks),
        opt_level=_clamped(module.opt_level, _HIGHEST_LEVEL),
        object_size=len(object_code),
        trusted=request.options.trust,
        added_at=0.0,
        timings=bounded_timings(module.timings, COMPILING, took_s),
    )


def _check_plausible(module: ModuleInfo, source_bytes: int) -> None:
    # It is kept on disk, and whatever is added later is compared with all of it.
    functions, variables = [each.name for each in module.functions], [each.name for each in module.variables]
    named = [*functions, *variables, *(each.name for each in module.declarations)]
    listed = len(module.flags) + len(module.capabilities) + len(module.reads_results)
    remarks = len(module.diagnostics) + len(module.breaks)  # at most one of each kind for an instruction
    room = source_bytes // _BYTES_PER_NAME + _MORE_NAMES
    if len(named) > room or listed > 2 * room or remarks > 2 * (source_bytes + _MORE_NAMES):
        raise FrameError(f"it tells of more than {source_bytes:,} bytes of source can hold")
    names = [name for name in named if name]
    if len(set(names)) < len(names):
        raise FrameError("it tells of two functions or variables of one name")
    if not set(module.reads_results) <= set(functions):
        raise FrameError("it tells of an entry point that there is not")
    if any(not 0 <= number <= _MAX_NUMBER for each in module.variables for number in (each.size, each.alignment)):
        raise FrameError("it tells of a variable whose size cannot be")


def _located(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return tuple(structs.replace(diagnostic, line=_line(diagnostic.line)) for diagnostic in diagnostics)


def _run_reply(request: RunRequest, reply: RunReply, known: Collection[str], *, took_s: float) -> RunReply:
    if reply.outcome == "full" and not request.first < reply.next <= request.end:
        raise FrameError("it is to be asked again for shots that it has run, or that there are not")
    raised = reply.raised
    if raised is not None:
        name, traceback = _cut(raised.name), _cut(raised.traceback)
        raised = structs.replace(raised, name=name, traceback=traceback) if reply.outcome == "failed" else None
    linked = tuple(name for name in dict.fromkeys(reply.linked) if name in known)
    shots = reply.next - request.first
    if reply.sampled >= 0 and not (shots > 0 and sampled_size(shots, reply.sampled) <= RECORDS_CAPACITY // 2):
        raise FrameError("it has sampled shots that there are not, or that have no room")
    asked = request.method != "live" and request.first == request.begins == 0
    if reply.sampled >= 0 and not (asked and reply.outcome in {"done", "stopped"}):
        raise FrameError("it has sampled what was to be run")
    return structs.replace(
        reply,
        next=_clamped(reply.next, request.end),
        linked=linked,
        raised=raised,
        sampled=max(reply.sampled, -1),
        simulator=_cut(reply.simulator),
        why=_cut(reply.why),
        timings=bounded_timings(reply.timings, RUNNING, took_s),
    )


def _circuit(traced: CircuitReply) -> CircuitReply:
    if len(traced.first) > MAX_FIRST or len(traced.last) > MAX_LAST:
        raise FrameError("it tells more of a trace than anybody draws")
    if not traced.counts.keys() <= SHAPES.keys() or not all(map(_is_operation, (*traced.first, *traced.last))):
        raise FrameError("it has traced what is no operation")
    end = traced.end
    if end is not None:
        end = TraceEnd(
            function=_cut(end.function),
            qubit=None if end.qubit is None else _clamped(end.qubit, MAX_QUBIT),
            result=None if end.result is None else _clamped(end.result, 2 * RETURNED),
            reason=_cut(end.reason),
        )
    return structs.replace(
        traced,
        left_out=_clamped(traced.left_out, _MAX_NUMBER),
        counts={name: _clamped(count, _MAX_NUMBER) for name, count in traced.counts.items()},
        depth=_clamped(traced.depth, _MAX_NUMBER),
        width=_clamped(traced.width, MAX_QUBIT + 1),
        end=end,
        remark=_cut(traced.remark),
    )


def _is_operation(operation: Operation) -> bool:
    shape = SHAPES.get(operation.name)
    if shape is None or len(operation.qubits) != shape.qubits:
        return False
    if (operation.result is not None) != shape.result or (operation.angle is not None and not shape.angle):
        return False
    ids = all(0 <= qubit <= MAX_QUBIT for qubit in operation.qubits)
    return ids and 0 <= (operation.result or 0) <= 2 * RETURNED


def _status(status: EngineStatus, known: Collection[str]) -> EngineStatus:
    return structs.replace(
        status,
        simulator=_cut(status.simulator),
        llvm=_cut(status.llvm),
        modules=tuple(name for name in dict.fromkeys(status.modules) if name in known),
        simulator_loads=_clamped(status.simulator_loads, _MAX_NUMBER),
        memory=_clamped(status.memory, _MAX_NUMBER),
    )


def refusal_error(refused: Refused, modules: Collection[str]) -> QirError:
    """The error that the engine raised.

    Args:
        refused: its name and its facts.
        modules: those that it may be in.

    Raises:
        FrameError: an engine has no such error, with such facts.
    """
    kind = vars(errors).get(refused.error)
    if not (isinstance(kind, type) and issubclass(kind, QirError)) or issubclass(kind, ExecutionError | EngineError):
        raise FrameError("it refused with something that is no error of an engine")
    types = {field.name: str(field.type) for field in _fields(kind)}
    facts: dict[str, Any] = {name: _fact(name, value) for name, value in refused.facts.items()}
    if any(not _FITS.get(types.get(name, ""), _unfit)(value) for name, value in facts.items()):
        raise FrameError(f"{kind.__name__} has no such facts")
    if issubclass(kind, LocatedError) and facts.get("module", "") not in modules:
        raise FrameError("it refused because of a module that is not there")
    try:
        error = kind(**facts)
        str(error)  # it is to be shown, and some need at least one of what they list
    except (TypeError, IndexError):
        raise FrameError(f"{kind.__name__} lacks facts") from None
    return error


def _fields(kind: type[QirError]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()


def _unfit(_: object) -> bool:
    return False


def _fact(name: str, value: object) -> object:
    if name in {"line", "column"} and type(value) is int:
        return _line(value)
    return _cut(value) if isinstance(value, str) else value


def _line(number: int | None) -> int | None:
    return number if number is not None and 0 < number <= _MAX_LINE else None


def _clamped(number: int, limit: int) -> int:
    return min(max(number, 0), limit)


def _cut(text: str) -> str:
    return text[:_MAX_CHARACTERS]
