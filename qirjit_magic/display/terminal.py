"""`TerminalBar`: how far a run is, as tqdm's bar on a terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Self, TextIO

from qirjit_magic.display.progress import is_long
from qirjit_magic.protocol.messages import Progress


class TerminalBar:
    """A bar that appears below what a long run prints, and is gone when the run has ended.

    Args:
        stream: where it is drawn; nothing is where that is no terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: Any = None
        self._in_line = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, progress: Progress) -> None:
        """Draw how far it is; never over a line that has been begun."""
        if self._bar is None and is_long(progress) and not self._in_line and self._stream.isatty():
            self._bar = _new_bar(progress, self._stream)
        elif self._bar is not None and not self._in_line:
            self._bar.progress = progress
            self._bar.refresh()

    def clearing_before(self, show: Callable[[str], None]) -> Callable[[str], None]:
        """Return a function that prints text where the bar is, which makes way for it."""

        def show_beside(text: str) -> None:
            if self._bar is not None and not self._in_line:
                self._bar.clear()
            self._in_line = not text.endswith("\n")
            show(text)

        return show_beside


def _new_bar(first: Progress, stream: TextIO) -> Any:  # noqa: ANN401 - tqdm has no types
    from tqdm import tqdm  # noqa: PLC0415 - 0.03 s, which only a long run spends

    class ProgressBar(tqdm):  # type: ignore[misc]
        monitor_interval = 0  # no thread that draws by itself
        progress = first

        @property
        def format_dict(self) -> dict[str, Any]:  # as its documentation says: its own rate begins with the bar
            known = self.progress
            return {**super().format_dict, "n": known.done, "elapsed": known.seconds, "rate": known.rate}

    ProgressBar.set_lock(threading.RLock())  # its own one is for several processes
    return ProgressBar(total=first.shots, unit="shot", leave=False, file=stream, dynamic_ncols=True)
