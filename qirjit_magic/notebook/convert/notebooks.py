"""A notebook from QIR modules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from qirjit_magic.display.modules import function_label
from qirjit_magic.errors import SourceError
from qirjit_magic.notebook.convert.qir_cells import QirCell
from qirjit_magic.notebook.magic_line import quoted_word
from qirjit_magic.protocol.module_info import BITCODE, EntryPoint, ModuleInfo
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from qirjit_magic.sanitize import sanitize_line
from qirjit_magic.session.arguments import example_arguments, takes_numbers
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import Source

_KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_SHOWN = 20
_TICKS = re.compile("`+")
_ONE_WORD = re.compile(r"[\w.][\w.-]*", re.ASCII)  # nothing that the line magic, or IPython, takes for something else


def compile_cell(session: Session, source: Source, name: str, *, trust: bool = False) -> QirCell:
    """The module as a cell, which the session has compiled; bitcode as LLVM text.

    Args:
        session: where it is compiled, beside those that were before.
        source: the module.
        name: the name that it gets, in the session and in its cell.
        trust: see `Session.add`.

    Raises:
        QirError: it cannot be compiled, as `Session.add` says, or is empty.
    """
    if not source.data.strip():
        message = "it is empty: a cell without QIR cannot be run. Give a file that holds a module."
        raise SourceError(message)
    session.add(source, name, trust=trust)
    if not source.data.startswith(BITCODE):
        return QirCell(source.data.decode(), name, trust)
    cell = QirCell(session.show(name), name, trust)
    session.add(cell.text, name, trust=trust)  # what the notebook will compile
    return cell


def make_notebook(session: Session, cells: Sequence[QirCell], files: Sequence[str]) -> NotebookNode:
    """A notebook that runs as it is: the extension is loaded, each module has a cell, a panel stands at the end.

    Cells have ids, and the same modules always give the same notebook.

    Args:
        session: where the cells are compiled, all of them.
        cells: the modules, in the order in which they are added.
        files: the name of each one's file, for the prose.
    """
    symbol_graph = session.linkage
    pages = [
        new_markdown_cell(_introduction(cells)),
        new_code_cell("%load_ext qirjit_magic"),
    ]
    for cell, file in zip(cells, files, strict=True):
        pages.append(new_markdown_cell(_prose(symbol_graph.modules[cell.name], file, symbol_graph)))
        pages.append(new_code_cell(cell.source, metadata=cell.metadata))
    pages.append(new_markdown_cell(_CLOSING))
    pages.append(new_code_cell("%qir_panel"))
    for number, page in enumerate(pages):
        page["id"] = f"qir-{number:02}"
    return NotebookNode(new_notebook(cells=pages, metadata=_KERNEL))


_CLOSING = """## Run

Choose an entry point, set shots and seed, and press *Run*. `%qir_list` shows what is compiled, and who uses what."""


def _introduction(cells: Sequence[QirCell]) -> str:
    names = ", ".join(_code(cell.name) for cell in cells[:_SHOWN]) + (", …" if len(cells) > _SHOWN else "")
    return (
        f"# {names}\n\nRun this notebook from top to bottom: each `%%qir` cell compiles a module, and the panel at the "
        f"end runs what they define. `%%qir?` says what a cell takes."
    )


def _prose(module: ModuleInfo, file: str, symbol_graph: SymbolGraph) -> str:
    profile = f", of the {_code(module.declared_profile)} profile" if module.declared_profile != "unrestricted" else ""
    lines = [f"## {_code(module.name)}", "", f"From {_code(file)}{profile}.", "", *_functions(module, symbol_graph)]
    if missing := symbol_graph.undefined(module.name):
        names = ", ".join(_code(declaration.name) for declaration in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
        lines += ["", f"Nobody here defines {names}{more}: a cell, or a function in Python, has to before it runs."]
    return "\n".join(lines)


def _functions(module: ModuleInfo, symbol_graph: SymbolGraph) -> Iterator[str]:
    functions = module.entry_points
    if not functions:
        yield "No public function: nothing of it can be run by name."
        return
    yield "Entry points:" if functions[0].declared else "Functions:"
    yield ""
    for function in functions[:_SHOWN]:
        command = _command(function, module.name, symbol_graph)
        yield f"- {_code(function_label(function).removesuffix(' *'))}{f': {_code(command)}' if command else ''}"
    if len(functions) > _SHOWN:
        yield f"- … and {len(functions) - _SHOWN:,} more"


def _command(function: EntryPoint, module: str, symbol_graph: SymbolGraph) -> str:
    # Empty where no line runs it; the panel may.
    if not takes_numbers(function) or not _ONE_WORD.fullmatch(function.name):
        return ""
    elsewhere = symbol_graph.owner(function.name) != module
    where = f" --name {quoted_word(module)}" if elsewhere else ""
    given = f" --args {example_arguments(function)}" if function.signature.parameters else ""
    return f"%qir {function.name}{where}{given}"


def _code(text: str) -> str:
    # Text of a program or a file's name as code, which Markdown does not read.
    line = sanitize_line(text)
    ticks = "`" * (max((len(run) for run in _TICKS.findall(line)), default=0) + 1)
    room = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{room}{line}{room}{ticks}"
