"""The extension of JupyterLab that colours the bodies of ``%%qir`` cells."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.files import REPOSITORY
from tests.notebook.browser.opening import DARK, LIGHT, Opener
from tests.notebook.browser.pages import NotebookPage
from tests.notebook.browser.servers import Servers, serving
from tests.notebook.kernels import program

_EXTENSION = REPOSITORY / "labextension"
_NAME = "qirjit-magic"
_HEAD = "%%qir --no-run --name 'coloured'"
_CELL = f"{_HEAD}\n{program('coloured')}"
_PYTHON = "for number in [1]:  # ; @__quantum__qis__h__body\n    print('ret', number)"
_KINDS = {
    "magic": ["%%qir"],
    "flag": ["--no-run", "--name"],
    "comment": ["; Every kind of word, for tests of colours.", "/* a comment", "     over lines: ret */", "; a qubit"],
    "keyword": ["define", "inttoptr", "to", "call", "ret", "declare", "attributes"],
    "type": ["i64", "ptr", "void"],
    "quantum": ["@__quantum__qis__h__body", '@"__quantum__qis__x__body"'],
    "global": ["@colours", '@"the name"'],
    "local": ["%n", '%"a qubit"'],
    "label": ["entry:", '"the end":'],
    "string": ["'coloured'", 'c"ret void\\00"', '"entry_point"'],
    "number": ["1", "-7", "0x3FE0000000000000"],
    "constant": ["null", "true"],
    "metadata": ["#0", "!llvm.module.flags", "!0", '!"qir_major_version"'],
}


# For each test with the fixture `editor` its cell. The first is in sight when the page is opened.
_CELLS = {
    "test_each_kind_of_word_of_a_qir_cell_has_its_colour": _CELL,
    "test_the_colours_change_with_the_theme": _CELL,
    "test_what_python_makes_of_the_same_text_is_not_seen": "%%qir\n; for in not\nattributes #0 = { nounwind }",
    "test_cells_of_python_are_left_as_they_are": _PYTHON,
    "test_colours_follow_what_is_typed": "%%qi\nret void",
    "test_lines_are_commented_out_with_semicolons": "%%qir\nret void",
    "test_the_end_of_a_long_cell_is_coloured_when_it_comes_into_sight": (
        "%%qir\n" + "  call void @__quantum__qis__h__body(ptr null)\n" * 5_000 + "/* over\nlines */ ret void"
    ),
}
_LOADED = (
    "() => JSON.parse(document.getElementById('jupyter-config-data').textContent).federated_extensions.map(e => e.name)"
)
_NO_SCRIPT = "Unexpected identifier 'is'"
# The words by kind: what Python's highlighting cuts into several elements is one again.
_WORDS = """cell => {
  const found = {};
  for (const line of cell.querySelectorAll('.cm-line')) {
    const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let before = null;
    while (texts.nextNode()) {
      const kind = texts.currentNode.parentElement.closest('.qirjit-ir')?.className.match(/qirjit-ir-(\\w+)/)[1];
      const words = found[kind] ??= [];
      if (kind === before) words.push(words.pop() + texts.currentNode.data);
      else words.push(texts.currentNode.data);
      before = kind;
    }
  }
  return found;
}"""
_SEEN = f"([cell, kind, words]) => JSON.stringify(({_WORDS})(cell)[kind] ?? []) === JSON.stringify(words)"


@dataclass
class Editor:
    """A cell's editor."""

    cell: Locator

    def words(self) -> dict[str, list[str]]:
        """The words by kind, as soon as there are colours."""
        expect(self.of("plain").or_(self.of("keyword")).first).to_be_visible()
        words: dict[str, list[str]] = self.cell.evaluate(_WORDS)
        return words

    def expect_words(self, kind: str, *words: str) -> None:
        """Wait until the words of a kind are these."""
        self.cell.page.wait_for_function(_SEEN, arg=[self.cell.element_handle(), kind, list(words)])

    def of(self, kind: str) -> Locator:
        """The elements of a kind."""
        return self.cell.locator(f".qirjit-ir-{kind}")

    def colour(self, kind: str) -> str:
        """The colour of the first of them as it is seen."""
        colour: str = self.of(kind).first.evaluate("word => getComputedStyle(word).color")
        return colour


@pytest.fixture(scope="module")
def notebook(servers: Servers, browser: Browser) -> Iterator[NotebookPage]:
    """In JupyterLab, `_CELLS`; each test has its own."""
    opener = Opener(servers, browser)
    yield opener("lab", *_CELLS.values())
    opener.close()
    assert opener.problems() == []


@pytest.fixture
def editor(notebook: NotebookPage, request: pytest.FixtureRequest) -> Editor:
    """The cell of this test."""
    return Editor(notebook.cell([*_CELLS].index(request.function.__name__)))


def expect_each_kind(editor: Editor) -> None:
    """Each kind of word in the cell is seen, in its colour."""
    seen = editor.words()
    assert {kind: set(words) - set(seen.get(kind, ())) for kind, words in _KINDS.items()} == {k: set() for k in _KINDS}
    colours = {kind: editor.colour(kind) for kind in ("comment", "keyword", "quantum", "global", "string", "plain")}
    assert len(set(colours.values())) == len(colours)


