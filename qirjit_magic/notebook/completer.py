"""Tab completion in the cells of a shell: IPython asks, `completions_at` answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_MAX_DESCRIPTION = 60
_UNBROKEN = str.maketrans(" ", "\N{NO-BREAK SPACE}")


class QirCompleter:
    """Completes what the magics of QIR take, while it is registered. It starts no engine process and waits for none."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

    def register(self) -> None:
        """Register with IPython's completer."""
        self._shell.Completer.custom_matchers.append(self.match)

    def unregister(self) -> None:
        """Unregister from IPython's completer."""
        matchers = self._shell.Completer.custom_matchers
        if self.match in matchers:
            matchers.remove(self.match)

    @context_matcher(identifier="qirjit_magic")  # type: ignore[untyped-decorator]  # IPython's
    def match(self, context: CompletionContext) -> SimpleMatcherResult:
        """Return the completions before the cursor; what others offer is left out then, such as names of Python."""
        from qirjit_magic.notebook.completions import completions_at  # noqa: PLC0415 - its patterns take time, which %load_ext spares

        line_magics = self._shell.magics_manager.magics["line"]
        help_texts = {name: magic.__doc__ or "" for name, magic in line_magics.items() if name.startswith("qir")}
        found = completions_at(context.full_text, context.cursor_line, context.cursor_position, help_texts=help_texts)
        completions = [SimpleCompletion(one.text, type=_shortened(one.description)) for one in found.completions]
        return {
            "completions": completions,
            "matched_fragment": found.fragment,
            "suppress": bool(completions),
            "ordered": True,
        }


def _shortened(text: str) -> str | None:
    # JupyterLab has one line for it, as wide as it is, and would break it over the next ones at each space.
    short = text if len(text) <= _MAX_DESCRIPTION else f"{text[: _MAX_DESCRIPTION - 1].rstrip()}…"
    return short.translate(_UNBROKEN) or None
