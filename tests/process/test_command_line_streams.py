"""The command line where its streams are closed, full or read by nobody, and where names are not what they seem."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qirjit_magic.cli import main
from tests.files import PROGRAMS, REPOSITORY
from tests.hostile import acting
from tests.process.test_command_line import DONE, HELLO, UNREAD, USAGE, WRONG, command

UNWRITTEN = 5
BELL = REPOSITORY / "notebooks" / "programs" / "Bell.ll"
FULL = Path("/dev/full")
QIRJIT = '"$0" -m qirjit_magic'
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def shell(line: str, *, folder: Path = REPOSITORY, **environment: str) -> tuple[int, str, str]:
    """What the line does, in which ``qirjit`` is this command: exit status, output and errors."""
    done = subprocess.run(
        ["bash", "-c", line.replace("qirjit", QIRJIT), sys.executable],
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def sentence(text: str) -> bool:
    """Whether it is one line of ours."""
    return re.fullmatch(r"qirjit( notebook| extract)?: [^\n]+\n", text) is not None


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        f"{HELLO}",
        f"{PROGRAMS}/failing.ll third_shot_fails --shots 9",
        f"{PROGRAMS}/floods.ll messages --args 20000 --format none",
        "--help",
        f"notebook {BELL} -o -",
    ],
)
def test_a_full_disk_is_status_5_and_one_sentence(words: str) -> None:
    status, output, errors = shell(f"qirjit {words} > /dev/full")
    assert (status, output) == (UNWRITTEN, "")
    assert errors == "qirjit: the output cannot be written: No space left on device.\n"


@pytest.mark.parametrize("words", [f"{HELLO}", "--help"])
def test_a_closed_output_is_status_5_and_one_sentence(words: str) -> None:
    assert shell(f"qirjit {words} >&-") == (UNWRITTEN, "", "qirjit: the output cannot be written: it is closed.\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_is_not_needed_may_be_closed(closed: str) -> None:
    assert shell(f"qirjit {BELL} --shots 10 --quiet {closed}") == (DONE, "", "")


@pytest.mark.parametrize("errors", ["2>&-", pytest.param("2> /dev/full", marks=needs_full), "2> >(exit)"])
def test_what_cannot_be_told_leaves_status_and_output_as_they_are(errors: str) -> None:
    assert shell(f"qirjit {HELLO} --format none --time {errors}") == (DONE, "Hello quantum world!\n", "")
    assert shell(f"qirjit nowhere.ll {errors}") == (WRONG, "", "")


@pytest.mark.parametrize(
    ("words", "given", "why"),
    [("-", "<&-", "it is closed"), ("-", "0> /dev/null", ""), ("notebook - -o -", "<&-", ""), ("extract -", "<&-", "")],
)
def test_a_standard_input_that_cannot_be_read_is_status_1(words: str, given: str, why: str) -> None:
    status, output, errors = shell(f"qirjit {words} {given}")
    assert (status, output) == (WRONG, "")
    assert sentence(errors), errors
    assert "standard input cannot be read: " in errors
    assert why in errors


@pytest.mark.parametrize(
    "words",
    [
        f"{PROGRAMS}/floods.ll messages --args 100000 --format none",
        f"{PROGRAMS}/floods.ll numbers --args 100000",
    ],
)
def test_a_reader_that_takes_one_line_is_status_141_without_a_word(words: str) -> None:
    status, output, errors = shell(f"qirjit {words} | head -1; exit ${{PIPESTATUS[0]}}")
    assert (status, output.count("\n"), errors) == (UNREAD, 1, "")


@pytest.mark.parametrize("words", [(str(HELLO), "--quiet"), ("notebook", str(BELL), "-o", "-")])
def test_a_cache_that_cannot_be_written_is_one_sentence(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        command(*words),
        capture_output=True,
        cwd=REPOSITORY,
        check=False,
        env=os.environ | {"QIRJIT_CACHE": "/dev/null/x"},
    )
    assert done.returncode == DONE
    assert sentence(done.stderr.decode())
    assert done.stderr.startswith(b"qirjit: object code cannot be kept on disk, /dev/null/x")


@pytest.mark.parametrize(
    "name", ["a\nb.ll", "define i1 @x\n", "; x.ll", "define x", "-", "\x1b[2J.ll", "größe 量.ll", "q\udcff.ll"]
)
def test_a_file_is_a_path_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(HELLO.read_bytes())
    given = name if name != "-" else "./-"
    assert main([given, "--format", "none"]) == DONE
    assert capsys.readouterr() == ("Hello quantum world!\n", "")
    assert main(["notebook", given, "-o", "made.ipynb"]) == DONE
    assert capsys.readouterr() == ("made.ipynb\n", "")


@pytest.mark.parametrize("command_word", ["", "notebook", "extract"])
@pytest.mark.parametrize(
    "name", ["nowhere", "a\nb", "define i1 @x\n", "/", "", "\x1b[2J", "q\udcff", "/proc/self/mem", "~nobody/x"]
)
def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command_word: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*filter(None, [command_word]), name]) == WRONG
    output, errors = capsys.readouterr()
    assert output == ""
    assert sentence(errors), errors
    assert "cannot be read: " in errors
    assert not acting(errors)


def test_the_name_that_is_proposed_is_one_word_of_a_shell(tmp_path: Path) -> None:
    names = ["$(touch acted)", "--trust", "f$x", "x'; touch acted; '", "\x1b[2J"]
    definitions = [
        "define i64 @" + '"' + "".join(f"\\{byte:02X}" for byte in name.encode()) + '"(i64 %n) { ret i64 %n }'
        for name in names
    ]
    for first in (0, 1, 3):
        order = [*definitions[first:], *definitions[:first]]
        (tmp_path / "named.ll").write_text("\n".join(order))
        _, _, errors = shell("qirjit named.ll", folder=tmp_path)
        proposed = errors.splitlines()[-1].partition("name one: ")[2]
        assert proposed.startswith("qirjit FILE ")
        status, _, errors = shell(f"{proposed.replace('FILE', 'named.ll')} --args 3", folder=tmp_path)
        assert (status, errors) == (DONE, "")
    assert not (tmp_path / "acted").exists()


@pytest.mark.parametrize("words", ["--name", "--simulator"])
def test_a_name_that_is_no_utf8_is_usage_in_one_sentence(tmp_path: Path, words: str) -> None:
    (tmp_path / os.fsdecode(b"q\xff")).touch()
    status, output, errors = shell(f"qirjit {HELLO} {words} $'q\\xff'", folder=tmp_path)
    assert (status, output) == (USAGE, "")
    assert sentence(errors), errors
    assert "UTF-8" in errors


@pytest.mark.parametrize("given", ["/dev/zero", "- < /dev/zero"])
def test_a_notebook_without_end_is_not_read_to_it(given: str) -> None:
    status, output, errors = shell(f"qirjit extract {given}", QIRJIT_LIMITS="source_bytes=100000")
    assert (status, output) == (WRONG, "")
    assert sentence(errors), errors
    assert "more than 800,000 bytes" in errors


def test_a_closed_output_is_told_once_by_whoever_calls_it() -> None:
    call = f"import sys; from qirjit_magic.cli import main; sys.exit(main([{str(HELLO)!r}]))"
    words = ["bash", "-c", '"$0" -c "$1" >&-', sys.executable, call]
    done = subprocess.run(words, capture_output=True, text=True, cwd=REPOSITORY, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (UNWRITTEN, "qirjit: the output cannot be written: it is closed.\n")


def test_text_that_a_stream_cannot_write_is_escaped() -> None:
    status, output, errors = shell(
        f"qirjit {PROGRAMS}/hostile_text.ll hostile_says --format none", PYTHONIOENCODING="ascii"
    )
    assert (status, errors) == (DONE, "")
    assert output.isascii()
