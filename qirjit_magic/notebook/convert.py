"""``qirjit notebook`` and ``qirjit extract``: files are read and written, and their names printed."""

from __future__ import annotations

import argparse
import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from qirjit_magic.display.modules import function_label
from qirjit_magic.errors import LocatedError, OptionError, SourceError
from qirjit_magic.flags import FlagContext, Parser, parse
from qirjit_magic.limits import default_limits
from qirjit_magic.notebook.magic_line import magic_line_number, quoted_word, split_line
from qirjit_magic.printing import print_bytes, print_out
from qirjit_magic.protocol.module_info import BITCODE, EntryPoint, ModuleInfo
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from qirjit_magic.sanitize import sanitize_line
from qirjit_magic.session.arguments import example_arguments, takes_numbers
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import STDIN, Source, encoded, read_source, read_stdin, read_up_to

_NOT_A_NAME = re.compile(r"[^\w.-]+")
_LONE_BREAK = re.compile(r"(?<!\r)\n|\r(?!\n)")
_LONGEST_NAME = 200  # bytes; a file system takes 255, with the suffix
_METADATA = "qirjit"
_BREAKS, _ENDED = "line_breaks", "final_newline"


@dataclass(frozen=True, slots=True)
class QirCell:
    r"""A module as a notebook's cell holds it.

    Attributes:
        text: LLVM text, byte for byte that of its file.
        name: what ``--name`` says; empty where it is not there.
        trust: whether its flags trust it.
    """

    text: str
    name: str = ""
    trust: bool = False

    @property
    def source(self) -> str:
        """The text of the cell: ``%%qir`` with its flags, then the program without its last line break."""
        flags = f"--name {quoted_word(self.name)} --no-run{' --trust' if self.trust else ''}"
        return f"%%qir {flags}\n{self.shown.removesuffix(chr(10))}"

    @property
    def shown(self) -> str:
        """The text, with line feeds alone where all its line breaks are those of Windows: editors would change them."""
        return self.text.replace("\r\n", "\n") if self._windows else self.text

    @property
    def metadata(self) -> dict[str, dict[str, Any]]:
        """The metadata for what the cell does not tell of the file; empty as a rule."""
        told: dict[str, Any] = {_BREAKS: "\r\n"} if self._windows else {}
        if not self.text.endswith("\n"):
            told[_ENDED] = False
        return {_METADATA: told} if told else {}

    @property
    def _windows(self) -> bool:
        return "\r\n" in self.text and _LONE_BREAK.search(self.text) is None

    @classmethod
    def of(cls, source: str, metadata: Mapping[str, Any]) -> Self | None:
        """The module in a code cell, behind other cell magics too; None where it is no ``%%qir`` cell."""
        lines = source.splitlines(keepends=True)
        head = magic_line_number(lines)
        if head is None:
            return None
        told = metadata.get(_METADATA)
        told = told if isinstance(told, Mapping) else {}
        text = "".join(lines[head + 1 :]) + ("" if told.get(_ENDED) is False else "\n")
        if told.get(_BREAKS) == "\r\n":
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        return cls(text, *_flags(lines[head].strip().removeprefix("%%qir")))


def _flags(line: str) -> tuple[str, bool]:
    try:
        options = parse(FlagContext.CELL, "%%qir", split_line(line, {}))
    except ValueError:  # no cell that could be run; its text is there all the same
        return "", False
    return options.name or "", options.compile.trust


def plain_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """A name for each that a flag and a file can have, each another one, whether or not letters' case counts.

    What is neither letter, digit, ``_``, ``.`` nor ``-`` becomes ``_``; an empty name is ``cell`` with its number.
    """
    taken: set[str] = set()
    names = []
    for number, each in enumerate(wanted, 1):
        name = _NOT_A_NAME.sub("_", each).strip("-.").encode()[:_LONGEST_NAME].decode(errors="ignore")
        names.append(_free(name or f"cell{number}", taken))
        taken.add(names[-1].casefold())
    return tuple(names)


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{name}_{number}"
    return found


