"""What all errors have in common, and the one warning."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

from qirjit_magic.sanitize import plain, plain_line


class QirError(Exception):
    """What every error of qirjit_magic is; its text, `_said`, is shown as `plain` text."""

    def __post_init__(self) -> None:
        self.args = tuple(self.facts().values())

    def facts(self) -> dict[str, Any]:
        """The fields by name: JSON-ready for every error that the engine process raises."""
        if not dataclasses.is_dataclass(self):
            return {}
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def __str__(self) -> str:
        return plain(self._said())

    def _said(self) -> str:
        return super().__str__()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts())

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines instead of a Python traceback.
        return [f"{type(self).__name__}: {self}"]


def _rebuild(kind: type[QirError], facts: dict[str, Any]) -> QirError:
    return kind(**facts)


@dataclass(eq=False)
class LocatedError(QirError):
    """An error that knows its line in the source; lines and columns count from 1.

    ``module`` names the module where it is not the one that was added or run.
    """

    module: str = dataclasses.field(default="", kw_only=True)
    line: int | None = dataclasses.field(default=None, kw_only=True)
    column: int | None = dataclasses.field(default=None, kw_only=True)
    source_line: str | None = dataclasses.field(default=None, kw_only=True)

    def moved(self, lines: int) -> Self:
        """The same error, for a source whose first line is line ``lines + 1`` of what the user sees."""
        if self.line is None or not lines:
            return self
        return dataclasses.replace(self, line=self.line + lines)

    def of_module(self, module: str) -> Self:
        """The same error, in that module."""
        return dataclasses.replace(self, module=module)

    def _where(self) -> str:
        places = (f"line {self.line}" if self.line else "", f"the module '{self.module}'" if self.module else "")
        return f"{' of '.join(filter(None, places))}: " if any(places) else ""

    def _pointer(self) -> str:
        if self.line is None or self.source_line is None:
            return ""
        number, line = str(self.line), self.source_line.replace("\t", " ")
        before = plain_line(line[: (self.column or 1) - 1])
        caret = "" if self.column is None else f"\n{' ' * len(number)} | {' ' * len(before)}^"
        return f"\n{number} | {plain_line(line)}{caret}"


class QirNotice(UserWarning):
    """Something was mended or left out, and nothing is lost: a warning, not an error."""
