"""Mutants are data about the sources: here nothing of it is out of date. Whether tests kill them: ``tests.mutants``."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.engine.runtime.gate_ir import player_gates, queued_gates, tracer_gates
from qirjit_magic.engine.simulators import tracer_object
from qirjit_magic.engine.simulators.statevector import compiled
from tests.files import REPOSITORY
from tests.mutants.__main__ import main
from tests.mutants.catalogue import Mutant, read_mutants
from tests.mutants.places import NotFoundError, mutated
from tests.mutants.trial import PACKAGE, Run, verdict

_PACKAGE = REPOSITORY / PACKAGE
_MUTANTS = read_mutants()
# By folder: the files of LLVM IR that are one module. Any other one is a module itself.
_MODULES = {"simulators": tracer_object._FILES, "statevector": compiled._FILES}
_SOURCE = """
TABLE = {'a': 'ä', 'b': 1}

class C:
    LIMIT: int = 1 << 3
    def f(self):
        return 1

    def g(self):
        return 1 + 1

def f():
    return 1
"""
_IR = """
@count = global i64 1
define void @f() {
  ret void
}
define i64 @"f/other"() {
  ret i64 1
}
"""


def test_there_are_many_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in _MUTANTS}) == len(_MUTANTS) >= 60


@pytest.mark.parametrize("mutant", _MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_found_once_and_is_another_program_that_its_tests_can_see(mutant: Mutant) -> None:
    file, content = mutated(mutant, _PACKAGE)
    if file.suffix == ".py":
        assert ast.dump(ast.parse(content)) != ast.dump(ast.parse((_PACKAGE / file).read_bytes()))
    else:
        assert _module(file, content) != _unchanged(file)
    assert mutant.breaks.endswith(".")
    for test in mutant.tests:
        path, _, function = test.partition("::")
        assert f"def {function}" in (REPOSITORY / path).read_text("utf-8")


def _module(file: Path, content: bytes) -> str:
    together = _MODULES.get(file.parent.name, ())
    names = together if file.name in together else (file.name,)
    parts = [content if name == file.name else (_PACKAGE / file.parent / name).read_bytes() for name in names]
    if file.parent.name == "statevector" and file.name in together:
        parts += [text().encode() for text in (read_floats, queued_gates, player_gates)]
    if file.parent.name == "simulators" and file.name in together:
        parts.append(tracer_gates().encode())
    module = read_text(b"\n".join(parts).decode())
    module.verify()
    return str(module)


@cache
def _unchanged(file: Path) -> str:
    return _module(file, (_PACKAGE / file).read_bytes())


# -- how they are found ----------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two files."""
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "one.py").write_text(_SOURCE, "utf-8")
    (tmp_path / "one.ll").write_text(_IR, "utf-8")
    return tmp_path


def bug(place: str, text: str, file: str = "rooms/one.py") -> Mutant:
    return Mutant("bug", file, place, text, "2", "It breaks.", ("tests/unit/test_mutants.py",))


@pytest.mark.parametrize(
    ("mutant", "line", "changed"),
    [
        (bug("TABLE['b']", "1"), 2, "TABLE = {'a': 'ä', 'b': 2}"),
        (bug("C.f", "1"), 7, "        return 2"),
        (bug("f", "1"), 13, "    return 2"),
        (bug("C.LIMIT", "1 << 3"), 5, "    LIMIT: int = 2"),
        (bug("@f/other", "1", "one.ll"), 7, "  ret i64 2"),
        (bug("@count", "global i64 1", "one.ll"), 2, "@count = 2"),
        (bug("f", "1", "rooms/gone.py"), 13, "    return 2"),
        (bug("f", "1", "one.py"), 13, "    return 2"),
        (bug("@count", "global i64 1", "elsewhere/two.ll"), 2, "@count = 2"),
    ],
    ids=str,
)
def test_a_place_is_found_by_its_name_wherever_it_is(package: Path, mutant: Mutant, line: int, changed: str) -> None:
    file, content = mutated(mutant, package)
    before, after = (package / file).read_text("utf-8").splitlines(), content.decode().splitlines()
    assert after[line - 1] == changed
    assert [*after[: line - 1], *after[line:]] == [*before[: line - 1], *before[line:]]


