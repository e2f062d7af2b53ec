"""Following a run from a cell: messages as they come, how far it is, and its end where it is interrupted."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Self

from IPython.display import DisplayHandle, display
from msgspec import structs

from qirjit_magic.display.progress import describe, is_long, progress_html
from qirjit_magic.display.terminal import TerminalBar
from qirjit_magic.flags import GivenFlags
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.sanitize import sanitize
from qirjit_magic.session.client.process import show_nothing
from qirjit_magic.session.runs.watcher import Observer

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qirjit_magic.session.run_result import RunResult


class Interrupted(KeyboardInterrupt):
    """Ends an interrupted cell with one line, where IPython would show the lines of this package."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: interrupted {self}"]


Interrupted.__name__ = "KeyboardInterrupt"  # which a front end shows, and programs that drive a kernel look at


def kept_shots_message(result: RunResult, output: str | None) -> str:
    """Return a sentence about the shots that an interrupted run keeps, and where they are."""
    finished = len(result.shots)
    shots = f"{finished:,} finished shot{'' if finished == 1 else 's'}"
    return f"after {shots}: {output or 'qirjit_magic.default_session().last'} has what there is."


_TEXT_WITH_MESSAGES = {"labeled", "ordered", "json"}


class CellBar:
    """An output that appears when a run takes long, follows it, and says at its end what it took.

    It is an ordinary output that is updated, no widget: it is the same in every front end, and in a notebook that is
    opened again.
    """

    def __init__(self) -> None:
        self._shown: DisplayHandle | None = None
        self._last: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._last is not None and not self._last.ended:  # it was refused after all
            self.show(structs.replace(self._last, ended=True))

    def show(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._shown is None and not is_long(progress):
            return
        self._last = progress
        bundle = {"text/plain": describe(progress), "text/html": progress_html(progress)}
        if self._shown is None:
            self._shown = display(bundle, raw=True, display_id=True)
        else:
            self._shown.update(bundle, raw=True)

    def clearing_before(self, show: Callable[[str], None]) -> Callable[[str], None]:
        """Return a function that prints text: in a notebook it has its own place."""
        return show


@contextlib.contextmanager
def run_observer(shell: InteractiveShell | None, options: GivenFlags) -> Iterator[Observer]:
    """Return the observer that shows a run of this shell while it goes on."""
    if options.quiet:
        yield Observer()
        return
    in_kernel = getattr(shell, "kernel", None) is not None  # in a terminal, no output can be updated
    with CellBar() if in_kernel else TerminalBar(sys.stderr) as bar:
        show = bar.clearing_before(_print_now)
        silent = options.format in _TEXT_WITH_MESSAGES
        yield Observer(show_nothing if silent else show, show_printed=show, progress=bar.show)


def _print_now(text: str) -> None:
    print(sanitize(text), end="", flush=True)
