"""Where a mutant belongs in the sources: found by the name of a function or a table, so that it survives moves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.catalogue import Mutant

_MADE = "kernels.ll"  # from kernels/*.py, which are mutated instead
Range = tuple[int, int]  # of bytes


class NotFoundError(Exception):
    """A mutant is in no place of the sources, or in several."""

    def __init__(self, mutant: Mutant, problem: str) -> None:
        super().__init__(f"mutant '{mutant.name}': {problem}: correct it in tests/mutants, or take it out")


def mutated(mutant: Mutant, package: Path) -> tuple[Path, bytes]:
    """The file that a mutant changes, below the package, and what is in it then.

    Args:
        mutant: the bug.
        package: the folder of ``qirjit_magic``.

    Raises:
        NotFoundError: its text is not exactly once in its place, or its place not in exactly one file.
    """
    found = [Path(mutant.file)] if _ranges(package / mutant.file, mutant.place) else _elsewhere(mutant, package)
    if len(found) != 1:
        where = f"in {', '.join(map(str, found))}" if found else f"neither in {mutant.file} nor with its text elsewhere"
        raise NotFoundError(mutant, f"'{mutant.place}' is {where}")
    source = (package / found[0]).read_bytes()
    ranges = _ranges(package / found[0], mutant.place)
    text, replacement = mutant.text.encode(), mutant.replacement.encode()
    times = sum(source[start:end].count(text) for start, end in ranges)
    if times != 1:
        raise NotFoundError(mutant, f"its text is {times} times in '{mutant.place}' in {found[0]}")
    start, end = next((start, end) for start, end in ranges if text in source[start:end])
    return found[0], source[:start] + source[start:end].replace(text, replacement) + source[end:]


def _elsewhere(mutant: Mutant, package: Path) -> list[Path]:
    text = mutant.text.encode()
    files = (file for file in package.rglob(f"*{Path(mutant.file).suffix}") if file.name != _MADE)
    return sorted(
        file.relative_to(package)
        for file in files
        if text in (source := file.read_bytes()) and any(text in source[a:b] for a, b in _ranges(file, mutant.place))
    )


def _ranges(file: Path, place: str) -> list[Range]:
    if not file.is_file():
        return []
    source = file.read_bytes()
    return list(_of_ir(source, place) if file.suffix == ".ll" else _of_python(source, place))


def _of_ir(source: bytes, place: str) -> Iterator[Range]:
    name = re.escape(place.removeprefix("@").encode())
    either = rb'@(?:"%s"|%s)' % (name, name)
    for function in re.finditer(rb"^define [^\n]*?%s\(.*?^}$" % either, source, re.MULTILINE | re.DOTALL):
        yield function.span()
    for variable in re.finditer(rb"^%s +=[^\n]*$" % either, source, re.MULTILINE):
        yield variable.span()


def _of_python(source: bytes, place: str) -> Iterator[Range]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    name, _, key = place.partition("[")
    if name == "Gate":
        for call in _rows_of_gates(source, key.removesuffix("]")):
            yield _offset(starts, call.lineno, call.col_offset), _end(starts, call)
        return
    for found, node in _named(ast.parse(source), ""):
        if found != name:
            continue
        first, last = _row(node, key.removesuffix("]")) if key else (node, node)
        if first is not None and last is not None:
            yield _offset(starts, first.lineno, first.col_offset), _end(starts, last)


def _rows_of_gates(source: bytes, name: str) -> Iterator[ast.Call]:
    # A row of the table of operations, ``Gate("name", …)``.
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node).startswith(f"Gate({name!r},"):
            yield node


def _offset(starts: list[int], line: int, column: int) -> int:
    return starts[line - 1] + column


def _end(starts: list[int], node: ast.stmt | ast.expr) -> int:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return _offset(starts, node.end_lineno, node.end_col_offset)


def _named(node: ast.AST, before: str) -> Iterator[tuple[str, ast.stmt]]:
    # Functions, methods and classes by their qualified names, and constants of modules and classes.
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield before + child.name, child
            yield from _named(child, f"{before}{child.name}.")
        elif isinstance(child, ast.Assign):
            yield from ((before + ast.unparse(target), child) for target in child.targets)
        elif isinstance(child, ast.AnnAssign):
            yield before + ast.unparse(child.target), child


def _row(node: ast.stmt, key: str) -> tuple[ast.expr | None, ast.expr | None]:
    table = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if not isinstance(table, ast.Dict):
        return None, None
    rows = zip(table.keys, table.values, strict=True)
    return next(((k, value) for k, value in rows if k is not None and ast.unparse(k) == key), (None, None))
