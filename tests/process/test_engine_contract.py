"""What every `Engine` does, whether it is in this process or behind one."""

from __future__ import annotations

import os
import struct

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.runtime.bindings import known_types
from qirjit_magic.errors import (
    EntryPointError,
    QirSyntaxError,
    SignatureError,
    UnresolvedSymbolError,
    UnsafeModuleError,
)
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.shared_memory import RecordKind, Word
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from tests.files import program
from tests.process.support import recording, refusal, returned, run
from tests.words import double_word

ONE = b"define i64 @number() { ret i64 1 }"
TWO = b"define i64 @number() { ret i64 2 }"
RECORD_MANY, SHOTS_OF_THESE = 1_500_000, 5


def coins(engine: Engine, *, seed: int | None, first: int = 0, shots: int = 20) -> list[int]:
    _, records = run(engine, RunRequest("coins", "coins", first=first, shots=shots, seed=seed))
    table = records.finished
    return [int(value) for value in table.values[table.kinds == RecordKind.RESULT]]


# -- modules -----------------------------------------------------------------------------------------------------


def test_an_added_module_runs(engine: Engine) -> None:
    compiled = engine.add("one", ONE)
    assert compiled.module.name == "one"
    assert compiled.module.object_size == len(compiled.object_code) > 0
    assert returned(engine, "one", "number") == 1


def test_a_module_of_the_same_name_takes_its_place(engine: Engine) -> None:
    engine.add("m", ONE)
    assert returned(engine, "m", "number") == 1
    engine.add("m", TWO)
    assert returned(engine, "m", "number") == 2
    assert engine.status().modules == ("m",)


def test_a_replaced_module_becomes_the_newest(engine: Engine) -> None:
    for name in ("a", "b", "a"):
        engine.add(name, ONE)
    assert engine.status().modules == ("b", "a")


def test_a_removed_module_cannot_be_run(engine: Engine) -> None:
    engine.add("m", ONE)
    engine.remove("m")
    error = refusal(EntryPointError, engine.run, RunRequest("m", "number"))
    assert error.name == "number"
    assert engine.status().modules == ()


def test_removing_what_is_not_there_is_nothing(engine: Engine) -> None:
    engine.remove("never added")


def test_an_unknown_function_cannot_be_run(engine: Engine) -> None:
    engine.add("m", ONE)
    refusal(EntryPointError, engine.run, RunRequest("m", "numbers"))


def test_restored_object_code_runs_without_compiling(engine: Engine) -> None:
    compiled = engine.add("coins", program("coins"))
    before = coins(engine, seed=1)
    engine.remove("coins")
    compilations = engine.status().compilations
    engine.restore(compiled)
    assert coins(engine, seed=1) == before
    assert engine.status().compilations == compilations


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"define i64 @f() { ret i64 %x }", QirSyntaxError),
        (b"\xff\xfe not LLVM", QirSyntaxError),
        (b'target datalayout = "E"\ndefine void @f() { ret void }', UnsafeModuleError),
        (b"declare void @__quantum__qis__h__body(ptr, ptr)", SignatureError),
    ],
)
def test_a_refused_source_changes_nothing(engine: Engine, source: bytes, error: type[Exception]) -> None:
    engine.add("m", ONE)
    refusal(error, engine.add, "m", source)
    assert engine.status().modules == ("m",)
    assert returned(engine, "m", "number") == 1


def test_a_syntax_error_has_its_place(engine: Engine) -> None:
    error = refusal(QirSyntaxError, engine.add, "m", b"define i64 @f() {\n  ret i64 %x\n}")
    assert (error.line, error.column, error.source_line) == (2, 11, "  ret i64 %x")


@pytest.mark.parametrize(
    ("declaration", "symbol", "found"),
    [
        ("declare void @__quantum__qis__h__body(ptr, ptr)", "__quantum__qis__h__body", "void (ptr, ptr)"),
        ("declare i64 @__quantum__qis__h__body(ptr)", "__quantum__qis__h__body", "i64 (ptr)"),
        ("declare void @__quantum__qis__h__body(...)", "__quantum__qis__h__body", "void (...)"),
        ("declare i1 @__quantum__rt__read_result(i64)", "__quantum__rt__read_result", "i1 (i64)"),
        ("@__quantum__rt__message = external global i64", "__quantum__rt__message", "i64"),
        ("declare float @sin(float)", "sin", "float (float)"),
    ],
)
def test_a_known_function_of_another_type_is_refused_with_its_declaration(
    engine: Engine, declaration: str, symbol: str, found: str
) -> None:
    error = refusal(SignatureError, engine.add, "m", f"; first\n\n{declaration}\n".encode())
    assert (error.symbol, error.found, error.expected) == (symbol, found, known_types(symbol, found))
    assert (error.line, error.column, error.source_line) == (3, declaration.index("@") + 1, declaration)


def test_in_bitcode_the_place_is_that_of_the_printed_module(engine: Engine) -> None:
    bitcode = parse_module(b"declare i64 @sin(double)").llvm_module.as_bitcode()
    error = refusal(SignatureError, engine.add, "m", bitcode)
    assert error.source_line == "declare i64 @sin(double)"


