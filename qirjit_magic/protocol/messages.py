"""The arguments and results of an `Engine`, and the messages and frames that carry them between processes."""

from __future__ import annotations

import struct
from typing import Literal, get_args

import msgspec

from qirjit_magic.options import COMPILE_DEFAULTS, RUN_DEFAULTS, CompileOptions, Method, RunOptions
from qirjit_magic.protocol.module_info import ModuleInfo, Signature
from qirjit_magic.protocol.operations import Operation, TraceEnd
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RECORDS_CAPACITY
from qirjit_magic.protocol.simulator_specs import SPARSE, SimulatorSpec
from qirjit_magic.protocol.timings import UNTIMED, Timings

_HEAD = struct.Struct("<QII")
_LIMIT = 1 << 30
_CODE_ROOM = 64 << 20
_CODE_PER_BYTE = 16
_SHOWN = 200  # characters of what is wrong with a message: it may be in there


def max_code_bytes(source_bytes: int) -> int:
    """Return the bytes of object code, or of text about it, that the source of a module may come to."""
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
        """Return whether all that has arrived was popped."""
        return not self._data

    def limit_frames(self, *, text: int, blob: int) -> None:
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


class WorkerArguments(msgspec.Struct, frozen=True):
    """The arguments that an engine process is started with: inherited descriptors, and its parent.

    Attributes:
        socket: its end of the connection.
        memory: the shared memory.
        life: the read end of the pipe that closes when the kernel ends.
        platform: the name of the platform module that the kernel uses.
        lasting: whether the kernel's thread that started it lasts as long as the kernel's process.
        parent: the id of the kernel's process.
        sandboxed: whether it is to give up what running programs does not need.
        memory_limit: the bytes of memory that it may have; 0 for no limit.
        cache: the folder where object code is kept, as the system names it; empty for none.
        libraries: the files of simulators that it may load, likewise: in the sandbox it can open no others.
    """

    socket: int
    memory: int
    life: int
    platform: str
    lasting: bool
    parent: int
    sandboxed: bool
    memory_limit: int
    cache: bytes = b""
    libraries: tuple[bytes, ...] = ()


class Progress(msgspec.Struct, frozen=True):
    """The progress of a run, which an `Observer` is told.

    Attributes:
        done: how many shots are finished. Those that are sampled are drawn all at once: 0 until they are there.
        shots: how many were asked for.
        seconds: how long it has been going on.
        rate: shots a second, lately; of a run that has ended, over all of it. 0 until one is finished.
        left: how many seconds it will still take at this rate; None where nobody can know.
        ended: whether this is the last word, however it ended.

    Example:
        >>> told = []
        >>> result = session.run("bell", shots=100, show=qir.Observer(progress=told.append))
        >>> told[-1].done, told[-1].shots, told[-1].ended
        (100, 100, True)
    """

    done: int
    shots: int
    seconds: float
    rate: float = 0.0
    left: float | None = None
    ended: bool = False


Outcome = Literal["done", "stopped", "full", "failed", "killed"]
Form = Literal["ir", "compiled", "asm", "object"]
ROOM_FOR_RECORDS = RECORDS_CAPACITY // RECORD_SIZE
Fact = None | bool | int | float | str | tuple[str, ...]


