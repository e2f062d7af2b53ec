"""`Session`: names, entry points, and what costs nothing the second time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import qirjit_magic as qir
from qirjit_magic.errors import (
    EntryPointError,
    OptionError,
    QirSyntaxError,
    SignatureError,
    SimulatorNotFoundError,
    SourceError,
    UnresolvedSymbolError,
)
from qirjit_magic.options import Argument
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import QirSource, Source
from tests.files import PROGRAMS, program

TWO_ENTRIES = b"""
define void @first() #0 { ret void }
define void @second() #0 { ret void }
define i64 @plain() { ret i64 1 }
attributes #0 = { "entry_point" }
"""


def number(value: int, name: str = "number") -> bytes:
    return f"define i64 @{name}() {{ ret i64 {value} }}".encode()


class Qir:
    """An object of a QIR-making package."""

    def _repr_qir_(self) -> bytes:
        return number(8)


def names(session: Session) -> list[str]:
    return [info.name for info in session.modules]


# -- modules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (PROGRAMS / "coins.ll", "coins"),
        (str(PROGRAMS / "coins.ll"), "coins"),
        (program("coins"), "cell1"),
        (program("coins").decode(), "cell1"),
        (Source(program("coins"), "given"), "given"),
        (Qir(), "cell1"),
    ],
    ids=["path", "text of a path", "bytes", "text", "source", "object"],
)
def test_a_module_is_named_after_its_file_or_numbered(session: Session, source: QirSource, name: str) -> None:
    assert session.add(source).name == name


def test_a_given_name_is_taken(session: Session) -> None:
    assert session.add(PROGRAMS / "coins.ll", "money").name == "money"


def test_a_file_that_is_not_there_is_told(session: Session) -> None:
    with pytest.raises(SourceError, match=r"'nowhere\.ll' cannot be read"):
        session.add("nowhere.ll")


def test_unnamed_modules_are_numbered(session: Session) -> None:
    for value in range(3):
        session.add(number(value, f"f{value}"))
    assert names(session) == ["cell1", "cell2", "cell3"]
    session.remove("cell2")
    assert session.add(number(4, "f4")).name == "cell2"


def test_the_same_source_again_is_not_compiled(session: Session) -> None:
    first = session.add(number(1))
    before = session.status().compilations
    assert session.add(number(1)) == first
    assert session.status().compilations == before


def test_another_source_with_the_same_definitions_takes_its_place(session: Session) -> None:
    session.add(number(1))
    session.add(number(2))
    assert len(session.modules) == 1
    assert session.run("number").returns == [2]
    assert set(session.status().modules) == set(names(session))


def test_named_modules_with_the_same_definitions_stay(session: Session) -> None:
    session.add(number(1), "one")
    session.add(number(2), "two")
    assert names(session) == ["one", "two"]
    assert session.run("number").returns == [2]
    assert session.run("number", module="one").returns == [1]


def test_a_module_of_the_same_name_is_replaced(session: Session) -> None:
    session.add(number(1), "m")
    session.add(number(2, "other"), "m")
    assert names(session) == ["m"]
    with pytest.raises(EntryPointError):
        session.run("number")


def test_going_back_to_an_earlier_source_goes_back(session: Session) -> None:
    for value in (1, 2, 1):
        session.add(number(value), "m")
    assert session.run("number").returns == [1]


def test_adding_an_older_source_again_makes_it_the_newest(session: Session) -> None:
    # Running a cell again means: this is what I want now.
    session.add(number(1), "one")
    session.add(number(2), "two")
    session.add(number(1), "one")
    assert session.run("number").returns == [1]


def test_a_refused_source_changes_nothing(session: Session) -> None:
    session.add(number(1), "m")
    with pytest.raises(QirSyntaxError):
        session.add(b"define void @f( {", "m")
    assert session.run("number").returns == [1]


def test_the_lines_of_an_error_are_those_that_a_person_sees(session: Session) -> None:
    with pytest.raises(QirSyntaxError) as syntax:
        session.add(Source(b"define void @f() {\n  oops\n}", lines_before=10))
    assert syntax.value.line == 12
    with pytest.raises(SignatureError) as signature:
        session.add(Source(b"declare void @__quantum__qis__h__body()", lines_before=10))
    assert signature.value.line == 11
    call = b"declare void @nobody()\ndefine void @f() {\n  call void @nobody()\n  ret void\n}"
    assert session.add(Source(call, lines_before=10)).diagnostics[0].line == 13
    with pytest.raises(UnresolvedSymbolError) as unresolved:
        session.run("f")
    assert unresolved.value.line == 13


def test_a_removed_module_is_gone_everywhere(session: Session) -> None:
    session.add(number(1), "m")
    session.remove("m")
    assert session.modules == ()
    assert session.status().modules == ()
    with pytest.raises(EntryPointError):
        session.remove("m")


def test_reset_forgets_everything_and_takes_a_new_process() -> None:
    with Session() as session:
        session.add(number(1))
        before = session.status().pid
        session.reset()
        status = session.status()
        assert (session.modules, status.modules) == ((), ())
        assert status.pid != before
        session.add(number(1))
        assert session.run("number").returns == [1]


def test_changes_are_announced(session: Session) -> None:
    seen: list[list[str]] = []
    callback = lambda: seen.append(names(session))  # noqa: E731 - removed by identity
    session.on_change.append(callback)
    session.add(number(1), "m")
    session.add(number(1), "m")
    session.remove("m")
    session.on_change.remove(callback)
    assert seen == [["m"], []]


def test_a_module_is_shown_by_its_name_or_its_functions(session: Session) -> None:
    session.add(number(1), "m")
    assert "define i64 @number()" in session.show("m")
    assert session.show("number") == session.show("m")
    assert "number:" in session.show("m", "asm")
    with pytest.raises(EntryPointError):
        session.show("nobody")


# -- entry points ------------------------------------------------------------------------------------------------


def test_nothing_compiled_is_told(session: Session) -> None:
    with pytest.raises(EntryPointError, match="nothing is compiled yet"):
        session.run()


@pytest.mark.parametrize(
    ("source", "entry"),
    [
        (number(1), "number"),
        (number(1) + b"\ndefine internal void @helper() { ret void }", "number"),
        (number(1) + b'\ndefine void @main() #0 { ret void }\nattributes #0 = { "entry_point" }', "main"),
        (number(1) + b'\ndefine void @main() #0 { ret void }\nattributes #0 = { "EntryPoint" }', "main"),
    ],
)
def test_the_only_entry_point_is_run_without_its_name(session: Session, source: bytes, entry: str) -> None:
    session.add(source)
    assert session.run().entry.name == entry


@pytest.mark.parametrize(
    ("source", "available"),
    [
        (TWO_ENTRIES, ("first", "second")),
        (number(1, "a") + b"\n" + number(2, "b"), ("a", "b")),
        (b"define internal void @hidden() { ret void }", ()),
    ],
)
def test_without_a_single_entry_point_the_candidates_are_told(
    session: Session, source: bytes, available: tuple[str, ...]
) -> None:
    session.add(source)
    with pytest.raises(EntryPointError) as caught:
        session.run()
    assert caught.value.available == available


@pytest.mark.parametrize("entry", ["first", "plain"])
def test_any_function_can_be_named(session: Session, entry: str) -> None:
    session.add(TWO_ENTRIES)
    assert session.run(entry).entry.name == entry


def test_without_a_name_the_newest_module_is_meant(session: Session) -> None:
    session.add(number(1, "a"))
    session.add(number(2, "b"))
    assert session.run().returns == [2]
    assert session.run(module="cell1").returns == [1]


def test_a_misspelt_name_gets_a_hint(session: Session) -> None:
    session.add(number(1), "numbers")
    with pytest.raises(EntryPointError, match="Did you mean 'number'") as caught:
        session.run("nunber")
    assert (caught.value.name, caught.value.available) == ("nunber", ("number",))
    with pytest.raises(EntryPointError, match="Did you mean 'numbers'"):
        session.run("number", module="nubers")


def test_arguments_are_checked(session: Session) -> None:
    session.add(b"define double @f(i8 %n, double %x) { ret double %x }")
    assert session.run(args=[1, 0.1]).returns == [0.1]
    assert session.run(args=["1", "0.1"]).returns == [0.1]
    wrong_ones: tuple[list[Argument], ...] = ([], [1], [1, 2, 3], [1000, 0.1], ["one", 0.1], [0.5, 0.1])
    for wrong in wrong_ones:
        with pytest.raises(EntryPointError):
            session.run(args=wrong)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("define i1 @f() { ret i1 true }", True),
        ("define i8 @f() { ret i8 -1 }", -1),
        ("define double @f() { ret double 0.5 }", 0.5),
        ("define float @f() { ret float 0.5 }", 0.5),
        ("define void @f() { ret void }", None),
    ],
)
def test_what_is_returned_is_a_python_value(session: Session, source: str, expected: object) -> None:
    session.add(source)
    (value,) = session.run().returns
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("measured", 1),
        ("of_an_id", 1),
        ("of_a_value", 1),
        ("One", 1),
        ("Zero", 0),
        ("pair", (1, 2.5)),
        ("both", [0, 1]),
        ("inner", (7, (True, 0))),
    ],
)
def test_a_returned_result_is_its_value_and_a_struct_a_tuple(session: Session, entry: str, expected: object) -> None:
    session.add(program("returns"))
    result = session.run(entry, shots=3)
    assert result.returns == [expected] * 3
    assert [shot.returned for shot in result.shots] == result.returns
    assert result.unfinished is None
    assert not result.messages


def test_a_returned_pointer_that_is_no_result_is_its_address(session: Session) -> None:
    session.add(program("returns"))
    (address,) = session.run("address").returns
    assert isinstance(address, int)
    assert address >= 2**32


def test_a_result_keeps_the_seed_that_was_drawn(session: Session) -> None:
    session.add(program("coins"))
    drawn = session.run(shots=50)
    assert drawn.seed is not None
    assert session.run(shots=50, seed=drawn.seed).to_text() == drawn.to_text()
    assert session.run(shots=50).seed != drawn.seed


def test_an_unknown_simulator_runs_nothing(session: Session) -> None:
    session.add(number(1))
    last = session.last
    with pytest.raises(SimulatorNotFoundError):
        session.run(simulator="dense")
    assert session.last is last


def test_a_long_result_is_described_in_few_lines(session: Session) -> None:
    session.add(program("floods"))
    text = str(session.run("numbers", args=[10_000]))
    assert len(text.splitlines()) < 200


def test_threads_take_turns(session: Session) -> None:
    session.add(program("coins"))
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(len(session.run(shots=200).shots))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 4


# -- the session of this process ---------------------------------------------------------------------------------


def test_the_default_session_is_one(tmp_path: Path) -> None:
    file = tmp_path / "one.ll"
    file.write_bytes(number(1))
    session = qir.default_session()
    try:
        assert qir.run(file).returns == [1]
        assert qir.run(number(2, "two"), shots=3).returns == [2] * 3
        assert qir.run(file).returns == [1]
        assert qir.default_session() is session
        assert session.status().compilations == 2
    finally:
        session.close()


def test_a_closed_default_session_is_followed_by_another() -> None:
    first = qir.default_session()
    first.close()
    second = qir.default_session()
    try:
        assert second is not first
        assert qir.run(number(1)).returns == [1]
    finally:
        second.close()


@pytest.mark.parametrize("half", ["\udcff", "a\ud800"])
def test_a_name_that_utf8_cannot_write_is_refused_and_nothing_is_lost(
    session: Session, tmp_path: Path, half: str
) -> None:
    session.add(number(5), "kept")
    library = tmp_path / f"sim{half}.so"
    calls: list[Callable[[], object]] = [
        lambda: session.add(number(6), half),
        lambda: session.define(half, "i64 ()", lambda: 1),
        lambda: session.undefine(half),
        lambda: qir.intrinsic(half, "i64 ()"),
    ]
    if half == "\udcff":  # what a file system can have in a name
        library.touch()
        calls.append(lambda: Session(str(library)))
    for call in calls:
        with pytest.raises(OptionError) as caught:
            call()
        assert caught.value.option in {"name", "simulator"}
    for name in (half, f"kept{half}"):
        for look in (session.run, session.module, session.remove):
            with pytest.raises(EntryPointError):
                look(name)
    assert session.run("number", module="kept").returns == [5]


def test_functions_in_python_are_there_beside_a_folder_whose_name_is_no_utf8(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend("/nowhere/\udcff")
    session.define("seven", "i64 ()", lambda: 7)
    session.add(b"declare i64 @seven()\ndefine i64 @asks() { %n = call i64 @seven() ret i64 %n }")
    assert session.run("asks").returns == [7]
