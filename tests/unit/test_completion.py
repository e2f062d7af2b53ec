"""What completion offers, asked as IPython asks it."""

from __future__ import annotations

import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import CompletionContext

from qirjit_magic.flags import FLAGS, FlagContext
from qirjit_magic.notebook import completions
from qirjit_magic.notebook.completer import QirCompleter
from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo, Signature
from qirjit_magic.protocol.simulator_specs import simulator_names

_MAIN = EntryPoint("main", Signature("i64"), attributes=(("entry_point", ""),))
_MODULES = (
    ModuleInfo("bell", "", functions=(EntryPoint("helper", Signature("void", ("ptr",))), _MAIN)),
    ModuleInfo(
        "two words", "", functions=(EntryPoint("größe", Signature("double")), EntryPoint("<a b>", Signature("void")))
    ),
    ModuleInfo(
        "evil\x1b[2J", "", functions=(EntryPoint("nl\nnl", Signature("void")), EntryPoint('q"q', Signature("void")))
    ),
)
_SHOW = SimpleNamespace(__doc__="Show: ``%qir_show NAME [--ir|--asm]``. ``--ir`` is this, ``--asm`` that.")


@pytest.fixture
def matcher(monkeypatch: pytest.MonkeyPatch) -> QirCompleter:
    """In a shell whose session has `_MODULES`."""
    monkeypatch.setattr(completions, "existing_session", lambda: SimpleNamespace(modules=_MODULES))
    magics = SimpleNamespace(magics={"line": {"qir_show": _SHOW}})
    shell: Any = SimpleNamespace(magics_manager=magics, Completer=SimpleNamespace(custom_matchers=[]))
    return QirCompleter(shell)


def asked(matcher: QirCompleter, text: str) -> dict[str, Any]:
    """The result with the cursor at ``|``."""
    before, full = text.partition("|")[0], text.replace("|", "", 1)
    context = CompletionContext(
        token="",
        full_text=full,
        cursor_position=len(before.rpartition("\n")[2]),
        cursor_line=before.count("\n"),
        limit=500,
    )
    result: dict[str, Any] = matcher.match(context)
    assert before.endswith(result["matched_fragment"])
    return result


def offered(matcher: QirCompleter, text: str) -> list[str]:
    """The texts that are offered with the cursor at ``|``."""
    return [found.text for found in asked(matcher, text)["completions"]]


def told(matcher: QirCompleter, text: str) -> dict[str, str]:
    """What is told beside each."""
    return {found.text: (found.type or "").replace("\xa0", " ") for found in asked(matcher, text)["completions"]}


# -- flags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "context"), [("%%qir --|", FlagContext.CELL), ("%qir --|", FlagContext.LINE)])
def test_each_flag_of_the_place_is_offered_with_its_help(
    matcher: QirCompleter, line: str, context: FlagContext
) -> None:
    long = {row.names[-1]: row.help for row in FLAGS if context in row.contexts and row.names[-1].startswith("--")}
    found = told(matcher, line)
    assert list(found) == list(long)
    assert all(text.startswith(found[name].removesuffix("…")) for name, text in long.items())


def test_what_is_told_is_one_line_of_a_bounded_width(matcher: QirCompleter) -> None:
    for line in ("%%qir --|", "%%qir\n@__q|", "%qir |"):
        told_there = [found.type for found in asked(matcher, line)["completions"]]
        assert 20 < max(map(len, told_there)) <= 60
        assert not any(" " in text for text in told_there)


def test_after_one_dash_short_flags_are_offered_too(matcher: QirCompleter) -> None:
    assert {"-s", "--shots", "-O"} <= set(offered(matcher, "%%qir -|"))


