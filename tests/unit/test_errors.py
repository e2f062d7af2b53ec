from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import qirjit_magic
from qirjit_magic.errors import (
    CircularModulesError,
    EngineStartError,
    EntryPointError,
    LinkError,
    LocatedError,
    OptionError,
    ProgramFailedError,
    QirError,
    QirNotice,
    QirSyntaxError,
    RecordError,
    RunTimeoutError,
    SignatureError,
    SimulatorError,
    SimulatorNotFoundError,
    SourceError,
    UnresolvedSymbolError,
    UnsafeModuleError,
    WorkerCrashedError,
)
from qirjit_magic.limits import LimitError
from qirjit_magic.protocol.module_info import EntryPoint, Signature
from qirjit_magic.session.run_result import RunResult
from tests.runs import columns_of

_SAMPLES: dict[str, Any] = {
    "str": "text",
    "object": "text",
    "str | None": "text",
    "int": 7,
    "bool": True,
    "int | None": 7,
    "float": 2.5,
    "tuple[str, ...]": ("one", "two"),
    "PartialResult | None": None,
}


def _kinds(kind: type[QirError] = QirError) -> Iterator[type[QirError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


_KINDS = sorted(set(_kinds()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", [*_KINDS, QirNotice], ids=lambda kind: kind.__name__)
def test_every_error_is_a_public_name_of_the_package(kind: type[Exception]) -> None:
    assert getattr(qirjit_magic, kind.__name__) is kind
    assert kind.__name__ in qirjit_magic.__all__


def _facts(kind: type[QirError]) -> dict[str, Any]:
    if not dataclasses.is_dataclass(kind):
        return {}
    return {field.name: _SAMPLES[str(field.type)] for field in dataclasses.fields(kind)}


def _result(shots: int) -> RunResult:
    table = columns_of(
        kinds=np.empty(0, np.uint8),
        texts=np.empty(0, np.int32),
        values=np.empty(0, np.int64),
        ends=np.zeros(shots, np.int64),
        returned=np.zeros(shots, np.int64),
        returned_words=np.zeros((shots, 0), np.int64),
        strings=(),
    )
    return RunResult("bell", EntryPoint("main", Signature("void")), table, requested=10)


@pytest.mark.parametrize("kind", _KINDS)
def test_args_are_the_fields_in_order(kind: type[QirError]) -> None:
    facts = _facts(kind)
    error = kind(**facts)
    assert error.args == tuple(facts.values())
    assert error.facts() == facts


@pytest.mark.parametrize("kind", _KINDS)
def test_every_error_pickles_with_all_it_knows(kind: type[QirError]) -> None:
    error = kind(**_facts(kind))
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is kind
    assert copy.facts() == error.facts()
    assert str(copy) == str(error)


@pytest.mark.parametrize("kind", _KINDS)
def test_a_notebook_shows_the_kind_and_the_text_alone(kind: type[QirError]) -> None:
    error = kind(**_facts(kind))
    assert error._render_traceback_() == [f"{kind.__name__}: {error}"]


@pytest.mark.parametrize("kind", _KINDS)
def test_every_error_can_be_caught_raised_and_put_into_a_set(kind: type[QirError]) -> None:
    error = kind(**_facts(kind))
    with pytest.raises(QirError) as caught:
        raise error
    assert {caught.value} == {error}


@pytest.mark.parametrize("shots", [0, 1, 3])
def test_an_error_pickles_with_the_finished_shots(shots: int) -> None:
    error = WorkerCrashedError("SIGSEGV", "main", partial=_result(shots))
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert copy.partial is not None
    assert len(copy.partial.shots) == shots


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        (("shots", 0), {}),
        (("shots", 0, "1 or more", "more"), {}),
        (("shots", 0, "1 or more"), {"option": "seed"}),
        (("shots", 0), {"expected": "1 or more", "line": 3}),
    ],
)
def test_an_error_takes_each_of_its_facts_once(values: tuple[object, ...], facts: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="OptionError takes expected, option, value"):
        OptionError(*values, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [QirError, LinkError])
def test_an_error_without_facts_has_a_message_as_any_exception(kind: type[QirError]) -> None:
    error = kind("it has no name")
    assert (str(error), error.args, error.facts()) == ("it has no name", ("it has no name",), {})
    assert str(kind()) == ""


def test_a_crash_is_a_failed_run_and_a_failed_engine() -> None:
    assert {base.__name__ for base in WorkerCrashedError.__mro__} >= {"ExecutionError", "EngineError"}


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (QirSyntaxError("expected type"), ["expected type"]),
        (EntryPointError("no function is called 'mian'.", "mian"), ["'mian'"]),
        (
            EntryPointError("none is called 'mian'.", "mian", ("main", "other")),
            ["'mian'", "Entry points", "main, other"],
        ),
        (CircularModulesError(("a", "b", "a")), ["in a circle", "a → b → a", "thread_local", "in one module"]),
        (UnresolvedSymbolError(("f", "g"), "sparse"), ["nobody defines", "'f', 'g'", "'sparse'", "Define them"]),
        (
            SignatureError("f", ("void ()", "i64 ()"), "void (ptr)"),
            ["'f'", "void (ptr)", "void () or i64 ()", "Declare"],
        ),
        (
            SignatureError("f", ("void ()",), "i64 ()", ("u", "v")),
            ["'f' would be i64 ()", "'u', 'v' declare it as void ()", "Nothing has changed", "%qir_reset u --remove"],
        ),
        (
            UnresolvedSymbolError(("f", "open"), "sparse", ("void ()", "i32 ()"), ("open",)),
            ["'f', 'open'", "The C library has 'open': add --trust if", "Or define them", "Nothing was run"],
        ),
        (UnsafeModuleError("module asm", "not allowed."), ["module asm: not allowed."]),
        (UnsafeModuleError("asm", "it is code.", trustable=True), ["asm: it is code. Leave it out", "--trust"]),
        (SimulatorError("it lacks a qubit."), ["it lacks a qubit."]),
        (SimulatorNotFoundError("none is called 'x'.", "x", ("sparse",)), ["none is called 'x'."]),
        (SourceError("no such file."), ["no such file."]),
        (RecordError("the text has no HEADER."), ["the text has no HEADER."]),
        (RecordError("BOOL is 1.", 3, "OUTPUT\tBOOL\t1"), ["line 3: BOOL is 1.", "\n3 | OUTPUT BOOL 1"]),
        (OptionError("shots", -1, "1 or more"), ["shots is -1", "1 or more"]),
        (OptionError("format", "xml", "json"), ["format is 'xml'", "json"]),
        (ProgramFailedError("boom", 3, 4), ["the program failed", "shot 4", "exit code 3", "boom"]),
        (RunTimeoutError(0.5), ["stopped", "0.5 s", "--timeout"]),
        (LimitError("nesting", 5000, 1000), ["5,000 deep", "1,000", "nesting", "Flatten", "QIRJIT_LIMITS", "Session("]),
        (LimitError("cpu_seconds", 2.345, 2), ["2.3 s of CPU time", "more than the 2 ", "'cpu_seconds': …"]),
        (EngineStartError("no python", "oh\n\n"), ["did not start", "no python", "\nIts last words:\noh"]),
        (WorkerCrashedError("SIGSEGV", "main", "oh\n"), ["SIGSEGV", "'main'", "new engine", "\nIts last words:\noh"]),
    ],
)
def test_an_error_says_what_failed_the_value_and_what_to_do(error: QirError, parts: list[str]) -> None:
    text = str(error)
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert text == text.rstrip()


