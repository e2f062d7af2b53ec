"""`Session`: cells that use each other, and what a person is told about it."""

from __future__ import annotations

import os
import signal

import pytest

from qirjit_magic.errors import (
    EntryPointError,
    SignatureError,
    UnresolvedSymbolError,
    WorkerCrashedError,
)
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import Source
from tests.files import program
from tests.process.support import about, eventually, number

USER = program("twice")
COUNTING_USER = program("counting_user")


def kill_engine(session: Session) -> None:
    for engine in session._engines._both:
        process = engine.restarter.process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert eventually(process.is_lost)


# -- who is told what --------------------------------------------------------------------------------------------


def test_what_nobody_defines_yet_is_listed_with_its_line(session: Session) -> None:
    (notice,) = session.add(Source(USER, lines_before=10), "user").diagnostics
    assert (notice.severity, notice.about, notice.line) == ("notice", "undefined", 15)
    assert "'number'" in notice.message
    assert session.add(number(3), "maker").diagnostics == ()
    assert session.run("twice").returns == [6]
    assert session.add(Source(USER, lines_before=10), "user").diagnostics == ()


def test_who_lost_a_name_is_told_once(session: Session) -> None:
    session.add(number(1), "one")
    (notice,) = session.add(number(2), "two").diagnostics
    assert notice.about == "shadowed"
    assert "'number' now means what 'two' defines, and no longer what 'one' defines" in notice.message
    assert session.add(number(3), "two").diagnostics == ()
    assert about(session.add(number(1), "one").diagnostics) == ["shadowed"]
    assert session.add(number(1), "one").diagnostics == ()


def test_internal_names_never_clash(session: Session) -> None:
    for name, value in (("one", 1), ("two", 2)):
        text = f"""
            @state = internal global i64 {value}
            define internal i64 @helper() {{
              %x = load i64, ptr @state
              ret i64 %x
            }}
            define i64 @{name}() {{
              %x = call i64 @helper()
              ret i64 %x
            }}"""
        assert session.add(text, name).diagnostics == ()
    assert [session.run(name).returns for name in ("one", "two", "one")] == [[1], [2], [1]]


def test_a_user_that_does_not_fit_is_warned_and_cannot_be_run(session: Session) -> None:
    session.add(number(1, "i32"), "maker")
    (warning,) = session.add(USER, "user").diagnostics
    assert (warning.severity, warning.about, warning.line) == ("warning", "misfits", 5)
    assert "'user' declares 'number' as i64 (), but 'maker' defines it as i32 ()" in warning.message
    with pytest.raises(SignatureError):
        session.run("twice")
    assert session.add(number(4), "maker").diagnostics == ()
    assert session.run("twice").returns == [8]


def test_a_changed_signature_is_refused_with_its_line_and_the_old_state_stays(session: Session) -> None:
    session.add(number(1), "maker")
    session.add(USER, "user")
    before = session.modules
    with pytest.raises(SignatureError) as caught:
        session.add(Source(b"\n" + number(1, "i32"), lines_before=5), "maker")
    assert (caught.value.dependants, caught.value.line) == (("user",), 7)
    assert session.modules == before
    assert session.run("twice").returns == [2]


def test_what_is_defined_no_more_is_told_with_its_users(session: Session) -> None:
    session.add(number(1), "maker")
    session.add(USER, "user")
    (notice,) = session.add(b"define void @other() { ret void }", "maker").diagnostics
    assert (notice.about, notice.message) == ("abandoned", "nobody defines 'number' any more, which 'user' uses")
    with pytest.raises(UnresolvedSymbolError):
        session.run("twice")
    session.add(number(2), "maker")
    assert session.run("twice").returns == [4]
    assert about(session.remove("maker")) == ["abandoned"]


def test_an_older_definition_takes_over_again_with_a_notice(session: Session) -> None:
    session.add(number(1), "one")
    session.add(number(2), "two")
    session.add(USER, "user")
    assert session.run("twice").returns == [4]
    (notice,) = session.remove("two")
    assert notice.message == "'number', which 'user' uses, means what 'one' defines again"
    assert session.run("twice").returns == [2]
    session.add(number(2), "two")
    (notice,) = session.add(b"define void @other() { ret void }", "two").diagnostics
    assert "means what 'one' defines again" in notice.message


def test_an_older_definition_that_does_not_fit_is_warned_about(session: Session) -> None:
    session.add(number(1, "i32"), "one")
    session.add(number(2), "two")
    session.add(USER, "user")
    warning, notice = session.remove("two")
    assert (warning.severity, warning.about, notice.about) == ("warning", "misfits", "shadowed")
    with pytest.raises(SignatureError):
        session.run("twice")


def test_a_function_and_a_variable_of_one_name_do_not_hide_each_other(session: Session) -> None:
    session.add(number(1), "function")
    assert session.add(b"@number = global i64 0", "variable").diagnostics == ()
    assert (session.linkage.owner("number"), session.linkage.owner("number", function=False)) == (
        "function",
        "variable",
    )


def test_an_error_of_another_module_says_which_and_has_its_line(session: Session) -> None:
    session.add(Source(USER, lines_before=100), "user")
    top = b"declare i64 @twice()\ndefine i64 @top() {\n%x = call i64 @twice()\nret i64 %x\n}"
    session.add(Source(top, lines_before=10), "top")
    with pytest.raises(UnresolvedSymbolError, match="line 105 of the module 'user': nobody defines 'number'"):
        session.run("top")
    with pytest.raises(UnresolvedSymbolError, match=r"^line 105: nobody"):
        session.run("twice")