_VERSION = 4


def read_cells(data: bytes) -> tuple[QirCell, ...]:
    """The ``%%qir`` cells of a notebook, in its order.

    Args:
        data: the notebook's file, of any version of the format.

    Raises:
        SourceError: it is no notebook.
    """
    return tuple(_cells(_notebook(data)))


def _notebook(data: bytes) -> Mapping[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is amiss in its form; its cells are there all the same
            return nbformat.reads(data.decode("utf-8-sig"), as_version=_VERSION)  # type: ignore[no-any-return]
    except RecursionError:
        message = "it is no notebook: its JSON is nested too deeply. Give a .ipynb file."
    except Exception as error:  # noqa: BLE001 - nbformat raises whatever comes of a field that is not what it takes
        message = f"it is no notebook that can be read: {str(error)[:200] or type(error).__name__}. Give a .ipynb file."
    raise SourceError(message)


def _cells(notebook: Mapping[str, Any]) -> Iterator[QirCell]:
    for cell in notebook.get("cells", ()):
        source = cell.get("source")
        if cell.get("cell_type") == "code" and isinstance(source, str):
            metadata = cell.get("metadata")
            found = QirCell.of(source, metadata if isinstance(metadata, Mapping) else {})
            if found is not None:
                yield found


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
    pages = [new_markdown_cell(_introduction(cells)), new_code_cell("%load_ext qirjit_magic")]
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


_MODULES_LONG = 8  # how much longer a notebook may be than a module
_STATUS_HELP = "exit status: 0 done, 1 the QIR or the notebook is wrong, 2 usage, or an output that is there already"
_NOTEBOOK_HELP = """Make a notebook of QIR that runs as it is: a %%qir cell for each module, in the order given, with
its entry points, and a panel at the end that runs them.

  qirjit notebook bell.ll
  qirjit notebook gates.ll main.bc -o lesson.ipynb
  some-compiler | qirjit notebook - -o program.ipynb"""
_EXTRACT_HELP = """Write the %%qir cells of a notebook as .ll files, named by --name, or cell1.ll and so on. What
qirjit notebook made is given back byte for byte.

  qirjit extract lesson.ipynb
  qirjit extract lesson.ipynb -o programs --force
  qirjit extract lesson.ipynb main -o - | qirjit -"""


def _parser(program: str, description: str) -> Parser:
    made = Parser(prog=program, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.description, made.epilog = description, _STATUS_HELP
    made.add_argument("--force", action="store_true", help="replace what is there already")
    return made


def write_notebook(program: str, words: Sequence[str]) -> None:
    """Make a notebook of QIR files: ``qirjit notebook``.

    Raises:
        FlagError, OptionError: usage; nothing was written.
        QirError: a file cannot be read, or not compiled; nothing was written.
    """
    parser = _parser(program, _NOTEBOOK_HELP)
    parser.add_argument("files", metavar="FILE", nargs="+", help="LLVM text or bitcode; - is standard input")
    parser.add_argument(
        "-o", "--output", metavar="NOTEBOOK", help="the notebook; - is standard output (default: FILE.ipynb, here)"
    )
    parser.add_argument("--trust", action="store_true", help="as in qirjit --help; the cells are trusted too")
    found = parser.parse_intermixed_args(words)
    files: list[str] = found.files
    if files.count(STDIN) > 1:
        raise OptionError("FILE", STDIN, "there once: standard input can be read once")
    limits = default_limits()
    sources = [read_source(Path(file) if file != STDIN else STDIN, limits) for file in files]
    names = plain_names(source.name for source in sources)
    output = found.output or f"{names[0]}.ipynb"
    if output != STDIN:
        _check_free(Path(output), files, force=found.force)
    with Session(limits=limits) as session:
        cells = []
        for file, source, name in zip(files, sources, names, strict=True):
            with _naming(file):
                cells.append(compile_cell(session, source, name, trust=found.trust))
        shown = ["standard input" if file == STDIN else Path(file).name for file in files]
        notebook = make_notebook(session, cells, shown)
    data = encoded(nbformat.writes(notebook) + "\n")
    if output == STDIN:
        print_bytes(data)
    else:
        _write(Path(output), data, force=found.force)


def extract_cells(program: str, words: Sequence[str]) -> None:
    """Write the ``%%qir`` cells of a notebook as files: ``qirjit extract``.

    Raises:
        FlagError, OptionError: usage; nothing was written.
        SourceError: it is no notebook, or holds no such cell; nothing was written.
    """
    parser = _parser(program, _EXTRACT_HELP)
    parser.add_argument("notebook", metavar="NOTEBOOK", help="a .ipynb file; - is standard input")
    parser.add_argument("names", metavar="NAME", nargs="*", help="write these alone")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", default=".", help="where to; - prints one module (default: here)"
    )
    found = parser.parse_intermixed_args(words)
    with _naming(found.notebook):
        cells = read_cells(_read(found.notebook))
        if not cells:
            message = "there is no %%qir cell in it. Give a notebook that has one."
            raise SourceError(message)
        texts = dict(zip(plain_names(cell.name for cell in cells), map(_bytes, cells), strict=True))
    for name in found.names:
        if name not in texts:
            raise OptionError("NAME", name, f"the name of a cell: {', '.join(texts)}")
    chosen = {name: text for name, text in texts.items() if name in (found.names or texts)}
    if found.output == STDIN:
        if len(chosen) > 1:
            raise OptionError("-o", STDIN, f"a folder, or one NAME be given: there are {', '.join(chosen)}")
        print_bytes(next(iter(chosen.values())))
        return
    _write_all(Path(found.output), chosen, force=found.force)


def _bytes(cell: QirCell) -> bytes:
    return encoded(cell.text)


@contextlib.contextmanager
def _naming(file: str) -> Iterator[None]:
    # What is wrong is told with the file that it is in.
    try:
        yield
    except LocatedError as error:
        raise (error if error.module else error.of_module(sanitize_line(file))) from None
    except SourceError as error:
        raise SourceError(f"'{sanitize_line(file)}': {error.message}") from None


def _read(path: str) -> bytes:
    limit = _MODULES_LONG * default_limits().source_bytes
    data = read_stdin(limit + 1) if path == STDIN else _read_file(path, limit + 1)
    if len(data) > limit:
        message = (
            f"it has more than {limit:,} bytes, {_MODULES_LONG} times what the limit source_bytes allows a module. "
            f"Give the path of a notebook, or raise it: QIRJIT_LIMITS."
        )
        raise SourceError(message)
    return data


def _read_file(path: str, limit: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return read_up_to(file, limit)
    except (OSError, ValueError) as error:  # a NUL in the name
        message = f"it cannot be read: {getattr(error, 'strerror', None) or error}. Give the path of a notebook."
        raise SourceError(message) from None


def _check_free(path: Path, files: Sequence[str], *, force: bool) -> None:
    # Before anything is compiled; writing checks it again.
    with contextlib.suppress(OSError, ValueError):
        if path.resolve() in {Path(file).resolve() for file in files}:
            raise OptionError("-o", str(path), "another file than those that are read")
        if path.exists() and not force:
            raise _taken(path)


def _taken(path: Path) -> OptionError:
    return OptionError("-o", str(path), "a name that nothing has yet; --force replaces what is there")


def _write_all(folder: Path, texts: dict[str, bytes], *, force: bool) -> None:
    paths = {folder / f"{name}.ll": text for name, text in texts.items()}
    try:
        taken = next((path for path in paths if path.exists() and not force), None)
        if taken:
            raise _taken(taken)
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error) from None
    for path, text in paths.items():
        _write(path, text, force=force)


def _write(path: Path, data: bytes, *, force: bool) -> None:
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(data)
    except FileExistsError:
        raise _taken(path) from None
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    print_out(f"{sanitize_line(str(path))}\n")


def _unwritable(path: Path, error: Exception) -> OptionError:
    why = getattr(error, "strerror", None) or error
    return OptionError("-o", str(path), f"a place that can be written ({why})")