class RunRequest(msgspec.Struct, frozen=True):
    """Shots of one entry point.

    Attributes:
        module: the module that defines it.
        entry: the function's name.
        first: the number of the first shot; above ``begins`` the run goes on where an earlier piece of it ended.
        shots: how many shots there are in the whole run.
        arguments: one 64-bit word for each parameter: integers in two's complement, ``double`` and ``float`` as the
            bits of a double.
        seed: the seed of the simulator's random stream, used where that begins; None leaves it alone.
        simulator: the simulator that everything quantum is bound to.
        max_records: how many a shot may have, up to what there is room for; the others are counted and left out.
        method: whether shots are run one by one, sampled, or what is exact and faster.
        begins: the first of the shots that this process runs one after the other; above 0 others run those before it.
        ends: the shot before which it ends; None: it runs all that there are.
        options: what was asked for; the fields above are what the session has made of it, with the arguments as words.
        run: above 0 a number of the run, no other one's: this process may get more of it, and keeps what it has
            computed for it until it ends, or something else is asked for.
    """

    module: str
    entry: str
    first: int = 0
    shots: int = 1
    arguments: tuple[int, ...] = ()
    seed: int | None = None
    simulator: SimulatorSpec = SPARSE
    max_records: int = ROOM_FOR_RECORDS
    method: Method = "live"
    begins: int = 0
    ends: int | None = None
    run: int = 0
    options: RunOptions = RUN_DEFAULTS

    @property
    def end(self) -> int:
        """The shot before which it ends."""
        return self.shots if self.ends is None else self.ends


class Raised(msgspec.Struct, frozen=True):
    """The exception that a function in Python raised while a program called it.

    Attributes:
        name: the name that the program calls it by.
        traceback: as Python prints it, from that function on.
    """

    name: str
    traceback: str


class RunReply(msgspec.Struct, frozen=True):
    """The end of a piece of a run; its records are in the shared memory.

    Attributes:
        outcome: ``done``; ``stopped`` by the stop flag; ``full``: empty the memory and ask again from ``next``;
            ``failed``: the program said so; ``killed``: a shot did not end in the grace after a stop.
        next: the first shot that was not run.
        linked: the modules that were linked for it, so that their global variables start anew.
        raised: what a function in Python raised, where the shot failed by that.
        sampled: how many results each shot recorded, where they were sampled: the memory has the records of one shot,
            and behind them the bits, see `RecordMemory.sampled`; -1 where the shots were run.
        simulator: what has run or drawn them.
        why: why the shots were run or sampled, in words; empty where there is nothing to say.
        timings: how long linking, tracing, simulating and sampling took.
    """

    outcome: Outcome
    next: int
    linked: tuple[str, ...] = ()
    raised: Raised | None = None
    sampled: int = -1
    simulator: str = ""
    why: str = ""
    timings: Timings = UNTIMED


class Compiled(msgspec.Struct, frozen=True):
    """A compiled module: its facts as the kernel knows them, and its object code, for linking it again."""

    module: ModuleInfo
    object_code: bytes


class Intrinsic(msgspec.Struct, frozen=True):
    """A function that programs may call, written in Python.

    Attributes:
        name: the name that they call it by.
        signature: its type for them: integers of up to 64 bits, ``double``, ``float`` and ``ptr``; ``void`` if nothing
            is returned.
        pickled: the function, as `session.intrinsics` packs it.
        path: folders where modules that it imports may be, looked at after the engine's own.
    """

    name: str
    signature: Signature
    pickled: bytes
    path: tuple[str, ...] = ()


class EngineStatus(msgspec.Struct, frozen=True):
    """The figures of an engine.

    Attributes:
        pid: the process; 0 while there is none.
        simulator: the simulator of the last run.
        simulator_loads: how often this process attached a simulator library.
        llvm: LLVM's version.
        modules: the modules in their order.
        compilations: how many sources were compiled, over all restarts.
        cache_hits: how many came as object code from the disk instead.
        memory: resident bytes of the process.
        memory_limit: the bytes that each process may have; 0 for no limit.
        restarts: how often a new process took over.
        fence: in words, what the process has given up before it takes requests, and what not.
        open_pid: the id of the second process, which is not sandboxed; 0 where there is none.
        open_memory: resident bytes of that one.
        open_restarts: how often a new one took over.
    """

    pid: int = 0
    simulator: str = ""
    simulator_loads: int = 0
    llvm: str = ""
    modules: tuple[str, ...] = ()
    compilations: int = 0
    cache_hits: int = 0
    memory: int = 0
    memory_limit: int = 0
    restarts: int = 0
    fence: str = ""
    open_pid: int = 0
    open_memory: int = 0
    open_restarts: int = 0


