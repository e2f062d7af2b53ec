"""The entry points that a panel offers, and their names there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qirjit_magic.display.modules import function_label
from qirjit_magic.errors import EntryPointError
from qirjit_magic.sanitize import sanitize_line

if TYPE_CHECKING:
    from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo
    from qirjit_magic.session.session import Session

Choice = tuple[str, str]
"""A module's name and a function's."""


def choices(modules: Iterable[ModuleInfo]) -> tuple[tuple[str, Choice], ...]:
    """``bell · Bell() → i64 *`` and what it stands for, for each function that can be run."""
    return tuple(
        (sanitize_line(f"{module.name} · {function_label(function)}"), (module.name, function.name))
        for module in modules
        for function in module.functions
        if function.public or function.declared
    )


def closest_choice(wanted: Choice | None, offered: Sequence[Choice], default: Choice | None) -> Choice | None:
    """Return the choice that was wanted, else another function of its module, else the default, else the first."""
    if wanted in offered:
        return wanted
    of_module = [choice for choice in offered if wanted and choice[0] == wanted[0]]
    return next(iter([*of_module, *([default] if default in offered else []), *offered]), None)


def default_choice(session: Session, module: str | None = None, entry: str | None = None) -> Choice | None:
    """Return the entry point of a run without a name, or with these; None where that would be refused."""
    try:
        info, function = session.entry(entry, module)
    except EntryPointError:
        return None
    return info.name, function.name


def entry_point(session: Session, choice: Choice | None) -> EntryPoint | None:
    """The function that is chosen, where it is still there."""
    for module in session.modules if choice else ():
        if choice and module.name == choice[0]:
            return next((function for function in module.functions if function.name == choice[1]), None)
    return None
