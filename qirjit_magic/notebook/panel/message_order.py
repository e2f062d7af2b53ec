"""Messages of the page: which one is handled, and that what came before a click is there when it is answered."""

from __future__ import annotations

import threading
import time
from typing import Any

from IPython.core.getipython import get_ipython

_GRACE_S = 0.05  # a message that has come is handled in a few milliseconds where its thread is free


def parent_message() -> dict[str, Any]:
    """The message of the front end that is handled now; empty without a kernel."""
    shell = get_ipython()
    return dict(shell.get_parent()) if shell is not None and hasattr(shell, "get_parent") else {}


def comes_from_page() -> bool:
    """Return whether what is handled now is a message of a widget, not a cell that calls its handlers."""
    return bool(parent_message().get("header", {}).get("msg_type") == "comm_msg")


def wait_for_values() -> None:
    """Wait until the fields have the values that the page sent before it told of a click.

    JupyterLab sends the messages of some widgets to the kernel's main thread and those of others to a subshell, so that
    a click may overtake the value of a field. The main thread handles them only between cells. Never call this in a
    thread of the kernel's own: it waits for them.
    """
    loop = getattr(getattr(get_ipython(), "kernel", None), "io_loop", None)
    if loop is None:
        return
    is_free = threading.Event()
    loop.add_callback(is_free.set)
    is_free.wait()
    time.sleep(_GRACE_S)