class Ready(msgspec.Struct, frozen=True):
    """The first frame of an engine process.

    Attributes:
        version: this package's version there.
        build: everything of the engine that can change the object code that it makes.
    """

    version: str
    build: str = ""


class Add(msgspec.Struct, frozen=True):
    """`Engine.add`; the blob is the source. Answered by `Added`."""

    name: str
    options: CompileOptions = COMPILE_DEFAULTS
    replaceable: tuple[str, ...] = ()


class Compile(msgspec.Struct, frozen=True):
    """`Engine.compile`; the blob is the source. Answered by `Added`."""

    name: str
    options: CompileOptions = COMPILE_DEFAULTS


class Added(msgspec.Struct, frozen=True):
    """The blob is the object code."""

    module: ModuleInfo


class Restore(msgspec.Struct, frozen=True):
    """`Engine.restore`; the blob is the object code. Answered by `Done`."""

    module: ModuleInfo


class Promote(msgspec.Struct, frozen=True):
    """`Engine.promote`. Answered by `Done`."""

    name: str


class ResetVariables(msgspec.Struct, frozen=True):
    """`Engine.reset_variables`. Answered by `Done`."""

    name: str


class Remove(msgspec.Struct, frozen=True):
    """`Engine.remove`. Answered by `Done`."""

    name: str


class Define(msgspec.Struct, frozen=True):
    """`Engine.define`; the blob is `Intrinsic.pickled`. Answered by `Done`."""

    name: str
    signature: Signature
    path: tuple[str, ...] = ()


class Undefine(msgspec.Struct, frozen=True):
    """`Engine.undefine`. Answered by `Done`."""

    name: str


class Show(msgspec.Struct, frozen=True):
    """`Engine.show`; the blob is the source. Answered by `Done`, whose blob is the text."""

    name: str
    form: Form
    options: CompileOptions = COMPILE_DEFAULTS


class CircuitRequest(msgspec.Struct, frozen=True):
    """`Engine.circuit`; see `RunRequest`. Answered by `CircuitReply`."""

    module: str
    entry: str
    arguments: tuple[int, ...] = ()


class CircuitReply(msgspec.Struct, frozen=True):
    """The operations that one shot of an entry point asks a simulator for, as far as a trace of it goes.

    Attributes:
        first: its first operations, at most `MAX_FIRST`.
        last: its last ones, at most `MAX_LAST`; they come after those.
        left_out: how many there are between the two.
        counts: how often each operation comes in all of it, by name.
        depth: how many operations on qubits the longest way through all of it has.
        width: on how many qubits anything is done.
        end: why the trace ended before the program did; None where it did not.
        remark: why another shot may do something else, in words; empty where none does.
    """

    first: tuple[Operation, ...]
    last: tuple[Operation, ...] = ()
    left_out: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    depth: int = 0
    width: int = 0
    end: TraceEnd | None = None
    remark: str = ""


class GetBuiltinCode(msgspec.Struct, frozen=True):
    """`Engine.builtin_code`. Answered by `Done`, whose blob is the code."""

    name: str


class GetStatus(msgspec.Struct, frozen=True):
    """`Engine.status`. Answered by `EngineStatus`."""


class Done(msgspec.Struct, frozen=True):
    """The reply that a request was carried out."""


class Refused(msgspec.Struct, frozen=True):
    """The engine raised a `QirError`: the class's name and its fields."""

    error: str
    facts: dict[str, Fact]


Message = (
    Ready
    | Add
    | Compile
    | Added
    | Restore
    | Promote
    | ResetVariables
    | Remove
    | Define
    | Undefine
    | Show
    | CircuitRequest
    | CircuitReply
    | GetBuiltinCode
    | GetStatus
    | Done
    | Refused
    | RunRequest
    | RunReply
    | EngineStatus
)
MESSAGES: dict[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}