def test_silence_has_no_last_words() -> None:
    assert str(EngineStartError("no python", " \n")) == str(EngineStartError("no python"))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (QirSyntaxError("expected type", line=3), "line 3: expected type"),
        (
            QirSyntaxError("expected type", line=12, column=5, source_line="\tcal void @f()"),
            "line 12: expected type\n12 |  cal void @f()\n   |     ^",
        ),
        (
            UnsafeModuleError("asm", "not allowed", line=1, source_line="x"),
            "line 1: asm: not allowed\n1 | x",
        ),
    ],
)
def test_a_located_error_shows_its_line_and_a_caret(error: QirError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(
    ("error", "doing"),
    [
        (WorkerCrashedError("SIGABRT", ""), "while it ran no program."),
        (WorkerCrashedError("SIGABRT", "", module="m"), "while it compiled the module 'm'."),
        (WorkerCrashedError("SIGABRT", "", module="m", bitcode=True), "compiled the module 'm'. LLVM believes bitcode"),
        (WorkerCrashedError("SIGABRT", "main"), "while it ran 'main'."),
        (WorkerCrashedError("SIGABRT", "main", shot=3), "while it ran 'main', in shot 3."),
        (WorkerCrashedError("SIGABRT", "main", reason="oh", shot=0), "of SIGABRT (oh) while it ran 'main', in shot 0."),
    ],
)
def test_a_crash_says_what_the_process_did(error: WorkerCrashedError, doing: str) -> None:
    assert doing in str(error)


@pytest.mark.parametrize(
    ("shots", "kept"),
    [
        (0, ""),
        (1, ". 1 finished shot is in error.partial."),
        (1234, ". 1,234 finished shots are in error.partial."),
    ],
)
def test_a_failed_run_says_which_shots_are_kept(shots: int, kept: str) -> None:
    assert str(ProgramFailedError("boom", 1, shots, partial=_result(shots))).partition("boom")[2] == kept
    ended = str(ProgramFailedError("It went boom.", 1, shots, partial=_result(shots)))
    assert ended.partition("boom.")[2] == kept.removeprefix(".")


@pytest.mark.parametrize("kind", [kind for kind in _KINDS if issubclass(kind, LocatedError)])
def test_a_moved_error_differs_in_its_line_alone(kind: type[LocatedError]) -> None:
    error = kind(**_facts(kind))
    moved = error.moved_down(3)
    assert type(moved) is kind
    assert moved.facts() == {**error.facts(), "line": 10}
    assert moved.args == tuple(moved.facts().values())
    assert error.line == 7


def test_an_error_without_a_line_does_not_move() -> None:
    assert QirSyntaxError("expected type").moved_down(3).line is None


def test_the_caret_stands_under_its_column_whatever_the_width_of_the_line_number() -> None:
    for line in (1, 10, 1000):
        number, caret = str(QirSyntaxError("x", line=line, column=3, source_line="abcdef")).split("\n")[1:]
        assert number.index("c") == caret.index("^")