def test_many_uses_are_looked_at_in_no_time(session: Session) -> None:
    # 5,000 names: looking at each for each would be 25 million looks at each add.
    session.add("\n".join(f"define void @f{n}() {{ ret void }}" for n in range(5000)), "maker")
    declared = "\n".join(f"declare void @f{n}()" for n in range(5000))
    used = ", ".join(f"ptr @f{n}" for n in range(5000))
    session.add(f"{declared}\n@used = global [5000 x ptr] [{used}]", "user")
    (notice,) = session.add(b"define void @f1() { ret void }", "newer").diagnostics
    assert notice.about == "shadowed"
    assert len(session.add(b"define void @f() { ret void }", "maker").diagnostics) == 4999


def test_an_unnamed_module_keeps_the_name_of_the_one_it_replaces(session: Session) -> None:
    session.add(number(1))
    session.add(USER)
    assert session.add(number(2)).name == "cell1"
    assert session.add(number(3)).name == "cell1"
    assert session.run("twice").returns == [6]


def test_a_module_without_definitions_replaces_nothing(session: Session) -> None:
    assert session.add(b"declare void @f()").name == "cell1"
    assert session.add(b"declare void @g()").name == "cell2"


# -- state -------------------------------------------------------------------------------------------------------


@pytest.fixture
def counting(session: Session) -> Session:
    session.add(number(1), "maker")
    session.add(USER, "user")
    session.add(COUNTING_USER, "counting")
    assert session.run("counted", shots=3).returns == [1, 2, 3]
    return session


def test_variables_keep_their_values_between_runs(counting: Session) -> None:
    counting.add(b"define void @unrelated() { ret void }", "unrelated")
    counting.run("unrelated")
    result = counting.run("counted")
    assert (result.returns, result.notices) == ([4], ())


def test_variables_start_anew_when_a_module_far_below_changes(counting: Session) -> None:
    counting.add(number(2), "maker")
    counting.run("twice")
    result = counting.run("counted")
    assert (result.returns, about(result.notices)) == ([1], ["anew"])
    assert "'counting'" in result.notices[0].message
    assert "what it is bound to has changed" in result.notices[0].message
    assert "'count'" in result.notices[0].message
    assert counting.run("counted").notices == ()


def test_variables_start_anew_when_the_engine_is_restarted(counting: Session) -> None:
    kill_engine(counting)
    result = counting.run("counted")
    assert (result.returns, about(result.notices)) == ([1], ["anew"])
    assert "the engine was restarted" in result.notices[0].message


def test_a_crash_in_a_run_loses_variables_that_were_first_used_there(session: Session) -> None:
    session.add(program("counter"), "counter")
    crash = b"""
        declare i64 @increment()
        define void @crash() {
          %x = call i64 @increment()
          store i32 1, ptr inttoptr (i64 16 to ptr)
          ret void
        }"""
    session.add(crash, "crash")
    with pytest.raises(WorkerCrashedError):
        session.run("crash")
    assert about(session.run("increment").notices) == ["anew"]


def test_variables_start_anew_when_a_gate_is_overridden(session: Session) -> None:
    session.add(
        program("counter").replace(b"ret i64 %new", b"call void @__quantum__qis__x__body(ptr null)\n  ret i64 %new")
        + b"declare void @__quantum__qis__x__body(ptr)",
        "counter",
    )
    assert session.run("increment", shots=2).returns == [1, 2]
    session.add(b"define void @__quantum__qis__x__body(ptr %qubit) { ret void }", "gate")
    result = session.run("increment")
    assert (result.returns, about(result.notices)) == ([1], ["anew"])
    assert session.linkage.users("gate") == ("counter",)


def test_a_reset_module_stays_and_starts_anew(counting: Session) -> None:
    (notice,) = counting.reset("counting")
    assert "because it was reset" in notice.message
    result = counting.run("counted")
    assert (result.returns, result.notices) == ([1], ())
    assert counting.reset("maker") == ()
    assert about(counting.run("counted").notices) == ["anew"]
    with pytest.raises(EntryPointError):
        counting.reset("nobody")


def test_the_same_source_again_keeps_the_variables(counting: Session) -> None:
    counting.add(COUNTING_USER, "counting")
    counting.add(USER, "user")
    assert counting.run("counted").returns == [4]


def test_a_replaced_module_says_that_its_variables_start_anew(counting: Session) -> None:
    assert about(counting.add(COUNTING_USER + b"; edited", "counting").diagnostics) == ["anew"]
    assert counting.add(COUNTING_USER, "counting").diagnostics == ()
    assert counting.run("counted").returns == [1]


def test_of_a_long_line_that_uses_a_name_what_is_around_it_is_told(session: Session) -> None:
    declared = "\n".join(f"declare void @f{n}()" for n in range(500))
    used = ", ".join(f"ptr @f{n}" for n in range(500))
    module = session.add(f"{declared}\n@used = global [500 x ptr] [{used}]", "user")
    for index in (0, 250, 499):
        line = module.declarations[index].source_line
        assert line is not None
        assert f"ptr @f{index}" in line
        assert len(line) < 210
