"""Variables and circles across modules, for every `Engine`: what is linked anew, and when."""

from __future__ import annotations

import pytest

from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.errors import (
    CircularModulesError,
    NoCodeError,
    SignatureError,
    UnresolvedSymbolError,
)
from qirjit_magic.options import CompileOptions
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import RunRequest
from tests.files import program
from tests.process.support import refusal, returned, run

USER = program("twice")
COUNTER = program("counter")
READER = program("count_reader")


EVEN = program("is_even")
ODD = program("is_odd")
EAST = program("east")
WEST = EAST.replace(b"east", b"EAST").replace(b"west", b"east").replace(b"EAST", b"west")


def number(value: int, linkage: str = "") -> bytes:
    return f"define {linkage} i64 @number() {{ ret i64 {value} }}".encode()


def ring(own: str, other: str) -> bytes:
    return f"""
        @{own} = global i64 {ord(own)}
        @{other} = external global i64
        define i64 @own() {{
          %x = load i64, ptr @{own}
          ret i64 %x
        }}
        define i64 @get() {{
          %x = load i64, ptr @{other}
          ret i64 %x
        }}
        define i64 @put(i64 %x) {{
          store i64 %x, ptr @{other}
          ret i64 0
        }}""".encode()


def check_east_and_west(engine: Engine) -> None:
    ways = ("east", "west"), ("west", "east")
    assert [returned(engine, own, f"{own}_same") for own, _ in ways] == [0b11111, 0b11111]
    assert [returned(engine, own, f"{own}_odd_bits") for own, _ in ways] == [0, 0]
    for own, other in ways:
        counted = [returned(engine, *call) for call in ((own, f"{own}_count"), (own, f"{own}_calls", 0))]
        assert counted == [20, 40]
        assert returned(engine, other, f"{other}_gives", 3) == 43
        assert returned(engine, other, f"{other}_calls", 1) == 63
        assert returned(engine, own, f"{own}_letters") == ord(own[0]) << 8 | ord(other[0])
        assert [returned(engine, own, f"{own}_doubles") for _ in range(2)] == [8, 16]
        assert [returned(engine, own, f"{own}_block", n) for n in (0, 1)] == [1, 2]


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
    engine.reset_variables("counter")
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
    engine.promote("counter")
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
    engine.reset_variables("user")
    assert run(engine, request)[0].linked == ("user",)
    engine.reset_variables("a")
    assert run(engine, RunRequest("a", "number"))[0].linked == ("a",)
    assert run(engine, request)[0].linked == ("user",)


