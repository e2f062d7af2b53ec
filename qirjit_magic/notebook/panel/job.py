"""`Job`: one run of a panel, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from IPython.core.getipython import get_ipython

from qirjit_magic.errors import ExecutionError
from qirjit_magic.notebook.panel.tail import Tail
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.session.runs.watcher import Observer

if TYPE_CHECKING:
    from qirjit_magic.session.run_result import RunResult


_GRACE_S = 0.05  # a message that has come is handled in a few milliseconds where its thread is free


def parent_message() -> dict[str, Any]:
    """The message of the front end that is handled now; empty without a kernel."""
    shell = get_ipython()
    return dict(shell.get_parent()) if shell is not None and hasattr(shell, "get_parent") else {}


def is_widget_message() -> bool:
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


FLUSH_S = 0.1


class Job:
    """A run that goes on while the kernel does something else.

    Args:
        label: what is run, in words.
        run: runs it, followed by the observer that it gets.
        notify: called in the thread when there is something new: at most ten times a second, and when it has ended.

    Attributes:
        tail: what it has said.
        progress: how far it is; None until it is its turn.
        result: what it gave, also where it did not end as it should; None where nothing was run.
        error: why it did not end as it should, where it did not.
        stopping: whether somebody wants it to end.
        ended: whether it has.
    """

    def __init__(self, label: str, run: Callable[[Observer], RunResult], notify: Callable[[], None]) -> None:
        self.label = label
        self.tail = Tail()
        self.progress: Progress | None = None
        self.result: RunResult | None = None
        self.error: BaseException | None = None
        self.stopping = self.ended = self.begun = False
        self._run = run
        self._notify = notify
        self._new = False
        self._notified_at = 0.0
        self._thread = threading.Thread(target=self._work, name="qirjit-panel", daemon=True)

    def start(self) -> None:
        """Begin, without waiting."""
        self._thread.start()

    def stop(self) -> None:
        """Let it end at the next shot; what has finished is kept."""
        self.stopping = True

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for its end; whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def is_finishing(self) -> bool:
        """Return whether no shot is run any more, and its result is being made."""
        return self.progress is not None and self.progress.ended

    def _work(self) -> None:
        observer = Observer(
            self._show, stopping=self._is_stopping, on_tick=self._tick, progress=self._follow, newest=True
        )
        try:
            self.result = self._run(observer)
        except ExecutionError as error:
            self.result, self.error = cast("RunResult | None", error.partial), error
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - in a thread nobody else would see it
            self.error = error
        finally:
            for notice in () if self.result is None else self.result.notices:
                self.tail.add(f"{notice}\n")
            self.ended = True
            self._notify()

    def _is_stopping(self) -> bool:
        self.begun = True  # it is asked as soon as it is its turn
        return self.stopping

    def _show(self, text: str) -> None:
        self.tail.add(text)
        self._new = True

    def _follow(self, progress: Progress) -> None:
        self.progress = progress
        self._new = True
        if progress.ended:  # nothing ticks any more while the result is made, which may take a while
            self._notify()

    def _tick(self) -> None:
        now = time.monotonic()
        if self._new and now - self._notified_at >= FLUSH_S:
            self._notified_at = now
            self._new = False
            self._notify()
