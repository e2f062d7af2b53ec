"""The panel in JupyterLab: how soon it is there with 100 modules, and how soon it answers while a program floods it.

Run: ``python -m tests.benchmarks.panel [--rounds 3]``, with the extra `test` and Chromium. The page's answer is a click
on a tab until that is painted; the kernel's answer is a choice in the dropdown until the choice's fields are there.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

import psutil

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.opening import Opener, chromium
from tests.notebook.browser.pages import NotebookPage
from tests.notebook.browser.panels import PanelOnPage
from tests.notebook.browser.servers import Servers

MODULES, FUNCTIONS = 100, 10
_MIB = 1 << 20
_POLL_S = 0.02
_MANY_MODULES = f"""
import io, contextlib
for number in range({MODULES}):
    text = "\\n".join(f"define i64 @f{{number}}_{{at}}() {{{{ ret i64 {{at}} }}}}" for at in range({FUNCTIONS}))
    with contextlib.redirect_stdout(io.StringIO()):
        get_ipython().run_cell_magic("qir", f"--name m{{number}} --no-run", text)
"""
_OPEN = """async least => {
  await jupyterapp.commands.execute('notebook:clear-cell-output');
  const began = performance.now();
  jupyterapp.commands.execute('notebook:run-cell');
  while (document.querySelectorAll('.jp-OutputArea-output select option').length < least)
    await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
_WATCH_CLICKS = """() => {
  window.answers = [];
  document.addEventListener('pointerdown', event => requestAnimationFrame(() => setTimeout(() =>
    answers.push(performance.now() - event.timeStamp))), true);
}"""
_CHOOSE = """async (select, [label, fields]) => {
  const box = select.closest('.jp-OutputArea-output');
  const began = performance.now();
  select.value = label;
  select.dispatchEvent(new Event('change', {bubbles: true}));
  const there = () => [...box.querySelectorAll('label')].filter(it => it.textContent.startsWith('Argument')).length;
  while (there() !== fields) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
_CHOICES = (("floods · messages(i64)", 1), ("million_lines · million_lines() *", 0))


@dataclass
class Figures:
    """What was measured: times in milliseconds, the kernel's resident memory in MiB, text on the page in characters."""

    opened: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    kernel: list[float] = field(default_factory=list)
    before: float = 0.0
    during: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    characters: list[int] = field(default_factory=list)


@contextlib.contextmanager
def _watching(kernel: psutil.Process, mib: list[float]) -> Iterator[None]:
    done = threading.Event()

    def look() -> None:
        while not done.wait(_POLL_S):
            mib.append(_resident(kernel))

    watcher = threading.Thread(target=look)
    watcher.start()
    yield
    done.set()
    watcher.join()


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss / _MIB)


def _flood(notebook: NotebookPage, figures: Figures) -> None:
    panel = PanelOnPage(notebook.page)
    panel.choose(_CHOICES[1][0])
    panel.run.click()
    panel.output.wait_for()
    goes_on = True
    while goes_on:
        for label, fields in _CHOICES:
            figures.kernel.append(panel.entry.evaluate(_CHOOSE, [label, fields]))
            panel.tab("IR").click()
        goes_on = panel.stop.is_enabled()
    figures.characters.append(len(panel.output.inner_text()))


def measure(rounds: int) -> Figures:
    """In each round the panel's cell is run again, and then a million lines are written; the kernel stays."""
    figures = Figures()
    with contextlib.ExitStack() as closing, chromium() as browser:
        opener = Opener(Servers(closing), browser)
        notebook = opener("lab", LOAD, _MANY_MODULES, adding("floods"), adding("million_lines"), PANEL)
        notebook.run_all()
        (kernel,) = opener.servers["lab"].kernels()
        figures.before = _resident(kernel)
        notebook.page.evaluate(_WATCH_CLICKS)
        for _ in range(rounds):
            figures.opened.append(notebook.page.evaluate(_OPEN, MODULES * FUNCTIONS))
            with _watching(kernel, figures.during):
                _flood(notebook, figures)
            figures.after.append(_resident(kernel))
        figures.page = notebook.page.evaluate("answers")
        opener.close()
    return figures


def main(rounds: int) -> None:
    """Print the figures."""
    figures = measure(rounds)
    print(f"{MODULES} modules, {MODULES * FUNCTIONS:,} functions; {rounds} rounds; a million lines in each")
    for title, times in (
        ("the panel is there", figures.opened),
        ("an answer of the page", figures.page),
        ("an answer of the kernel", figures.kernel),
    ):
        print(f"{title}: median {median(times):.0f} ms, at most {max(times):.0f} ms, of {len(times)}")
    after = ", ".join(f"{mib:.0f}" for mib in figures.after)
    peak = max(figures.during)
    print(f"the kernel: {figures.before:.0f} MiB before, at most {peak:.0f} MiB; after each round {after} MiB")
    print(f"text on the page: at most {max(figures.characters):,} characters")


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.benchmarks.panel", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    main(parser.parse_args().rounds)