def test_a_flag_that_is_given_is_not_offered_again(matcher: QirCompleter) -> None:
    found = offered(matcher, "%%qir -s 3 --no-run --|\nret")
    assert "--shots" not in found
    assert "--no-run" not in found
    assert "--seed" in found


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("%%qir --method |", ["live", "sampled", "auto"]),
        ("%%qir --format=co|", ["counts"]),
        ("%qir --format j|", ["json"]),
        ("%qir -O |", ["0", "1", "2", "3"]),
        ("%qir --jobs |", ["auto"]),
        ("%%qir --shots |", []),
        ("%%qir -o |", []),
        ("%%qir --args 1 --seed |", []),
        ("%%qir main|", []),
    ],
)
def test_after_a_flag_its_values_are_offered(matcher: QirCompleter, line: str, values: list[str]) -> None:
    assert sorted(offered(matcher, line)) == sorted(values)


def test_simulators_are_offered(matcher: QirCompleter) -> None:
    assert set(simulator_names()) <= set(offered(matcher, "%%qir --simulator |"))


# -- names of functions and modules ------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["%%qir --entry |", "%%qir --entry=|", "%%qir --shots 3 -e |", "%%time\n%%qir -e |"])
def test_a_cell_offers_what_it_defines(matcher: QirCompleter, line: str) -> None:
    body = '\ndefine void @first() { ret void }\n; define void @no()\ndefine i64 @"gr\\C3\\B6\\C3\\9Fe"() {\n'
    assert offered(matcher, line + body) == ["first", shlex.quote("größe")]


def test_a_line_offers_what_is_compiled_with_signatures_entry_points_first(matcher: QirCompleter) -> None:
    found = told(matcher, "%qir --entry |")
    assert found["main"] == "i64 () in bell"
    assert list(found).index("main") < list(found).index("helper")
    assert offered(matcher, "%qir ma|") == offered(matcher, "x = %qir ma|") == ["main"]
    assert "main" not in offered(matcher, "%qir main |")
    assert "main" in offered(matcher, "%qir --shots 3 |")


def test_a_line_that_names_a_module_offers_its_functions_alone(matcher: QirCompleter) -> None:
    assert set(offered(matcher, "%qir --name 'two words' --entry |")) == {"'größe'", "'<a b>'"}


def test_names_of_modules_are_offered_and_quoted_where_they_must_be(matcher: QirCompleter) -> None:
    assert offered(matcher, "%%qir --name |") == ["'two words'", "bell"]
    assert offered(matcher, '%%qir --name "two |') == ['"two words"']


def test_what_would_act_in_a_line_is_never_offered(matcher: QirCompleter) -> None:
    for line in ("%qir |", "%qir -e |", "%%qir -n |", "%qir_show |", "%%qir\ncall void @|"):
        found = told(matcher, line)
        assert found
        assert all(text.isprintable() and (shown or "").isprintable() for text, shown in found.items())


def test_the_other_magics_offer_modules_functions_and_the_flags_of_their_help(matcher: QirCompleter) -> None:
    assert {"bell", "main", "--ir", "--asm"} <= set(offered(matcher, "%qir_show |"))
    assert offered(matcher, "%qir_show bell |") == ["--ir", "--asm"]
    assert offered(matcher, "%qir_show --ir be|") == ["bell"]
    assert offered(matcher, "%qir_reset be|") == ["bell"]


def test_without_a_session_none_is_made(monkeypatch: pytest.MonkeyPatch, matcher: QirCompleter) -> None:
    monkeypatch.setattr(completions, "existing_session", lambda: None)
    assert offered(matcher, "%qir -e |") == offered(matcher, "%%qir -n |") == []


# -- paths -------------------------------------------------------------------------------------------------------------


