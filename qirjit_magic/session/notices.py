"""What a person is told when modules come, change places and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qirjit_magic.wire.linkage import Linkage
from qirjit_magic.wire.modules import Diagnostic, ModuleInfo

_SHOWN_NAMES = 10


def added(before: Linkage, after: Linkage, name: str) -> Iterator[Diagnostic]:
    """What there is to say about a module that was compiled, or is the newest again.

    Args:
        before: the modules as they were.
        after: as they are.
        name: the module.
    """
    undefined = after.undefined(name)
    if undefined:
        names = _listed(declaration.name for declaration in undefined)
        yield Diagnostic("notice", f"nobody defines {names} yet", undefined[0].line, "undefined")
    for use in after.uses:
        if use.user == name and not use.fits:
            declared, defined = use.declaration, use.definition
            message = (
                f"'{declared.name}' is declared as {declared.type}, but '{defined.module}' defines it as "
                f"{defined.type}: this cannot be run before one of them changes"
            )
            yield Diagnostic("warning", message, declared.line, "misfits")
    yield from _shadowed(before, after, name)
    yield from abandoned(before, after)


def _shadowed(before: Linkage, after: Linkage, name: str) -> Iterator[Diagnostic]:
    lost: dict[str, list[str]] = {}
    owners = before.owners()
    for symbol, owner in after.owners().items():
        loser = owners.get(symbol, name)
        if owner == name != loser and loser in after.modules:
            lost.setdefault(loser, []).append(symbol)
    for loser, symbols in lost.items():
        verb = "means" if len(symbols) == 1 else "mean"
        message = f"{_listed(symbols)} now {verb} what '{name}' defines, and no longer what '{loser}' defines"
        yield Diagnostic("notice", message, about="shadowed")


def abandoned(before: Linkage, after: Linkage) -> Iterator[Diagnostic]:
    """A notice for each name that somebody used, and nobody defines any more."""
    users: dict[str, list[str]] = {}
    for use in before.uses:
        gone = use.user in after.modules and use.declaration in after.undefined(use.user)
        if gone:
            users.setdefault(use.declaration.name, []).append(use.user)
    for symbol, names in users.items():
        message = f"nobody defines '{symbol}' any more, which {_listed(names)} {'uses' if len(names) == 1 else 'use'}"
        yield Diagnostic("notice", message, about="abandoned")


def started_anew(info: ModuleInfo, because: str) -> Diagnostic:
    """That a module's global variables have their first values again."""
    message = f"the global variables of '{info.name}' start anew, because {because}: {_listed(info.state)}"
    return Diagnostic("notice", message, about="anew")


def _listed(names: Iterable[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    more = len(quoted) - _SHOWN_NAMES
    return ", ".join(quoted[:_SHOWN_NAMES]) + (f" and {more:,} more" if more > 0 else "")
