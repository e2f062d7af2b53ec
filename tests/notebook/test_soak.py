"""The soak, in short: it finds nothing wrong, and would see a wrong answer."""

from __future__ import annotations

import pytest

from tests.benchmarks import soak
from tests.notebook.kernels import Kernel


def test_a_short_soak_has_right_answers_and_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status = soak.main(150)
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "150 cells in" in printed
    assert "of them 3 hostile" in printed
    assert "wrong answers: 0" in printed


def test_a_soak_sees_a_wrong_answer_a_missing_error_and_a_warning(kernel: Kernel) -> None:
    watching = soak.Soak(kernel)
    for step in (
        soak.Step("print(1)", "2\n"),
        soak.Step("print(1)", error="QirSyntaxError"),
        soak.Step("import sys; print('odd', file=sys.stderr)"),
        soak.Step("1 / 0"),
    ):
        before = len(watching.wrong)
        watching.judge(step, kernel.run(step.code))
        assert len(watching.wrong) == before + 1, step
    watching.judge(soak.Step("", "1\n"), kernel.run("print(1)"))
    assert len(watching.wrong) == 4