def test_an_unknown_function_may_have_any_type(engine: Engine) -> None:
    engine.add("m", b"declare void @mine(i7, ...)")


def test_each_of_several_known_types_is_accepted(engine: Engine) -> None:
    engine.add("a", b"declare void @__quantum__qis__m__body(ptr, ptr)")
    engine.add("b", b"declare ptr @__quantum__qis__m__body(ptr)")
    refusal(SignatureError, engine.add, "c", b"declare void @__quantum__qis__m__body(i64)")


def test_a_function_that_the_module_defines_itself_may_have_any_type(engine: Engine) -> None:
    engine.add("m", b"define i64 @__quantum__qis__h__body(i64 %x) { ret i64 %x }")
    assert returned(engine, "m", "__quantum__qis__h__body", 5) == 5


@pytest.mark.parametrize(
    "declaration", ["declare void @nobody()", "declare i32 @system(ptr)", "declare void @llvm.no()"]
)
def test_an_unresolved_name_fails_when_it_is_run(engine: Engine, declaration: str) -> None:
    name, arguments = declaration.split("@")[1].split("(")
    call = f"call {declaration.split()[1]} @{name}({'ptr null' if arguments == 'ptr)' else ''})"
    compiled = engine.add("m", f"{declaration}\ndefine void @f() {{\n  {call}\n  ret void\n}}".encode())
    (undefined,) = SymbolGraph([compiled.module]).undefined("m")
    assert (undefined.name, undefined.line) == (name, 3)
    error = refusal(UnresolvedSymbolError, engine.run, RunRequest("m", "f"))
    assert error.symbols == (name,)
    assert error.line == 3
    assert error.simulator == "sparse"


# -- calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("i1", 1, 1),
        ("i1", 2, 0),
        ("i2", 1, 1),
        ("i8", 127, 127),
        ("i8", 255, -1),
        ("i16", -2, -2),
        ("i32", 1 << 31, -(1 << 31)),
        ("i33", 1 << 32, -(1 << 32)),
        ("i64", (1 << 63) - 1, (1 << 63) - 1),
        ("i64", -1, -1),
        ("double", double_word(0.1), double_word(0.1)),
        ("float", double_word(0.5), double_word(0.5)),
        ("float", double_word(0.1), double_word(struct.unpack("<f", struct.pack("<f", 0.1))[0])),
    ],
)
def test_an_argument_comes_back(engine: Engine, kind: str, given: int, expected: int) -> None:
    engine.add("m", f"define {kind} @same({kind} %x) {{ ret {kind} %x }}".encode())
    assert returned(engine, "m", "same", given) == expected


def test_each_argument_arrives_in_its_place(engine: Engine) -> None:
    engine.add("arguments", program("arguments"))
    words = (1, 20, double_word(300.0), 4000, double_word(50_000.0), 600_000, 7_000_000, 80_000_000, 900_000_000)
    assert returned(engine, "arguments", "sum", *words) == 987_654_321


@pytest.mark.parametrize("words", [(), (1,), (1, 2, 3)])
def test_an_entry_point_gets_as_many_words_as_it_takes(engine: Engine, words: tuple[int, ...]) -> None:
    engine.add("m", b"define i64 @f(i64 %a, i64 %b) { ret i64 %b }")
    assert refusal(EntryPointError, engine.run, RunRequest("m", "f", arguments=words)).name == "f"
    assert returned(engine, "m", "f", 1, 2) == 2


def test_void_returns_zero(engine: Engine) -> None:
    engine.add("m", b"define void @f() { ret void }")
    assert returned(engine, "m", "f") == 0


@pytest.mark.parametrize("head", ["void @f(ptr %p)", "void @f(i128 %n)", "void @f(...)", "{ i64, i128 } @f()"])
def test_what_no_word_holds_cannot_be_run(engine: Engine, head: str) -> None:
    kind = head.partition(" @")[0]
    result = "ret void" if kind == "void" else f"ret {kind} zeroinitializer"
    engine.add("m", f"define {head} {{ {result} }}".encode())
    error = refusal(EntryPointError, engine.run, RunRequest("m", "f"))
    assert error.name == "f"


@pytest.mark.parametrize("linkage", ["internal", "private", "linkonce_odr", "weak", "hidden", "dso_local"])
def test_a_function_of_any_linkage_runs(engine: Engine, linkage: str) -> None:
    engine.add("m", f"define {linkage} i64 @f() {{ ret i64 5 }}".encode())
    assert returned(engine, "m", "f") == 5


@pytest.mark.parametrize("name", ["two words", "φ", "Ns::f$1", "-f", "main", "malloc", 'quoted"name'])
def test_a_function_of_any_name_runs(engine: Engine, name: str) -> None:
    quoted = "".join(f"\\{byte:02X}" for byte in name.encode())
    engine.add("m", f'define i64 @"{quoted}"() {{ ret i64 5 }}'.encode())
    assert returned(engine, "m", name) == 5


