"""The panel in a real kernel: how long it takes to open over many entry points, and what a flood of text costs.

``python -m tests.benchmarks.panel``
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_client.manager import start_new_kernel

from tests.files import program

MODULES, ENTRY_POINTS, LINES = 100, 1000, 1_000_000
_TIMEOUT_S = 300

_PREPARE = f"""
%load_ext qirjit_magic
import time, psutil
import qirjit_magic as qir
session = qir.default_session()
for number in range({MODULES - 1}):
    functions = (f"define void @entry{{number}}_{{i}}() {{{{ ret void }}}}" for i in range({ENTRY_POINTS // MODULES}))
    session.add("\\n".join(functions), f"module{{number}}")
"""
_OPEN = """
began = time.perf_counter()
panel = qir.Panel(session)
display(panel)
print(len(panel.entry.options), "entry points:", time.perf_counter() - began, "s")
"""
_FLOOD = f"""
memory = lambda: psutil.Process().memory_info().rss >> 20
panel.entry.value = ("floods", "messages")
panel.parameters.fields[0].field.value = "{LINES}"
before = highest = memory()
late = 0.0
began = time.perf_counter()
panel.start()
while not panel.wait(0):
    asked = time.perf_counter()
    time.sleep(0.02)
    late = max(late, time.perf_counter() - asked - 0.02)
    highest = max(highest, memory())
print("run:", time.perf_counter() - began, "s")
print("main thread at most", late * 1000, "ms late")
print("memory before", before, "MiB, highest", highest, "MiB")
for _ in range(3):
    panel.start()
    panel.wait()
print("memory after four runs", memory(), "MiB")
characters = len(panel.output.value) + len(panel.link.value)
print("on the page", characters, "characters of", len(panel.result.messages), "lines")
"""


@dataclass(frozen=True)
class _Kernel:
    client: object

    def printed(self, code: str) -> str:
        said: list[str] = []

        def take(message: dict[str, dict[str, str]]) -> None:
            content = message["content"]
            said.append(content.get("text", "") or content.get("evalue", ""))

        self.client.execute_interactive(code, output_hook=take, timeout=_TIMEOUT_S)  # type: ignore[attr-defined]
        return re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.2f}", "".join(said)).strip()


def main() -> None:
    """Print the figures."""
    manager, client = start_new_kernel()
    try:
        kernel = _Kernel(client)
        kernel.printed(_PREPARE)
        kernel.printed("%%qir --name floods --no-run --quiet\n" + program("floods").decode())
        print(kernel.printed(_OPEN))
        print(kernel.printed(_FLOOD))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()
