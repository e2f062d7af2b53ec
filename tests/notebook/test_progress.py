"""How far a run is, and how long its steps took, under a cell of a real kernel."""

from __future__ import annotations

import ast
import re

import pytest

from tests.notebook.kernels import Cell, Kernel, program

PLAN = r"(?:live|sampled) shots on the simulator '\w+'(?:: .*)?\n"
STEPS = r"(?:\w+ +[\d,.]* *(?:ms|  )(?:  .*)?\n)+"


@pytest.fixture(autouse=True)
def _programs(kernel: Kernel) -> None:
    kernel.run(f"%%qir --no-run --name slow\n{program('slow_shots')}")
    kernel.run(f"%%qir --no-run --name bell\n{program('Bell')}")


def said(text: str) -> set[str]:
    """Its lines, without those about variables that start anew in a new engine process."""
    return {line for line in text.splitlines() if not line.startswith("notice: ")}


def plain(cell: Cell) -> list[str]:
    return [data["text/plain"] for data in (*cell.displayed, *cell.updates)]


def test_a_long_run_has_a_bar_that_ends_as_a_line(kernel: Kernel) -> None:
    cell = kernel.run("%qir second_shot_endless --name slow --shots 5 --timeout 1.5")
    assert cell.error_name == "RunTimeoutError"
    bar, result = cell.displayed
    assert re.fullmatch(r"1 of 5 shots · .* shots/s · .* left", bar["text/plain"])
    assert 'role="progressbar"' in bar["text/html"]
    assert result["text/plain"].startswith("second_shot_endless · 1 of 5 shots")
    assert len(cell.updates) > 1
    assert re.fullmatch(r"1 of 5 shots in \d\.\d s · .* shots/s", cell.updates[-1]["text/plain"])
    assert "progressbar" not in cell.updates[-1]["text/html"]
    assert cell.stdout == "running\n"


def test_messages_that_come_live_are_whole_beside_the_bar(kernel: Kernel) -> None:
    cell = kernel.run("%qir slow --shots 1_000_000 --timeout 1.8 -o r")
    assert kernel.value("len(r.messages) - len(r.shots) in (0, 1)") == "True"
    assert said(cell.stdout) <= {"running", "… more messages are in the result"}
    assert 1 <= len(cell.updates) <= 20
    captured = kernel.run("%%capture kept\n%qir slow --shots 1_000_000 --timeout 1.2")
    assert (captured.stdout, captured.displayed, captured.updates) == ("", [], [])
    assert said(ast.literal_eval(kernel.value("kept.stdout"))) <= {"running", "… more messages are in the result"}


def test_a_short_run_has_none(kernel: Kernel) -> None:
    cells = [kernel.run("%qir slow --shots 30") for _ in range(3)]
    assert all(cell.displayed[-1]["text/plain"].startswith("slow · 30 shots") for cell in cells)
    # On a busy machine one may take a second.
    assert any((len(cell.displayed), cell.updates) == (1, []) for cell in cells)


def test_a_quiet_run_has_none(kernel: Kernel) -> None:
    cell = kernel.run("%qir endless --name slow --timeout 1.2 --quiet")
    assert (cell.stdout, cell.displayed, cell.updates) == ("", [], [])


def test_an_interrupted_run_leaves_no_bar(kernel: Kernel) -> None:
    cell = kernel.run("%qir endless --name slow", interrupt_at="running")
    assert cell.error_name == "KeyboardInterrupt"
    assert not any("so far" in text for text in plain(cell)[-1:])


def test_time_tells_the_steps_under_the_result(kernel: Kernel) -> None:
    cell = kernel.run(f"%%qir --shots 1000 --time --name bell\n{program('Bell')}\n; anew")
    assert cell.displayed[-1]["text/plain"].startswith("Bell · 1,000 shots")
    assert re.fullmatch(PLAN + STEPS, cell.stdout)
    names = [line.split()[0] for line in cell.stdout.splitlines()]
    assert names[-3:] == ["decode", "rest", "total"]
    assert {"compile", "link", "trace", "sample"} <= set(names)
    again = kernel.run("%qir Bell --shots 1000 --time --quiet")
    assert (again.displayed, "compile" in again.stdout) == ([], False)
    assert re.fullmatch(PLAN + STEPS, again.stdout)


def test_time_of_a_cell_that_is_only_compiled_is_that_of_compiling(kernel: Kernel) -> None:
    text = f"%%qir --no-run --time --quiet --name other\n{program('Bell')}\n; another"
    first, second = kernel.run(text), kernel.run(text)
    assert [line.split()[0] for line in first.stdout.splitlines()][-2:] == ["rest", "total"]
    assert "compile" in first.stdout
    assert second.stdout == "nothing had to be done\n"


def test_with_a_format_the_steps_are_told_aside(kernel: Kernel) -> None:
    cell = kernel.run("%qir Bell --name bell --format counts --time")
    assert re.fullmatch(r"\d+\t1\n", cell.stdout)
    assert re.fullmatch(PLAN + STEPS, cell.stderr)
