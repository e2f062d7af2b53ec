"""Variables and circles across modules, for every `Engine`: what is linked anew, and when."""

from __future__ import annotations

import pytest

from qirjit_magic.errors import (
    CircularModulesError,
    NoCodeError,
    SignatureError,
    UnresolvedSymbolError,
)
from qirjit_magic.wire.protocol import Engine, RunRequest
from tests.files import program
from tests.process.support import refusal, returned, run

USER = program("twice")
COUNTER = program("counter")
READER = program("count_reader")


EVEN = program("is_even")
ODD = program("is_odd")


def number(value: int, linkage: str = "") -> bytes:
    return f"define {linkage} i64 @number() {{ ret i64 {value} }}".encode()


def count_up(engine: Engine) -> int:
    return returned(engine, "counter", "increment")


def test_global_variables_start_anew_when_their_module_is_replaced(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    engine.add("reader", READER)
    assert [count_up(engine) for _ in range(3)] == [1, 2, 3]
    engine.add("counter", COUNTER)
    assert returned(engine, "reader", "look") == 0


def test_global_variables_start_anew_when_their_module_is_unlinked(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    engine.add("other", COUNTER.replace(b"increment", b"other").replace(b"@count", b"@other_count"))
    assert [count_up(engine), returned(engine, "other", "other"), count_up(engine)] == [1, 1, 2]
    engine.unlink("counter")
    assert [count_up(engine), returned(engine, "other", "other")] == [1, 2]
    assert engine.status().modules == ("counter", "other")


def test_global_variables_start_anew_when_what_their_module_calls_changes(engine: Engine) -> None:
    # However far away, and wherever the new code happens to be put.
    engine.add("a", number(3))
    engine.add("user", USER)
    engine.add(
        "counter", COUNTER.replace(b"ret i64 %new", b"%x = call i64 @twice()\n  ret i64 %new") + b"declare i64 @twice()"
    )
    assert [count_up(engine), count_up(engine)] == [1, 2]
    for _ in range(5):
        engine.add("a", number(3))
        assert [count_up(engine), count_up(engine)] == [1, 2]


def test_global_variables_stay_when_something_else_changes(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    assert count_up(engine) == 1
    engine.add("a", number(3))
    engine.renew("counter")
    engine.add("user", USER)
    returned(engine, "user", "twice")
    engine.remove("a")
    assert count_up(engine) == 2


def test_a_run_says_what_was_linked_for_it(engine: Engine) -> None:
    engine.add("a", number(3))
    engine.add("user", USER)
    request = RunRequest("user", "twice")
    assert run(engine, request)[0].linked == ("a", "user")
    assert run(engine, request)[0].linked == ()
    engine.unlink("user")
    assert run(engine, request)[0].linked == ("user",)
    engine.unlink("a")
    assert run(engine, RunRequest("a", "number"))[0].linked == ("a",)
    assert run(engine, request)[0].linked == ("user",)


def test_a_run_that_is_refused_links_nothing(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    assert count_up(engine) == 1
    engine.add("a", number(3))
    user = b"declare i64 @number()\ndeclare i64 @increment()\ndeclare void @nobody()\ndefine i64 @use() { ret i64 0 }"
    engine.add("user", user)
    refusal(UnresolvedSymbolError, engine.run, RunRequest("user", "use"))
    assert run(engine, RunRequest("a", "number"))[0].linked == ("a",)
    assert count_up(engine) == 2


def test_what_a_run_that_failed_had_linked_is_told_by_the_next(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    engine.add("broken", b'define i64 @".L1"() { ret i64 1 }')
    user = b'declare i64 @increment()\ndeclare i64 @".L1"()\ndefine i64 @use() { ret i64 0 }'
    engine.add("user", user)
    refusal(NoCodeError, engine.run, RunRequest("user", "use"))
    engine.remove("broken")
    assert "counter" in run(engine, RunRequest("counter", "increment"))[0].linked


def test_a_module_is_the_newest_again_without_being_linked(engine: Engine) -> None:
    engine.add("a", number(3))
    engine.add("b", number(4))
    engine.add("user", USER)
    assert returned(engine, "user", "twice") == 8
    engine.renew("a")
    assert engine.status().modules == ("b", "user", "a")
    reply, _ = run(engine, RunRequest("user", "twice"))
    assert reply.linked == ("a", "user")
    assert returned(engine, "user", "twice") == 6
    engine.renew("b")
    assert run(engine, RunRequest("user", "twice"))[0].linked == ("user",)


def test_modules_may_call_each_other_in_a_circle(engine: Engine) -> None:
    engine.add("even", EVEN)
    engine.add("odd", ODD)
    assert [returned(engine, "even", "is_even", n) for n in range(5)] == [1, 0, 1, 0, 1]
    assert [returned(engine, "odd", "is_odd", n) for n in (1000, 1001)] == [0, 1]


def test_a_replaced_module_of_a_circle_is_called_by_the_others(engine: Engine) -> None:
    engine.add("even", EVEN)
    engine.add("odd", ODD)
    assert returned(engine, "even", "is_even", 3) == 0
    engine.add("odd", b"define i64 @is_odd(i64 %n) { ret i64 7 }")
    assert returned(engine, "even", "is_even", 3) == 7
    engine.add("odd", ODD)
    assert returned(engine, "even", "is_even", 4) == 1
    engine.remove("odd")
    assert refusal(UnresolvedSymbolError, engine.run, RunRequest("even", "is_even", arguments=(1,))).symbols == (
        "is_odd",
    )


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_circle_passes_on_arguments_of_every_type(engine: Engine, first: int) -> None:
    # More arguments than there are registers for, one of them a struct on the stack; a double comes back.
    parameters = "i64 %n, double %x, float %y, i8 %b, i64 %c, i64 %d, i64 %e, i64 %f, i64 %g, ptr byval({i64, i64}) %s"
    passed = parameters.replace("%n", "%less")
    for index in range(3):
        text = f"""
declare double @f{(index + 1) % 3}({parameters})
define double @f{index}({parameters}) {{
  %last = icmp eq i64 %n, 0
  br i1 %last, label %end, label %go.on
end:
  %second = getelementptr {{i64, i64}}, ptr %s, i32 0, i32 1
  %value = load i64, ptr %second
  %sum = add i64 %value, %g
  %as.double = sitofp i64 %sum to double
  %result = fadd double %as.double, %x
  ret double %result
go.on:
  %less = sub i64 %n, 1
  %called = call double @f{(index + 1) % 3}({passed})
  ret double %called
}}
define i64 @start{index}(i64 %n) {{
  %s = alloca {{i64, i64}}
  store {{i64, i64}} {{i64 1, i64 20}}, ptr %s
  %r = call double @f{index}(i64 %n, double 300.0, float 0.0, i8 1, i64 2, i64 3, i64 4, i64 5, i64 4000,
                             ptr byval({{i64, i64}}) %s)
  %i = fptosi double %r to i64
  ret i64 %i
}}"""
        engine.add(f"m{index}", text.encode())
    assert [returned(engine, f"m{first}", f"start{first}", n) for n in (0, 1, 2, 7)] == [4320] * 4


def test_a_circle_may_share_variables_in_one_direction(engine: Engine) -> None:
    # The caller owns the variable that the called module changes.
    engine.add(
        "owner",
        b"""
        @count = global i64 40
        declare void @bump(i64)
        define i64 @main() {
          call void @bump(i64 2)
          %count = load i64, ptr @count
          ret i64 %count
        }
        define void @log() { ret void }""",
    )
    engine.add(
        "helper",
        b"""
        @count = external global i64
        declare void @log()
        define void @bump(i64 %by) {
          %old = load i64, ptr @count
          %new = add i64 %old, %by
          store i64 %new, ptr @count
          call void @log()
          ret void
        }""",
    )
    assert [returned(engine, "owner", "main") for _ in range(3)] == [42, 44, 46]


def test_modules_that_use_each_others_variables_are_refused(engine: Engine) -> None:
    for own, other in (("a", "b"), ("b", "c"), ("c", "a")):
        text = f"""
            @{own} = global i64 1
            @{other} = external global i64
            define i64 @get_{other}() {{
              %x = load i64, ptr @{other}
              ret i64 %x
            }}"""
        engine.add(own, text.encode())
    error = refusal(CircularModulesError, engine.run, RunRequest("a", "get_b"))
    assert error.modules in {("a", "b", "c", "a"), ("b", "c", "a", "b"), ("c", "a", "b", "c")}
    engine.add("c", b"@c = global i64 8")
    assert returned(engine, "b", "get_c") == 8


def test_a_variable_of_another_type_is_refused(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    engine.add("reader", READER.replace(b"external global i64", b"external global [100 x i64]"))
    error = refusal(SignatureError, engine.run, RunRequest("reader", "look"))
    assert (error.symbol, error.expected, error.found) == ("count", ("i64 in 'counter'",), "[100 x i64]")


def test_a_constant_is_shared(engine: Engine) -> None:
    engine.add("table", b"@count = constant i64 11")
    engine.add("reader", READER.replace(b"external global", b"external constant"))
    assert returned(engine, "reader", "look") == 11
