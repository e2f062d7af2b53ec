"""What the tabs of a panel show: a result, and the chosen entry point's program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qirjit_magic.display.views import views
from qirjit_magic.notebook.code import code_view
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
    """The circuit of an entry point with these arguments, and its code: both are made when they are wanted."""
    module, entry = choice

    def circuit() -> str:
        return _html(session.circuit(entry, module=module, args=arguments)._repr_mimebundle_())

    def code() -> str:
        return _html(code_view(session, module, function=entry)._repr_mimebundle_())

    return {CIRCUIT: circuit, CODE: code}


def _html(bundle: dict[str, str]) -> str:
    return bundle["text/html"]
