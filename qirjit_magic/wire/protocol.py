"""The `Engine` protocol, and the messages that carry its calls from the kernel to the engine process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from qirjit_magic.options import Method
from qirjit_magic.wire.memory import RECORD_SIZE, RECORDS_CAPACITY
from qirjit_magic.wire.modules import ModuleInfo, Signature
from qirjit_magic.wire.simulators import SPARSE, SimulatorSpec

if TYPE_CHECKING:
    from qirjit_magic.wire.memory import RecordMemory

Outcome = Literal["done", "stopped", "full", "failed", "killed"]
Form = Literal["ir", "compiled", "asm", "object"]
ROOM_FOR_RECORDS = RECORDS_CAPACITY // RECORD_SIZE
Fact = None | bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Shots of one entry point.

    Attributes:
        module: the module that defines it.
        entry: the function's name.
        first: the number of the first shot; above 0 the run goes on where an earlier piece of it ended.
        shots: how many shots there are in the whole run.
        arguments: one 64-bit word for each parameter: integers in two's complement, ``double`` and ``float`` as the
            bits of a double.
        seed: the seed of the simulator's random stream; unused where ``first`` is above 0; None leaves it alone.
        simulator: the simulator that everything quantum is bound to.
        most_records: how many a shot may have, up to what there is room for; the others are counted and left out.
        method: whether shots are run one by one, sampled, or what is exact and faster.
    """

    module: str
    entry: str
    first: int = 0
    shots: int = 1
    arguments: tuple[int, ...] = ()
    seed: int | None = None
    simulator: SimulatorSpec = SPARSE
    most_records: int = ROOM_FOR_RECORDS
    method: Method = "live"


@dataclass(frozen=True, slots=True)
class Raised:
    """What a function in Python raised while a program called it.

    Attributes:
        name: the name that the program calls it by.
        traceback: as Python prints it, from that function on.
    """

    name: str
    traceback: str


@dataclass(frozen=True, slots=True)
class RunReply:
    """How a piece of a run ended; its records are in the shared memory.

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
    """

    outcome: Outcome
    next: int
    linked: tuple[str, ...] = ()
    raised: Raised | None = None
    sampled: int = -1
    simulator: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What `Engine.add` gives: the module as the kernel knows it, and its object code, for linking it again."""

    module: ModuleInfo
    object_code: bytes


@dataclass(frozen=True, slots=True)
class Intrinsic:
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


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What an engine is and has done.

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
        open_pid: the id of the second process, which is not fenced; 0 where there is none.
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


class Engine(Protocol):
    """Something that compiles, links and runs modules: in this process, or behind one.

    Names resolve in this order: the module's own definitions, the newest module that has one, functions in Python, the
    simulator and the QIR runtime, the mathematical library; for a trusted module then the C library. That is a function
    of what is present and of the modules' order, never of history.
    A module's global variables keep their values until it is linked anew: because it, or something that it is bound to,
    directly or not, was replaced, removed, unlinked or overridden.
    """

    memory: RecordMemory

    def add(
        self,
        name: str,
        source: bytes,
        *,
        opt_level: int | None = None,
        replaceable: Iterable[str] = (),
        strict: bool = False,
        trust: bool = False,
    ) -> Compiled:
        """Compile; the module becomes the newest, and takes the place of a module of the same name.

        Args:
            name: its name, unless one that is there is replaced with its name.
            source: text or bitcode.
            opt_level: the optimisation level, 0 to 3; None chooses by looking at the module.
            replaceable: modules of which it replaces one that defines the same names, where ``name`` is new.
            strict: whether it must keep to the profile that it declares.
            trust: whether it may hold what can do anything, and use what only the C library has.

        Raises:
            QirSyntaxError, SignatureError, ProfileError, UnsafeModuleError: nothing has changed.
        """
        ...

    def compile(self, name: str, source: bytes, *, opt_level: int | None = None, trust: bool = False) -> Compiled:
        """Compile as `add` does, and leave everything as it is: whether it fits the other modules is not looked at.

        Raises:
            QirSyntaxError, UnsafeModuleError: it cannot be compiled.
        """
        ...

    def restore(self, compiled: Compiled) -> None:
        """Take a module from its object code as the newest, without compiling or checking anything."""
        ...

    def renew(self, name: str) -> None:
        """Make a module the newest; where nothing is bound to something else afterwards, nothing is linked anew."""
        ...

    def unlink(self, name: str) -> None:
        """Let a module be linked anew before it is run again: its global variables start anew."""
        ...

    def remove(self, name: str) -> None:
        """Forget a module; unknown names are ignored."""
        ...

    def define(self, intrinsic: Intrinsic) -> None:
        """Let modules call a function in Python; it takes the place of one of the same name.

        Where it comes without the function itself, modules that use it can be added and not be run.

        Raises:
            DefinitionError: it cannot be loaded; nothing has changed.
        """
        ...

    def undefine(self, name: str) -> None:
        """Forget a function in Python; unknown names are ignored."""
        ...

    def own_code(self, name: str) -> bytes:
        """The object code of one of `OWN_OBJECTS`, which another engine of the same build can use."""
        ...

    def run(self, request: RunRequest) -> RunReply:
        """Link what is needed and run shots; the records are in `memory`, which the caller clears.

        Raises:
            LinkError, SimulatorError, EntryPointError: nothing was run.
        """
        ...

    def show(self, name: str, source: bytes, form: Form, *, opt_level: int | None = None, trust: bool = False) -> str:
        """The module of this source as LLVM reads it, as it is compiled, as assembly, or what its object code holds."""
        ...

    def status(self) -> EngineStatus:
        """What it is and has done so far."""
        ...

    def close(self) -> None:
        """Free everything; the engine cannot be used afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Ready:
    """The first frame of an engine process.

    Attributes:
        version: this package's version there.
        build: everything of the engine that can change the object code that it makes.
    """

    version: str
    build: str = ""


