"""What the tabs of a panel show: a result, and the chosen entry point's program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qirjit_magic.display.code import CodeView, Section
from qirjit_magic.display.views import views
from qirjit_magic.notebook.panel.choices import Choice
from qirjit_magic.notebook.panel.tabs import Page

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult
    from qirjit_magic.session.session import Session

CIRCUIT, CODE, MESSAGES = "Circuit", "IR", "Messages"
_ORDER = ("Histogram", "Records", MESSAGES, "State")


def result_pages(result: RunResult) -> dict[str, Page]:
    """Title and page of what a result has."""
    found = views(result)
    return {title: found[title] for title in sorted(found, key=_ORDER.index)}


def program_pages(session: Session, choice: Choice, arguments: Sequence[str]) -> dict[str, Page]:
    """The circuit of an entry point with these arguments, and its module's code: both are made when they are wanted."""
    module, entry = choice

    def circuit() -> str:
        return _html(session.circuit(entry, module=module, args=arguments)._repr_mimebundle_())

    def code() -> str:
        info = session.module(module)
        sections = (
            Section("as written", session.show(info.name, "ir")),
            Section(f"as compiled (-O{info.opt_level})", session.show(info.name, "compiled")),
        )
        return _html(CodeView(sections, "llvm", f"session.show({info.name!r})")._repr_mimebundle_())

    return {CIRCUIT: circuit, CODE: code}


def _html(bundle: dict[str, str]) -> str:
    return bundle["text/html"]
