"""The text that the engine process writes to its descriptors 1 and 2: shown as it comes, kept at both ends."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable

import msgspec

from qirjit_magic.protocol.messages import Progress

SHOWN_BYTES = 64 << 10
SHOWN_WHOLE_BYTES = 512 << 10  # to who wants the newest of what comes after that too
KEPT_BYTES = 128 << 10

Show = Callable[[str], None]


def show_nothing(text: str) -> None:
    """Show no text of a run, which nobody watches."""


class Observer(msgspec.Struct, frozen=True):
    """The functions that follow a run while it goes on, each called in the thread that runs; all may be left out.

    Attributes:
        show: takes messages and state dumps as they come.
        show_printed: takes what native code prints to its descriptors 1 and 2; ``show`` does where None.
        stopping: asked often; once it says True, the run ends at the next shot.
        on_tick: called often.
        progress: told how far the run is: at most ten times a second, and once when it has ended, however it did;
            not where it is refused.
        newest: whether it goes on to be shown text when there is much of it: then the newest, with a line that says so
            where something was left out. Otherwise the first 64 KiB of messages are shown, and of what is printed.

    Example:
        >>> observer = qir.Observer(show=print, stopping=lambda: False)
        >>> len(session.run(session.add(bell).name, shots=10, show=observer).shots)
        10
    """

    show: Show = show_nothing
    show_printed: Show | None = None
    stopping: Callable[[], bool] = lambda: False
    on_tick: Callable[[], None] = lambda: None
    progress: Callable[[Progress], None] = lambda _: None
    newest: bool = False


def observing(show: Show | Observer) -> Observer:
    """Somebody who follows a run, also where only a function is given."""
    return show if isinstance(show, Observer) else Observer(show)


class Printed(msgspec.Struct, frozen=True):
    """The text that a run wrote to its descriptors 1 and 2.

    Attributes:
        stdout: the text of 1; of a flood both ends, with a line between them that says what is missing.
        stderr: the same of 2.
        left_out: how many bytes of both are missing.
    """

    stdout: str = ""
    stderr: str = ""
    left_out: int = 0


class Stream:
    """One descriptor: of a flood the first `SHOWN_BYTES` of a run are shown, or all, and both ends are kept."""

    def __init__(self) -> None:
        self.begin(show_nothing)

    def begin(self, show: Show, kept: int = KEPT_BYTES, *, all_shown: bool = False) -> None:
        """A new run: count and keep from nothing, at most so many bytes."""
        self._show = show
        self._head_room = kept // 2
        self._tail_room = kept - self._head_room
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = sys.maxsize if all_shown else SHOWN_BYTES
        self._cut = False
        self._head = self._tail = b""
        self.total = 0

    def feed(self, chunk: bytes) -> None:
        """Take what was read."""
        self.total += len(chunk)
        room = self._head_room - len(self._head)
        self._head += chunk[:room]
        self._tail = (self._tail + chunk[room:][-self._tail_room :])[-self._tail_room :]
        shown = chunk[: self._left]
        self._left -= len(shown)
        text = self._decoder.decode(shown)
        if text:
            self._show(text)
        if len(shown) < len(chunk) and not self._cut:
            self._cut = True
            self._show(f"\n… only the first {SHOWN_BYTES >> 10} KiB are shown\n")

    @property
    def left_out(self) -> int:
        """The number of bytes that were not kept."""
        return self.total - len(self._head) - len(self._tail)

    @property
    def text(self) -> str:
        """The text that is kept; where something is missing, a line between the two ends says so."""
        if not self.left_out:
            return _decoded(self._head + self._tail)
        return f"{_decoded(self._head)}\n… {self.left_out:,} bytes are left out here\n{_decoded(self._tail)}"

    def both_ends(self, characters: int) -> str:
        """The beginning and the end of what was written, each of at most so many characters."""
        text = self.text
        return text if len(text) <= 2 * characters else f"{text[:characters]}\n…\n{text[-characters:]}"


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")
