"""``qirjit notebook`` and ``qirjit extract``: files are read and written, and their names printed."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from qirjit_magic.errors import LocatedError, OptionError, SourceError
from qirjit_magic.flags import Parser
from qirjit_magic.limits import default_limits
from qirjit_magic.notebook.convert.extracting import read_cells
from qirjit_magic.notebook.convert.notebooks import compile_cell, make_notebook
from qirjit_magic.notebook.convert.qir_cells import QirCell, plain_names
from qirjit_magic.printing import print_bytes, print_out
from qirjit_magic.sanitize import sanitize_line
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import STDIN, encoded, read_most, read_source, read_stdin

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
            return read_most(file, limit)
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
