"""The fenced engine process and the open one: what runs where, and that both have the same modules."""

from __future__ import annotations

import os
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from qirjit_magic.errors import RunTimeoutError, UnresolvedSymbolError, WorkerCrashedError
from qirjit_magic.protocol.module_info import Declaration
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import about, number

COUNTER = program("counter")
READER = program("count_reader")
TRUSTED = program("c_library")
CALLER = program("calls_python")


def _here(session: Session) -> str:
    session.define("where", "i64 ()", os.getpid)
    session.add(CALLER, "caller")
    (pid,) = session.run("ask_python").returns
    status = session.status()
    return {status.pid: "fenced", status.open_pid: "open"}[int(str(pid))]


def test_what_needs_no_trust_starts_no_second_process() -> None:
    with Session() as session:
        session.add(number(7))
        session.add(TRUSTED, "trusted", trust=True)
        assert session.run("number").returns == [7]
        assert session.status().open_pid == 0
        assert session.run("process").returns == [session.status().open_pid]


def test_functions_in_python_run_in_the_open_process(session: Session) -> None:
    assert _here(session) == "open"


def test_functions_in_python_may_do_what_the_fence_forbids(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "written.txt"
    session.define("where", "i64 ()", lambda: file.write_text("by Python"))
    session.add(CALLER, "caller")
    assert session.run("ask_python").returns == [9]
    assert file.read_text() == "by Python"


def test_a_module_that_reaches_a_trusted_one_runs_beside_it(session: Session) -> None:
    session.add(number(7), "plain")
    session.add(TRUSTED, "trusted", trust=True)
    session.add(program("asks_for_the_process"), "user")
    assert session.run("asks").returns == [session.status().open_pid]
    assert session.run("number").returns == [7]
    session.remove("trusted")
    with pytest.raises(UnresolvedSymbolError):
        session.run("asks")


def test_each_process_has_variables_of_its_own_and_that_is_said_once(session: Session) -> None:
    session.add(COUNTER, "counter")
    assert session.run("increment", shots=3).returns == [1, 2, 3]
    session.define("where", "i64 ()", os.getpid)
    session.add(program("counts_and_asks"), "user")
    result = session.run("count_and_ask")
    assert result.returns == [1]
    assert about(result.notices) == ["anew"]
    assert "what uses a trusted module or Python has an engine process of its own" in result.notices[0].message
    again = session.run("count_and_ask")
    assert (again.returns, again.notices) == ([2], ())
    fenced = session.run("increment")
    assert (fenced.returns, fenced.notices) == ([4], ())


def test_resetting_a_module_lets_both_start_anew(session: Session) -> None:
    session.add(COUNTER, "counter")
    session.define("where", "i64 ()", os.getpid)
    session.add(program("counts_and_asks"), "user")
    session.run("increment")
    session.run("count_and_ask")
    session.reset("counter")
    assert session.run("increment").returns == [1]
    assert session.run("count_and_ask").returns == [1]


def test_whatever_is_added_replaced_removed_and_renewed_both_have_the_same(session: Session) -> None:
    """The open process is asked through a function in Python, the fenced one directly."""
    session.define("where", "i64 ()", os.getpid)
    session.add(program("number_and_ask"), "asker")
    chance = random.Random(1)  # noqa: S311 - no secret
    sources = {name: [number(value) for value in range(start, start + 3)] for start, name in ((0, "a"), (10, "b"))}
    for _ in range(60):
        name = chance.choice(["a", "b"])
        match chance.choice(["add", "add", "remove", "ask", "crash"]):
            case "add":
                session.add(chance.choice(sources[name]), name)
            case "remove" if any(info.name == name for info in session.modules):
                session.remove(name)
            case "crash":
                session.add(program("store_at_16"), "bad")
                with pytest.raises(WorkerCrashedError):
                    session.run(module="bad")
                session.remove("bad")
            case _:
                pass
        if session.linkage.owner("number"):
            assert session.run("number_and_ask").returns == session.run("number").returns


def test_the_open_process_comes_back_with_everything(session: Session) -> None:
    session.define("where", "i64 ()", lambda: os._exit(3))
    session.add(CALLER, "caller")
    with pytest.raises(WorkerCrashedError, match="exit"):
        session.run("ask_python")
    pid = session.status().pid
    session.define("where", "i64 ()", lambda: 5)
    assert session.run("ask_python").returns == [5]
    assert session.status().pid == pid


def test_the_open_process_has_only_what_its_runs_reach(session: Session) -> None:
    session.define("where", "i64 ()", os.getpid)
    for value in range(3):
        session.add(number(value).replace(b"@number", b"@other%d" % value), f"other{value}")
    session.add(CALLER, "caller")
    session.run("ask_python")
    opened = session._engines._open
    assert opened is not None
    assert "caller" in opened.status().modules
    assert not {"other0", "other1", "other2"} & set(opened.status().modules)


def test_a_lie_about_what_a_module_reaches_gets_it_nowhere(session: Session) -> None:
    """The fenced process says what a module declares; a hostile program there may say anything."""
    session.define("where", "i64 ()", os.getpid)
    session.add(CALLER, "caller")
    session.run("ask_python")
    session.add(number(7), "victim")
    modules = dict(session.linkage.modules)
    modules["victim"] = structs.replace(modules["victim"], declarations=(Declaration("where", "i64 ()"),))
    lie = SymbolGraph(modules.values())
    assert "<Python>" in lie.reachable("victim")
    lying: Any = SimpleNamespace(symbol_graph=lie, reachable=lie.reachable, modules=session._registry.modules)
    assert session._engines.for_run("victim", lying) is session._engines.sandboxed
    assert session._engines.for_run("caller", session._registry) is session._engines._open


def test_nothing_more_is_compiled_for_a_run_that_nobody_waits_for(session: Session) -> None:
    session.define("where", "i64 ()", os.getpid)
    session.add(CALLER, "caller")
    assert session._engines.for_run("caller", session._registry, lambda: True) is None
    result = session.run("ask_python", show=Observer(stopping=lambda: True))
    assert (result.partial, len(result.shots)) == (True, 0)
    with pytest.raises(RunTimeoutError):
        session.run("ask_python", timeout=1e-9)
    assert len(session.run("ask_python").returns) == 1
