"""Notebooks' cells as QIR and back: no process, no files."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from qirjit_magic.errors import SourceError
from qirjit_magic.notebook.convert import QirCell, _code, plain_names, read_cells
from qirjit_magic.sanitize import sanitize_line
from tests.hostile import HOSTILE

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_LINES = st.lists(st.sampled_from(["define void @f() {", "}", "", "; ä", "\u2028", "%%qir", "\x0c", "?", "!x"]))
_BROKEN = st.sampled_from(["\n", "\r\n", "\r"])
_END = st.sampled_from(["", "\n", "\r\n", "\r", "\n\n"])


@st.composite
def _texts(draw: st.DrawFn) -> str:
    return draw(st.one_of(_TEXT, st.builds(lambda lines, between: between.join(lines), _LINES, _BROKEN))) + draw(_END)


def _saved(cells: list[QirCell]) -> bytes:
    pages = [new_code_cell(cell.source, metadata=cell.metadata) for cell in cells]
    notebook = new_notebook(cells=pages)
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).encode()


def _notebook(*sources: str, **fields: Any) -> bytes:
    pages = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": pages, **fields}).encode()


# -- there and back ----------------------------------------------------------------------------------------------


@given(_texts())
@example("a\r\n\r\n")
@example("a\r\nb")
@example("a\nb\r\n")
@example("\ufeffdefine")
def test_a_text_comes_back_byte_for_byte(text: str) -> None:
    cell = QirCell(text, "main", trust="\r" in text)
    assert read_cells(_saved([cell])) == (cell,)


@given(st.lists(st.tuples(_TEXT, _texts()), max_size=5))
def test_modules_come_back_in_their_order_under_their_names(modules: list[tuple[str, str]]) -> None:
    names = plain_names(name for name, _ in modules)
    cells = [QirCell(text, name) for name, (_, text) in zip(names, modules, strict=True)]
    found = read_cells(_saved(cells))
    assert found == tuple(cells)
    assert plain_names(cell.name for cell in found) == names


def test_line_breaks_of_windows_are_kept_where_an_editor_sees_none() -> None:
    cell = QirCell("; one\r\n; two\r\n", "main")
    assert "\r" not in cell.source
    edited = QirCell.of(cell.source + "\n; three", cell.metadata)
    assert edited is not None
    assert edited.text == "; one\r\n; two\r\n; three\r\n"


def test_a_usual_text_needs_no_metadata_and_ends_without_an_empty_line() -> None:
    cell = QirCell("define void @f() {\n  ret void\n}\n", "f")
    assert cell.metadata == {}
    assert cell.source == "%%qir --name f --no-run\ndefine void @f() {\n  ret void\n}"


# -- what is a cell of QIR ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name", "text"),
    [
        ("%%qir\n; a", "", "; a\n"),
        ("%%qir", "", "\n"),
        ("\n  \n%%qir -n bell\n; a", "bell", "; a\n"),
        ("%%qir --shots 1000 --seed 7 --entry main --name bell -o result\n; a", "bell", "; a\n"),
        ("%%qir --name='my bell' --args -3,4\n; a", "my bell", "; a\n"),
        ("%%qir --no-such-flag --name bell\n; a", "", "; a\n"),
        ("%%qir --name 'open\n; a", "", "; a\n"),
        ("%%qir --name bell\r\n; a\r\n; b", "bell", "; a\r\n; b\n"),
        ("  %%qir --name bell\n  ; a", "bell", "  ; a\n"),
        ("%%time\n%%qir --name bell\n; a\n; b", "bell", "; a\n; b\n"),
        ("\n%%capture out\r\n\r\n  %%time\r\n%%qir --name bell\r\n; a", "bell", "; a\n"),
    ],
)
def test_flags_name_a_cell_and_are_no_part_of_its_text(source: str, name: str, text: str) -> None:
    assert read_cells(_notebook("x = 1", source)) == (QirCell(text, name),)


@pytest.mark.parametrize(
    "source",
    [
        "%qir main",
        "%%qirx\na",
        "%%qir?",
        "x = 1\n%%qir\na",
        "# %%qir\na",
        "",
        "\n",
        "%%timeit\n%qir",
        "%%time\nx\n%%qir",
    ],
)
def test_other_cells_are_none(source: str) -> None:
    assert read_cells(_notebook(source)) == ()


def test_prose_about_a_cell_is_none() -> None:
    page = {"cell_type": "markdown", "metadata": {}, "source": "%%qir\n; a"}
    assert read_cells(_notebook(cells=[page])) == ()


@pytest.mark.parametrize("told", [None, 7, "text", [], {"line_breaks": 3, "final_newline": "no"}, {"line_breaks": "x"}])
def test_metadata_of_others_changes_nothing(told: Any) -> None:
    page = {"cell_type": "code", "metadata": {"qirjit": told}, "source": "%%qir\n; a", "outputs": []}
    assert read_cells(_notebook(cells=[page])) == (QirCell("; a\n"),)


# -- names -------------------------------------------------------------------------------------------------------


@given(st.lists(st.one_of(st.text(), st.sampled_from([*HOSTILE.values(), "a", "A", "a_2", "ß", "ss"]))))
def test_every_name_is_a_file_of_its_own_in_the_folder(wanted: list[str]) -> None:
    names = plain_names(wanted)
    assert len({name.casefold() for name in names}) == len(wanted) == len(names)
    for name in names:
        file = f"{name}.ll"
        assert PurePosixPath(file).name == file
        assert len(file.encode()) < 256
        assert not file.startswith((".", "-"))
        assert file.isprintable()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["bell"], ["bell"]),
        (["v1.2", "my bell"], ["v1.2", "my_bell"]),
        (["bell", "bell", "Bell"], ["bell", "bell_2", "Bell_3"]),
        (["", "../../etc/passwd", ".bashrc", "-rf", "--"], ["cell1", "_.._etc_passwd", "bashrc", "rf", "cell5"]),
        (["a/b\\c", "nul\0", "x" * 999], ["a_b_c", "nul_", "x" * 200]),
        (["ä" * 150], ["ä" * 100]),
    ],
)
def test_hostile_and_equal_names_become_plain_ones(wanted: list[str], names: list[str]) -> None:
    assert list(plain_names(wanted)) == names


# -- notebooks of other versions, and what is none ---------------------------------------------------------------

_SOURCE = "%%qir --name bell\n; a"
_OLDER: dict[str, dict[str, Any]] = {
    "1": {"cells": [{"cell_type": "code", "code": _SOURCE, "prompt_number": 1}]},
    "2": {
        "nbformat": 2,
        "metadata": {"name": "x"},
        "worksheets": [{"cells": [{"cell_type": "code", "input": _SOURCE, "language": "python", "outputs": []}]}],
    },
    "3": {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "x"},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "input": _SOURCE.splitlines(keepends=True),
                        "language": "python",
                        "outputs": [],
                        "collapsed": False,
                        "metadata": {},
                    }
                ]
            }
        ],
    },
    "4.0": json.loads(_notebook(_SOURCE, nbformat_minor=0)),
    "4.5 without ids": json.loads(_notebook(_SOURCE, nbformat_minor=5)),
    "4.99": json.loads(_notebook(_SOURCE, nbformat_minor=99)),
    "4.4 with a source in lines": json.loads(
        _notebook(
            cells=[{"cell_type": "code", "metadata": {}, "source": ["%%qir --name bell\n", "; a"], "outputs": []}]
        )
    ),
    "4.4 with fields amiss": json.loads(
        _notebook(cells=[{"cell_type": "code", "metadata": {}, "source": _SOURCE}, {"cell_type": 3, "metadata": {}}])
    ),
}


@pytest.mark.parametrize("version", _OLDER)
def test_a_notebook_of_any_version_is_read(version: str) -> None:
    assert read_cells(json.dumps(_OLDER[version]).encode()) == (QirCell("; a\n", "bell"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"define void @f() { ret void }",
        b"\xff\xfe",
        b"[]",
        b"3",
        b'"text"',
        b"null",
        b'{"nbformat": 5, "cells": []}',
        b'{"nbformat": "4", "cells": []}',
        b'{"nbformat": [], "cells": []}',
        b'{"nbformat": 4, "nbformat_minor": 5}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [7]}',
        b"[" * 100_000,
    ],
    ids=lambda data: data[:30].decode("latin-1") or "nothing",
)
def test_what_is_no_notebook_is_told_so(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"no notebook.*Give a \.ipynb file"):
        read_cells(data)


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.just("%%qir\n; a"), st.just("code")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["cell_type", "source", "metadata", "outputs", "input", "code", "worksheets", "cells"]),
            inner,
        ),
    ),
    max_leaves=12,
)


@given(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 6), st.text()), _JSON, _JSON)
def test_whatever_a_notebook_holds_it_is_read_or_told(version: int, minor: Any, cells: Any, metadata: Any) -> None:
    data = {"nbformat": version, "nbformat_minor": minor, "cells": cells, "worksheets": cells, "metadata": metadata}
    try:
        found = read_cells(json.dumps(data).encode())
    except SourceError:
        return
    assert all(isinstance(cell, QirCell) for cell in found)


@pytest.mark.parametrize("text", ["plain", "`", "``x`", "a`b``c", "x\n# title", "<script>alert(1)</script>", "[a](b)"])
def test_text_of_programs_is_code_in_prose_and_nothing_that_markdown_reads(text: str) -> None:
    shown = _code(text)
    ticks = shown[: len(shown) - len(shown.lstrip("`"))]
    inner = shown.removeprefix(ticks).removesuffix(ticks)
    assert "\n" not in shown
    assert inner.strip(" ") == sanitize_line(text)
    assert len(ticks) not in {len(run) for run in re.findall("`+", inner)}
