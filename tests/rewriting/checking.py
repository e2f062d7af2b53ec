"""What is different about a program in all its other ways, and which of them are left out, and why."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path
from random import Random

from qirjit_magic import Session
from qirjit_magic.session.client.client import EngineClient
from tests.rewriting.comparing import KEEPS_TOKENS, differences
from tests.rewriting.observing import Observation, steady
from tests.rewriting.programs import read_program
from tests.rewriting.rewritings import BY_LLVM, REWRITINGS

_sessions: list[Session] = []  # of this process, one at most


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out for one program.

    Attributes:
        differences: what is different, in words, with the rewriting.
        left_out: the rewritings that were not tried, and why.
        tried: how many were.
    """

    differences: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    tried: int = 0


def check(session: Session, path: Path, names: Sequence[str], seed: int) -> Checked:
    """Write a program in these ways, and compare what becomes of it.

    Args:
        session: where all of them are run.
        path: the program's file.
        names: the rewritings.
        seed: for what is drawn.
    """
    text = read_program(path)
    if text is None:
        return Checked(left_out=(("all", "its text cannot be read or written"),))
    before = steady(session, text.encode())
    if before.error and before.error[0].startswith("Worker"):
        return Checked(left_out=(("all", "of what dies, nothing is promised"),))
    found, left_out = list[str](), list[tuple[str, str]]()
    for name in names:
        reason = _not_comparable(before, name)
        if not reason:
            try:
                rewritten = REWRITINGS[name](text, Random(f"{seed} {path.name} {name}"))  # noqa: S311 - no secret
            except (RuntimeError, UnicodeDecodeError):
                reason = "LLVM does not read it, or cannot print it"
            else:
                found += (f"{name}: {said}" for said in differences(session, before, name, rewritten))
        if reason:
            left_out.append((name, reason))
    return Checked(tuple(found), tuple(left_out), len(names) - len(left_out))


def _not_comparable(before: Observation, name: str) -> str:
    if before.error is None:
        return ""
    if before.error[0] == "QirSyntaxError" and name not in KEEPS_TOKENS:
        return "what LLVM refuses has no other words"
    if name == "variables of LLVM's names":
        return "the error has the name"
    if "opaque" in before.error[1] and name in BY_LLVM:
        return "LLVM ends the process that reads it"
    return ""


def open_session() -> None:
    """Open the session of this process, for ``check_here``; it closes when the process ends."""
    _sessions.append(Session(engine_client=EngineClient()))
    Finalize(None, _sessions[0].close, exitpriority=1)


def check_here(said: str, path: Path, names: Sequence[str], seed: int) -> tuple[Checked, float]:
    """Say that a program is begun with, check it in the session of this process, and give the seconds it took."""
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()
    begin = time.monotonic()
    return check(_sessions[0], path, names, seed), time.monotonic() - begin
