"""Whatever a program names and says is shown, and does nothing: each hostile text on each road to a person."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic import errors
from qirjit_magic.display.circuit import CircuitDiagram
from qirjit_magic.display.code import CodeView, Section
from qirjit_magic.display.histogram import Histogram
from qirjit_magic.display.modules import function_label, modules_table, profile_table, status_table
from qirjit_magic.display.modules import table_html as html_of
from qirjit_magic.display.modules import table_text as text_of
from qirjit_magic.display.views import views
from qirjit_magic.errors import QirError, QirSyntaxError
from qirjit_magic.notebook.convert import _prose
from qirjit_magic.protocol.messages import EngineStatus
from qirjit_magic.protocol.module_info import Declaration, Diagnostic, EntryPoint, GlobalVariable, ModuleInfo, Signature
from qirjit_magic.protocol.operations import TraceEnd
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from qirjit_magic.results.counts import Counts
from qirjit_magic.sanitize import sanitize, sanitize_line
from qirjit_magic.session.run_result import Plan, RunResult
from tests.hostile import HOSTILE, acting
from tests.runs import run_of
from tests.unit.operations import diagram, operation


def _module(text: str) -> ModuleInfo:
    return ModuleInfo(
        name=text,
        digest="",
        profile=text,
        flags=((text, text),),
        functions=(EntryPoint(text, Signature(text, (text,)), attributes=((text, text),)),),
        variables=(GlobalVariable(f"{text} variable", text),),
        declarations=(Declaration(f"{text} elsewhere", text),),
        declared_profile=text,
        capabilities=(text,),
        breaks=(Diagnostic("warning", text),),
    )


def _result(
    text: str, *, shots: int = 1, rows: tuple[RecordKind, ...] = (RecordKind.MESSAGE, RecordKind.INT)
) -> RunResult:
    made = [[(kind, 0, 0) for kind in rows]] * shots
    return run_of(made, [text], name=text, returns="i64", returned=range(shots))


def _silent(text: str) -> RunResult:
    return run_of([[(RecordKind.MESSAGE, 0, 0)]], [text], name=text)


def _state(text: str) -> str:
    return f"Global Results: [{text}]\nSTATE: [ |0⟩: 1+0i, ]"


def _histogram(text: str) -> Histogram:
    return Histogram(Counts(((text, 1),), 3, 2), text, text, hint=text)


def _bundle(shown: RunResult | CodeView | CircuitDiagram, kind: str) -> str:
    return shown._repr_mimebundle_()[f"text/{kind}"]


def _circuit(text: str) -> CircuitDiagram:
    return diagram(operation("h", 0), end=TraceEnd(text, qubit=0, reason=text), remark=text, name=text)


_TEXTS: dict[str, Callable[[str], str]] = {
    "sanitize": sanitize,
    "sanitize_line": sanitize_line,
    "a run of one shot": lambda text: str(_result(text)),
    "a run of two": lambda text: str(_result(text, shots=2)),
    "a state": lambda text: str(_result(text, rows=(RecordKind.DUMP,))),
    "a state with results": lambda text: str(_result(_state(text), rows=(RecordKind.DUMP,))),
    "a run that only speaks": lambda text: str(_silent(text)),
    "a word of results": lambda text: str(_result(text, shots=2, rows=(RecordKind.RESULT_ARRAY,))),
    "a histogram": lambda text: _histogram(text).text(),
    "a run in a notebook": lambda text: _bundle(_result(text), "plain"),
    "a run as Python writes it": lambda text: repr(_result(text)),
    "a remark": lambda text: str(Diagnostic("notice", text)),
    "a function": lambda text: function_label(_module(text).functions[0]),
    "the modules": lambda text: text_of(modules_table(SymbolGraph([_module(text)]))),
    "the profile": lambda text: text_of(profile_table(_module(text))),
    "the prose of a made notebook": lambda text: _prose(_module(text), text, SymbolGraph([_module(text)])),
    "the status": lambda text: text_of(status_table(EngineStatus(simulator=text, llvm=text, modules=(text,)))),
    "code": lambda text: _bundle(CodeView((Section(text, text),), "llvm", text), "plain"),
    "a circuit": lambda text: str(_circuit(text)),
    "a circuit that ends": lambda text: str(diagram(end=TraceEnd(reason=text))),
    "how it was run": lambda text: str(Plan(text, "live", text)),
    "an error": lambda text: str(QirSyntaxError(text, module=text, line=1, column=3, source_line=text)),
    "an error in a cell": lambda text: "".join(QirSyntaxError(text)._render_traceback_()),
}
_PAGES: dict[str, Callable[[str], str]] = {
    "a run of one shot": lambda text: _bundle(_result(text), "html"),
    "a run of two": lambda text: _bundle(_result(text, shots=2), "html"),
    "a run that only speaks": lambda text: _bundle(_silent(text), "html"),
    "a state": lambda text: _bundle(_result(text, rows=(RecordKind.DUMP,)), "html"),
    "a state with results": lambda text: _bundle(_result(_state(text), rows=(RecordKind.DUMP,)), "html"),
    "the views of one shot": lambda text: "".join(views(_result(text)).values()),
    "the views of two": lambda text: "".join(views(_result(text, shots=2)).values()),
    "a histogram": lambda text: _histogram(text).fragment(),
    "a histogram in a notebook": lambda text: _histogram(text)._repr_mimebundle_()["text/html"],
    "a histogram in a file": lambda text: _histogram(text).svg(),
    "the modules": lambda text: html_of(modules_table(SymbolGraph([_module(text)]))),
    "the profile": lambda text: html_of(profile_table(_module(text))),
    "the status": lambda text: html_of(status_table(EngineStatus(simulator=text, llvm=text, modules=(text,)))),
    "code": lambda text: _bundle(CodeView((Section(text, text),), "llvm", text), "html"),
    "a circuit": lambda text: _bundle(_circuit(text), "html"),
    "a circuit that ends": lambda text: _bundle(diagram(operation("h", 0), end=TraceEnd(reason=text)), "html"),
    "a circuit in a file": lambda text: _circuit(text).svg(),
}
_ERRORS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, QirError) and dataclasses.is_dataclass(kind)
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("road", _TEXTS)
def test_hostile_text_does_nothing_on_a_terminal(road: str, what: str) -> None:
    shown = _TEXTS[road](HOSTILE[what])
    assert not acting(shown)
    shown.encode()


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("road", _PAGES)
def test_hostile_text_does_nothing_on_a_page(road: str, what: str) -> None:
    shown = _PAGES[road](HOSTILE[what])
    assert not acting(shown)
    assert "<script" not in shown


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("road", [road for road in _PAGES if road.endswith("in a file")])
def test_a_picture_of_hostile_text_is_well_formed(road: str, what: str) -> None:
    ET.fromstring(_PAGES[road](HOSTILE[what]))  # noqa: S314 - our own text


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", _ERRORS)
def test_hostile_facts_of_an_error_do_nothing(name: str, what: str) -> None:
    text = HOSTILE[what]
    samples: dict[str, Any] = {"int": 7, "int | None": 7, "float": 2.5, "tuple[str, ...]": (text,)}
    types = {field.name: str(field.type) for field in dataclasses.fields(_ERRORS[name])}
    facts = {name: samples.get(kind, text) for name, kind in types.items() if name != "partial"}
    error = _ERRORS[name](**facts)
    assert not acting(str(error))
    assert not acting("".join(error._render_traceback_()))


@given(st.text())
def test_only_what_acts_is_changed(text: str) -> None:
    assert not acting(sanitize(text))
    if not acting(text):
        assert sanitize(text) == text
    assert len(sanitize_line(text).split("\n")) == 1
    assert "\t" not in sanitize_line(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ttwo\nthree", "one\ttwo\nthree"),
        ("1%\r2%\r\n", "1%\\r2%\\r\n"),
        ("\x1b[2J\x07\x00\x7f", "\\x1b[2J\\x07\\x00\\x7f"),
        ("\x9b\u202e\u2028\ud800", "\\x9b\\u202e\\u2028\\ud800"),
        ("\ufffd\ufffe\uffff", "\ufffd\\ufffe\\uffff"),
        ("Grüße ⟩ 🐈 \\x1b", "Grüße ⟩ 🐈 \\x1b"),
    ],
)
def test_what_acts_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert sanitize(text) == shown


def test_data_stays_as_it_is() -> None:
    hostile = "".join(HOSTILE.values()).encode("utf-8", "replace").decode()  # half a character no engine writes
    result = _result(hostile)
    assert result.messages == [hostile]
    assert result.shots[0].records[1].label == hostile
    assert "\x1b]0;title\x07" in result.to_text()


def test_the_mark_under_a_line_stands_where_it_stood() -> None:
    line = "\x1b[2J\tcall @f()"
    shown = str(QirSyntaxError("wrong", line=7, column=6, source_line=line)).splitlines()
    assert shown[1:] == ["7 | \\x1b[2J call @f()", "  |         ^"]


@pytest.mark.parametrize("column", [0, -5, 2**62])
def test_a_mark_beyond_the_line_takes_no_memory(column: int) -> None:
    assert len(str(QirSyntaxError("wrong", line=7, column=column, source_line="short"))) < 100