def test_paths_of_qir_and_folders_are_offered(
    matcher: QirCompleter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my files").mkdir()
    for name in ("a.ll", "b.bc", "c.txt", ".hidden.ll", "lib.so", "my files/d.LL"):
        (tmp_path / name).touch()
    assert offered(matcher, "%qir -f |") == ["a.ll", "b.bc", "'my files/'"]
    assert offered(matcher, "%qir --file 'my files/|") == ["'my files/d.LL'"]
    assert offered(matcher, "%qir --file .|") == [".hidden.ll"]
    assert offered(matcher, f"%qir --file {tmp_path}/a|") == [f"{tmp_path}/a.ll"]
    assert offered(matcher, "%qir --simulator l|") == ["lib.so"]
    assert offered(matcher, "%qir --file nowhere/|") == []


@pytest.mark.parametrize("typed", ["a\0b/|", "~a\0b/|", "\ud800/|", "~\ud800/|"])
def test_what_no_path_can_be_has_none(matcher: QirCompleter, typed: str) -> None:
    assert offered(matcher, f"%qir --file {typed}") == offered(matcher, f"%qir --simulator {typed}") == []


# -- the body ----------------------------------------------------------------------------------------------------------


def test_in_the_body_known_names_are_offered_with_their_signatures(matcher: QirCompleter) -> None:
    found = told(matcher, "%%qir\n  call void @__quantum__qis__rz__b|")
    assert found == {"__quantum__qis__rz__body": "void (double %angle, ptr %qubit) or void (ptr %qubit, doubl…"}
    assert len(offered(matcher, "%%qir\n  call void @__q|")) > 300


def test_a_declaration_is_completed_with_its_parameters(matcher: QirCompleter) -> None:
    assert offered(matcher, "%%qir\ndeclare void @__quantum__qis__rz__body|") == [
        "__quantum__qis__rz__body(double, ptr)",
        "__quantum__qis__rz__body(ptr, double)",
    ]
    assert offered(matcher, "%%qir\ndeclare i1 @__quantum__rt__result_e|") == ["__quantum__rt__result_equal(ptr, ptr)"]
    assert offered(matcher, "%%qir\ndeclare i7 @__quantum__rt__result_e|") == ["__quantum__rt__result_equal"]


def test_in_the_body_functions_of_the_cell_and_of_other_cells_are_offered(matcher: QirCompleter) -> None:
    body = "%%qir\ndefine void @mine() { ret void }\ndefine void @f() {\n  call void @"
    found = told(matcher, body + "|")
    assert found["mine"] == "in this cell"
    assert found["helper"] == "void (ptr) in bell"
    assert '"größe"' in found
    assert 'q"q' not in "".join(found)
    assert offered(matcher, body + '"<|') == ['<a b>"']
    assert offered(matcher, body + "m|\n}") == ["mine", "main"]


@pytest.mark.parametrize(
    "text",
    [
        "pr|",
        "%time |",
        "%%timeit\n@__q|",
        "@__q|",
        "%%qir\ncal|",
        "%%qir|",
        "%%qirs --|",
        "|\n%%qir",
        "x = 1\n%%qir --|",
    ],
)
def test_elsewhere_nothing_is_offered_and_others_may(matcher: QirCompleter, text: str) -> None:
    assert asked(matcher, text) == {"completions": [], "matched_fragment": "", "suppress": False, "ordered": True}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" " * 200_000 + "|", []),
        ("a = " + " " * 200_000 + "|", []),
        ("%%qir\ndeclare void" + " " * 200_000 + "@ @mai|", ["main"]),
        ("%%qir\n" + "\n" * 200_000 + "call void @mai|", ["main"]),
        ("%%qir\n" + " \n" * 100_000 + "call void @mai|", ["main"]),
    ],
    ids=["spaces", "after =", "declare", "empty lines", "blank lines"],
)
def test_long_blanks_do_not_keep_anybody_waiting(matcher: QirCompleter, text: str, found: list[str]) -> None:
    assert offered(matcher, text) == found  # with time as the square of the length it would be minutes


def test_a_line_may_assign_what_a_magic_gives(matcher: QirCompleter) -> None:
    for before in ("x =", "x=", "  x, y.z  =  ", "\t"):
        assert offered(matcher, f"{before}%qir ma|") == ["main"]
    assert offered(matcher, "%%qir\n \t define void @mine(){\n @min|") == ["mine"]


_LINES = st.lists(
    st.sampled_from(["%%qir", "%qir", " ", "-", "--entry", "=", "'", '"', "\\", "@", "\n", "é", "ma", "declare "])
)


@given(_LINES.map("".join))
def test_whatever_is_typed_the_fragment_is_what_stands_before_the_cursor(text: str) -> None:
    shell: Any = SimpleNamespace(magics_manager=SimpleNamespace(magics={"line": {}}))
    asked(QirCompleter(shell), text + "|")