# -- shots -------------------------------------------------------------------------------------------------------


def test_one_seed_gives_one_stream(engine: Engine) -> None:
    engine.add("coins", program("coins"))
    again, other = coins(engine, seed=7), coins(engine, seed=8)
    assert coins(engine, seed=7) == again != other
    assert set(again) == {0, 1}


def test_a_run_goes_on_where_its_first_piece_ended(engine: Engine) -> None:
    engine.add("coins", program("coins"))
    whole = coins(engine, seed=7, shots=20)
    pieces = coins(engine, seed=7, shots=8) + coins(engine, seed=7, first=8, shots=20)
    assert pieces == whole


def test_all_shots_are_done(engine: Engine) -> None:
    engine.add("m", ONE)
    reply, records = run(engine, RunRequest("m", "number", shots=100))
    assert (reply.outcome, reply.next) == ("done", 100)
    assert records.finished.returned.tolist() == [1] * 100


def test_the_stop_flag_ends_a_run_before_the_next_shot(engine: Engine) -> None:
    engine.add("m", ONE)
    engine.memory.clear()
    engine.memory.stop()
    reply = engine.run(RunRequest("m", "number", shots=100))
    assert (reply.outcome, reply.next) == ("stopped", 0)
    assert len(recording(engine.memory).finished) == 0


def test_a_full_memory_ends_a_piece_and_the_next_goes_on(engine: Engine) -> None:
    engine.add("floods", program("floods"))
    request = RunRequest("floods", "numbers", shots=SHOTS_OF_THESE, arguments=(RECORD_MANY,))
    reply, records = run(engine, request)
    assert reply.outcome == "full"
    assert 0 < reply.next == len(records.finished) < SHOTS_OF_THESE
    following = RunRequest("floods", "numbers", reply.next, SHOTS_OF_THESE, (RECORD_MANY,))
    rest, others = run(engine, following)
    assert (rest.outcome, len(others.finished)) == ("done", SHOTS_OF_THESE - reply.next)
    assert others.finished.values[:RECORD_MANY].tolist() == list(range(RECORD_MANY))


def test_much_text_fills_the_memory_too(engine: Engine) -> None:
    engine.add("floods", program("floods"))
    reply, records = run(engine, RunRequest("floods", "long_message", shots=20, arguments=(17,)))
    assert (reply.outcome, reply.next) == ("full", 8)
    assert [len(text) for text in records.finished.messages()] == [1 << 20] * 8


def test_a_shot_that_records_more_than_fits_ends_and_says_so(engine: Engine) -> None:
    engine.add("floods", program("floods"))
    reply, records = run(engine, RunRequest("floods", "numbers", arguments=(9_000_000,)))
    assert reply.outcome == "done"
    assert engine.memory.word(Word.DROPPED) + len(records.finished.kinds) == 9_000_000


def test_a_failing_shot_ends_the_run(engine: Engine) -> None:
    engine.add("failing", program("failing"))
    reply, records = run(engine, RunRequest("failing", "third_shot_fails", shots=10))
    assert (reply.outcome, reply.next) == ("failed", 2)
    assert records.finished.values.tolist() == [0, 1]
    assert [record.value for record in records.unfinished] == [2]
    assert records.failure is not None
    assert (records.failure.message, records.failure.exit_code) == ("out of magic dust", 1)


def test_a_run_after_a_failure_is_whole(engine: Engine) -> None:
    engine.add("failing", program("failing"))
    for _ in range(3):
        assert run(engine, RunRequest("failing", "fails"))[0].outcome == "failed"
    assert returned(engine, "failing", "returns_seven") == 7


@pytest.mark.parametrize("gate", ["m", "mz", "mresetz"])
def test_each_measurement_sees_a_flipped_qubit(engine: Engine, gate: str) -> None:
    measure = f"__quantum__qis__{gate}__body"
    engine.add("m", program("flip_and_measure").replace(b"__quantum__qis__mz__body", measure.encode()))
    _, records = run(engine, RunRequest("m", "flip_and_measure", shots=3))
    assert records.finished.values.tolist() == [1, 1, 1]


# -- looking at it -----------------------------------------------------------------------------------------------


def test_a_source_can_be_shown_without_adding_it(engine: Engine) -> None:
    assert "define i64 @number()" in engine.show("shown", ONE, "ir")
    assert "number:" in engine.show("shown", ONE, "asm")
    assert engine.status().modules == ()


def test_the_status_says_what_it_is_and_has_done(engine: Engine) -> None:
    before = engine.status()
    engine.add("one", ONE)
    engine.add("two", TWO)
    returned(engine, "one", "number")
    status = engine.status()
    assert status.modules == ("one", "two")
    assert status.compilations == before.compilations + 2
    assert (status.simulator, status.simulator_loads) == ("sparse", 1)
    assert status.pid == before.pid > 0
    assert (status.pid == os.getpid()) is ("Jit" in type(engine).__name__)
    assert int(status.llvm.split(".")[0]) >= 20
    assert status.memory > 1 << 20
