"""The remarks to a person when modules come, change places and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qirjit_magic.limits import Limits
from qirjit_magic.protocol.module_info import Diagnostic, ModuleInfo
from qirjit_magic.protocol.shared_memory import TEXT_CAPACITY
from qirjit_magic.protocol.symbol_graph import PYTHON, SymbolGraph, Use, shown_name

_SHOWN_NAMES = 10


def module_remarks(before: SymbolGraph, after: SymbolGraph, name: str) -> Iterator[Diagnostic]:
    """Return the remarks about a module that was compiled, or is the newest again.

    Args:
        before: the modules as they were.
        after: as they are.
        name: the module.
    """
    undefined = after.undefined(name)
    if undefined:
        names = _listed(declaration.name for declaration in undefined)
        yield Diagnostic("notice", f"nobody defines {names} yet", undefined[0].line, "undefined")
    for declaration in undefined:
        if declaration.known:
            known = " or ".join(declaration.known)
            message = f"'{declaration.name}' is declared as {declaration.type}; the one that is known is {known}"
            yield Diagnostic("warning", message, declaration.line, "misfits")
    for use in after.uses:
        if use.user == name and not use.types_match:
            yield _misfit(use)
    yield from _shadowed(before, after, name)
    yield from lost_names(before, after, name)


def python_type_mismatches(symbol_graph: SymbolGraph) -> tuple[Diagnostic, ...]:
    """Return the remarks about modules that cannot call a function in Python as they declare it."""
    return tuple(_misfit(use) for use in symbol_graph.uses if use.definition.module == PYTHON and not use.types_match)


def _misfit(use: Use) -> Diagnostic:
    declared, defined = use.declaration, use.definition
    message = (
        f"'{use.user}' declares '{declared.name}' as {declared.type}, but {shown_name(defined.module)} defines it as "
        f"{defined.type}: this cannot be run before one of them changes"
    )
    return Diagnostic("warning", message, declared.line, "misfits")


def _shadowed(before: SymbolGraph, after: SymbolGraph, name: str) -> Iterator[Diagnostic]:
    losers: dict[str, list[str]] = {}
    info = after.modules[name]
    public = [(f.name, True) for f in info.functions if f.public]
    public += [(v.name, False) for v in info.variables if v.public]
    for symbol, function in public:
        loser = before.owner(symbol, function=function)
        if loser is not None and loser != name and loser in after.modules:
            losers.setdefault(loser, []).append(symbol)
    for loser, symbols in losers.items():
        verb = "means" if len(symbols) == 1 else "mean"
        message = f"{_listed(symbols)} now {verb} what '{name}' defines, and no longer what {shown_name(loser)} defines"
        yield Diagnostic("notice", message, about="shadowed")


def lost_names(before: SymbolGraph, after: SymbolGraph, name: str = "") -> Iterator[Diagnostic]:
    """Return the remarks about names that others use, and their module defines no more.

    Args:
        before: the modules as they were.
        after: as they are.
        name: the module that was added, if one was.
    """
    users: dict[tuple[str, str], list[str]] = {}
    for use in before.uses:
        if use.user == name or use.user not in after.modules:
            continue
        definition = after.definition(use.declaration)
        heir = definition.module if definition else ""
        if after.is_undefined(use.declaration, use.user) or heir not in {"", name, use.definition.module}:
            users.setdefault((use.declaration.name, heir), []).append(use.user)
        if definition and heir not in {name, use.definition.module} and definition.type != use.declaration.type:
            yield _misfit(Use(use.user, use.declaration, definition))
    for (symbol, heir), names in users.items():
        yield _lost(symbol, heir, names)


def _lost(symbol: str, heir: str, users: Sequence[str]) -> Diagnostic:
    use = f"which {_listed(users)} {'uses' if len(users) == 1 else 'use'}"
    if heir:
        return Diagnostic("notice", f"'{symbol}', {use}, means what {shown_name(heir)} defines again", about="shadowed")
    return Diagnostic("notice", f"nobody defines '{symbol}' any more, {use}", about="abandoned")


def variables_reset(info: ModuleInfo, reason: str) -> Diagnostic:
    """Return the remark that a module's global variables have their first values again."""
    message = f"the global variables of '{info.name}' start anew, because {reason}: {_listed(info.state)}"
    return Diagnostic("notice", message, about="anew")


def output_left_out(records: int, output: int, limits: Limits) -> Iterator[Diagnostic]:
    """Return the remarks about a run of which not everything was kept.

    Args:
        records: how many records and texts found no room.
        output: how many bytes of what it printed were not kept.
        limits: why.
    """
    if records:
        most = f"a shot may have {limits.records_per_shot:,} records, and {TEXT_CAPACITY >> 20} MiB of text"
        yield Diagnostic("notice", f"{records:,} records and texts found no room: {most}")
    if output:
        most = f"{limits.output_bytes:,} bytes of stdout and as many of stderr are kept, both ends"
        yield Diagnostic("notice", f"{output:,} bytes that were printed are left out: {most}")


def _listed(names: Iterable[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    more = len(quoted) - _SHOWN_NAMES
    return ", ".join(quoted[:_SHOWN_NAMES]) + (f" and {more:,} more" if more > 0 else "")
