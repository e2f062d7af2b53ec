"""Names across modules, for every `Engine`: who provides what, as a function of the modules present and their order."""

from __future__ import annotations

import sys

import pytest

from qirjit_magic.errors import (
    CircularModulesError,
    NoCodeError,
    SignatureError,
    UnresolvedSymbolError,
    UnsafeModuleError,
)
from qirjit_magic.wire.protocol import Compiled, Engine, RunRequest
from tests.process.support import refusal, returned, run

USER = b"""
declare i64 @number()
define i64 @twice() {
  %number = call i64 @number()
  %twice = mul i64 %number, 2
  ret i64 %twice
}
"""
# Through two modules: `four_times` calls `twice` calls `number`.
USER_OF_THE_USER = b"""
declare i64 @twice()
define i64 @four_times() {
  %twice = call i64 @twice()
  %four_times = mul i64 %twice, 2
  ret i64 %four_times
}
"""
COUNTER = b"""
@count = global i64 0
define i64 @increment() {
  %old = load i64, ptr @count
  %new = add i64 %old, 1
  store i64 %new, ptr @count
  ret i64 %new
}
"""
READER = b"""
@count = external global i64
define i64 @look() {
  %count = load i64, ptr @count
  ret i64 %count
}
"""


EVEN = b"""
declare i64 @is_odd(i64)
define i64 @is_even(i64 %n) {
  %zero = icmp eq i64 %n, 0
  br i1 %zero, label %yes, label %ask
yes:
  ret i64 1
ask:
  %less = sub i64 %n, 1
  %odd = call i64 @is_odd(i64 %less)
  ret i64 %odd
}
"""
ODD = b"""
declare i64 @is_even(i64)
define i64 @is_odd(i64 %n) {
  %zero = icmp eq i64 %n, 0
  br i1 %zero, label %no, label %ask
no:
  ret i64 0
ask:
  %less = sub i64 %n, 1
  %even = call i64 @is_even(i64 %less)
  ret i64 %even
}
"""


def number(value: int, linkage: str = "") -> bytes:
    return f"define {linkage} i64 @number() {{ ret i64 {value} }}".encode()


def test_a_call_reaches_another_module(engine: Engine) -> None:
    engine.add("a", number(3))
    engine.add("user", USER)
    assert returned(engine, "user", "twice") == 6


def test_the_order_of_adding_does_not_matter_to_a_call(engine: Engine) -> None:
    engine.add("user", USER)
    engine.add("a", number(3))
    assert returned(engine, "user", "twice") == 6


def test_the_newest_definition_wins(engine: Engine) -> None:
    engine.add("user", USER)
    engine.add("a", number(3))
    engine.add("b", number(4))
    assert returned(engine, "user", "twice") == 8
    engine.add("a", number(5))
    assert returned(engine, "user", "twice") == 10


def test_an_older_definition_comes_back_when_the_newest_is_removed(engine: Engine) -> None:
    engine.add("a", number(3))
    engine.add("b", number(4))
    engine.add("user", USER)
    assert returned(engine, "user", "twice") == 8
    engine.remove("b")
    assert returned(engine, "user", "twice") == 6
    engine.remove("a")
    error = refusal(UnresolvedSymbolError, engine.run, RunRequest("user", "twice"))
    assert error.symbols == ("number",)


def test_a_replaced_body_is_called_through_other_modules(engine: Engine) -> None:
    engine.add("a", number(3))
    engine.add("user", USER)
    engine.add("user of the user", USER_OF_THE_USER)
    assert returned(engine, "user of the user", "four_times") == 12
    engine.add("a", number(5))
    assert returned(engine, "user of the user", "four_times") == 20


def test_restoring_puts_an_old_body_back(engine: Engine) -> None:
    old = engine.add("a", number(3))
    engine.add("user", USER)
    engine.add("a", number(5))
    assert returned(engine, "user", "twice") == 10
    engine.restore(Compiled(old.module, old.object_code))
    assert returned(engine, "user", "twice") == 6


def test_a_module_calls_its_own_definition_first(engine: Engine) -> None:
    engine.add("own", number(1) + USER.replace(b"declare i64 @number()", b""))
    engine.add("newer", number(9))
    assert returned(engine, "own", "twice") == 2


@pytest.mark.parametrize("linkage", ["internal", "private"])
def test_what_is_internal_is_nobody_elses(engine: Engine, linkage: str) -> None:
    engine.add("a", number(3, linkage))
    engine.add("user", USER)
    error = refusal(UnresolvedSymbolError, engine.run, RunRequest("user", "twice"))
    assert error.symbols == ("number",)
    assert returned(engine, "a", "number") == 3


