"""Names across modules, for every `Engine`: who provides what, as a function of the modules present and their order."""

from __future__ import annotations

import sys

import pytest

from qirjit_magic.errors import (
    NoCodeError,
    SignatureError,
    UnresolvedSymbolError,
    UnsafeModuleError,
)
from qirjit_magic.options import CompileOptions
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import Compiled, RunRequest
from tests.files import program
from tests.process.support import refusal, returned, run

USER = program("twice")
# Through two modules: `four_times` calls `twice` calls `number`.
USER_OF_THE_USER = b"""
declare i64 @twice()
define i64 @four_times() {
  %twice = call i64 @twice()
  %four_times = mul i64 %twice, 2
  ret i64 %four_times
}
"""
COUNTER = program("counter")
READER = program("count_reader")


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
        define void @kill_soon() {
          %string = call ptr @__quantum__rt__int_to_string(i64 12)
          call void @__quantum__rt__fail(ptr %string)
          unreachable
        }""",
    )
    engine.add("user", b"declare void @kill_soon()\ndefine void @f() {\n  call void @kill_soon()\n  ret void\n}")
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


def test_a_definition_without_code_is_refused(engine: Engine) -> None:
    engine.add("m", b'define internal i64 @".L1"() { ret i64 1 }')
    error = refusal(NoCodeError, engine.run, RunRequest("m", ".L1"))
    assert (error.symbol, error.module) == (".L1", "m")
    assert "'.L1'" in str(error)


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("linkage", ["available_externally", "linkonce", "linkonce_odr", "weak", "weak_odr"])
def test_what_a_module_would_leave_to_others_is_there(engine: Engine, linkage: str, level: int) -> None:
    engine.add("a", number(3, linkage), CompileOptions(level))
    engine.add("user", USER, CompileOptions(level))
    assert returned(engine, "a", "number") == 3
    assert returned(engine, "user", "twice") == 6


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("linkage", ["", "internal", "private"])
def test_a_function_called_like_one_of_mathematics_is_the_cells(engine: Engine, linkage: str, level: int) -> None:
    call = "define i64 @f() {\n%x = call double @sin(double 0.0)\n%y = fptosi double %x to i64\nret i64 %y\n}"
    define = f"define {linkage} double @sin(double %x) noinline {{ ret double 7.0 }}"
    engine.add("one", f"{define}\n{call}".encode(), CompileOptions(level))
    assert returned(engine, "one", "f") == 7
    if not linkage:
        engine.add("user", f"declare double @sin(double)\n{call}".encode(), CompileOptions(level))
        assert returned(engine, "user", "f") == 7


def test_a_dialects_name_may_be_a_users_own_whichever_cell_is_first(engine: Engine) -> None:
    use = b"""declare i64 @create_creg(i64, i64)
define i64 @f() {
  %x = call i64 @create_creg(i64 1, i64 2)
  ret i64 %x
}"""
    engine.add("use", use)
    error = refusal(SignatureError, engine.run, RunRequest("use", "f"))
    assert (error.symbol, error.expected, error.line) == ("create_creg", ("ptr (i64)", "ptr (i32)"), 3)
    engine.add("own", b"define i64 @create_creg(i64 %a, i64 %b) { ret i64 %b }")
    assert returned(engine, "use", "f") == 2
    engine.add("variable", b"@__sleep = external global i64\n@p = global ptr @__sleep")


def test_a_struct_is_its_contents_however_deep(engine: Engine) -> None:
    engine.add("a", b"%T = type { i64, i64 }\n@pairs = global [2 x %T] zeroinitializer")
    read = "@pairs = external global [2 x %U]\ndefine i64 @f() {\n%x = load i64, ptr @pairs\nret i64 %x\n}"
    engine.add("same", f"%U = type {{ i64, i64 }}\n{read}".encode())
    assert returned(engine, "same", "f") == 0
    engine.add("other", f"%U = type {{ i32 }}\n{read}".encode())
    assert refusal(SignatureError, engine.run, RunRequest("other", "f")).found == "[2 x { i32 }]"


def test_an_error_names_the_module_that_it_is_in(engine: Engine) -> None:
    engine.add("user", USER)
    engine.add("top", USER_OF_THE_USER)
    error = refusal(UnresolvedSymbolError, engine.run, RunRequest("top", "four_times"))
    assert (error.module, error.line) == ("user", 5)


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
