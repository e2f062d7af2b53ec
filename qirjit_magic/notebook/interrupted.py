"""The end of an interrupted cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qirjit_magic.session.run_result import RunResult


class Interrupted(KeyboardInterrupt):
    """Ends an interrupted cell with one line, where IPython would show the lines of this package."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: interrupted {self}"]


Interrupted.__name__ = "KeyboardInterrupt"  # which a front end shows, and programs that drive a kernel look at


def kept_message(result: RunResult, output: str | None) -> str:
    """Return a sentence about the shots that an interrupted run keeps, and where they are."""
    finished = len(result.shots)
    shots = f"{finished:,} finished shot{'' if finished == 1 else 's'}"
    return f"after {shots}: {output or 'qirjit_magic.default_session().last'} has what there is."
