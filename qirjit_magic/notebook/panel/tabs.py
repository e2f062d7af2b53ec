"""`Tabs`: pages of a result and of a program, each made when somebody first looks at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import ipywidgets as widgets

from qirjit_magic.display.views import views
from qirjit_magic.notebook.code_view import code_view
from qirjit_magic.notebook.panel import run_html
from qirjit_magic.notebook.panel.choices import Choice

if TYPE_CHECKING:
    from qirjit_magic.session.run_result import RunResult
    from qirjit_magic.session.session import Session

Page = str | Callable[[], str]
"""A fragment of HTML, or what makes one, which may take a while and wait for a run."""
CIRCUIT, CODE, MESSAGES = "Circuit", "IR", "Messages"
_ORDER = ("Histogram", "Records", MESSAGES, "State")


def result_pages(result: RunResult) -> dict[str, Page]:
    """Title and page of what a result has."""
    found = views(result)
    return {title: found[title] for title in sorted(found, key=_ORDER.index)}


def program_pages(session: Session, choice: Choice, arguments: Sequence[str]) -> dict[str, Page]:
    """The circuit of an entry point with these arguments, and its code: both are made when they are wanted."""
    module, entry = choice

    def circuit() -> str:
        return _html(session.circuit(entry, module=module, args=arguments)._repr_mimebundle_())

    def code() -> str:
        return _html(code_view(session, module, function=entry)._repr_mimebundle_())

    return {CIRCUIT: circuit, CODE: code}


def _html(bundle: dict[str, str]) -> str:
    return bundle["text/html"]


_ONLY_TITLES = "26px"


class Tabs:
    """Pages by their titles; those that have to be made are made in another thread."""

    def __init__(self) -> None:
        self.widget = widgets.Tab(layout={"display": "none", "margin": "8px 0 0 0"})
        self._lock = threading.RLock()
        self._pages: dict[str, Page] = {}
        self._shown: dict[str, Page] = {}
        self._making: threading.Thread | None = None
        self._laying = False
        self.widget.observe(lambda _: self._look(), "selected_index")

    @property
    def titles(self) -> tuple[str, ...]:
        """The pages that there are."""
        return tuple(self._pages)

    @property
    def chosen(self) -> str | None:
        """The page that is in front."""
        index = self.widget.selected_index
        return None if index is None or index >= len(self._pages) else self.titles[index]

    def page(self, title: str) -> str:
        """Return the HTML of a page: nothing where nobody has looked at it."""
        return str(self.widget.children[self.titles.index(title)].value)

    def show(self, pages: Mapping[str, Page], front: str | None) -> None:
        """Have these pages, and one of them in front; None leaves all of them behind their titles."""
        with self._lock:
            titles = self.titles
            self._pages = dict(pages)
            self._shown = {title: page for title, page in self._shown.items() if self._pages.get(title) is page}
            if titles != self.titles:
                self._arrange()
            for title, box in zip(self.titles, self.widget.children, strict=True):
                if title not in self._shown:
                    box.value = ""
            self.widget.selected_index = self.titles.index(front) if front in self._pages else None
            self.widget.layout.display = None if pages else "none"
        self._look()

    def _arrange(self) -> None:
        old, self._shown = self.widget.children, {}
        self._laying = True  # a Tab that is given children shows the first of them at once, which nobody has asked for
        try:
            self.widget.selected_index = None
            self.widget.children = [widgets.HTML(layout={"overflow": "auto", "width": "auto"}) for _ in self._pages]
            self.widget.titles = self.titles
            self.widget.selected_index = None
        finally:
            self._laying = False
        for box in old:
            box.layout.close()
            box.style.close()
            box.close()

    def _look(self) -> None:
        with self._lock:
            if self._laying:
                return
            title = self.chosen
            self.widget.layout.max_height = _ONLY_TITLES if title is None else None
            self.widget.layout.overflow = "hidden" if title is None else None
            if title is None or title in self._shown:
                return
            page = self._shown[title] = self._pages[title]
            if isinstance(page, str):
                self._put(title, page, page)
                return
            self._put(title, page, run_html.muted("being made; a run that goes on comes first …"))
        self._making = threading.Thread(target=self._make, args=(title, page), name="qirjit-panel-page", daemon=True)
        self._making.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the page that is being made is there; whether it is."""
        if self._making is not None:
            self._making.join(timeout)
        return self._making is None or not self._making.is_alive()

    def _make(self, title: str, page: Callable[[], str]) -> None:
        stopped = False
        try:
            made = page()
        except KeyboardInterrupt:  # somebody has stopped it
            stopped, made = True, run_html.muted("stopped; choose another page and this one again to have it made")
        except Exception as error:  # noqa: BLE001 - it is shown; in a thread nobody else would see it
            made = run_html.error_block(error)
        with self._lock:
            self._put(title, page, made)
            if stopped:
                self._shown.pop(title, None)

    def _put(self, title: str, page: Page, html: str) -> None:
        if self._pages.get(title) is page:  # nobody has put another one there meanwhile
            self.widget.children[self.titles.index(title)].value = run_html.tab_page(html)
