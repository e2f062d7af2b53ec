"""Hostile and unknown QIR: what is out of reach, what ``trust`` opens, and what no module may hold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.display.modules import modules_table
from qirjit_magic.errors import UnresolvedSymbolError, UnsafeModuleError, WorkerCrashedError
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, program
from tests.process.support import about, number

ESCAPES = program("escapes")
C_LIBRARY = program("c_library")
INLINE_ASM = program("unsafe/inline_asm")
UNSAFE = sorted(path.stem for path in (PROGRAMS / "unsafe").glob("*.ll") if path.stem != "harmless")
# What is trusted, and does what it says: returns seven.
RUNNABLE = ["callbr_asm", "global_ctors", "global_dtors", "ifunc", "inline_asm", "module_asm", "prologue"]


@pytest.fixture
def cached(tmp_path: Path) -> Iterator[Session]:
    with Session(engine_client=EngineClient(cache=ObjectCache(tmp_path))) as session:
        yield session


# -- the C library -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["calls_system", "calls_open", "calls_socket", "calls_fork"])
def test_the_c_library_is_out_of_reach_without_trust(session: Session, entry: str) -> None:
    info = session.add(ESCAPES)
    assert about(info.diagnostics) == ["undefined"]
    with pytest.raises(UnresolvedSymbolError) as caught:
        session.run(entry)
    assert caught.value.symbols == caught.value.in_c_library == ("system", "open", "socket", "fork")
    assert "--trust" in str(caught.value)
    assert not Path("escaped.txt").exists()


def test_trust_is_no_advice_where_the_c_library_has_nothing_of_the_name(session: Session) -> None:
    for trust in (False, True):
        session.add(program("calls_nobody"), "m", trust=trust)
        with pytest.raises(UnresolvedSymbolError) as caught:
            session.run("CallsNobody")
        assert caught.value.in_c_library == ()
        assert "--trust" not in str(caught.value)


@pytest.mark.parametrize("name", ["main", "PyRun_SimpleString", "llvm.no", "LLVMPY_ParseAssembly"])
def test_what_else_the_process_has_is_not_the_c_librarys(session: Session, name: str) -> None:
    caller = program("calls_nobody").replace(b"nobody_defines_this", name.encode())
    session.add(caller, "m", trust=True)
    with pytest.raises(UnresolvedSymbolError, match=name):
        session.run("CallsNobody")


def test_a_trusted_module_uses_functions_and_variables_of_the_c_library(session: Session) -> None:
    info = session.add(C_LIBRARY, trust=True)
    assert (info.trusted, info.diagnostics) == (True, ())
    assert session.run("process").returns == [session.status().open_pid]
    assert session.run("distance", args=[9, 2]).returns == [7]
    assert session.run("has_output").returns == [True]


def test_a_cell_goes_before_the_c_library(session: Session) -> None:
    session.add(C_LIBRARY, "user", trust=True)
    assert session.run("distance", args=[9, 2]).returns == [7]
    session.add(program("no_distance"), "own")
    assert session.run("distance", args=[9, 2]).returns == [0]
    session.remove("own")
    assert session.run("distance", args=[9, 2]).returns == [7]


def test_only_the_trusted_one_of_two_modules_reaches_it(session: Session) -> None:
    session.add(C_LIBRARY, "trusted", trust=True)
    session.add(C_LIBRARY.replace(b"@process", b"@other"), "other")
    assert session.run("process").returns == [session.status().open_pid]
    with pytest.raises(UnresolvedSymbolError):
        session.run("other")


def test_a_trusted_module_is_there_again_after_a_crash(session: Session) -> None:
    session.add(C_LIBRARY, trust=True)
    session.add(program("store_at_16"))
    with pytest.raises(WorkerCrashedError):
        session.run(module=session.modules[-1].name)
    assert session.run("distance", args=[9, 2]).returns == [7]


# -- constructs --------------------------------------------------------------------------------------------------


def test_unsafe_modules_are_refused_by_a_process_that_lives_on(session: Session) -> None:
    session.add(number(7))
    pid = session.status().pid
    for name in UNSAFE:
        with pytest.raises(UnsafeModuleError):
            session.add(program(f"unsafe/{name}"), name)
    assert session.run("number").returns == [7]
    assert session.status().pid == pid


def test_what_would_end_the_process_is_refused_to_the_trusted_too(session: Session) -> None:
    pid = session.status().pid
    compiled = set()
    for name in UNSAFE:
        with contextlib.suppress(UnsafeModuleError):
            compiled.add(session.add(program(f"unsafe/{name}"), name, trust=True).name)
    assert set(RUNNABLE) <= compiled
    assert not {"thread_local", "unknown_collector", "huge_variable", "name_not_utf8"} & compiled
    assert session.status().pid == pid


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_trusted_module_runs_with_what_is_unsafe(session: Session, name: str) -> None:
    session.add(program(f"unsafe/{name}"), name, trust=True)
    assert session.run("main", module=name).returns == [7]


def test_harmless_words_are_compiled_and_run(session: Session) -> None:
    session.add(program("unsafe/harmless"), "m")
    assert session.run("main", module="m").returns == [7]


def test_wrong_assembler_code_costs_one_engine_and_nothing_else(session: Session) -> None:
    session.add(number(7))
    with pytest.raises(WorkerCrashedError, match="no such instruction"):
        session.add(program("invalid_asm"), trust=True)
    assert session.run("number").returns == [7]


def test_code_is_shown_as_it_is_trusted(session: Session) -> None:
    session.add(INLINE_ASM, "m", trust=True)
    assert "movq" in session.show("m", "asm")
    assert "asm" in session.show("m", "compiled")


# -- what trust is a part of -------------------------------------------------------------------------------------


def test_another_trust_is_another_module(session: Session) -> None:
    before = session.status().compilations
    for trust, compilations in ((False, 1), (False, 1), (True, 2), (True, 2), (False, 3)):
        assert session.add(C_LIBRARY, trust=trust).trusted == trust
        assert session.status().compilations == before + compilations
    assert len(session.modules) == 1
    with pytest.raises(UnresolvedSymbolError):
        session.run("process")


def test_trusted_object_code_is_found_by_who_trusts_only(cached: Session) -> None:
    cached.add(INLINE_ASM, "m", trust=True)
    cached.add(number(7), "m")
    with pytest.raises(UnsafeModuleError):
        cached.add(INLINE_ASM, "m")
    assert cached.add(INLINE_ASM, "m", trust=True).trusted
    status = cached.status()
    assert (status.compilations, status.cache_hits) == (2, 1)


def test_the_list_of_modules_marks_the_trusted_ones(session: Session) -> None:
    session.add(C_LIBRARY, "mine", trust=True)
    session.add(number(7), "other")
    _, mine, other = modules_table(session.linkage)
    assert (mine[0], other[0]) == ("mine (trusted)", "other")
    assert "getpid of the C library" in mine[4]
