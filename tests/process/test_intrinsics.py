"""Functions in Python that programs call, for every `Engine`."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from qirjit_magic.errors import (
    DefinitionError,
    SignatureError,
    UnresolvedSymbolError,
)
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import Intrinsic, Raised, RunRequest
from qirjit_magic.protocol.module_info import Signature
from qirjit_magic.protocol.pickles import pickled
from qirjit_magic.protocol.simulator_specs import find_simulator
from tests.files import program
from tests.process.support import refusal, returned, run
from tests.words import double_word

X = "__quantum__qis__x__body"
# Calls f, and counts.
COUNTS = b"""
declare i64 @f(i64)
@count = internal global i64 0
define i64 @counted() {
  %old = load i64, ptr @count
  %new = call i64 @f(i64 %old)
  store i64 %new, ptr @count
  ret i64 %new
}
"""


def define(engine: Engine, name: str, signature: Signature, function: Callable[..., object]) -> None:
    engine.define(Intrinsic(name, signature, pickled(function)))


def caller(signature: Signature, name: str = "f") -> bytes:
    """A function ``call`` that passes its arguments on."""
    parameters = ", ".join(f"{kind} %{place}" for place, kind in enumerate(signature.parameters))
    call = f"call {signature.returns} @{name}({parameters})"
    end = f"  {call}\n  ret void" if signature.returns == "void" else f"  %r = {call}\n  ret {signature.returns} %r"
    declared = f"declare {signature.returns} @{name}({', '.join(signature.parameters)})"
    return f"{declared}\ndefine {signature.returns} @call({parameters}) {{\n{end}\n}}".encode()


@pytest.fixture
def engine(engine: Engine) -> Iterator[Engine]:
    yield engine
    for name in ("f", "g", X):
        engine.undefine(name)


# -- calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "function", "given", "expected"),
    [
        ("i64", lambda x: x + 1, 41, 42),
        ("i64", lambda x: x, -(2**63), -(2**63)),
        ("i64", lambda x: x & (2**64 - 1), -1, -1),
        ("i32", lambda x: x - 1, -(2**31) + 1, -(2**31)),
        ("i8", lambda x: -x, 100, -100),
        ("i7", lambda x: x, -64, -64),
        ("i33", lambda x: x // 2, 2**32 - 2, 2**31 - 1),
        ("i1", lambda x: not x, 1, 0),
        ("i1", lambda x: x is False, 0, 1),
        ("i1", np.bool_, 1, 1),
        ("double", lambda x: x * 2, double_word(0.1), double_word(0.2)),
        ("double", lambda x: x, double_word(math.inf), double_word(math.inf)),
        ("double", np.float32, double_word(1.5), double_word(1.5)),
        ("double", int, double_word(2.5), double_word(2.0)),
        ("float", lambda x: x / 2, double_word(3.0), double_word(1.5)),
        ("float", lambda x: x + 1e-9, double_word(1.0), double_word(1.0)),
    ],
)
def test_a_value_of_each_type_goes_and_comes(
    engine: Engine, kind: str, function: Callable[..., object], given: int, expected: int
) -> None:
    signature = Signature(kind, (kind,))
    define(engine, "f", signature, function)
    engine.add("m", caller(signature))
    assert returned(engine, "m", "call", given) == expected


def test_what_python_gets_is_of_pythons_types(engine: Engine) -> None:
    signature = Signature("i64", ("i1", "i8", "float", "double"))
    define(engine, "f", signature, lambda *x: [type(v) for v in x] == [bool, int, float, float])
    engine.add("m", caller(signature))
    assert returned(engine, "m", "call", 1, -1, double_word(0.5), double_word(0.25)) == 1


def test_more_arguments_than_there_are_registers_arrive_in_their_places(engine: Engine) -> None:
    kinds = ("i1", "i64", "double", "float", "i7") * 5
    signature = Signature("i64", kinds)
    numbers = tuple(n if kind in {"double", "float"} else n % 2 for n, kind in enumerate(kinds))
    words = (double_word(n) if kind in {"double", "float"} else n for n, kind in zip(numbers, kinds, strict=True))
    define(engine, "f", signature, lambda *x: x == numbers)
    engine.add("m", caller(signature))
    assert returned(engine, "m", "call", *words) == 1


def test_a_pointer_is_an_address(engine: Engine) -> None:
    define(engine, "f", Signature("ptr", ("ptr",)), lambda p: ctypes.c_int64.from_address(p).value + p)
    text = b"""
        declare ptr @f(ptr)
        define i64 @call() {
          %p = alloca i64
          store i64 3, ptr %p
          %q = call ptr @f(ptr %p)
          %a = ptrtoint ptr %p to i64
          %b = ptrtoint ptr %q to i64
          %d = sub i64 %b, %a
          %high = call ptr @g(ptr inttoptr (i64 -8 to ptr))
          %top = ptrtoint ptr %high to i64
          %r = add i64 %d, %top
          ret i64 %r
        }
        declare ptr @g(ptr)"""
    define(engine, "g", Signature("ptr", ("ptr",)), lambda p: p if p == 2**64 - 8 else 0)
    engine.add("m", text)
    assert returned(engine, "m", "call") == 3 - 8


def test_a_function_may_return_nothing(engine: Engine) -> None:
    seen: list[int] = []

    def remember(number: int) -> None:
        seen.append(number)

    define(engine, "f", Signature("void", ("i64",)), remember)
    engine.add("m", caller(Signature("void", ("i64",))))
    assert run(engine, RunRequest("m", "call", shots=3, arguments=(7,)))[0].outcome == "done"


def test_what_a_function_keeps_lasts_until_it_is_defined_anew(engine: Engine) -> None:
    seen: list[int] = []

    def number() -> int:
        seen.append(0)
        return len(seen)

    engine.add("m", caller(Signature("i64")))
    for _ in range(2):
        define(engine, "f", Signature("i64"), number)
        assert [returned(engine, "m", "call") for _ in range(3)] == [1, 2, 3]


# -- who is called -----------------------------------------------------------------------------------------------


def flips(engine: Engine) -> int:
    _, records = run(engine, RunRequest("flip", "flip_and_measure"))
    (value,) = records.finished.values.tolist()
    return int(value)


def test_python_goes_before_the_simulator_and_behind_every_module(engine: Engine) -> None:
    gate = Signature("void", ("ptr",))
    engine.add("flip", program("flip_and_measure"))
    assert flips(engine) == 1
    define(engine, X, gate, lambda _qubit: None)
    assert flips(engine) == 0
    y = b"__quantum__qis__y__body"
    text = b"define void @%b(ptr %%q) {\ncall void @%b(ptr %%q)\nret void\n}\ndeclare void @%b(ptr)"
    engine.add("gate", text % (X.encode(), y, y))
    assert flips(engine) == 1
    engine.remove("gate")
    assert flips(engine) == 0
    engine.undefine(X)
    assert flips(engine) == 1


def test_a_modules_own_function_goes_before_python(engine: Engine) -> None:
    define(engine, "f", Signature("i64", ("i64",)), lambda x: x + 1)
    engine.add(
        "m", b"define i64 @f(i64 %x) { ret i64 7 }\ndefine i64 @call() {\n%r = call i64 @f(i64 1)\nret i64 %r\n}"
    )
    assert returned(engine, "m", "call") == 7


def test_a_known_name_may_have_another_type_in_python(engine: Engine) -> None:
    signature = Signature("i64", ("i64",))
    define(engine, X, signature, lambda x: x + 1)
    engine.add("m", caller(signature, X))
    assert returned(engine, "m", "call", 1) == 2


def test_a_function_that_is_defined_anew_is_called_with_fresh_variables(engine: Engine) -> None:
    signature = Signature("i64", ("i64",))
    engine.add("m", COUNTS)
    request = RunRequest("m", "counted")
    for step in (1, 10, 1, 10):
        define(engine, "f", signature, lambda x, step=step: x + step)
        assert run(engine, request)[0].linked == ("m",)
        assert [returned(engine, "m", "counted") for _ in range(2)] == [2 * step, 3 * step]


def test_what_calls_none_of_them_stays_as_it_is(engine: Engine) -> None:
    engine.add("counter", program("counter"))
    assert returned(engine, "counter", "increment") == 1
    define(engine, "f", Signature("void"), lambda: None)
    engine.undefine("f")
    assert returned(engine, "counter", "increment") == 2


def test_a_forgotten_function_is_missing_with_its_type(engine: Engine) -> None:
    define(engine, "f", Signature("i64", ("i64",)), lambda x: x)
    engine.add("m", COUNTS)
    returned(engine, "m", "counted")
    engine.undefine("f")
    error = refusal(UnresolvedSymbolError, engine.run, RunRequest("m", "counted"))
    assert (error.symbols, error.types) == (("f",), ("i64 (i64)",))


def test_another_type_is_refused_before_anything_runs(engine: Engine) -> None:
    define(engine, "f", Signature("i32", ("i64",)), lambda x: x)
    engine.add("m", COUNTS)
    error = refusal(SignatureError, engine.run, RunRequest("m", "counted"))
    assert (error.symbol, error.expected, error.found) == ("f", ("i32 (i64) in Python",), "i64 (i64)")


def test_a_name_may_be_anything(engine: Engine) -> None:
    name = 'größe "x"'
    define(engine, name, Signature("i64"), lambda: 5)
    engine.add("m", caller(Signature("i64"), r'"größe \22x\22"'))
    assert returned(engine, "m", "call") == 5
    engine.undefine(name)


def test_what_cannot_be_loaded_changes_nothing(engine: Engine) -> None:
    signature = Signature("i64", ("i64",))
    define(engine, "f", signature, lambda x: x + 1)
    engine.add("m", COUNTS)
    assert returned(engine, "m", "counted") == 1
    for content in (b"cno_such_module\nf\n.", b"not a pickle", b"csys\nexit\n(tR."):
        error = refusal(DefinitionError, engine.define, Intrinsic("f", signature, content))
        assert error.name == "f"
        assert error.reason.startswith("the engine process cannot load it: ")
    assert returned(engine, "m", "counted") == 2


# -- exceptions and wrong values -----------------------------------------------------------------------------------

RECORDS = b"""
declare i64 @f(i64)
declare void @__quantum__rt__int_record_output(i64, ptr)
define i64 @call(i64 %x) {
  call void @__quantum__rt__int_record_output(i64 5, ptr null)
  %r = call i64 @f(i64 %x)
  call void @__quantum__rt__int_record_output(i64 %r, ptr null)
  ret i64 %r
}
define i64 @other() {
  ret i64 7
}
"""


def raised(engine: Engine, *arguments: int) -> Raised:
    reply, records = run(engine, RunRequest("m", "call", arguments=arguments, shots=9))
    assert reply.outcome == "failed"
    assert reply.raised is not None
    assert records.failure is not None
    assert records.failure.exit_code == 1
    assert reply.raised.traceback.rstrip().endswith(records.failure.message)
    return reply.raised


def test_an_exception_ends_the_run_and_keeps_what_was_finished(engine: Engine) -> None:
    def third(x: int) -> int:
        seen.append(x)
        if len(seen) == 3:
            raise LookupError("the third")
        return x

    seen: list[int] = []
    define(engine, "f", Signature("i64", ("i64",)), third)
    engine.add("m", RECORDS)
    reply, records = run(engine, RunRequest("m", "call", arguments=(4,), shots=9))
    assert (reply.outcome, reply.next) == ("failed", 2)
    assert records.finished.values.tolist() == [5, 4, 5, 4]
    assert [record.value for record in records.unfinished] == [5]
    assert records.failure is not None
    assert (records.failure.message, records.failure.exit_code) == ("LookupError: the third", 1)
    assert reply.raised is not None
    first, *middle, last = reply.raised.traceback.splitlines()
    assert (reply.raised.name, first, last) == ("f", "Traceback (most recent call last):", "LookupError: the third")
    assert sum("File " in line for line in middle) == 1
    assert f'File "{__file__}"' in middle[0]


@pytest.mark.parametrize(
    ("statement", "last"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("1 // 0", "ZeroDivisionError: integer division or modulo by zero"),
        ("raise ValueError('gr\xf6\xdfe')", "ValueError: größe"),
        (r"raise ValueError('\ud800')", r"ValueError: \ud800"),
        ("raise ValueError('a\\nb')", "b"),
        ("(lambda f: f(f))(lambda f: f(f))", "RecursionError: maximum recursion depth exceeded"),
        ("raise type('Mute', (Exception,), {'__str__': lambda self: 1 // 0})", "Mute: <exception str() failed>"),
        ("raise type('OfNoModule', (Exception,), {})", "OfNoModule"),
    ],
)
def test_whatever_is_raised_is_told(engine: Engine, statement: str, last: str) -> None:
    scope: dict[str, Any] = {"__name__": "cell"} if "OfNoModule" not in statement else {}
    exec(f"def f(x):\n    {statement}", scope)  # noqa: S102 - a function of one statement
    define(engine, "f", Signature("i64", ("i64",)), scope["f"])
    engine.add("m", RECORDS)
    assert raised(engine, 0).traceback.rstrip().splitlines()[-1].endswith(last)
    assert returned(engine, "m", "other") == 7


def test_a_very_long_exception_is_shortened(engine: Engine) -> None:
    def shout(_x: int) -> int:
        raise ValueError("x" * 10**6 + "end")

    define(engine, "f", Signature("i64", ("i64",)), shout)
    engine.add("m", RECORDS)
    reply, records = run(engine, RunRequest("m", "call", arguments=(0,)))
    assert reply.raised is not None
    assert records.failure is not None
    for text in (reply.raised.traceback.rstrip(), records.failure.message):
        assert len(text) < 20_000
        assert text.endswith("xend")


@pytest.mark.parametrize(
    ("kind", "value", "shown", "why"),
    [
        ("i64", "text", "'text'", "'str' object"),
        ("i64", 1.0, "1.0", "'float' object"),
        ("i64", None, "None", "'NoneType' object"),
        ("i64", 2**64, str(2**64), f"outside {-(2**63)} to {2**64 - 1}"),
        ("i8", 256, "256", "outside -128 to 255"),
        ("i8", -129, "-129", "outside -128 to 255"),
        ("i1", 2, "2", "neither true nor false"),
        ("i1", None, "None", "neither true nor false"),
        ("i1", [], "[]", "neither true nor false"),
        ("double", "1.5", "'1.5'", "real number"),
        ("float", 1j, "1j", "real number"),
        ("double", 10**400, "1000", "too large"),
        ("ptr", -(2**63) - 1, "-9223372036854775809", "outside"),
        ("void", 0, "0", "not None"),
    ],
)
def test_a_wrong_value_is_told_with_its_type(engine: Engine, kind: str, value: object, shown: str, why: str) -> None:
    define(engine, "f", Signature(kind), lambda: value)
    engine.add("m", caller(Signature(kind)))
    (line,) = raised(engine).traceback.splitlines()
    assert line.startswith(f"TypeError: 'f' returned {shown}")
    assert f"and {kind} is what it must return: " in line
    assert why in line


def test_a_value_that_cannot_be_shown_is_wrong_all_the_same(engine: Engine) -> None:
    class Odd:
        def __repr__(self) -> str:
            raise LookupError

        def __index__(self) -> int:
            raise LookupError("no index")

    define(engine, "f", Signature("i64"), Odd)
    engine.add("m", caller(Signature("i64")))
    assert "'f' returned <Odd instance at " in raised(engine).traceback


def test_each_simulator_has_its_own_way_out(engine: Engine, toy: str) -> None:
    def odd(x: int) -> int:
        return x // (x % 2)

    define(engine, "f", Signature("i64", ("i64",)), odd)
    engine.add("m", RECORDS)
    for simulator in ("sparse", toy, "sparse"):
        spec = find_simulator(simulator)
        reply, records = run(engine, RunRequest("m", "call", arguments=(2,), shots=3, simulator=spec))
        assert (reply.outcome, reply.next, len(records.unfinished)) == ("failed", 0, 1)
        assert run(engine, RunRequest("m", "call", arguments=(3,), shots=3, simulator=spec))[0].outcome == "done"


def test_a_failure_of_the_program_itself_is_none_of_pythons(engine: Engine) -> None:
    define(engine, "f", Signature("i64", ("i64",)), lambda x: x // 0)
    engine.add("m", RECORDS)
    assert raised(engine, 1).name == "f"
    engine.add("failing", program("failing"))
    assert run(engine, RunRequest("failing", "fails"))[0].raised is None
