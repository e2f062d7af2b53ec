"""Errors of runs and of the process that carries them out."""

from __future__ import annotations

import dataclasses
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qirjit_magic.session.run_result import RunResult


from qirjit_magic.errors.base import QirError


@dataclass(eq=False)
class ExecutionError(QirError):
    """A run began and did not end as it should; ``partial`` holds the shots that finished."""

    partial: RunResult | None = dataclasses.field(default=None, kw_only=True, repr=False)

    def _kept(self) -> str:
        shots = 0 if self.partial is None else len(self.partial.shots)
        return f" {shots:,} finished {'shot is' if shots == 1 else 'shots are'} in error.partial." if shots else ""


@dataclass(eq=False)
class ProgramFailedError(ExecutionError):
    """The program itself said that it failed (``__quantum__rt__fail``); ``shot`` counts from 0."""

    message: str
    exit_code: int
    shot: int

    def _said(self) -> str:
        kept = self._kept()
        if not self.message:
            return f"the program failed in shot {self.shot} (exit code {self.exit_code}), without a message.{kept}"
        ends = "" if not kept or self.message.rstrip().endswith((".", "!", "?")) else "."
        return f"the program failed in shot {self.shot} (exit code {self.exit_code}): {self.message}{ends}{kept}"


@dataclass(eq=False)
class IntrinsicError(ExecutionError):
    """A function in Python raised an exception, or returned what its type has not; ``shot`` counts from 0."""

    name: str
    traceback: str
    shot: int

    def _said(self) -> str:
        said = f"'{self.name}', which is written in Python, failed in shot {self.shot}.{self._kept()}"
        return f"{said}\n{self.traceback.rstrip()}"


@dataclass(eq=False)
class RunTimeoutError(ExecutionError):
    """The run was stopped because its time was over; ``waited``: it had not begun, others had their turn."""

    timeout_s: float
    waited: bool = False

    def _said(self) -> str:
        if self.waited:
            return (
                f"the run was not begun within {self.timeout_s:g} s: it waited for its turn, while another call of the "
                f"session went on. Wait for that one, or end it: session.stop()."
            )
        return f"the run was stopped after {self.timeout_s:g} s. Raise --timeout to let it go on.{self._kept()}"


class EngineError(QirError):
    """The engine process did not do its part."""


@dataclass(eq=False)
class EngineStartError(EngineError):
    """The engine process could not be started."""

    message: str
    stderr_tail: str = ""
    signal_name: str = ""

    def _said(self) -> str:
        return f"the engine process did not start: {self.message}{_tail(self.stderr_tail)}"


@dataclass(eq=False)
class SessionClosedError(ExecutionError, EngineStartError):
    """The session is closed, or was while something went on: ``entry`` is what it ran."""

    message: str = "the session is closed. Make a new one."
    entry: str = ""

    def _said(self) -> str:
        if not self.entry:
            return super()._said()
        return f"the session was closed while it ran '{self.entry}'. Make a new one.{self._kept()}"


@dataclass(eq=False)
class ForkedError(EngineError):
    """This process is a fork, and what it asks of a session went on, and goes on, in its parent.

    ``doing`` is what that was, ``parent`` the parent's process id, ``whole`` whether the session can be used as it is.
    """

    doing: str
    parent: int
    whole: bool = True

    def _said(self) -> str:
        return (
            f"this process was forked from process {self.parent} while the session {self.doing}. That goes on there; "
            f"here the session is as it was before"
            f"{'. Do it again' if self.whole else ' or half changed. Reset it: session.reset(), or make a new one'}."
        )


_AS_TEXT = (
    "LLVM believes bitcode what it checks in text: write the module as text (llvm-dis) and add that, to be told what "
    "is wrong, and where. "
)


@dataclass(eq=False)
class WorkerCrashedError(ExecutionError, EngineError):
    """The engine process died under a program; a new one takes over with every module in place.

    ``reason`` is the cause in words; ``shot``, which counts from 0, was being run, or ``module`` was being compiled.
    ``limit_s`` is above 0 where it was killed because it had not answered within so many seconds, and ``stopped`` says
    whether a signal had stopped it. With ``bitcode`` the module is bitcode, and LLVM may have died of what it holds.
    """

    signal_name: str
    entry: str
    stderr_tail: str = ""
    reason: str = ""
    shot: int | None = None
    module: str = ""
    limit_s: float = 0.0
    stopped: bool = False
    bitcode: bool = False

    @property
    def cause(self) -> str:
        """What it died of, and why, as far as that can be told."""
        return f"{self.signal_name} ({self.reason})" if self.reason else self.signal_name

    def _said(self) -> str:
        return (
            f"the engine process died of {self.cause} while it {self._did()}. {_AS_TEXT if self.bitcode else ''}"
            f"Nothing else is lost: the next run gets a new engine process with every module in place.{self._kept()}"
            f"{_tail(self.stderr_tail)}"
        )

    def _did(self) -> str:
        if self.entry:
            return f"ran '{self.entry}'" if self.shot is None else f"ran '{self.entry}', in shot {self.shot}"
        return f"compiled the module '{self.module}'" if self.module else "ran no program"


@dataclass(eq=False)
class WorkerRestartLimitError(EngineError):
    """So many engine processes died one after the other that no more are started by themselves."""

    limit: int

    def _said(self) -> str:
        return (
            f"{self.limit} engine processes died with no run that came to its end between. No more are started until "
            f"everything is reset: %qir_reset (in Python: session.reset())."
        )


@dataclass(eq=False)
class QuarantineError(EngineError):
    """The module ended one engine process after the other; ``causes`` says of what each died."""

    name: str
    causes: tuple[str, ...]

    def _said(self) -> str:
        name = shlex.quote(self.name)
        return (
            f"the module '{self.name}' has ended {len(self.causes)} engine processes ({', '.join(self.causes)}), "
            f"and is not tried again. Change it, or have it tried once more: %qir_reset {name}"
        )


def _tail(text: str) -> str:
    return f"\nIts last words:\n{text.rstrip()}" if text.strip() else ""
