"""`Trial`: one session that mutations go through, and what came of each."""

from __future__ import annotations

import dataclasses
import re
import time
import traceback
import warnings
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

from qirjit_magic.display.modules import function_label, modules_table, profile_table, table_html, table_text
from qirjit_magic.errors import QirError, QirNotice, WorkerCrashedError
from qirjit_magic.options import OutputFormat
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.session import Session
from tests.files import program
from tests.fuzzing.mutations import Mutation
from tests.fuzzing.text import nest_deeply
from tests.process.support import make_supervisor

LIMIT_S = 10.0
TIMEOUT_S = 2.0
_READ_SHOTS = 1 << 20
_MUTANT, _CONTROL = "mutant", "control"
_SHOTS, _SEED = 20, 5
_NOTHING = "ended"
# What LLVM, Rust and C++ say before they give up; what differs from one program to the next is left out.
_ASSERTION = re.compile(r"([\w.]+):\d+: .*?Assertion [`'](.*?)' failed", re.DOTALL)
_UNREACHABLE = re.compile(r"^(.*)\nUNREACHABLE executed at .*?([\w.]+):\d+", re.MULTILINE)
_OTHER_WORDS = re.compile(
    r"LLVM ERROR: .*|panicked at .*\n.*|terminate called .*|memory allocation of .*|.*[Ee]rror: .*"
)
_EXCEPTION = re.compile(r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Warning|Interrupt)\b", re.MULTILINE)
_WRONG_REPLY = "reply"
_VARIABLE = re.compile(r"0x[0-9a-fA-F]+|\bt\d+\b|\d+|'[^']*'|\"[^\"]*\"|@\S+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a mutation.

    Attributes:
        index: which mutation.
        kind: ``result``, or the type of the error.
        death: how the engine process died, where it did: stage, cause and last words.
        finding: what should not have been, where something was.
        seconds: how long it took.
        bytes: how long the program is.
    """

    index: int
    kind: str
    death: str = ""
    finding: str = ""
    seconds: float = 0.0
    bytes: int = 0


class Trial:
    """A session with a control module, in which each mutation is compiled, run and removed."""

    def __init__(self) -> None:
        self._session = Session(engine_client=make_supervisor())
        self._stage = "start"
        self._session.add(program("coins"), _CONTROL)
        self._counts = self._control_counts()
        self._held = self._holdings()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def carry_out(self, mutation: Mutation) -> Outcome:
        """Compile it, run it where it can be, and remove it; see that the session is as it was."""
        began = time.monotonic()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            outcome = self._try(mutation)
            if outcome.death and not outcome.death.startswith("run"):
                outcome = self._confirmed(outcome, mutation)
        seconds = time.monotonic() - began
        said = [w for w in warned if not issubclass(w.category, QirNotice)]
        finding = outcome.finding or "; ".join(f"warned in {self._stage}: {w.message}" for w in said)
        if not finding and seconds > LIMIT_S:
            finding = f"took {seconds:.1f} s"
        if not finding and outcome.death:
            finding = self.check()
        return dataclasses.replace(outcome, finding=finding, seconds=seconds)

    def _confirmed(self, outcome: Outcome, mutation: Mutation) -> Outcome:
        again = self._try(mutation)
        if again.death:
            # No program ran in this process: what it says is its own.
            wrong = again.finding or (again.death if _WRONG_REPLY in again.death else "")
            return dataclasses.replace(again, finding=wrong)
        stage, cause, _ = outcome.death.split(": ", 2)
        death = f"{stage}: {cause}: not in another process: a program that ran before it wrote where it should not"
        return dataclasses.replace(outcome, death=death, finding=again.finding)

    def _try(self, mutation: Mutation) -> Outcome:
        outcome = Outcome(mutation.index, "result", bytes=len(mutation.data))
        try:
            self._compile_and_run(mutation)
        except WorkerCrashedError as crash:
            death, finding = self._attribution(crash, mutation), _misprinted(crash) or _exception(crash)
            return dataclasses.replace(outcome, kind=type(crash).__name__, death=death, finding=finding)
        except QirError as error:
            return dataclasses.replace(outcome, kind=type(error).__name__, finding=_misprinted(error))
        except KeyboardInterrupt:
            finding = f"did not end in {LIMIT_S:g} s in {self._stage}, and was interrupted"
            return dataclasses.replace(outcome, kind="KeyboardInterrupt", finding=finding)
        except Exception as error:  # noqa: BLE001 - any other is what is looked for
            finding = "".join(traceback.format_exception(error))
            return dataclasses.replace(outcome, kind=type(error).__name__, finding=finding)
        return outcome

    def _compile_and_run(self, mutation: Mutation) -> None:
        self._stage = "compile"
        info = self._session.add(mutation.data, _MUTANT)
        try:
            self._run(info, mutation)
        except BaseException:
            self._session.remove(_MUTANT)  # the stage stays the one that failed
            raise
        self._stage = "remove"
        self._session.remove(_MUTANT)

    def _run(self, info: ModuleInfo, mutation: Mutation) -> None:
        self._stage = "read"
        _read_module(info, self._session)
        able = [function for function in (*info.entry_points, *info.functions) if not function.signature.parameters]
        if not able:
            return
        self._stage = "run"
        timeout = TIMEOUT_S if mutation.shots <= 1 else TIMEOUT_S / 4
        result = self._session.run(able[0].name, module=_MUTANT, shots=mutation.shots, seed=1, timeout=timeout)
        self._stage = "result"
        _read_result(result)

    def _attribution(self, crash: WorkerCrashedError, mutation: Mutation) -> str:
        words = _last_words(crash.stderr_tail)
        stage = self._stage
        if stage == "run" and words.startswith(("LLVM", "llvm", "assertion", "unreachable")):
            stage = "link"  # a program that runs does not call LLVM
        if not words:
            words = "a program that runs wild" if stage == "run" else f"no words, by {_blamed(mutation)}"
        return f"{stage}: {crash.signal_name}: {words}"

    def check(self) -> str:
        """What is wrong in the session; empty where all is well."""
        try:
            counts = self._control_counts()
        except Exception as error:  # noqa: BLE001 - whatever it is, it should not be
            return f"the control module: {''.join(traceback.format_exception(error))}"
        if counts != self._counts:
            return f"the control module gives {counts} and not {self._counts}"
        if len(self._session.modules) != 1:
            return f"there are modules {[info.name for info in self._session.modules]}"
        held = self._holdings()
        return "" if held == self._held else f"descriptors and processes: {held}, and were {self._held}"

    def _control_counts(self) -> dict[str, int]:
        return dict(self._session.run("coins", module=_CONTROL, shots=_SHOTS, seed=_SEED, timeout=60).counts())

    @staticmethod
    def _holdings() -> tuple[int, int]:
        process = psutil.Process()
        alive = [p for p in process.children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
        return process.num_fds(), len(alive)


def _read_module(info: ModuleInfo, session: Session) -> None:
    for table in (modules_table(session.linkage), profile_table(info)):
        table_text(table).encode()
        table_html(table).encode()
    for function in info.functions:
        repr((function.required_qubits, function.required_results, function_label(function)))


def _read_result(result: RunResult) -> None:
    repr((result.counts(), result.messages, result.shots, result))
    if len(result.shots) <= _READ_SHOTS:  # of more, the objects have no room in the memory of this process
        repr((result.returns, result.records))
    schemas: tuple[OutputFormat, ...] = ("labeled", "ordered")
    for schema in schemas:
        result.to_text(schema).encode()
    result._repr_mimebundle_()


def _misprinted(error: QirError) -> str:
    # Whoever sees an error sees its text, and whoever sends it elsewhere pickles it.
    try:
        str(error), repr(error)
        "\n".join(error._render_traceback_()).encode()
    except Exception as other:  # noqa: BLE001 - whatever it is, it should not be
        return "".join(traceback.format_exception(other))
    return ""


def _exception(crash: WorkerCrashedError) -> str:
    # An exception that ends the engine process is a mistake of ours, unless it is for want of memory.
    said = crash.stderr_tail
    ours = crash.signal_name == "exit status 1" and _EXCEPTION.search(said) and "MemoryError" not in said
    return said if ours else ""


def _blamed(mutation: Mutation) -> str:
    return nest_deeply.__name__ if nest_deeply.__name__ in mutation.steps else "+".join(mutation.steps)


def _last_words(tail: str) -> str:
    if found := _ASSERTION.search(tail):
        return f"assertion in {found[1]}: {' '.join(found[2].split())}"
    if found := _UNREACHABLE.search(tail):
        return f"unreachable in {found[2]}: {_plain(found[1])}"
    found = _OTHER_WORDS.search(tail)
    return _plain(found[0]) if found else ""


def _plain(words: str) -> str:
    return _VARIABLE.sub("…", " ".join(words.split()))[:160]
