"""`Tail`: what a run says while it goes on. Of a flood both ends are kept; the newest is what one sees."""

from __future__ import annotations

import threading
from collections import deque

SHOWN_CHARACTERS = 10_000
SHOWN_LINES = 300
KEPT_CHARACTERS = 256 << 10  # of each end


class Tail:
    """Text as it comes, from any thread.

    Args:
        kept: how many characters of the beginning are kept, and how many of the end.

    Attributes:
        characters: how many there were.
        lines: how many ends of line were among them.
    """

    def __init__(self, kept: int = KEPT_CHARACTERS) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._head: list[str] = []
        self._head_room = kept
        self._chunks: deque[str] = deque()
        self._length = 0
        self.characters = self.lines = 0

    def add(self, text: str) -> None:
        """Take what comes next."""
        with self._lock:
            self.characters += len(text)
            self.lines += text.count("\n")
            if self._head_room:
                head, text = text[: self._head_room], text[self._head_room :]
                self._head.append(head)
                self._head_room -= len(head)
            self._append(text[-self._kept :])

    def _append(self, text: str) -> None:
        if not text:
            return
        self._chunks.append(text)
        self._length += len(text)
        while self._length - len(self._chunks[0]) >= self._kept:
            self._length -= len(self._chunks.popleft())

    @property
    def newest(self) -> str:
        """The last lines, as much as one wants to see; whole lines where there are such."""
        shown, _ = self._newest()
        return shown

    @property
    def is_cut(self) -> bool:
        """Return whether there is more than `newest`."""
        return self._newest()[1]

    def _newest(self) -> tuple[str, bool]:
        with self._lock:
            text = self._end(SHOWN_CHARACTERS)
            more = len(text) < self.characters
        lines = text.split("\n")
        kept = lines[-SHOWN_LINES - 1 :]
        if len(kept) < len(lines):
            return "\n".join(kept), True
        return (text if not more or len(lines) == 1 else "\n".join(lines[1:])), more

    def _end(self, limit: int) -> str:
        found: list[str] = []
        length = 0
        for chunk in [*reversed(self._chunks), *reversed(self._head)]:
            if length >= limit:
                break
            found.append(chunk)
            length += len(chunk)
        return "".join(reversed(found))[-limit:]

    def whole(self) -> str:
        """All of it; of a flood both ends, with a line between them that says what is missing."""
        with self._lock:
            head, tail = "".join(self._head), "".join(self._chunks)[-self._kept :]
            missing = self.characters - len(head) - len(tail)
        return f"{head}\n… {missing:,} characters are left out here\n{tail}" if missing else head + tail

    @property
    def is_whole(self) -> bool:
        """Return whether all of it is kept."""
        return self.characters <= 2 * self._kept
