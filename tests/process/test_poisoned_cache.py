"""What a hostile program makes of its process never reaches the disk, nor anything after ``reset``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client import process, recompiling
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import children, eventually, number

HOSTILE = b"define i64 @hostile() {\n  ret i64 1\n}\n"
HONEST = b"define i64 @honest() {\n  ret i64 8\n}\n"
# What stands for a program that has taken over the engine: from its first run, or trace, on, whatever is compiled in
# the process is something else. It is the engine's own code that is changed, before the fence is up, as the program
# would change it afterwards.
_TAKEN_OVER = """
import qirjit_magic.engine.jit as jit
def _owning(method):
    def owning(self, request):
        jit.JitEngine.owned = True
        return method(self, request)
    return owning
def _lying(method):
    def lying(self, name, source, *options, **more):
        if getattr(self, "owned", False):
            source = source.replace(b"ret i64 8", b"ret i64 666")
        return method(self, name, source, *options, **more)
    return lying
def _poisoning(method):
    return lambda self, name: b"poison" if getattr(self, "owned", False) else method(self, name)
jit.JitEngine.run, jit.JitEngine.circuit = _owning(jit.JitEngine.run), _owning(jit.JitEngine.circuit)
jit.JitEngine.add, jit.JitEngine.compile = _lying(jit.JitEngine.add), _lying(jit.JitEngine.compile)
jit.JitEngine.builtin_code = _poisoning(jit.JitEngine.builtin_code)
"""
_DIGEST = re.compile(rb'"digest":"[0-9a-f]{64}"')  # what the engine brings itself has none
_MAIN = "from qirjit_magic.engine.worker import main; "


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each engine process is its first program's; what is compiled again for the disk is compiled at once."""
    before, main, after = process._BOOT.partition(_MAIN)
    monkeypatch.setattr(process, "_BOOT", f"{before}\n{_TAKEN_OVER}\n{main}{after}")
    monkeypatch.setattr(recompiling, "DELAY_S", 0.0)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """With a cache there."""
    with Session(engine_client=EngineClient(cache=ObjectCache(tmp_path))) as made:
        yield made


def _contents(folder: Path) -> Iterator[bytes]:
    for file in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # what is being written has another name then
            yield file.read_bytes()


def modules_on(folder: Path) -> int:
    """How many modules of a user's are in a cache."""
    return sum(bool(_DIGEST.search(content)) for content in _contents(folder))


def honest(folder: Path) -> tuple[list[object], int]:
    """What the honest module returns in a new session, and how much that one compiled."""
    with Session(engine_client=EngineClient(cache=ObjectCache(folder))) as later:
        later.add(HONEST, "honest")
        return list(later.run("honest").returns), later.status().compilations


@pytest.mark.usefixtures("taken_over")
@pytest.mark.parametrize("way", ["run", "circuit"])
def test_what_is_compiled_after_a_hostile_program_is_right_in_every_other_session(
    session: Session, tmp_path: Path, way: str
) -> None:
    session.add(HOSTILE, "hostile")
    getattr(session, way)("hostile")
    session.add(HONEST, "honest")
    assert session.run("honest").returns == [666]  # the scheme works: this session is the program's
    assert eventually(lambda: modules_on(tmp_path) == 2)
    assert honest(tmp_path) == ([8], 0)  # compiled by who never runs anything
    assert not [content for content in _contents(tmp_path) if content.endswith(b"poison")]


@pytest.mark.usefixtures("taken_over")
def test_reset_is_the_cure_in_the_same_session(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompiling, "DELAY_S", 60.0)  # nothing comes to the disk meanwhile
    session.add(HOSTILE, "hostile")
    session.run("hostile")
    session.add(HONEST, "honest")
    assert session.run("honest").returns == [666]
    session.reset()
    session.add(HONEST, "honest")
    assert session.run("honest").returns == [8]


@pytest.mark.usefixtures("taken_over")
def test_own_code_is_believed_of_a_process_only_that_has_traced_nothing(session: Session, tmp_path: Path) -> None:
    session.add(program("Bell"), "bell")
    session.circuit(module="bell")
    assert session.run(module="bell", shots=10, seed=7).shots
    assert eventually(lambda: len([file for file in tmp_path.rglob("*") if file.is_file()]) >= 3)
    assert not [content for content in _contents(tmp_path) if content.endswith(b"poison")]


def test_a_notebook_of_cells_that_run_one_after_the_other_is_found_by_the_next_kernel(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompiling, "DELAY_S", 0.1)
    for value in range(5):
        session.add(number(value), f"cell{value}")
        assert session.run("number").returns == [value]
    assert session.status().compilations == 5
    assert eventually(lambda: modules_on(tmp_path) == 5)
    with Session(engine_client=EngineClient(cache=ObjectCache(tmp_path))) as other:
        for value in range(5):
            other.add(number(value), f"cell{value}")
            assert other.run("number").returns == [value]
        assert (other.status().compilations, other.status().cache_hits) == (0, 5)


def test_a_session_that_ends_waits_for_nothing_and_leaves_no_process(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompiling, "DELAY_S", 0.0)
    before = children()
    for value in range(3):
        session.add(number(value), f"cell{value}")
        session.run("number")
    assert eventually(lambda: len(children() - before) == 1)
    session.close()
    assert children() <= before
