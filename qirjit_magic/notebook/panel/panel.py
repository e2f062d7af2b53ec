"""`Panel`: core ipywidgets over a `Session`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, get_args
from weakref import WeakKeyDictionary

import ipywidgets as widgets
from msgspec.structs import replace

from qirjit_magic.flags import GivenFlags
from qirjit_magic.notebook.panel import run_html
from qirjit_magic.notebook.panel.choices import Choice, choices, closest_choice, default_choice, entry_point
from qirjit_magic.notebook.panel.fields import NAMED, ROW, CheckedText, ParameterFields, close, seed_of, seed_problem
from qirjit_magic.notebook.panel.job import Job, is_widget_message, parent_message, wait_for_values
from qirjit_magic.notebook.panel.tabs import CIRCUIT, MESSAGES, Page, Tabs, program_pages, result_pages
from qirjit_magic.options import Method, RunOptions
from qirjit_magic.protocol.simulator_specs import simulator_names
from qirjit_magic.session.default import default_session
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.session import Session

if TYPE_CHECKING:
    from qirjit_magic.protocol.module_info import EntryPoint
    from qirjit_magic.session.run_result import RunResult


class RunCoordinator:
    """The run of a panel that goes on in a session, and who wants to know when one begins and ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def job(self) -> Job | None:
        """The run that goes on."""
        job = self._job
        return None if job is None or job.ended else job

    def begin(self, job: Job) -> bool:
        """Start a run, unless another goes on: whether it was started."""
        with self._lock:
            if self.job is not None:
                return False
            self._job = job
        try:
            job.start()
        except RuntimeError:  # the system has no thread left
            self._job = None
            raise
        self.notify()
        return True

    def notify(self) -> None:
        """Call all listeners."""
        with self._lock:
            if self._job is not None and self._job.ended:
                self._job = None  # it holds its result, its panel and the session
        for listener in list(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call this when a run begins or ends, in whatever thread that is."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        """Call this listener no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    @property
    def listener_count(self) -> int:
        """The number of listeners."""
        return len(self._listeners)


_making = threading.Lock()
_coordinators: WeakKeyDictionary[Session, RunCoordinator] = WeakKeyDictionary()


def coordinator_of(session: Session) -> RunCoordinator:
    """The coordinator of this session, for as long as it lives."""
    with _making:
        return _coordinators.setdefault(session, RunCoordinator())


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


_MAX_SHOTS = 10**12
_NAMED_IN_WORDS = 20
_BUTTON = {"width": "6em"}
_NOTHING_THERE = "Nothing is compiled yet: run a %%qir cell, and what it defines can be chosen here."
_OUTPUT = {
    "display": "none",
    "flex_flow": "column-reverse",  # a box that is filled from its end stays at its end
    "max_height": "16em",
    "overflow": "auto",
    "border": "1px solid var(--jp-border-color2, #8886)",
    "margin": "4px 0 0 0",
}


class Panel:
    """A panel of widgets that chooses an entry point, runs it and shows its result; it follows the session's modules.

    Runs go on in a thread of their own, so that the kernel and the page answer while they do. All panels of a session
    offer the same, and one of them runs at a time: the others say so, and any of them can stop it.

    Args:
        session: the session whose modules are shown and run; by default that of this kernel.
        flags: the first values of the fields, and of what has no field, such as a timeout, as a cell's flags have them.

    Attributes:
        entry: the dropdown; its value is the name of a module and of a function.
        shots: the number of shots.
        seed: the seed as text; empty lets one be drawn.
        simulator: the simulator's name.
        method: the method of the shots, ``auto``, ``live`` or ``sampled``.
        parameters: the fields of the entry point's parameters.
        run_button: starts a run.
        stop_button: stops it; what has finished is kept.
        status: the progress of the run, or its end.
        output: the newest text of the run.
        problem: the error with which it ended.
        tabs: the result's pages, the circuit and the code.
        on_result: called with each result, in the thread of the run.

    Example:
        >>> panel = qir.Panel(session)
        >>> panel.shots.value = 100
        >>> panel.close()
    """

    def __init__(self, session: Session | None = None, flags: GivenFlags | None = None) -> None:
        self._session = session or default_session()
        flags = flags or GivenFlags()
        self._options = flags.run
        self._coordinator = coordinator_of(self._session)
        self._painting = threading.RLock()
        self._offered: tuple[tuple[str, Choice], ...] = ()
        self._busy = self._closed = False
        self._job: Job | None = None
        self._starting: threading.Thread | None = None  # after a click, until what it runs is known
        self._result: RunResult | None = None
        self._pages: dict[str, Page] = {}  # of the result
        self._program: dict[str, Page] = {}
        self._looked_at: str | None = None  # when the run began
        self.on_result: Callable[[RunResult], None] = lambda _: None
        self._make_controls(flags.run)
        self._make_output()
        settings = [self.shots, self._seed.widget, self.simulator, self.method]
        rows = [
            self.entry,
            widgets.HBox(settings, layout=ROW),
            self.parameters.widget,
            widgets.HBox([self.run_button, self.stop_button, self.status], layout=ROW),
        ]
        style = widgets.HTML(run_html.STYLE, layout={"display": "none"})
        self.widget = widgets.VBox(
            [*rows, self._output_box, self.link, self.problem, self.tabs.widget, style], layout={"padding": "4px"}
        )
        self.widget.add_class("qirjit-panel")
        self._begin_with(flags)
        self._session.on_change.append(self.refresh)
        self._coordinator.subscribe(self._paint)
        claim_cell(self.close)

    def _make_controls(self, options: RunOptions) -> None:
        narrow = {"width": "12em", "max_width": "98%"}
        self.entry = widgets.Dropdown(
            description="Entry point", style=NAMED, layout={"width": "auto", "max_width": "60em"}
        )
        self.shots = widgets.BoundedIntText(
            min(options.shots, _MAX_SHOTS), min=1, max=_MAX_SHOTS, description="Shots", style=NAMED, layout=narrow
        )
        seed = "" if options.seed is None else str(options.seed)
        self._seed = CheckedText("Seed", seed, problem=seed_problem, changed=self._paint, hint="drawn", width="11em")
        self.seed = self._seed.field
        simulator = options.simulator or self._session.simulator
        names = dict.fromkeys([*simulator_names(), simulator])
        self.simulator = widgets.Dropdown(
            options=list(names), value=simulator, description="Simulator", style=NAMED, layout=narrow
        )
        self.method = widgets.Dropdown(
            options=get_args(Method), value=options.method, description="Method", style=NAMED, layout=narrow
        )
        self.parameters = ParameterFields(self._parameter_changed)
        # No icons: what a font draws would be a part of the accessible name.
        self.run_button = widgets.Button(description="Run", button_style="primary", layout=_BUTTON)
        self.stop_button = widgets.Button(description="Stop", layout=_BUTTON)
        self.entry.observe(self._entry_changed, "value")
        self.run_button.on_click(self._clicked)
        self.stop_button.on_click(lambda _: self.stop())

    def _make_output(self) -> None:
        self.status = widgets.HTML(layout={"flex": "1 1 20em", "min_width": "0"})
        self.output = widgets.HTML(layout={"flex": "0 0 auto", "overflow": "visible", "width": "auto", "margin": "0"})
        self._output_box = widgets.Box([self.output], layout=_OUTPUT)
        self.link = widgets.HTML(layout={"display": "none"})
        self.problem = widgets.HTML(layout={"display": "none"})
        self.tabs = Tabs()

    def _begin_with(self, flags: GivenFlags) -> None:
        wanted = default_choice(self._session, flags.name, flags.entry)
        if wanted is None and flags.name:
            wanted = (flags.name, flags.entry or "")
        self.refresh()
        with self._painting:
            chosen = closest_choice(wanted, [choice for _, choice in self._offered], self.entry.value)
            self.entry.value = chosen
            if flags.run.args and self._entry_point is not None:
                texts = [str(argument) for argument in flags.run.args]
                self.parameters.show(self._entry_point.signature.parameters, texts)
                self._parameter_changed()

    # -- what there is ---------------------------------------------------------------------------------------------

    @property
    def result(self) -> RunResult | None:
        """The result of the last run of this panel, also where it was stopped or failed."""
        return self._result

    @property
    def _entry_point(self) -> EntryPoint | None:
        return entry_point(self._session, self.entry.value)

    def refresh(self) -> None:
        """Offer what the session has now; the choice stays where it still exists."""
        with self._painting:
            offered = choices(self._session.modules)
            if offered != self._offered:
                default = default_choice(self._session)
                chosen = closest_choice(self.entry.value, [choice for _, choice in offered], default)
                self._offered = offered
                self._busy = True
                with self.entry.hold_sync():
                    self.entry.options = offered
                    self.entry.value = chosen
                self._busy = False
            self._entry_changed()

    def _entry_changed(self, _: object = None) -> None:
        if self._busy:
            return
        with self._painting:
            function = self._entry_point
            self.parameters.show(() if function is None else function.signature.parameters)
            self._program = self._program_pages()
            self._show_pages(self.tabs.chosen)
            self._paint()

    def _parameter_changed(self) -> None:
        with self._painting:
            kept = {title: page for title, page in self._program.items() if title != CIRCUIT}
            self._program = self._program_pages() | kept
            self._show_pages(self.tabs.chosen)
            self._paint()

    def _program_pages(self) -> dict[str, Page]:
        choice = self.entry.value
        return {} if choice is None else program_pages(self._session, choice, self.parameters.values)

    def _show_pages(self, front: str | None) -> None:
        self.tabs.show({**self._pages, **self._program}, front)

    # -- runs ------------------------------------------------------------------------------------------------------

    @property
    def _can_run(self) -> bool:
        wrong = self._seed.problem or self.parameters.problem or self._closed
        return self._coordinator.job is None and self.entry.value is not None and not wrong

    def _clicked(self, _: object) -> None:
        if not is_widget_message():
            self.start()
        elif self._can_run and self._starting is None:
            self._starting = threading.Thread(target=self._start_soon, name="qirjit-panel-start", daemon=True)
            self._starting.start()

    def _start_soon(self) -> None:
        try:
            wait_for_values()
            self.start()
        finally:
            self._starting = None

    def start(self) -> None:
        """Run the chosen entry point, without waiting for it; nothing happens where Run is disabled."""
        choice = self.entry.value
        if not self._can_run or choice is None:
            return
        module, entry = choice
        options = replace(
            self._options,
            shots=self.shots.value,
            seed=seed_of(self.seed.value),
            simulator=self.simulator.value,
            method=self.method.value,
            args=self.parameters.values,
        )

        def run(observer: Observer) -> RunResult:
            return self._session.run(entry, module=module, options=options, show=observer)

        self._looked_at = self.tabs.chosen
        before, job = self._job, Job(self.entry.label, run, self._follow)
        self._job = job
        if not self._coordinator.begin(job):
            self._job = before

    def stop(self) -> None:
        """Stop the run that a panel of this session has started, at the next shot; what has finished is kept."""
        job = self._coordinator.job
        if job is not None:
            job.stop()
            self._coordinator.notify()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for this panel's run; whether it has ended."""
        starting = self._starting
        if starting is not None:
            starting.join(timeout)
        return self._job is None or self._job.wait(timeout)

    def _follow(self) -> None:
        job = self._job
        if job is None:  # the panel was closed
            self._coordinator.notify()
            return
        if job.ended:
            self._take_result(job)
            return
        if self._pages:  # it takes a moment: what stands there is of another run
            self._pages = {}
            with self._painting:
                self._show_pages(self.tabs.chosen)
        self._paint()

    def _take_result(self, job: Job) -> None:
        self._result, self._pages = job.result, {}
        try:
            if job.result is not None:
                self.on_result(job.result)
                self._pages = result_pages(job.result)
        except Exception as error:  # noqa: BLE001 - whoever follows the results may do anything; it is shown
            job.error = job.error or error
        finally:
            self._coordinator.notify()
        with self._painting:
            self._show_pages(self._front)

    @property
    def _front(self) -> str | None:
        # Where one has looked meanwhile, or before if that is about a result; what it has said stands above already.
        chosen, before = self.tabs.chosen, self._looked_at
        if chosen in self._pages or (chosen is not None and chosen != before):
            return chosen
        pages = [title for title in self._pages if title != MESSAGES]
        return before if before in self._pages else next(iter(pages), chosen)

    # -- painting: in any thread, one at a time --------------------------------------------------------------------

    def _paint(self) -> None:
        with self._painting:
            running = self._coordinator.job
            self.run_button.disabled = not self._can_run
            self.stop_button.disabled = running is None or running.stopping or running.is_finishing
            self.status.value = run_html.status(self._status(running))
            self._paint_output()

    def _status(self, running: Job | None) -> str:
        job = self._job
        if running is not None and running is not job:
            return run_html.muted(f"“{running.label}” is running in another panel.")
        if job is not None and running is job:
            return self._running_status(job)
        if not self._offered:
            return run_html.muted(_NOTHING_THERE)
        if job is None:
            return ""
        if job.result is None:
            return run_html.muted("stopped before it began" if job.stopping else "nothing was run")
        said = run_html.end_text(job.result, job.progress, stopped=job.stopping)
        return f'<span role="status">{escape(said)}</span>'

    @staticmethod
    def _running_status(job: Job) -> str:
        stopping = run_html.muted(" · stopping …") if job.stopping else ""
        if job.progress is not None and job.is_finishing:
            return run_html.muted(f"{run_html.progress_words(job.progress)} · making the result …")
        if job.progress is None:
            return run_html.muted("running …" if job.begun else "waiting for its turn …") + stopping
        return run_html.progress_bar(job.progress) + stopping

    def _paint_output(self) -> None:
        job = self._job
        said = "" if job is None or not job.tail.characters else run_html.newest_text(job.tail)
        self.output.value = said
        self._output_box.layout.display = "flex" if said else "none"
        ended = job is not None and job.ended
        self._put(self.link, run_html.save_link(job.tail, "output.txt") if job and ended else "")
        self._put(self.problem, run_html.error_block(job.error) if job and ended and job.error else "")

    @staticmethod
    def _put(place: widgets.HTML, html: str) -> None:
        place.value = html
        place.layout.display = None if html else "none"

    # -- display ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Follow the session no more, stop this panel's run, and take the widgets away."""
        self._closed = True
        if self._job is not None:
            self._job.stop()
        if self.refresh in self._session.on_change:
            self._session.on_change.remove(self.refresh)
        self._coordinator.unsubscribe(self._paint)
        release_cell(self.close)
        self.tabs.show({}, None)
        close(self.widget)
        # Widgets and handlers hold each other, and the collector comes late for what may be a gigabyte.
        self._result, self._job, self._pages, self._program = None, None, {}, {}
        self._coordinator.notify()

    @property
    def closed(self) -> bool:
        """Return whether it was closed."""
        return self.widget.comm is None

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - ipywidgets' own bundle
        bundle = self.widget._repr_mimebundle_(**options)
        if isinstance(bundle, dict):
            labels = [label for label, _ in self._offered]
            more = [f"… and {len(labels) - _NAMED_IN_WORDS:,} more"] if len(labels) > _NAMED_IN_WORDS else []
            named = [*labels[:_NAMED_IN_WORDS], *more] or ["nothing is compiled yet"]
            bundle["text/plain"] = f"QIR panel (needs a running kernel): {', '.join(named)}"
            items = "".join(f"<li>{escape(label)}</li>" for label in named)
            bundle["text/html"] = f"<div>QIR panel (needs a running kernel)<ul>{items}</ul></div>"
        return bundle
