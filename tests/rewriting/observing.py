"""What the product says of a program: the error and its line, else how it was run and what it gave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from qirjit_magic import Session
from qirjit_magic.errors import NotSampleableError, QirError

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
        plan: on which simulator and how its shots were run, and whether they can be sampled.
        output: all that it gave; None where that is not always the same.
        remarks: the remarks about the module, with their lines.
    """

    error: tuple[str, str] | None = None
    line: int | None = None
    plan: tuple[str, str, bool] | None = None
    output: str | None = ""
    remarks: frozenset[tuple[str, int | None]] = field(default=frozenset())


def observe(session: Session, source: bytes) -> Observation:
    """Compile and run a program, and take it away again."""
    remarks: frozenset[tuple[str, int | None]] = frozenset()
    try:
        info = session.add(source, "rewritten")
        remarks = frozenset((_plain(remark.message), remark.line) for remark in info.diagnostics)
        try:
            live = session.run(module="rewritten", shots=SHOTS, seed=SEED, timeout=_SECONDS)
            sampled = _sampled(session)
            plan = live.plan.simulator, live.plan.method, sampled is not None
            return Observation(plan=plan, output=live.to_text() + (sampled or ""), remarks=remarks)
        finally:
            session.remove("rewritten")
    except QirError as error:
        return Observation(
            error=(type(error).__name__, _about(error)), line=getattr(error, "line", None), remarks=remarks
        )


def _sampled(session: Session) -> str | None:
    try:
        result = session.run(module="rewritten", shots=SHOTS, seed=SEED, method="sampled", timeout=_SECONDS)
    except NotSampleableError:
        return None
    return result.to_text()


def steady(session: Session, source: bytes) -> Observation:
    """What becomes of a program each time: without its output, where that is another one each time."""
    first, second = observe(session, source), observe(session, source)
    return first if first.output == second.output else replace(first, output=None)


def _about(error: QirError) -> str:
    for name in ("construct", "symbol", "symbols", "entry", "reason"):
        value = getattr(error, name, None)
        if value:
            return _plain(str(value))
    return ""


def _plain(text: str) -> str:
    return _SPELLED.sub("", _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))
