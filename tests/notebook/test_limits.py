"""Limits in a real kernel: configured there, and what a cell says when one is passed."""

from __future__ import annotations

import pytest

from tests.notebook.kernels import Kernel, program


@pytest.fixture(autouse=True)
def _limits_of_the_test(kernel: Kernel) -> None:
    assert kernel.run("%config QirMagics.limits = {}").status == "ok"


def test_a_run_that_computes_too_long_ends_and_shows_its_finished_shots(kernel: Kernel) -> None:
    kernel.run("%config QirMagics.limits = {'cpu_seconds': 0.3}")
    cell = kernel.run(f"%%qir --entry slow_shots --shots 1_000_000 -o result\n{program('busy')}")
    assert (cell.status, cell.error_name) == ("error", "LimitError")
    assert "s of CPU time, more than the 0.3 that the limit cpu_seconds allows" in cell.traceback
    assert "Traceback" not in cell.traceback
    assert "stopped before the end" in cell.displayed[-1]["text/plain"]
    assert kernel.value("0 < len(result.shots) < 10**6") == "True"


def test_what_is_left_out_is_told_under_the_cell(kernel: Kernel) -> None:
    kernel.run("%config QirMagics.limits = {'records_per_shot': 2}")
    cell = kernel.run(f"%%qir --entry numbers --args 5\n{program('floods')}")
    assert "notice: 3 records and texts found no room: a shot may have 2 records" in cell.stdout


def test_a_cell_that_is_nested_too_deeply_is_refused(kernel: Kernel) -> None:
    cell = kernel.run(f"%%qir\n@deep = global {'[1 x ' * 200_000}i8{']' * 200_000} undef")
    assert cell.error_name == "LimitError"
    assert "200,000 deep" in cell.traceback


def test_limits_are_kept_until_they_are_changed_and_apply_to_the_session_of_the_kernel(kernel: Kernel) -> None:
    kernel.run("%config QirMagics.limits = {'modules': 5}")
    kernel.run("import qirjit_magic as qir")
    assert kernel.value("qir.default_session().limits == qir.Limits(modules=5)") == "True"
    kernel.run("%config QirMagics.limits = {}")
    assert kernel.value("qir.default_session().limits == qir.Limits()") == "True"


@pytest.mark.parametrize("limits", ["{'moduls': 5}", "{'modules': 0}", "{'modules': 'many'}", "7"])
def test_a_limit_that_is_none_is_refused(kernel: Kernel, limits: str) -> None:
    cell = kernel.run(f"%config QirMagics.limits = {limits}")
    assert "limit" in cell.traceback + cell.stderr + cell.stdout
    kernel.run("import qirjit_magic as qir")
    assert kernel.value("qir.default_session().limits == qir.Limits()") == "True"
