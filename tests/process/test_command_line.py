"""``python -m qirjit_magic``: what it prints, and its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.files import PROGRAMS, REPOSITORY
from tests.hostile import acting
from tests.process.support import LIVENESS_S

HELLO = REPOSITORY / "notebooks" / "programs" / "Hello.ll"
DONE, WRONG, USAGE, FAILED, DIED, INTERRUPTED, UNREAD = 0, 1, 2, 3, 4, 130, 141
HEADER = "HEADER\tschema_id\tlabeled\nHEADER\tschema_version\t2.1\n"


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "qirjit_magic", *map(str, words)]


def qirjit(*words: str | Path, given: bytes = b"") -> tuple[int, str, str]:
    """Exit status, output and errors of the command."""
    done = subprocess.run(command(*words), input=given, capture_output=True, cwd=REPOSITORY, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# -- what it prints ----------------------------------------------------------------------------------------------


def test_hello_is_an_info_line_of_the_labeled_output() -> None:
    assert qirjit(HELLO, "Hello__HelloQ") == (DONE, f"{HEADER}START\nINFO\tHello quantum world!\nEND\t0\n", "")


def test_hello_is_bare_without_a_format() -> None:
    assert qirjit(HELLO, "--format", "none") == (DONE, "Hello quantum world!\n", "")


def test_quiet_prints_nothing() -> None:
    assert qirjit(HELLO, "--quiet") == (DONE, "", "")
    assert qirjit(HELLO, "--quiet", "--format", "none") == (DONE, "", "")


def test_trust_opens_what_is_refused_without() -> None:
    asm, library = PROGRAMS / "unsafe" / "inline_asm.ll", PROGRAMS / "c_library.ll"
    status, output, errors = qirjit(asm)
    assert (status, output) == (WRONG, "")
    assert "line 3: inline assembler code (asm)" in errors
    assert "--trust" in errors
    assert qirjit(asm, "--trust", "--quiet") == (DONE, "", "")
    words = (library, "distance", "--args", "9,2", "--quiet")
    assert qirjit(*words)[0] == WRONG
    assert qirjit(*words, "--trust") == (DONE, "", "")


def test_no_run_compiles_only() -> None:
    assert qirjit(HELLO, "--no-run") == (DONE, "", "")


def test_a_program_can_come_from_standard_input() -> None:
    assert qirjit("-", "--format", "none", given=HELLO.read_bytes()) == (DONE, "Hello quantum world!\n", "")


def test_shots_and_seed_give_the_same_counts_each_time() -> None:
    words = (PROGRAMS / "coins.ll", "--shots", "200", "--seed", "7", "--format", "counts")
    status, output, errors = qirjit(*words)
    assert (status, errors) == (DONE, "")
    rows = [line.split("\t") for line in output.splitlines()]
    assert sum(int(count) for _, count in rows) == 200
    assert all(len(key) == 4 for key, _ in rows)
    assert qirjit(*words)[1] == output


def test_the_ordered_schema_has_no_labels() -> None:
    labeled = qirjit(PROGRAMS / "coins.ll", "--seed", "1")[1]
    ordered = qirjit(PROGRAMS / "coins.ll", "--seed", "1", "--format", "ordered")[1]
    assert "\tfirst\n" in labeled
    assert ordered == labeled.replace("\tfirst\n", "\n").replace("schema_id\tlabeled", "schema_id\tordered")


def test_json_is_one_object_a_shot() -> None:
    output = qirjit(PROGRAMS / "failing.ll", "returns_seven", "--format", "json", "--shots", "2")[1]
    assert [json.loads(line) for line in output.splitlines()] == [{"records": [], "returned": 7, "exit_code": 7}] * 2


def test_arguments_are_given_as_text() -> None:
    status, output, _ = qirjit(PROGRAMS / "floods.ll", "numbers", "--args", "3")
    assert status == DONE
    assert [line for line in output.splitlines() if line.startswith("OUTPUT")] == [
        f"OUTPUT\tINT\t{i}" for i in range(3)
    ]


def test_a_library_can_be_the_simulator(toy: str) -> None:
    status, output, _ = qirjit(PROGRAMS / "toy_gates.ll", "--simulator", toy, "--format", "counts")
    assert (status, output) == (DONE, "01\t1\n")


def test_what_native_code_prints_is_not_mixed_with_the_labeled_output(toy: str) -> None:
    status, output, _ = qirjit(PROGRAMS / "toy_gates.ll", "print", "--simulator", toy)
    assert (status, output) == (DONE, f"{HEADER}START\nEND\t0\n")


# -- exit status -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words", "says"),
    [
        (b"define void @f() {\n  ret i64 0\n}", (), "line 2"),
        (b"declare void @nobody()\ndefine void @f() {\n  call void @nobody()\n  ret void\n}", (), "'nobody'"),
        (b"declare void @__quantum__qis__h__body()\ndefine void @f() { ret void }", (), "__quantum__qis__h__body"),
        (b'target datalayout = "E"\ndefine void @f() { ret void }', (), "big-endian"),
        (b"define void @left() { ret void }\ndefine void @right() { ret void }", (), "left, right"),
        (b"define void @main() { ret void }", ("mian",), "Did you mean 'main'?"),
        (b"define void @f(i64 %n) { ret void }", ("--args", "many"), "'many'"),
    ],
)
def test_wrong_qir_is_status_1(source: bytes, words: tuple[str, ...], says: str) -> None:
    status, output, errors = qirjit("-", *words, given=source)
    assert (status, output) == (WRONG, "")
    assert errors.startswith("qirjit: ")
    assert says in errors
    assert "Traceback" not in errors


def test_an_unknown_simulator_is_wrong_usage() -> None:
    status, output, errors = qirjit("-", "--simulator", "dense", given=b"define void @f() { ret void }")
    assert (status, output) == (USAGE, "")
    assert "dense" in errors
    assert "statevector" in errors


def test_a_missing_file_is_status_1() -> None:
    status, _, errors = qirjit("nowhere.ll")
    assert status == WRONG
    assert "'nowhere.ll' cannot be read: No such file or directory" in errors


@pytest.mark.parametrize(
    "words",
    [(), ("a.ll", "--shots", "0"), ("a.ll", "--shots", "many"), ("a.ll", "--unknown"), ("a.ll", "--seed", "-1")],
)
def test_wrong_usage_is_status_2(words: tuple[str, ...]) -> None:
    status, output, errors = qirjit(*words)
    assert (status, output) == (USAGE, "")
    assert errors.startswith("qirjit: ")
    assert "--help" in errors


def test_a_program_that_fails_is_status_3_with_what_it_printed() -> None:
    status, output, errors = qirjit(PROGRAMS / "failing.ll", "third_shot_fails", "--shots", "9")
    assert status == FAILED
    shots = [f"START\nMETADATA\tentry_point\nOUTPUT\tINT\t{shot}\nEND\t{code}\n" for shot, code in enumerate((0, 0, 1))]
    assert output == HEADER + "".join(shots)
    assert "out of magic dust" in errors


def test_a_nonzero_exit_code_is_status_3() -> None:
    status, output, _ = qirjit(PROGRAMS / "failing.ll", "returns_seven")
    assert status == FAILED
    assert output.endswith("END\t7\n")


def test_a_run_out_of_time_is_status_3() -> None:
    status, output, errors = qirjit(PROGRAMS / "slow_shots.ll", "second_shot_endless", "--shots", "5", "--timeout", "1")
    assert status == FAILED
    assert "END\t0\n" in output
    assert "stopped after 1 s" in errors


def test_a_crash_is_status_4() -> None:
    status, output, errors = qirjit(PROGRAMS / "crashes.ll", "store_to_16")
    assert (status, output) == (DIED, HEADER + "START\nEND\t1\n")
    assert "SIGSEGV" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("entry", ["slow", "endless"])
def test_an_interrupt_is_status_130_with_what_has_finished(entry: str) -> None:
    words = command(PROGRAMS / "slow_shots.ll", entry, "--shots", "1000000", "--format", "none")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIVENESS_S)
    assert process.returncode == INTERRUPTED
    assert re.fullmatch(r"qirjit: interrupted after [\d,]+ of 1,000,000 shots\.\n", errors)


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    words = command(PROGRAMS / "slow_shots.ll", "slow", "--shots", "1000000", "--format", "none")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "running\n"
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(LIVENESS_S) != DONE
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "words",
    [
        ("failing.ll", "third_shot_fails", "--shots", "9"),
        ("slow_shots.ll", "slow", "--shots", "1_000_000", "--timeout", "0.2"),
    ],
)
def test_a_run_that_fails_with_nobody_to_read_what_finished_is_status_141(words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            command(PROGRAMS / words[0], *words[1:]), stdout=writer, stderr=subprocess.PIPE, cwd=REPOSITORY, check=False
        )
    finally:
        os.close(writer)
    assert done.returncode == UNREAD
    assert b"Traceback" not in done.stderr


def test_help_names_every_flag() -> None:
    status, output, _ = qirjit("--help")
    assert status == DONE
    for flag in (
        "--entry",
        "--shots",
        "--seed",
        "--simulator",
        "--args",
        "--format",
        "--timeout",
        "--time",
        "--no-run",
        "--quiet",
    ):
        assert flag in output


def test_another_python_path_is_not_needed(tmp_path: Path) -> None:
    # From a folder with modules of the same names as those that it needs.
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong module was imported')\n")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "qirjit_magic", str(HELLO), "--format", "none"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (DONE, "Hello quantum world!\n", "")


# -- limits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "words", "status", "says"),
    [
        ("source_bytes=10", (HELLO,), WRONG, "more than the 10 that the limit source_bytes allows"),
        ("nesting=1", (HELLO,), WRONG, "the limit nesting"),
        ("cpu_seconds=0.2", (PROGRAMS / "busy.ll", "endless"), FAILED, "s of CPU time"),
        (
            "records_per_shot=2",
            (PROGRAMS / "floods.ll", "numbers", "--args", "7"),
            DONE,
            "5 records and texts found no",
        ),
        ("nestings=1", (HELLO,), USAGE, "nestings"),
        ("nesting=deep", (HELLO,), USAGE, "nesting=deep"),
    ],
)
def test_the_environment_limits_a_run(
    monkeypatch: pytest.MonkeyPatch, limits: str, words: tuple[str | Path, ...], status: int, says: str
) -> None:
    monkeypatch.setenv("QIRJIT_LIMITS", limits)
    found, _, errors = qirjit(*words)
    assert (found, says in errors) == (status, True), errors
    assert errors.startswith("qirjit: ")


# -- hostile text --------------------------------------------------------------------------------------------------


def on_a_terminal(*words: str | Path) -> str:
    """What the command writes where both its streams are a terminal."""
    ours, theirs = os.openpty()
    with subprocess.Popen(command(*words), stdout=theirs, stderr=theirs, cwd=REPOSITORY) as process:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # how Linux says that nobody has the other end any more
            while chunk := os.read(ours, 1 << 16):
                written += chunk
        process.wait(LIVENESS_S)
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("name", ["hostile_says", "hostile_fails"])
@pytest.mark.parametrize("form", ["labeled", "ordered", "json", "none"])
def test_on_a_terminal_a_hostile_program_s_text_does_nothing(name: str, form: str) -> None:
    shown = on_a_terminal(PROGRAMS / "hostile_text.ll", name, "--format", form)
    assert r"\x1b]0;title\x07" in shown or form == "ordered" or "u001b" in shown
    assert not acting(shown)


def test_in_a_pipe_the_output_is_data_and_remarks_do_nothing() -> None:
    status, output, errors = qirjit(PROGRAMS / "hostile_text.ll", "hostile_fails")
    assert status == FAILED
    assert "INFO\t<script>alert(1)</script>\x1b]0;title\x07" in output
    assert r"<script>alert(1)</script>\x1b]0;title\x07" in errors
    assert not acting(errors)
    assert not acting(qirjit(PROGRAMS / "hostile_name.ll")[2])
    assert not acting(qirjit(PROGRAMS / "hostile_text.ll", "nobody\x1b[2J")[2])
