"""What the tabs of a panel show: of a result, and of the chosen entry point's program."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qirjit_magic.display.code import CodeView, Section
from qirjit_magic.notebook.panel.choices import Choice
from qirjit_magic.notebook.panel.tabs import Page
from qirjit_magic.plain import plain

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult
    from qirjit_magic.session.session import Session

_SHOWN_CHARACTERS = 20_000


def result_pages(result: RunResult) -> dict[str, Page]:
    """Title and page of what a result has."""
    pages: dict[str, Page] = {}
    if not result.empty:
        title = "Records" if result.requested == 1 else "Histogram"
        pages[title] = result._repr_mimebundle_()["text/html"]
    if result.messages:
        text = plain("\n".join(result.messages[-1000:]))[-_SHOWN_CHARACTERS:]
        pages["Messages"] = f"<pre>{escape(text)}</pre>"
    return pages


def ir_page(session: Session, choice: Choice) -> Page:
    """The module's IR as written and as compiled."""

    def make() -> str:
        module = session.module(choice[0])
        sections = (
            Section("as written", session.show(module.name, "ir")),
            Section(f"as compiled (-O{module.opt_level})", session.show(module.name, "compiled")),
        )
        return CodeView(sections, "llvm", f"session.show({module.name!r})")._repr_mimebundle_()["text/html"]

    return make
