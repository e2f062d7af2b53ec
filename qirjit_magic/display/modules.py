"""Modules and the engine's status as tables."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from html import escape

from qirjit_magic.protocol.messages import EngineStatus
from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo
from qirjit_magic.protocol.symbol_graph import PYTHON, SymbolGraph
from qirjit_magic.sanitize import sanitize, sanitize_line

_MIB = 1 << 20
_SHOWN_NAMES = 20
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"
Table = tuple[tuple[str, ...], ...]


def function_label(function: EntryPoint) -> str:
    """A function as one reads it: ``main()``, ``add(i64, double) → i64``; with ``*`` where it has the attribute."""
    returns = "" if function.signature.returns == "void" else f" → {function.signature.returns}"
    mark = " *" if function.declared else ""
    return sanitize_line(f"{function.name}({', '.join(function.signature.parameters)}){returns}{mark}")


def modules_table(symbol_graph: SymbolGraph) -> Table:
    """Head and rows: name, when, profile, what each module defines, what it uses and who uses it, size and level."""
    rows = tuple(_module_row(module, symbol_graph) for module in symbol_graph.modules.values())
    return (("module", "compiled", "profile", "defines (* entry point)", "uses", "used by", "object code"), *rows)


def _module_row(module: ModuleInfo, symbol_graph: SymbolGraph) -> tuple[str, ...]:
    definitions, users = "\n".join(_definitions(module, symbol_graph)), "\n".join(symbol_graph.users(module.name))
    if module.name == PYTHON:
        return (_label(PYTHON), "", "", definitions, "", users, "")
    return (
        f"{module.name} (trusted)" if module.trusted else module.name,
        time.strftime("%H:%M:%S", time.localtime(module.added_at)),
        module.profile,
        definitions,
        "\n".join(_needs(module, symbol_graph)),
        users,
        f"{module.object_size:,} bytes, -O{module.opt_level}",
    )


def _label(module: str) -> str:
    return "Python" if module == PYTHON else module


def _definitions(module: ModuleInfo, symbol_graph: SymbolGraph) -> Iterator[str]:
    public = [(f.name, True, function_label(f)) for f in module.functions if f.public]
    public += [(v.name, False, f"{v.name}: {v.type}") for v in module.variables if v.public]
    for name, function, label in public[:_SHOWN_NAMES]:
        owner = symbol_graph.owner(name, function=function)
        yield label if owner == module.name else f"{label} (others use that of {owner})"
    if len(public) > _SHOWN_NAMES:
        yield f"… and {len(public) - _SHOWN_NAMES:,} more"


def _needs(module: ModuleInfo, symbol_graph: SymbolGraph) -> Iterator[str]:
    known = 0
    for declaration in module.declarations:
        definition = symbol_graph.definition(declaration)
        if definition:
            yield f"{declaration.name} of {_label(definition.module)}"
        elif declaration.type in declaration.known:
            known += 1
        elif symbol_graph.is_of_c_library(declaration, module.name):
            yield f"{declaration.name} of the C library"
        else:
            yield f"{declaration.name}, which nobody defines"
    if known:
        yield f"{known:,} of the simulator and the runtime"


def profile_table(module: ModuleInfo) -> Table:
    """Head and rows: what a module is, what it declares, the capabilities it uses, and where it breaks its profile."""
    return (
        (module.name, ""),
        ("profile", module.profile),
        ("declared", module.declared_profile),
        ("capabilities", "\n".join(module.capabilities) or "none"),
        ("breaks", "\n".join(map(str, module.breaks)) or "nothing"),
    )


_READING_SANDBOXED = "Landlock (ABI"
_READS = "Python, its packages, libraries and the simulators alone"


def status_table(status: EngineStatus) -> Table:
    """Head and rows: what and how much, and the second process where there is one."""
    return (
        ("engine process", ""),
        ("pid", str(status.pid)),
        ("fence", status.fence or "none"),
        ("reads", _READS if _READING_SANDBOXED in status.fence else "whatever you can read"),
        ("memory", _memory(status.memory, status.memory_limit)),
        ("restarts", f"{status.restarts:,}"),
        ("simulator", status.simulator or "none yet"),
        ("simulator loads", f"{status.simulator_loads:,}"),
        ("LLVM", status.llvm),
        ("modules", ", ".join(status.modules) or "none"),
        ("compilations", f"{status.compilations:,}"),
        ("cache hits", f"{status.cache_hits:,}"),
        *(_open_rows(status) if status.open_pid else ()),
    )


def _open_rows(status: EngineStatus) -> Table:
    return (
        ("open process", "runs what uses a trusted cell or a function in Python"),
        ("its pid", str(status.open_pid)),
        ("its fence", "none"),
        ("its memory", _memory(status.open_memory, status.memory_limit)),
        ("its restarts", f"{status.open_restarts:,}"),
    )


def _memory(used: int, limit: int) -> str:
    most = f", at most {limit / _MIB:,.0f} MiB" if limit else ", no limit"
    return f"{used / _MIB:,.0f} MiB{most}"


def table_text(table: Table) -> str:
    """A table in columns."""
    cells = [[sanitize(cell).expandtabs().split("\n") for cell in row] for row in table]
    lines = [
        [cell[i] if i < len(cell) else "" for cell in row]
        for row in cells
        for i in range(max(len(cell) for cell in row))
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def table_html(table: Table) -> str:
    """The same as an HTML table."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(sanitize(cell))}</th>' for cell in table[0])
    body = "".join(f"<tr>{_row(row)}</tr>" for row in table[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: Sequence[str]) -> str:
    return "".join(f'<td style="{_CELL}">{escape(sanitize(cell)).replace(chr(10), "<br>")}</td>' for cell in row)
