from __future__ import annotations

import time

import pytest
from msgspec import structs

from qirjit_magic.display import modules
from qirjit_magic.protocol.messages import EngineStatus
from qirjit_magic.protocol.module_info import Declaration, EntryPoint, GlobalVariable, ModuleInfo, Signature
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from tests.pages import Page

_HOSTILE = "<script>alert('1')</script>&\"x\""
_ENTRY = (("entry_point", ""),)


@pytest.mark.parametrize(
    ("function", "label"),
    [
        (EntryPoint("main", Signature("void")), "main()"),
        (EntryPoint("main", Signature("void"), attributes=_ENTRY), "main() *"),
        (EntryPoint("add", Signature("i64", ("i64", "double"))), "add(i64, double) → i64"),
    ],
)
def test_a_function_reads_like_a_call(function: EntryPoint, label: str) -> None:
    assert modules.function_label(function) == label


def test_the_table_of_modules_says_what_each_defines_and_who_uses_it() -> None:
    hidden = EntryPoint("hidden", Signature("void"), public=False)
    gates = ModuleInfo(
        "gates",
        "",
        "base",
        functions=(EntryPoint("f", Signature("void")), EntryPoint("g", Signature("i64")), hidden),
        variables=(GlobalVariable("count", "i64"), GlobalVariable("own", "i64", public=False)),
        object_size=1234,
        opt_level=2,
        added_at=time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1)),
    )
    known = Declaration("h", "void (ptr)", known=("void (ptr)",))
    declarations = (known, Declaration("f", "void ()"), Declaration("x", "void ()"))
    user = ModuleInfo("user", "", functions=(EntryPoint("g", Signature("i64")),), declarations=declarations)
    head, first, second = modules.modules_table(SymbolGraph([gates, user]))
    assert len(head) == len(first) == len(second)
    defined = "f()\ng() → i64 (others use that of user)\ncount: i64"
    assert first == ("gates", "03:04:05", "base", defined, "", "user", "1,234 bytes, -O2")
    assert second[3:6] == ("g() → i64", "f of gates\nx, which nobody defines\n1 of the simulator and the runtime", "")
    assert modules.modules_table(SymbolGraph([])) == (head,)


def test_of_a_large_module_the_first_names_are_listed() -> None:
    functions = tuple(EntryPoint(f"f{n}", Signature("void")) for n in range(1500))
    (_, row) = modules.modules_table(SymbolGraph([ModuleInfo("large", "", functions=functions)]))
    assert row[3].split("\n")[-2:] == ["f19()", "… and 1,480 more"]


@pytest.mark.parametrize(
    "row",
    [
        ("pid", "7"),
        ("memory", "100 MiB, at most 2,048 MiB"),
        ("modules", "a, b"),
        ("simulator", "none yet"),
        ("fence", "none"),
        ("simulator loads", "1"),
    ],
)
def test_the_status_has_every_fact_in_words(row: tuple[str, str]) -> None:
    status = EngineStatus(pid=7, memory=100 << 20, memory_limit=2 << 30, modules=("a", "b"), simulator_loads=1)
    assert row in modules.status_table(status)


def test_the_status_has_the_open_process_only_where_there_is_one() -> None:
    status = EngineStatus(pid=7, memory=100 << 20)
    assert ("memory", "100 MiB, no limit") in modules.status_table(status)
    assert not any(name.startswith(("open", "its")) for name, _ in modules.status_table(status))
    table = modules.status_table(structs.replace(status, open_pid=8, open_memory=50 << 20, open_restarts=2))
    head = [name for name, _ in table].index("open process")
    assert table[head + 1 :] == (
        ("its pid", "8"),
        ("its fence", "none"),
        ("its memory", "50 MiB, no limit"),
        ("its restarts", "2"),
    )


def test_the_status_of_an_engine_without_modules_says_so() -> None:
    assert ("modules", "none") in modules.status_table(EngineStatus())
    open_to_all = modules.status_table(EngineStatus(fence="no Landlock (this kernel has none), seccomp"))
    assert ("reads", "whatever you can read") in open_to_all
    fenced = modules.status_table(EngineStatus(fence="Landlock (ABI 7), seccomp"))
    assert ("reads", "Python, its packages, libraries and the simulators alone") in fenced


def test_a_table_in_text_has_straight_columns_over_several_lines() -> None:
    table = (("name", "what"), ("a", "first\nsecond"), ("longer", ""))
    assert modules.table_text(table).split("\n") == [
        "name    what",
        "a       first",
        "        second",
        "longer",
    ]


def test_a_table_in_html_escapes_its_cells_and_keeps_their_lines() -> None:
    page = Page(modules.table_html((("<b>", "x"), (_HOSTILE, "one\ntwo"))))
    assert "script" not in page.elements
    assert "b" not in page.elements
    assert page.elements.count("br") == 1
    assert _HOSTILE in page.said
