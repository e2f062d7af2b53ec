"""The cell that a panel stands under: when it is run again, the panel goes."""

from __future__ import annotations

from collections.abc import Callable

from qirjit_magic.notebook.panel.message_order import parent_message

_shown: dict[str, tuple[str, list[Callable[[], None]]]] = {}


def claim_cell(close: Callable[[], None]) -> None:
    """Close what an earlier run of the current cell has shown; when that is run again, ``close`` is called.

    Without a kernel, and in a front end that does not name its cells, nothing happens.
    """
    parent = parent_message()
    cell = parent.get("metadata", {}).get("cellId")
    request = parent.get("header", {}).get("msg_id", "")
    if not cell:
        return
    before, closers = _shown.get(cell, ("", []))
    if before != request:
        for close_before in closers:
            close_before()
        closers = []
    _shown[cell] = (request, [*closers, close])


def release_cell(close: Callable[[], None]) -> None:
    """Forget this function: what it closes is closed."""
    for cell, (request, closers) in list(_shown.items()):
        left = [closer for closer in closers if closer != close]
        if left:
            _shown[cell] = (request, left)
        else:
            del _shown[cell]
