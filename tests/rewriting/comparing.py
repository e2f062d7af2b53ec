"""What is different about a program that is written in another way, and should not be."""

from __future__ import annotations

from collections.abc import Iterator

from qirjit_magic import Session
from tests.rewriting.casts import CASTS
from tests.rewriting.observing import Observation, observe
from tests.rewriting.token_lists import Rewritten

# These add code of their own, which a profile may not allow, and which may hold what is not understood
ADDS_CODE = frozenset({"through memory", "functions split off", *CASTS})
# The first of several may be another one
OTHER_ORDER = frozenset({"blocks reordered"})
# With these the text that LLVM refuses is another one
KEEPS_TOKENS = frozenset({"line breaks", "comments", "comments within lines", "one line"})


def differences(session: Session, before: Observation, name: str, rewritten: Rewritten) -> Iterator[str]:
    """In words, what is not as it was.

    Args:
        session: where both are run.
        before: what became of the program as it was written.
        name: the rewriting.
        rewritten: what it made of the program.
    """
    after = observe(session, rewritten.source)
    if after.error != before.error:
        yield f"error {before.error} is now {after.error}"
        return
    if before.error is None:
        yield from _other_runs(before, after, name)
    if rewritten.lines is not None:
        if not _comes_from(rewritten.lines, after.line, before.line):
            yield f"the error's line {before.line} is now {after.line}"
        if name not in ADDS_CODE:
            yield from _other_remarks(before, after, rewritten.lines, placed=name not in OTHER_ORDER)


def _other_runs(before: Observation, after: Observation, name: str) -> Iterator[str]:
    if before.plan == after.plan:
        if before.output not in {None, after.output}:
            yield "the same seed gives other output"
    elif not (name in ADDS_CODE and before.plan and before.plan[2] and after.plan and not after.plan[2]):
        yield f"the plan {before.plan} is now {after.plan}"


def _other_remarks(
    before: Observation, after: Observation, lines: tuple[frozenset[int], ...], *, placed: bool
) -> Iterator[str]:
    left = list(after.remarks)
    for message, line in sorted(before.remarks, key=str):
        found = next((r for r in left if r[0] == message and (not placed or _comes_from(lines, r[1], line))), None)
        if found is None:
            yield f"the remark '{message}' of line {line} is not there: {sorted(r[1] or 0 for r in left)}"
        else:
            left.remove(found)
    yield from (f"the remark '{message}' is new" for message, _ in left)


def _comes_from(lines: tuple[frozenset[int], ...], after: int | None, before: int | None) -> bool:
    if before is None or after is None:
        return before is after
    return 0 < after <= len(lines) and before in lines[after - 1]
