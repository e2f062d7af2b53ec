"""What the engine process writes to its descriptors 1 and 2: shown as it comes, kept at both ends."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

SHOWN_BYTES = 64 << 10
KEPT_BYTES = 64 << 10

Show = Callable[[str], None]


def show_nothing(text: str) -> None:
    """What shows a run's text where nobody watches."""


@dataclass(frozen=True, slots=True)
class Observer:
    """Who follows a run while it goes on.

    Attributes:
        show: takes messages and state dumps as they come.
        show_printed: takes what native code prints to its descriptors 1 and 2; ``show`` does where None.
        stopping: asked often; once it says True, the run ends at the next shot.
        on_tick: called often, in the thread that runs.
    """

    show: Show = show_nothing
    show_printed: Show | None = None
    stopping: Callable[[], bool] = lambda: False
    on_tick: Callable[[], None] = lambda: None


def observing(show: Show | Observer) -> Observer:
    """Somebody who follows a run, also where only a function is given."""
    return show if isinstance(show, Observer) else Observer(show)


class Stream:
    """One descriptor: of a flood the first `SHOWN_BYTES` a run are shown, the last `KEPT_BYTES` are kept."""

    def __init__(self) -> None:
        self.begin(show_nothing)

    def begin(self, show: Show) -> None:
        """A new run: count and keep from nothing."""
        self._show = show
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = SHOWN_BYTES
        self._cut = False
        self._head = self._tail = b""
        self.total = 0

    def feed(self, chunk: bytes) -> None:
        """Take what was read."""
        self.total += len(chunk)
        self._head += chunk[: KEPT_BYTES - len(self._head)]
        self._tail = (self._tail + chunk[-KEPT_BYTES:])[-KEPT_BYTES:]
        shown = chunk[: self._left]
        self._left -= len(shown)
        text = self._decoder.decode(shown)
        if text:
            self._show(text)
        if len(shown) < len(chunk) and not self._cut:
            self._cut = True
            self._show(f"\n… only the first {SHOWN_BYTES >> 10} KiB are shown\n")

    def both_ends(self, characters: int) -> str:
        """The beginning and the end of what was written, each of at most so many characters."""
        if self.total <= KEPT_BYTES and len(self.tail) <= 2 * characters:
            return self.tail
        return f"{self._head.decode('utf-8', 'replace')[:characters]}\n…\n{self.tail[-characters:]}"

    @property
    def tail(self) -> str:
        """The end of what was written, as text."""
        return self._tail.decode("utf-8", "replace")