def test_each_kind_of_word_of_a_qir_cell_has_its_colour(editor: Editor) -> None:
    expect_each_kind(editor)


def test_in_notebook_7_too(open_notebook: Opener) -> None:
    expect_each_kind(Editor(open_notebook("notebook", _CELL).cell(0)))


def test_the_colours_change_with_the_theme(notebook: NotebookPage, editor: Editor) -> None:
    editor.words()
    light = {kind: editor.colour(kind) for kind in ("quantum", "string", "label", "plain")}
    notebook.switch_theme(DARK)
    expect(editor.of("string").first).not_to_have_css("color", light["string"])
    assert all(light[kind] != editor.colour(kind) for kind in light)
    notebook.switch_theme(LIGHT)
    assert {kind: editor.colour(kind) for kind in light} == light


def test_what_python_makes_of_the_same_text_is_not_seen(editor: Editor) -> None:
    # Python sees keywords in a comment of LLVM IR, and a comment from each # on.
    editor.expect_words("comment", "; for in not")
    seen = "words => words.map(word => { const s = getComputedStyle(word); return s.fontWeight + s.color; })"
    assert len(set(editor.of("comment").evaluate_all(seen))) == 1
    after = editor.of("keyword").get_by_text("nounwind", exact=True)
    assert after.evaluate("word => getComputedStyle(word).fontStyle") == "normal"


def test_cells_of_python_are_left_as_they_are(notebook: NotebookPage, editor: Editor) -> None:
    assert Editor(notebook.cell(0)).words()  # so the extension is there
    expect(editor.cell.locator(".qirjit-ir")).to_have_count(0)


def test_colours_follow_what_is_typed(editor: Editor) -> None:
    typed = editor.cell.locator(".cm-content")
    expect(editor.cell.locator(".qirjit-ir")).to_have_count(0)
    typed.fill("%%time\n%%qir\nret void")
    editor.expect_words("keyword", "ret")
    typed.press("Control+End")
    typed.press_sequentially(" ; why")
    editor.expect_words("comment", "; why")
    typed.fill("ret void")
    expect(editor.cell.locator(".qirjit-ir")).to_have_count(0)


def test_lines_are_commented_out_with_semicolons(editor: Editor) -> None:
    editor.expect_words("keyword", "ret")
    editor.cell.locator(".cm-content").press("Control+End")
    editor.cell.locator(".cm-content").press("Control+/")
    editor.expect_words("comment", "; ret void")


def test_the_end_of_a_long_cell_is_coloured_when_it_comes_into_sight(editor: Editor) -> None:
    assert editor.words()
    editor.cell.locator(".cm-content").press("Control+End")
    editor.expect_words("comment", "/* over", "lines */")


# -- where it fails ----------------------------------------------------------------------------------------------------


def broken(folder: Path, name: str, old: str, new: str) -> None:
    """Another extension in this folder: ours, with one change."""
    made = folder / name
    shutil.copytree(_EXTENSION, made)
    script, package = made / "static" / "remoteEntry.js", made / "package.json"
    text = script.read_text("utf-8").replace(f'"{_NAME}"', f'"{name}"')
    assert text.count(old) == 1
    script.write_text(text.replace(old, new), "utf-8")
    package.write_text(package.read_text("utf-8").replace(f'"{_NAME}"', f'"{name}"'), "utf-8")


def test_where_it_fails_cells_are_plain_and_run_as_ever(browser: Browser, tmp_path: Path) -> None:
    broken(tmp_path, "is-no-script", '"use strict";', "this is no script")
    broken(tmp_path, "throws", '"use strict";', "throw new Error('no');")
    broken(tmp_path, "needs-what-is-not-shared", '"@codemirror/state", ', '"@codemirror/gone", ')
    broken(tmp_path, "knows-another-registry", "registry?.addExtension", "registry.gone")
    broken(tmp_path, "cannot-make-marks", "const marks = new Map();", "gone();")
    broken(tmp_path, "cannot-colour", "const head = headOfDocument(doc);", "const head = headOfDocument(gone);")
    with contextlib.ExitStack() as closing:
        server = closing.enter_context(serving(labextensions=[tmp_path]))
        opener = Opener(Servers(closing, {"jupyterlab": server}), browser)
        notebook = opener("lab", _CELL, _PYTHON)
        assert {path.name for path in tmp_path.iterdir()} <= {*notebook.page.evaluate(_LOADED)}
        notebook.run_cell(1)
        expect(notebook.cell(1)).to_contain_text("ret 1")
        expect(notebook.cell(0)).to_contain_text("define i64 @colours")
        expect(notebook.cell(0).locator(".qirjit-ir")).to_have_count(0)
        opener.close()
        said_by_scripts = [problem for problem in opener.problems() if problem not in {"no", _NO_SCRIPT}]
        assert said_by_scripts == []
