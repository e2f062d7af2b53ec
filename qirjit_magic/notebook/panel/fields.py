"""Fields in which one types, each with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets

from qirjit_magic.errors import OptionError
from qirjit_magic.notebook.panel.run_html import problem_note
from qirjit_magic.options import RunOptions
from qirjit_magic.protocol.return_values import integer_bits
from qirjit_magic.sanitize import sanitize_line
from qirjit_magic.session.arguments import can_be_given, is_argument

_LONGEST_TYPE = 40
TRUTH = "i1"


def parameter_label(index: int, kind: str) -> str:
    """``Argument 1 (i64)``: the name of a field; parameters have none of their own."""
    return f"Argument {index} ({_short(kind)})"


def first_value(kind: str) -> str:
    """Return the first value of a field, with which one can run at once."""
    return "0" if integer_bits(kind) else "0.0" if can_be_given(kind) else ""


def parameter_problem(kind: str, text: str) -> str:
    """Return what is wrong with a value, in a few words; empty where it can be given."""
    if not can_be_given(kind):
        return f"{_short(kind)} cannot be given: run a function that makes it"
    if is_argument(kind, text):
        return ""
    bits = integer_bits(kind)
    if bits:
        return f"an integer from {-(1 << (bits - 1)):,} to {(1 << bits) - 1:,}"
    return "a number, such as 0.5 or 1e-3"


def seed_of(text: str) -> int | None:
    """The seed that somebody has typed; None where it is to be drawn.

    Raises:
        ValueError: it is none.
    """
    try:
        seed = int(text.strip(), 0) if text.strip() else None
        return RunOptions(seed=seed).seed
    except OptionError as error:
        raise ValueError(str(error)) from None


def seed_problem(text: str) -> str:
    """Return what is wrong with a seed, in a few words; empty where it can be used, as an empty one can."""
    try:
        seed_of(text)
    except ValueError:
        return "an integer from 0 to 2**64 - 1, or nothing"
    return ""


def _short(kind: str) -> str:
    line = sanitize_line(kind)
    return line if len(line) <= _LONGEST_TYPE else f"{line[:_LONGEST_TYPE]}…"


NAMED = {"description_width": "initial"}  # a label as wide as it is, at its field
ROW = {"flex_flow": "row wrap", "align_items": "center", "overflow": "visible", "grid_gap": "0 8px"}


class CheckedText:
    """A line of text that is checked while one types.

    Args:
        label: its accessible name.
        value: what it says at first.
        problem: what is wrong with a text; empty where nothing is.
        changed: called when the text has changed.
        hint: what stands there while it is empty.
        width: how wide it is with its label.
    """

    def __init__(
        self,
        label: str,
        value: str,
        *,
        problem: Callable[[str], str],
        changed: Callable[[], None],
        hint: str = "",
        width: str = "15em",
    ) -> None:
        self.field = widgets.Text(
            value, placeholder=hint, description=label, style=NAMED, layout={"width": width, "max_width": "98%"}
        )
        self.beside = widgets.HTML()
        self.widget = widgets.HBox([self.field, self.beside], layout=ROW)
        self._problem = problem
        self._changed = changed
        self.beside.value = problem_note(self.problem)
        self.field.observe(self._check, "value")

    @property
    def text(self) -> str:
        """The text of the field."""
        return str(self.field.value)

    @property
    def problem(self) -> str:
        """The problem with the value, in a few words; empty where there is none."""
        return self._problem(self.text)

    def _check(self, _: object) -> None:
        self.beside.value = problem_note(self.problem)
        self._changed()


class Checkbox:
    """A box to tick, for ``i1``."""

    problem = ""

    def __init__(self, label: str, *, value: bool, changed: Callable[[], None]) -> None:
        self.field = self.widget = widgets.Checkbox(value, description=label, indent=False, layout={"width": "auto"})
        self.field.observe(lambda _: changed(), "value")

    @property
    def text(self) -> str:
        """``true`` or ``false``, as ``--args`` reads it."""
        return str(self.field.value).lower()


class ParameterFields:
    """A field for each parameter of an entry point.

    Args:
        changed: called when one has changed.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.widget = widgets.HBox(layout=ROW)
        self.fields: list[CheckedText | Checkbox] = []
        self._kinds: tuple[str, ...] = ()
        self._changed = changed

    def show(self, kinds: Sequence[str], given: Sequence[str] = ()) -> None:
        """Have these; one whose type stays keeps what was typed."""
        if tuple(kinds) != self._kinds or given:
            before = [field.text for field in self.fields]
            kept = [*given] or [text for text, old, new in zip(before, self._kinds, kinds, strict=False) if old == new]
            kept = kept if given or self._kinds[: len(kept)] == tuple(kinds)[: len(kept)] else []
            values = [*kept, *map(first_value, kinds[len(kept) :])]
            old = self.widget.children
            self._kinds = tuple(kinds)
            self.fields = [
                self._field(at, kind, text) for at, (kind, text) in enumerate(zip(kinds, values, strict=False), 1)
            ]
            self.widget.children = [field.widget for field in self.fields]
            for widget in old:
                close(widget)
        self.widget.layout.display = None if self.fields else "none"

    def _field(self, index: int, kind: str, text: str) -> CheckedText | Checkbox:
        label = parameter_label(index, kind)
        if kind == TRUTH:
            return Checkbox(label, value=text.strip().lower() in {"1", "true"}, changed=self._changed)
        made = CheckedText(label, text, problem=lambda text: parameter_problem(kind, text), changed=self._changed)
        made.field.disabled = not can_be_given(kind)
        return made

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the fields, as ``--args`` takes them."""
        return tuple(field.text for field in self.fields)

    @property
    def problem(self) -> str:
        """The problem with the first value that has one."""
        return next((field.problem for field in self.fields if field.problem), "")


def close(widget: widgets.Widget) -> None:
    """Close a widget with all that is in it: a closed box leaves its children, layouts and styles behind."""
    for inner in getattr(widget, "children", ()):
        close(inner)
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
        if isinstance(part, widgets.Widget):
            part.close()
    widget.close()