def test_global_variables_are_shared(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    engine.add("reader", READER)
    assert returned(engine, "reader", "look") == 0
    for _ in range(3):
        returned(engine, "counter", "increment")
    assert returned(engine, "reader", "look") == 3


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


def test_a_module_can_stand_in_for_a_gate(engine: Engine) -> None:
    flip = b"""
        declare void @__quantum__qis__x__body(ptr)
        declare void @__quantum__qis__mz__body(ptr, ptr)
        declare i1 @__quantum__rt__read_result(ptr)
        define i1 @flip() {
          call void @__quantum__qis__x__body(ptr null)
          call void @__quantum__qis__mz__body(ptr null, ptr null)
          %one = call i1 @__quantum__rt__read_result(ptr null)
          ret i1 %one
        }"""
    engine.add("flip", flip)
    assert returned(engine, "flip", "flip") == 1
    engine.add("broken gate", b"define void @__quantum__qis__x__body(ptr %qubit) { ret void }")
    assert returned(engine, "flip", "flip") == 0
    engine.remove("broken gate")
    assert returned(engine, "flip", "flip") == 1


@pytest.mark.parametrize(
    ("defined", "declared"),
    [
        ("i64 (i64)", "i64 ()"),
        ("i64 ()", "i64 (ptr)"),
        ("double ()", "i64 ()"),
        ("i64 (...)", "i64 ()"),
    ],
)
def test_a_declaration_of_another_type_is_refused(engine: Engine, defined: str, declared: str) -> None:
    result, parameters = defined.split(" ", 1)
    engine.add("a", f"define {result} @number{parameters} {{ ret {result} zeroinitializer }}".encode())
    result, parameters = declared.split(" ", 1)
    use = f"declare {result} @number{parameters}\ndefine ptr @use() {{ ret ptr @number }}"
    engine.add("user", use.encode())
    error = refusal(SignatureError, engine.run, RunRequest("user", "use"))
    assert (error.symbol, error.expected, error.found) == ("number", (f"{defined} in 'a'",), declared)


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


def test_a_hundred_modules_in_a_row_are_linked(engine: Engine) -> None:
    engine.add("m0", b"define i64 @f0() { ret i64 0 }")
    for index in range(1, 100):
        text = f"""
            declare i64 @f{index - 1}()
            define i64 @f{index}() {{
              %before = call i64 @f{index - 1}()
              %sum = add i64 %before, 1
              ret i64 %sum
            }}"""
        engine.add(f"m{index}", text.encode())
    assert returned(engine, "m99", "f99") == 99


def test_a_mistake_in_one_module_does_not_touch_another(engine: Engine) -> None:
    engine.add("user", USER)
    engine.add("other", b"define i64 @other() { ret i64 1 }")
    refusal(UnresolvedSymbolError, engine.run, RunRequest("user", "twice"))
    assert returned(engine, "other", "other") == 1


def test_mathematics_comes_from_the_c_library(engine: Engine) -> None:
    engine.add(
        "m",
        b"""
        declare double @pow(double, double)
        declare double @llvm.sqrt.f64(double)
        define i64 @f() {
          %x = call double @pow(double 3.0, double 4.0)
          %y = call double @llvm.sqrt.f64(double %x)
          %z = fptosi double %y to i64
          ret i64 %z
        }""",
    )
    assert returned(engine, "m", "f") == 9


def test_failing_in_another_module_ends_the_run_too(engine: Engine) -> None:
    engine.add(
        "a",
        b"""
        declare void @__quantum__rt__fail(ptr)
        declare ptr @__quantum__rt__int_to_string(i64)
        define void @give_up() {
          %string = call ptr @__quantum__rt__int_to_string(i64 12)
          call void @__quantum__rt__fail(ptr %string)
          unreachable
        }""",
    )
    engine.add("user", b"declare void @give_up()\ndefine void @f() {\n  call void @give_up()\n  ret void\n}")
    reply, records = run(engine, RunRequest("user", "f", shots=3))
    assert (reply.outcome, reply.next) == ("failed", 0)
    assert records.failure is not None
    assert records.failure.message == "12"


def test_many_calls_through_a_chain_of_modules_are_linked_in_no_time(engine: Engine) -> None:
    # Each module is looked at once a run: 4 calls a level would be 4**20 looks.
    engine.add("level0", b"\n".join(b"define i64 @f0_%d() { ret i64 1 }" % i for i in range(4)))
    for level in range(1, 20):
        calls = "".join(f"  %c{i} = call i64 @f{level - 1}_{i}()\n" for i in range(4))
        functions = "".join(f"define i64 @f{level}_{i}() {{\n{calls}  ret i64 {level}\n}}\n" for i in range(4))
        declared = "".join(f"declare i64 @f{level - 1}_{i}()\n" for i in range(4))
        engine.add(f"level{level}", (functions + declared).encode())
    assert returned(engine, "level3", "f3_0") == 3
    engine.memory.stop()  # the last level would call for ever: it is only linked
    assert engine.run(RunRequest("level19", "f19_0")).outcome == "stopped"


@pytest.mark.parametrize("name", ['".L1"', "elsewhere"])
def test_a_definition_without_code_is_refused(engine: Engine, name: str) -> None:
    linkage = "available_externally" if name == "elsewhere" else "internal"
    engine.add("m", f"define {linkage} i64 @{name}() {{ ret i64 1 }}".encode())
    symbol = name.strip('"')
    error = refusal(NoCodeError, engine.run, RunRequest("m", symbol))
    assert (error.symbol, error.module) == (symbol, "m")
    assert f"'{symbol}'" in str(error)


def test_functions_without_a_name_are_refused(engine: Engine) -> None:
    error = refusal(UnsafeModuleError, engine.add, "m", b"define void @0() { ret void }")
    assert "Name it" in str(error)


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems have the compiler's functions in other libraries.")
@pytest.mark.parametrize(
    ("extend", "operation", "first", "second", "expected"), [("zext", "udiv", 20, 7, 2), ("sext", "srem", -20, 7, -6)]
)
def test_functions_that_llvm_calls_by_itself_are_there(
    engine: Engine, extend: str, operation: str, first: int, second: int, expected: int
) -> None:
    body = f"""define i64 @f(i64 %a, i64 %b) {{
  %x = {extend} i64 %a to i128
  %y = {extend} i64 %b to i128
  %q = {operation} i128 %x, %y
  %r = trunc i128 %q to i64
  ret i64 %r
}}"""
    engine.add("m", body.encode())
    assert returned(engine, "m", "f", first, second) == expected