def test_a_run_that_is_refused_links_nothing(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    assert count_up(engine) == 1
    engine.add("a", number(3))
    user = b"""
        declare i64 @number()
        declare i64 @increment()
        declare void @nobody()
        @used = global [3 x ptr] [ptr @number, ptr @increment, ptr @nobody]
        define i64 @use() { ret i64 0 }"""
    engine.add("user", user)
    refusal(UnresolvedSymbolError, engine.run, RunRequest("user", "use"))
    assert run(engine, RunRequest("a", "number"))[0].linked == ("a",)
    assert count_up(engine) == 2


def test_what_a_run_that_failed_had_linked_is_told_by_the_next(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    user = b"""
        declare i64 @increment()
        @used = internal global ptr @increment
        define internal i64 @".L1"() { ret i64 0 }"""  # of such a name nobody gets the address
    engine.add("user", user)
    refusal(NoCodeError, engine.run, RunRequest("user", ".L1"))
    assert "counter" in run(engine, RunRequest("counter", "increment"))[0].linked


def test_a_module_is_the_newest_again_without_being_linked(engine: Engine) -> None:
    engine.add("a", number(3))
    engine.add("b", number(4))
    engine.add("user", USER)
    assert returned(engine, "user", "twice") == 8
    engine.promote("a")
    assert engine.status().modules == ("b", "user", "a")
    reply, _ = run(engine, RunRequest("user", "twice"))
    assert reply.linked == ("a", "user")
    assert returned(engine, "user", "twice") == 6
    engine.promote("b")
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


def test_modules_in_a_circle_may_share_variables_in_both_directions(engine: Engine) -> None:
    for own, other in (("a", "b"), ("b", "c"), ("c", "a")):
        engine.add(own, ring(own, other))
    assert [returned(engine, name, "get") for name in "abc"] == [ord(name) for name in "bca"]
    assert [returned(engine, name, "put", n) for name, n in (("a", 1), ("b", 2), ("c", 3))] == [0, 0, 0]
    assert [returned(engine, name, "own") for name in "abc"] == [3, 1, 2]
    assert [returned(engine, name, "get") for name in "abc"] == [1, 2, 3]


def test_a_circle_of_variables_is_linked_as_one(engine: Engine) -> None:
    for own, other in (("a", "b"), ("b", "c"), ("c", "a")):
        engine.add(own, ring(own, other))
    for changed in "abc":
        returned(engine, "a", "put", 1)
        returned(engine, "b", "put", 2)
        engine.add(changed, ring(changed, "bca"["abc".index(changed)]))
        assert set(run(engine, RunRequest("b", "own"))[0].linked) == {"a", "b", "c"}
        assert [returned(engine, name, "own") for name in "abc"] == [ord(name) for name in "abc"]
    engine.add("c", b"@c = global i64 8")
    assert [returned(engine, "b", "get"), returned(engine, "a", "own")] == [8, ord("a")]
    engine.remove("c")
    assert refusal(UnresolvedSymbolError, engine.run, RunRequest("a", "own")).symbols == ("c",)


def test_what_uses_a_circle_of_variables_shares_them(engine: Engine) -> None:
    engine.add("a", ring("a", "b"))
    engine.add("b", ring("b", "a"))
    engine.add("reader", READER.replace(b"@count", b"@b"))
    assert [returned(engine, "reader", "look"), returned(engine, "a", "put", 5)] == [ord("b"), 0]
    assert returned(engine, "reader", "look") == 5
    engine.reset_variables("a")
    assert returned(engine, "reader", "look") == ord("b")


@pytest.mark.parametrize("levels", [(0, 0), (1, 1), (2, 2), (3, 3), (0, 3)])
def test_what_a_circle_of_variables_begins_with_may_point_to_anything(engine: Engine, levels: tuple[int, int]) -> None:
    engine.add("east", EAST, CompileOptions(levels[0]))
    engine.add("west", WEST, CompileOptions(levels[1]))
    check_east_and_west(engine)


def test_a_circle_of_variables_is_linked_from_its_object_code(engine: Engine) -> None:
    compiled = engine.add("east", EAST), engine.add("west", WEST)
    for _ in range(2):
        for each in compiled:
            engine.restore(each)
        check_east_and_west(engine)


def test_modules_in_a_circle_of_variables_may_be_bitcode(engine: Engine) -> None:
    for name, text in (("east", EAST), ("west", WEST)):
        engine.add(name, read_text(text.decode()).as_bitcode())
    check_east_and_west(engine)


def test_variables_of_a_module_that_uses_others_need_no_circle(engine: Engine) -> None:
    engine.add("east", EAST)
    engine.add(
        "west", b"@west = global i64 5\n@west_step = constant i64 7\n@west_numbers = global [4 x i64] zeroinitializer"
    )
    engine.add(
        "rest", b"@west_text = global ptr null\n@west_ring = global ptr null\ndefine i64 @west_count() { ret i64 9 }"
    )
    assert [returned(engine, "east", "east_calls", n) for n in (0, 0, 1)] == [17, 34, 9]
    assert [returned(engine, "east", "east_same"), returned(engine, "east", "east_gives", 1)] == [0b01111, 6]


@pytest.mark.parametrize(
    ("tied", "space"),
    [
        ("@{0} = global i64 1\n@alias.{0} = alias i64, ptr @{0}", ""),
        ("$one.{0} = comdat any\n@{0} = global i64 1, comdat($one.{0})", ""),
        ("@{0} = addrspace(1) global i64 1", "addrspace(1)"),
        ("@{0} = global i64 1\n@d = global i64 sub (i64 ptrtoint (ptr @{0} to i64), i64 ptrtoint (ptr @d to i64))", ""),
    ],
)
def test_variables_that_cannot_be_moved_are_refused_in_a_circle(engine: Engine, tied: str, space: str) -> None:
    for own, other in (("a", "b"), ("b", "a")):
        text = f"""
            @{other} = external {space} global i64
            define i64 @sum() {{
              %x = load i64, ptr {space} @{own}
              %y = load i64, ptr {space} @{other}
              %z = add i64 %x, %y
              ret i64 %z
            }}"""
        engine.add(own, f"{tied.format(own)}{text}".encode())
    error = refusal(CircularModulesError, engine.run, RunRequest("a", "sum"))
    assert error.modules in {("a", "b", "a"), ("b", "a", "b")}
    engine.add("b", f"@b = {space} global i64 8".encode())
    assert returned(engine, "a", "sum") == 9


def test_a_variable_of_another_type_is_refused(engine: Engine) -> None:
    engine.add("counter", COUNTER)
    engine.add("reader", READER.replace(b"external global i64", b"external global [100 x i64]"))
    error = refusal(SignatureError, engine.run, RunRequest("reader", "look"))
    assert (error.symbol, error.expected, error.found) == ("count", ("i64 in 'counter'",), "[100 x i64]")


def test_a_constant_is_shared(engine: Engine) -> None:
    engine.add("table", b"@count = constant i64 11")
    engine.add("reader", READER.replace(b"external global", b"external constant"))
    assert returned(engine, "reader", "look") == 11
