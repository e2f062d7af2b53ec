"""The panel: an ipywidgets view of a `Session`."""

from __future__ import annotations

import threading
import time
from html import escape
from typing import TYPE_CHECKING, Any, get_args

import ipywidgets as widgets

from qirjit_magic.display.modules import function_label
from qirjit_magic.display.progress import is_long, page
from qirjit_magic.errors import ExecutionError, OptionError, QirError
from qirjit_magic.options import Method
from qirjit_magic.plain import plain, plain_line
from qirjit_magic.session.session import Session
from qirjit_magic.session.streams import Observer
from qirjit_magic.wire.progress import Progress
from qirjit_magic.wire.simulators import simulator_names

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult

_FLUSH_S = 0.1
_KEPT_CHARACTERS = 20_000
_PRE = "margin:0;white-space:pre-wrap;max-height:24em;overflow:auto"
_BUTTON = {"width": "6em"}
Choice = tuple[str, str]


class Panel:
    """Choose an entry point, run it, see what it gives; follows what cells add to the session.

    Runs go on in a thread of their own, so that the panel answers while they do.

    Args:
        session: whose modules are shown and run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._text = self._progress = ""
        self._flushed = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        style = {"description_width": "initial"}
        self.entry = widgets.Dropdown(description="Entry point", style=style, layout={"width": "auto"})
        self.shots = widgets.BoundedIntText(
            1, min=1, max=10**9, description="Shots", style=style, layout={"width": "11em"}
        )
        self.seed = widgets.Text(
            "", placeholder="drawn", description="Seed", style=style, layout={"width": "11em"}, continuous_update=False
        )
        self.simulator = widgets.Dropdown(
            options=simulator_names(), description="Simulator", style=style, layout={"width": "14em"}
        )
        self.method = widgets.Dropdown(
            options=get_args(Method), description="Method", style=style, layout={"width": "11em"}
        )
        self.run_button = widgets.Button(description="Run", icon="play", button_style="primary", layout=_BUTTON)
        self.stop_button = widgets.Button(description="Stop", icon="stop", disabled=True, layout=_BUTTON)
        self.output = widgets.HTML()
        settings = [self.entry, self.shots, self.seed, self.simulator, self.method]
        controls = [*settings, self.run_button, self.stop_button]
        self.widget = widgets.VBox(
            [widgets.HBox(controls, layout={"flex_flow": "row wrap"}), self.output],
            layout={"padding": "4px"},
        )
        self.run_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self._stop.set())
        session.on_change.append(self.refresh)
        self.refresh()

    def close(self) -> None:
        """Follow the session no more, and take the widgets away."""
        if self.refresh in self._session.on_change:
            self._session.on_change.remove(self.refresh)
        self.widget.close()

    def refresh(self) -> None:
        """Offer what the session has now; the choice stays where it still exists."""
        before: Choice | None = self.entry.value
        options = [
            (plain_line(f"{module.name} · {function_label(function)}"), (module.name, function.name))
            for module in self._session.modules
            for function in module.functions
            if function.public or function.declared
        ]
        choices = [choice for _, choice in options]
        self.entry.options = options
        if choices:
            self.entry.value = before if before in choices else choices[0]
        self._enable()

    def _enable(self) -> None:
        running = self._thread is not None and self._thread.is_alive()
        self.run_button.disabled = running or not self.entry.options
        self.stop_button.disabled = not running

    def start(self) -> None:
        """Run the chosen entry point, without waiting for it."""
        if self.entry.value is None or (self._thread is not None and self._thread.is_alive()):
            return
        self._text = self._progress = self.output.value = ""
        self._flushed = 0.0
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=self.entry.value, name="qirjit-panel", daemon=True)
        self.run_button.disabled, self.stop_button.disabled = True, False
        self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the run that goes on; whether it has ended."""
        if self._thread is not None:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    def _run(self, module: str, entry: str) -> None:
        observer = Observer(self._show, stopping=self._stop.is_set, on_tick=self._flush, progress=self._follow)
        try:
            result = self._session.run(
                entry,
                module=module,
                shots=self.shots.value,
                seed=self._chosen_seed(),
                simulator=self.simulator.value,
                method=self.method.value,
                show=observer,
            )
            self._finish(result, "")
        except ExecutionError as error:
            self._finish(error.partial, str(error))
        except QirError as error:
            self._finish(None, str(error))
        finally:
            self.run_button.disabled, self.stop_button.disabled = not self.entry.options, True

    def _chosen_seed(self) -> int | None:
        text = self.seed.value.strip()
        try:
            return int(text, 0) if text else None
        except ValueError:
            raise OptionError("seed", text, "an integer from 0 to 2**64-1, or nothing") from None

    def _show(self, text: str) -> None:
        self._text = (self._text + text)[-_KEPT_CHARACTERS:]

    def _follow(self, progress: Progress) -> None:
        self._progress = page(progress) if is_long(progress) else ""

    def _flush(self) -> None:
        now = time.monotonic()
        if (self._text or self._progress) and now - self._flushed > _FLUSH_S:
            self._flushed = now
            self.output.value = self._printed()

    def _printed(self) -> str:
        text = f'<pre style="{_PRE}">{escape(plain(self._text))}</pre>' if self._text else ""
        return text + self._progress

    def _finish(self, result: RunResult | None, problem: str) -> None:
        for notice in () if result is None else result.notices:
            self._show(f"{notice}\n")
        shown = "" if result is None or result.empty else result._repr_mimebundle_()["text/html"]
        alert = f'<pre role="alert" style="{_PRE};color:var(--jp-error-color1,#b00020)">{escape(plain(problem))}</pre>'
        self.output.value = self._printed() + shown + (alert if problem else "")

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - ipywidgets' own bundle
        bundle = self.widget._repr_mimebundle_(**options)
        if isinstance(bundle, dict):
            names = ", ".join(label for label, _ in self.entry.options) or "nothing is compiled yet"
            bundle["text/plain"] = f"QIR panel (needs a running kernel): {names}"
        return bundle
