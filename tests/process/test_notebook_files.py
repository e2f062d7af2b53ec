"""``qirjit notebook`` and ``qirjit extract``: the files that they make, and their exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import llvmlite.binding as llvm
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from qirjit_magic.cli import main
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, TUTORIAL_PROGRAMS
from tests.hostile import acting
from tests.process.test_command_line import DONE, USAGE, WRONG, qirjit

HELLO, BELL = TUTORIAL_PROGRAMS / "Hello.ll", TUTORIAL_PROGRAMS / "Bell.ll"
_USER = "declare void @defined_elsewhere()\ndefine void @main() {\n  call void @defined_elsewhere()\n  ret void\n}\n"
_DEFINER = "define void @defined_elsewhere() {\n  ret void\n}\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _sources(notebook: str) -> list[str]:
    found = nbformat.read(notebook, as_version=4)
    nbformat.validate(found)
    assert all(cell.id for cell in found.cells)
    return [cell.source for cell in found.cells if cell.cell_type == "code"]


def _prose(notebook: str) -> str:
    return "\n".join(c.source for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "markdown")


def _write_notebook(path: str, *sources: str) -> None:
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)


def test_a_notebook_has_a_cell_for_each_module_between_the_extension_and_a_panel(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["notebook", str(BELL), str(HELLO), "-o", "lesson.ipynb"]) == DONE
    assert capsys.readouterr() == ("lesson.ipynb\n", "")
    first, *cells, last = _sources("lesson.ipynb")
    assert (first, last) == ("%load_ext qirjit_magic", "%qir_panel")
    assert cells == [f"%%qir --name {file.stem} --no-run\n{file.read_text()[:-1]}" for file in (BELL, HELLO)]
    assert "`Bell() → i64`: `%qir Bell`" in _prose("lesson.ipynb")
    assert "From `Bell.ll`, of the `base` profile." in _prose("lesson.ipynb")
    assert "`Hello__HelloQ()`: `%qir Hello__HelloQ`" in _prose("lesson.ipynb")


def test_extracting_gives_the_files_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notebook", str(BELL), str(HELLO)]) == DONE
    assert main(["extract", "Bell.ipynb", "-o", "made/here"]) == DONE
    assert capsys.readouterr().out == "Bell.ipynb\nmade/here/Bell.ll\nmade/here/Hello.ll\n"
    assert [Path("made/here", file.name).read_bytes() for file in (BELL, HELLO)] == [
        file.read_bytes() for file in (BELL, HELLO)
    ]


@pytest.mark.parametrize("text", [_DEFINER.replace("\n", "\r\n"), _DEFINER[:-1], "\ufeff" + _DEFINER, "\r" + _DEFINER])
def test_a_file_as_others_write_it_comes_back_byte_for_byte(text: str) -> None:
    Path("other.ll").write_bytes(text.encode())
    assert main(["notebook", "other.ll"]) == DONE
    assert main(["extract", "other.ipynb", "-o", "back"]) == DONE
    assert Path("back/other.ll").read_bytes() == text.encode()


def test_the_same_files_give_the_same_notebook() -> None:
    for name in ("one.ipynb", "two.ipynb"):
        assert main(["notebook", str(BELL), "-o", name]) == DONE
    assert Path("one.ipynb").read_bytes() == Path("two.ipynb").read_bytes()


def test_modules_that_link_each_other_stay_in_their_order() -> None:
    Path("user.ll").write_text(_USER)
    Path("definer.ll").write_text(_DEFINER)
    for order in (["user", "definer"], ["definer", "user"]):
        assert main(["notebook", *(f"{name}.ll" for name in order), "-o", "linked.ipynb", "--force"]) == DONE
        assert [source.split()[2] for source in _sources("linked.ipynb")[1:-1]] == order
        assert "Nobody here defines" not in _prose("linked.ipynb")
    assert main(["notebook", "user.ll", "-o", "alone.ipynb"]) == DONE
    assert "Nobody here defines `defined_elsewhere`" in _prose("alone.ipynb")


def test_modules_that_do_not_fit_each_other_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("user.ll").write_text(_USER)
    Path("misfit.ll").write_text(_DEFINER.replace("()", "(i64 %n)"))
    assert main(["notebook", "user.ll", "misfit.ll"]) == WRONG
    assert "of the module 'misfit.ll': 'defined_elsewhere' would be void (i64)" in capsys.readouterr().err
    assert not Path("user.ipynb").exists()


def test_bitcode_becomes_text_that_runs_the_same() -> None:
    Path("bell.bc").write_bytes(llvm.parse_assembly(BELL.read_text(), llvm.create_context()).as_bitcode())
    assert main(["notebook", "bell.bc"]) == DONE
    assert main(["extract", "bell.ipynb"]) == DONE
    with Session() as session:
        session.add("bell.ll")
        counts = session.run("Bell", shots=1000, seed=7).counts()
        session.add(BELL)
        assert session.run("Bell", shots=1000, seed=7).counts() == counts


def test_files_of_one_name_get_a_number_and_odd_names_become_plain() -> None:
    files = ["bell.ll", "other/bell.ll", "my bell!.ll", "-o.ll", "hostile`<b>\n.ll"]
    Path("other").mkdir()
    Path("room").mkdir()
    for file in files:
        Path("room", file).parent.mkdir(exist_ok=True)
        Path("room", file).write_text(_DEFINER)
    words = [str(Path("room", file)) for file in files]
    assert main(["notebook", *words, "-o", "all.ipynb"]) == DONE
    names = [source.split()[2] for source in _sources("all.ipynb")[1:-1]]
    assert names == ["bell", "bell_2", "my_bell_", "o", "hostile_b_"]
    assert "From ``hostile`<b>\\n.ll``." in _prose("all.ipynb")
    assert "`%qir defined_elsewhere --name bell`" in _prose("all.ipynb")
    assert main(["extract", "all.ipynb"]) == DONE
    assert sorted(path.name for path in Path().glob("*.ll")) == sorted(f"{name}.ll" for name in names)


def test_a_hostile_program_s_names_are_text_in_the_prose() -> None:
    assert main(["notebook", str(PROGRAMS / "hostile_name.ll"), str(PROGRAMS / "hostile_text.ll")]) == DONE
    assert not acting(_prose("hostile_name.ipynb"))


def test_what_is_trusted_is_trusted_in_the_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    library = str(PROGRAMS / "unsafe" / "inline_asm.ll")
    assert main(["notebook", library]) == WRONG
    assert "inline assembler code" in capsys.readouterr().err
    assert main(["notebook", library, "--trust"]) == DONE
    assert _sources("inline_asm.ipynb")[1].startswith("%%qir --name inline_asm --no-run --trust\n")


# -- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"define void @f() {\n  ret i64 0\n}", "line 2 of the module 'wrong.ll'"),
        (b"; \xff", "byte 0xff"),
        (b"; \0", "NUL"),
        (b"BC\xc0\xdenonsense", "bitcode"),
        (b" \n\t\n", "'wrong.ll': it is empty"),
        (b"", "'wrong.ll': it is empty"),
    ],
)
def test_what_no_cell_could_run_becomes_no_notebook(data: bytes, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.ll").write_bytes(data)
    assert main(["notebook", "wrong.ll"]) == WRONG
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("qirjit notebook: ")
    assert says in said.err
    assert not Path("wrong.ipynb").exists()


@pytest.mark.parametrize("command", ["notebook", "extract"])
def test_a_missing_file_is_status_1(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "nowhere"]) == WRONG
    assert "'nowhere'" in (said := capsys.readouterr().err)
    assert "No such file" in said


def test_a_notebook_without_qir_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    _write_notebook("empty.ipynb", "x = 1")
    assert main(["extract", "empty.ipynb"]) == WRONG
    assert "'empty.ipynb': there is no %%qir cell in it" in capsys.readouterr().err
    Path("text.ipynb").write_text("no JSON")
    assert main(["extract", "text.ipynb"]) == WRONG
    assert "'text.ipynb': it is no notebook" in capsys.readouterr().err


def test_half_a_character_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    _write_notebook("half.ipynb", "%%qir\n; half")
    Path("half.ipynb").write_text(Path("half.ipynb").read_text().replace("; half", r"; \ud800"))
    assert main(["extract", "half.ipynb"]) == WRONG
    assert "cannot be written as UTF-8" in capsys.readouterr().err


def test_nothing_is_overwritten_without_force(capsys: pytest.CaptureFixture[str]) -> None:
    Path("Bell.ipynb").write_text("mine")
    assert main(["notebook", str(BELL)]) == USAGE
    assert "'Bell.ipynb'" in (said := capsys.readouterr().err)
    assert "--force" in said
    assert Path("Bell.ipynb").read_text() == "mine"
    assert main(["notebook", str(BELL), str(HELLO), "--force"]) == DONE
    Path("Hello.ll").write_text("mine")
    assert main(["extract", "Bell.ipynb"]) == USAGE
    assert not Path("Bell.ll").exists()
    assert Path("Hello.ll").read_text() == "mine"
    assert main(["extract", "Bell.ipynb", "--force"]) == DONE
    assert Path("Hello.ll").read_bytes() == HELLO.read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["notebook"], "FILE"),
        (["extract"], "NOTEBOOK"),
        (["notebook", "bell.ll", "--shots", "5"], "--shots"),
        (["notebook", "bell.ll", "-o", "bell.ll", "--force"], "another file"),
        (["notebook", "bell.ll", "-o", "no/folder/bell.ipynb"], "No such file or directory"),
        (["notebook", "-", "-"], "there once"),
        (["extract", "made.ipynb", "nobody"], "bell, hello"),
        (["extract", "made.ipynb", "-o", "-"], "one NAME"),
        (["extract", "made.ipynb", "-o", "bell.ll"], "bell.ll"),
        (["extract", "made.ipynb", "-o", "nul\0"], "null"),
        (["extract", "made.ipynb", "-o", "x" * 300], "a place that can be written (File name too long)"),
        (["extract", "made.ipynb", "-o", "x" * 300, "--force"], "a place that can be written (File name too long)"),
    ],
)
def test_wrong_usage_is_status_2(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bell.ll").write_bytes(BELL.read_bytes())
    _write_notebook("made.ipynb", "%%qir --name bell", "%%qir --name hello")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert main(words) == USAGE
    said = capsys.readouterr().err
    assert said.startswith(f"qirjit {words[0]}: ")
    assert says in said
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


# -- beside the ordinary command ---------------------------------------------------------------------------------


def test_standard_input_and_output_make_a_pipe() -> None:
    status, notebook, errors = qirjit("notebook", "-", "-o", "-", given=BELL.read_bytes())
    assert (status, errors) == (DONE, "")
    assert qirjit("extract", "-", "-o", "-", given=notebook.encode()) == (DONE, BELL.read_text(), "")
    assert qirjit("extract", "-", "stdin", "-o", "-", given=notebook.encode())[1] == BELL.read_text()


@pytest.mark.parametrize("command", ["notebook", "extract"])
def test_help_says_what_the_command_takes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"usage: qirjit {command} " in said
    assert "--force" in said
    assert "exit status: 0 done" in said
    assert "%%qir" in said


@pytest.mark.parametrize("name", ["notebook", "extract"])
def test_a_file_called_like_a_command_is_run_by_its_path(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(name).write_bytes(HELLO.read_bytes())
    assert main([f"./{name}", "--format", "none"]) == DONE
    assert capsys.readouterr() == ("Hello quantum world!\n", "")


def test_an_ordinary_run_imports_nothing_of_notebooks() -> None:
    code = (
        "import sys, qirjit_magic.cli as cli\n"
        f"assert cli.main([{str(HELLO)!r}, '--quiet']) == 0\n"
        "print(sorted({'nbformat', 'jsonschema', 'IPython', 'ipywidgets', 'qirjit_magic.notebook'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
