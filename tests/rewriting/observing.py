"""What the product says of a program: the error and its line, else how it was run and what it gave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qirjit_magic import Session
from qirjit_magic.errors import QirError

SHOTS, SEED = 24, 7
_SECONDS = 5.0
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{2})")
_SPELLED = re.compile(r'("|renamed\.|rewritten |\s)')


@dataclass(frozen=True, slots=True)
class Observation:
    """What became of a program.

    Attributes:
        error: the class of the error, and what it is about; empty where there is none.
        line: the line that it names.
        plan: how its shots were run.
        output: all that it gave.
        remarks: the remarks about the module, with their lines.
    """

    error: tuple[str, str] | None = None
    line: int | None = None
    plan: tuple[str, str] | None = None
    output: str = ""
    remarks: frozenset[tuple[str, int | None]] = field(default=frozenset())


def observe(session: Session, source: bytes, *, shots: int = SHOTS) -> Observation:
    """Compile and run a program, and take it away again."""
    remarks: frozenset[tuple[str, int | None]] = frozenset()
    try:
        info = session.add(source, "rewritten")
        remarks = frozenset((_plain(remark.message), remark.line) for remark in info.diagnostics)
        try:
            result = session.run(module="rewritten", shots=shots, seed=SEED, timeout=_SECONDS)
            return Observation(
                plan=(result.plan.simulator, result.plan.method), output=result.to_text(), remarks=remarks
            )
        finally:
            session.remove("rewritten")
    except QirError as error:
        return Observation(
            error=(type(error).__name__, _about(error)), line=getattr(error, "line", None), remarks=remarks
        )


def _about(error: QirError) -> str:
    for name in ("construct", "symbol", "symbols", "entry", "reason"):
        value = getattr(error, name, None)
        if value:
            return _plain(str(value))
    return ""


def _plain(text: str) -> str:
    return _SPELLED.sub("", _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))
