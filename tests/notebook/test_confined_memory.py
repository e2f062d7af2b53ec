"""A real kernel that has little memory lives, whatever a cell records, and a state that has no room is not tried."""

from __future__ import annotations

import sys

import pytest

from tests.notebook.confined import confined_kernel, make_group, peak_bytes, remove_group, resident_peak
from tests.notebook.kernels import program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups and the limit of data are Linux's.")

_MIB = 1 << 20
_FLOOD = "%qir different_messages --args 100_000 --shots 100_000 -o result"


def test_messages_without_end_leave_a_kernel_with_little_memory_alive() -> None:
    with confined_kernel(700 * _MIB, grouped=False) as (kernel, _):
        kernel.run(f"%%qir --no-run --name floods\n{program('different_messages')}")
        kernel.run("from qirjit_magic.session.default import default_session")
        kept = int(kernel.value("default_session().limits.kept_bytes"))
        assert 64 * _MIB <= kept <= 175 * _MIB  # a quarter of what the limit leaves
        before = resident_peak(kernel, anew=True)
        for _ in range(2):
            cell = kernel.run(_FLOOD)
            assert cell.error_name == "LimitError", cell.traceback
            assert "takes" in cell.traceback
            assert kernel.value("0 < len(result.shots) < 100_000") == "True"
            assert kernel.value("len(set(result.shots[-1].messages) - set(result.shots[0].messages))") == "100000"
        kernel.run(_FLOOD)
        assert resident_peak(kernel) - before < 700 * _MIB
        assert kernel.value("6 * 7") == "42"


def test_messages_without_end_leave_a_kernel_in_a_small_control_group_alive() -> None:
    group = make_group(512 * _MIB)
    if group is None:
        pytest.skip("no control group with a limit of memory can be made here: run the tests as who may make one.")
    remove_group(group)
    with confined_kernel(512 * _MIB) as (kernel, group):
        assert group is not None
        kernel.run(f"%%qir --no-run --name floods\n{program('different_messages')}")
        for turn in range(2):  # the first result is kept
            cell = kernel.run(f"{_FLOOD}{turn}")
            assert cell.error_name == "LimitError", cell.traceback
            assert kernel.value(f"0 < len(result{turn}.shots) < 100_000") == "True"
        assert peak_bytes(group) < 512 * _MIB
        assert "the next of messages" in kernel.value("result0.shots[-1].records[-1].value")
        assert kernel.value("6 * 7") == "42"


def test_a_run_takes_about_as_much_memory_as_is_kept_of_it() -> None:
    with confined_kernel(4096 * _MIB, grouped=False) as (kernel, _):
        kernel.run(f"%config QirMagics.limits = {{'kept_bytes': {100 * _MIB}}}")
        kernel.run(f"%%qir --no-run --name floods\n{program('different_messages')}")
        kernel.run("%qir different_messages --args 10")
        before = resident_peak(kernel, anew=True)
        assert kernel.run(_FLOOD).error_name == "LimitError"
        assert 100 * _MIB < resident_peak(kernel) - before < 140 * _MIB


def test_a_state_for_which_a_control_group_has_no_room_is_not_tried() -> None:
    group = make_group(1024 * _MIB)
    if group is None:
        pytest.skip("no control group with a limit of memory can be made here.")
    remove_group(group)
    with confined_kernel(1024 * _MIB) as (kernel, _):
        cell = kernel.run(f"%%qir --shots 1 --method live -o result\n{program('wide_state')}")
        assert not cell.error_name, cell.traceback
        assert kernel.value("result.plan.simulator") == "'sparse'"
        assert "27 qubits" in kernel.value("result.plan.why")
