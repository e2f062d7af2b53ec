"""What programs say and native code prints, while it runs."""

from __future__ import annotations

import pytest

from qirjit_magic.session.client.process import KEPT_BYTES, SHOWN_BYTES
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import LIVENESS_S, Once

NOTE_LENGTH = 100


def test_what_native_code_prints_is_shown_while_it_runs(session: Session, toy: str) -> None:
    session.add(program("toy_gates"), "toy")
    shown: list[str] = []

    def show(text: str) -> None:
        shown.append(text)
        if "".join(shown).endswith("to stdout: 5\n"):
            session.stop()

    assert session.run("print_then_hang", simulator=toy, show=show, timeout=LIVENESS_S).partial


def test_a_message_is_shown_while_the_program_runs(session: Session) -> None:
    session.add(program("slow_shots"), "slow")
    stop = Once(session.stop)
    assert session.run("endless", show=stop).messages == ["running"]
    assert stop.done


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("print", "to stdout: 5\n"),
        ("print_errors", "to stderr: 6\n"),
        ("write", "to descriptor 1, without an end of line"),
    ],
)
def test_what_native_code_prints_is_shown(session: Session, toy: str, entry: str, text: str) -> None:
    session.add(program("toy_gates"), "toy")
    session.run("flip_and_measure", simulator=toy)  # loads it, which prints
    shown: list[str] = []
    result = session.run(entry, simulator=toy, show=shown.append)
    assert "".join(shown) == text
    assert (result.stdout, result.stderr) == (("", text) if entry == "print_errors" else (text, ""))


def test_a_flood_is_shown_in_part_and_both_its_ends_are_kept(session: Session, toy: str) -> None:
    session.add(program("toy_gates"), "toy")
    shown: list[str] = []
    result = session.run("flood", simulator=toy, show=shown.append)
    text = "".join(shown)
    assert 2 * SHOWN_BYTES <= len(text) <= 2 * (SHOWN_BYTES + NOTE_LENGTH)
    assert text.count("only the first 64 KiB are shown") == 2
    assert KEPT_BYTES < len(result.stdout) <= KEPT_BYTES + NOTE_LENGTH
    assert KEPT_BYTES < len(result.stderr) <= KEPT_BYTES + NOTE_LENGTH
    assert "bytes are left out here" in result.stdout
    assert result.unkept > 0
    assert f"{result.unkept:,} bytes that were printed are left out" in str(result.notices[0])
    assert result.stdout.endswith("the last of stdout\n")
    assert result.stderr.endswith("the last of stderr\n")


def test_a_flood_of_messages_is_shown_in_part_and_kept_whole(session: Session) -> None:
    session.add(program("floods"), "floods")
    shown: list[str] = []
    result = session.run("messages", args=[100_000], show=shown.append)
    assert SHOWN_BYTES <= sum(map(len, shown)) <= SHOWN_BYTES + NOTE_LENGTH
    assert shown[-1] == "… more messages are in the result\n"
    assert result.messages == ["12345678"] * 100_000


def test_each_run_starts_with_nothing_printed(session: Session, toy: str) -> None:
    session.add(program("toy_gates"), "toy")
    assert session.run("print", simulator=toy).stdout.endswith("to stdout: 5\n")
    assert session.run("flip_and_measure", simulator=toy).stdout == ""


def test_messages_and_dumps_come_in_the_programs_order(session: Session) -> None:
    session.add(program("dumps"), "dumps")
    shown: list[str] = []
    result = session.run("dumps", shots=3, seed=5, show=shown.append)
    assert "".join(shown) == "".join(f"{text}\n" for text in result.messages)
    for shot in result.shots:
        before, superposed, between, measured, after = shot.messages
        assert (before, between, after) == ("before", "between", "after")
        assert superposed == "STATE: [ |0⟩: 0.7071067811865476+0i, |1⟩: 0.7071067811865476+0i, ]"
        bit = shot.records[-1].value
        assert measured == f"Global Results: [{bit}]\nSTATE: [ |{bit}⟩: 1+0i, ]"


def test_a_dump_stands_in_the_labeled_text_as_the_simulator_wrote_it(session: Session) -> None:
    session.add(program("dumps"), "dumps")
    text = session.run("dumps", seed=5).to_text("labeled")
    assert text.splitlines()[6:9] == [
        "INFO\tbefore",
        "STATE: [ |0⟩: 0.7071067811865476+0i, |1⟩: 0.7071067811865476+0i, ]",
        "INFO\tbetween",
    ]


def test_long_and_foreign_text_arrives_whole(session: Session) -> None:
    session.add(program("floods"), "floods")
    session.add(b'@t = internal constant [20 x i8] c"\\E2\\9F\\A9 \\F0\\9F\\90\\88 t\\09b n\\0A \\22 .\\00"\n' + SAY)
    assert session.run("say").messages == ['⟩ 🐈 t\tb n\n " .']
    assert [len(text) for text in session.run("long_message", args=[17], shots=12).messages] == [1 << 20] * 12


SAY = b"""
define void @say() {
  %string = call ptr @__quantum__rt__string_create(ptr @t)
  call void @__quantum__rt__message(ptr %string)
  ret void
}
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
"""


def test_nothing_reaches_the_output_of_this_process(
    session: Session, toy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    session.add(program("toy_gates"), "toy")
    for entry in ("print", "print_errors", "write", "flood"):
        session.run(entry, simulator=toy)
    session.add(program("dumps"), "dumps")
    session.run("dumps", seed=5)
    assert capfd.readouterr() == ("", "")