@pytest.mark.parametrize(
    ("mutant", "said"),
    [
        (bug("C.g", "1"), "its text is 2 times in 'C.g' in rooms/one.py"),
        (bug("C.g", "3"), "its text is 0 times in 'C.g' in rooms/one.py"),
        (bug("C.h", "1"), "'C.h' is neither in rooms/one.py nor with its text elsewhere"),
        (bug("TABLE['c']", "1"), "'TABLE['c']' is neither in rooms/one.py nor"),
        (bug("@g", "1", "one.ll"), "'@g' is neither in one.ll nor"),
        (bug("twice", "7", "gone.py"), "'twice' is in rooms/three.py, rooms/two.py"),
    ],
    ids=str,
)
def test_what_is_not_found_once_is_told(package: Path, mutant: Mutant, said: str) -> None:
    for name in ("two", "three"):
        (package / "rooms" / f"{name}.py").write_text("twice = 7\n", "utf-8")
    with pytest.raises(NotFoundError, match="mutant 'bug': ") as caught:
        mutated(mutant, package)
    assert said in str(caught.value)


# -- what is said of them --------------------------------------------------------------------------------------------

_FAILED = "tests/unit/test_a.py::test_b[1] FAILED [ 50%]\n\nFAILED tests/unit/test_a.py::test_b[1] - assert 1 == 2\n"
_IN_THE_MIDDLE = "tests/unit/test_a.py::test_a PASSED [ 50%]\ntests/unit/test_a.py::test_b[1] "


@pytest.mark.parametrize(
    ("run", "killer", "problem"),
    [
        (Run(1, _FAILED), "tests/unit/test_a.py::test_b[1]", ""),
        (Run(1, "ERROR tests/unit/test_a.py::test_b - LinkError: no\n"), "tests/unit/test_a.py::test_b", ""),
        (Run(-11, _IN_THE_MIDDLE + "Fatal Python error"), "tests/unit/test_a.py::test_b[1] (dies of SIGSEGV)", ""),
        (Run(None, _IN_THE_MIDDLE), "tests/unit/test_a.py::test_b[1] (takes too long)", ""),
        (Run(0, "1 passed"), "", ""),
        (Run(2, "ERROR tests/unit/test_a.py - SyntaxError\n1 error"), "", "pytest ended with 2: 1 error"),
        (Run(1, "ERROR tests/unit/test_a.py - ImportError\n1 error"), "", "pytest ended with 1: 1 error"),
        (Run(4, "no tests ran"), "", "pytest ended with 4: no tests ran"),
    ],
    ids=str,
)
def test_nothing_but_a_test_that_fails_crashes_or_hangs_kills(run: Run, killer: str, problem: str) -> None:
    found = verdict(bug("f", "1"), run)
    assert found.killer == killer
    assert problem in found.problem
    assert bool(found.problem) == bool(problem)


def test_a_mutant_that_lives_or_cannot_be_tried_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mutants = [replace(bug("f", "1"), name=name) for name in ("killed", "living", "lost")]

    def tried(mutant: Mutant, *, limit_s: float) -> object:
        del limit_s
        if mutant.name == "lost":
            raise NotFoundError(mutant, "it is gone")
        return verdict(mutant, Run(1, _FAILED) if mutant.name == "killed" else Run(0, ""))

    monkeypatch.setattr("tests.mutants.__main__.read_mutants", lambda: mutants)
    monkeypatch.setattr("tests.mutants.__main__.try_mutant", tried)
    assert main(["--trust-tests"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "killed  tests/unit/test_a.py::test_b[1]",
        "living  LIVES: It breaks.",
        "lost    NOT TRIED: mutant 'lost': it is gone: correct it in tests/mutants, or take it out",
        "1 of 3 killed",
    ]
    assert main(["--trust-tests", "--only", "killed"]) == 0
    assert main(["--only", "nobody"]) == 1
    assert "no mutant is called nobody" in capsys.readouterr().err


def test_nothing_is_tried_where_tests_fail_without_a_mutant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.mutants.__main__.failures", lambda *_, **__: ["tests/unit/test_a.py::test_b"])
    monkeypatch.setattr("tests.mutants.__main__.try_mutant", None)
    assert main([]) == 1
    assert "there already fail:\n  tests/unit/test_a.py::test_b" in capsys.readouterr().err