@dataclass(frozen=True, slots=True)
class Add:
    """`Engine.add`; the blob is the source. Answered by `Added`."""

    name: str
    opt_level: int | None = None
    replaceable: tuple[str, ...] = ()
    strict: bool = False
    trust: bool = False


@dataclass(frozen=True, slots=True)
class Compile:
    """`Engine.compile`; the blob is the source. Answered by `Added`."""

    name: str
    opt_level: int | None = None
    trust: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """The blob is the object code."""

    module: ModuleInfo


@dataclass(frozen=True, slots=True)
class Restore:
    """`Engine.restore`; the blob is the object code. Answered by `Done`."""

    module: ModuleInfo


@dataclass(frozen=True, slots=True)
class Renew:
    """`Engine.renew`. Answered by `Done`."""

    name: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """`Engine.unlink`. Answered by `Done`."""

    name: str


@dataclass(frozen=True, slots=True)
class Remove:
    """`Engine.remove`. Answered by `Done`."""

    name: str


@dataclass(frozen=True, slots=True)
class Define:
    """`Engine.define`; the blob is `Intrinsic.pickled`. Answered by `Done`."""

    name: str
    signature: Signature
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undefine:
    """`Engine.undefine`. Answered by `Done`."""

    name: str


@dataclass(frozen=True, slots=True)
class Show:
    """`Engine.show`; the blob is the source. Answered by `Done`, whose blob is the text."""

    name: str
    form: Form
    opt_level: int | None = None
    trust: bool = False


@dataclass(frozen=True, slots=True)
class GetOwnCode:
    """`Engine.own_code`. Answered by `Done`, whose blob is the code."""

    name: str


@dataclass(frozen=True, slots=True)
class GetStatus:
    """`Engine.status`. Answered by `EngineStatus`."""


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine raised a `QirError`: the class's name and its fields."""

    error: str
    facts: dict[str, Fact]


Message = (
    Ready
    | Add
    | Compile
    | Added
    | Restore
    | Renew
    | Unlink
    | Remove
    | Define
    | Undefine
    | Show
    | GetOwnCode
    | GetStatus
    | Done
    | Refused
    | RunRequest
    | RunReply
    | EngineStatus
)
MESSAGES: dict[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}
