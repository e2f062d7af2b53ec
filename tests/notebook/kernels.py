"""A real kernel, driven by jupyter_client, and the programs that it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psutil

from tests import files

if TYPE_CHECKING:
    from jupyter_client.manager import KernelManager

TIMEOUT_S = 60


@dataclass
class Cell:
    """What a cell gave."""

    status: str = ""
    stdout: str = ""
    stderr: str = ""
    displayed: list[dict[str, str]] = field(default_factory=list)
    updates: list[dict[str, str]] = field(default_factory=list)  # of what was displayed
    error_name: str = ""
    error_text: str = ""
    traceback: str = ""

    def take(self, message: dict[str, Any]) -> None:
        """Sort one message of the kernel in."""
        content = message["content"]
        match message["header"]["msg_type"]:
            case "stream" if content["name"] == "stdout":
                self.stdout += content["text"]
            case "stream":
                self.stderr += content["text"]
            case "display_data" | "execute_result":
                self.displayed.append(content["data"])
            case "update_display_data":
                self.updates.append(content["data"])
            case "error":
                self.error_name, self.error_text = content["ename"], content["evalue"]
                self.traceback = "\n".join(content["traceback"])


class Kernel:
    """One real kernel."""

    def __init__(self, manager: KernelManager, client: Any) -> None:
        self.manager = manager
        self.client = client

    def run_as(self, cell_id: str, code: str) -> Cell:
        """Run a cell under the id that a front end gives it."""
        call = f"get_ipython().run_cell({code!r}, cell_id={cell_id!r})"
        return self.run(f"done = {call}")

    def run(self, code: str, *, interrupt_at: str = "") -> Cell:
        """Run a cell; with ``interrupt_at``, interrupt the kernel when this text was printed."""
        cell = Cell()
        interrupts = iter([self.manager.interrupt_kernel] if interrupt_at else [])

        def take(message: dict[str, Any]) -> None:
            cell.take(message)
            if interrupt_at in cell.stdout:
                for interrupt in interrupts:
                    interrupt()

        reply = self.client.execute_interactive(code, output_hook=take, timeout=TIMEOUT_S)
        cell.status = reply["content"]["status"]
        return cell

    def run_in(self, cell_id: str, code: str) -> Cell:
        """Run a cell as a front end does that names its cells."""
        made = self.client.session.msg
        self.client.session.msg = lambda *args, **options: made(*args, **{**options, "metadata": {"cellId": cell_id}})
        try:
            return self.run(code)
        finally:
            self.client.session.msg = made

    def value(self, expression: str) -> str:
        """The ``repr`` of an expression in the kernel."""
        cell = self.run(f"print(repr(({expression})))")
        assert cell.status == "ok", cell.traceback
        return cell.stdout.strip()

    @property
    def process(self) -> psutil.Process:
        """The kernel's process."""
        return psutil.Process(int(self.value("__import__('os').getpid()")))

    def engines(self) -> list[psutil.Process]:
        """The engine processes below the kernel."""
        return [child for child in self.process.children(recursive=True) if "engine.worker" in "".join(child.cmdline())]


def program(name: str) -> str:
    """The text of a program of the tests or of the tutorial, by its name without ``.ll``."""
    return files.program(name).decode()
