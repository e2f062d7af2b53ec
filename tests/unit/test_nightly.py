"""The parts of the night exist, and what fails in one is told."""

from __future__ import annotations

import importlib.util

import pytest

from tests.files import REPOSITORY
from tests.nightly.__main__ import PARTS, Part, main
from tests.process.conftest import ON_ONE_PLATFORM


@pytest.mark.parametrize("name", PARTS)
def test_a_part_runs_something_that_there_is(name: str) -> None:
    _, module, *words = PARTS[name].words
    assert importlib.util.find_spec(module) is not None
    assert all((REPOSITORY / word).exists() for word in words if word.endswith(".py"))


def test_what_is_asked_of_one_platform_in_ci_are_files_that_there_are() -> None:
    assert not {name for name in ON_ONE_PLATFORM if not (REPOSITORY / "tests" / "process" / name).exists()}


def test_a_part_that_fails_is_told_after_the_others_have_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(PARTS, "fuzzing", Part(("-c", "raise SystemExit(3)")))
    monkeypatch.setitem(PARTS, "soak", Part(("-c", "import os; assert os.environ['WIDE'] == '1'"), (("WIDE", "1"),)))
    assert main(["--only", "fuzzing", "--only", "soak"]) == 1
    told = capsys.readouterr().out
    assert "fuzzing      FAILED with status 3" in told
    assert "soak         passed" in told
    assert main(["--only", "soak"]) == 0
