"""Interrupts in a real kernel, in short: nothing is missing, and what were missing would be seen."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.benchmarks import interrupts
from tests.notebook.kernels import Cell, Kernel, program


def test_a_few_interrupts_in_both_processes_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status = interrupts.main(4, 1)
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.count("4 runs, median") == 2
    assert printed.count("process: 2 runs, median") == 4
    assert "engine processes at the end: 2\nwrong: 0" in printed


def test_missing_shots_a_missing_display_and_a_wrong_end_are_seen(kernel: Kernel) -> None:
    watching = interrupts.Interrupts(kernel, random.Random(1))  # noqa: S311 - no secret
    short, endless = interrupts.KINDS
    shown = [{"text/plain": "slow · 2 of 9 shots, stopped before the end"}]
    cell = Cell("error", "running\n" * 3, displayed=shown, error_name="KeyboardInterrupt")
    for kind, cell_, looked in (
        (short, cell, "1 3 True True\n"),
        (short, cell, "2 2 True True\n"),
        (short, cell, "2 3 False True\n"),
        (short, cell, "2 3 True False\n"),
        (endless, cell, "2 3 True True\n"),
        (short, replace(cell, displayed=[]), "2 3 True True\n"),
        (short, replace(cell, error_name="WorkerCrashedError"), "2 3 True True\n"),
    ):
        before = len(watching.wrong)
        watching.judge(kind, cell_, Cell(stdout=looked))
        assert len(watching.wrong) == before + 1, looked
    watching.judge(short, cell, Cell(stdout="2 3 True True\n"))
    watching.judge(short, cell, Cell(stdout="3 3 True True\n"))
    assert len(watching.wrong) == 7
    watching.look_afterwards("nowhere")
    assert len(watching.wrong) == 8


def test_an_interrupted_cell_says_in_one_line_what_there_is(kernel: Kernel) -> None:
    kernel.run(f"%%qir --no-run --name slow\n{program('slow_shots')}")
    for flags, kept in (("-o partial", "partial"), ("", "qirjit_magic.default_session().last")):
        cell = kernel.run(f"%qir second_shot_endless --name slow --shots 5 {flags}", interrupt_at="running")
        assert cell.traceback == f"KeyboardInterrupt: interrupted after 1 finished shot: {kept} has what there is."
    call = "get_ipython().run_line_magic('qir', 'endless --name slow')"
    handled = f"try:\n    {call}\nexcept KeyboardInterrupt:\n    print('x')"
    assert kernel.run(handled, interrupt_at="running").stdout == "running\nx\n"
