"""What becomes of a result on its way to a decision changes nothing: every way to run a program agrees with NumPy.

The programs are random; a right product fails this file once in a million sets of seeds, and the seeds are fixed.
A rule that asks the text for comparisons of pointers gives wrong answers for one program in forty.
"""

from __future__ import annotations

import pytest

from tests.circuits.agreement import WAYS, Agreement, agreement

_PROGRAMS = 60  # of each of two families
_FALSE_ALARM = 1e-6


@pytest.fixture(scope="module")
def found() -> Agreement:
    return agreement(range(_PROGRAMS), [way for way in WAYS if way != "jobs"])


def test_no_way_deviates_from_exact_probabilities(found: Agreement) -> None:
    assert found.wrong(_FALSE_ALARM) == {}


def test_some_programs_are_sampled_and_those_that_decide_by_a_result_are_not(found: Agreement) -> None:
    assert found.plans["sampled: sampled on statevector"] > 0
    assert found.plans["sampled: not sampled"] > _PROGRAMS // 2


def test_shared_runs_agree_as_well() -> None:
    shared = agreement(range(_PROGRAMS, _PROGRAMS + 10), ["jobs"])
    assert shared.wrong(_FALSE_ALARM) == {}
    assert sum(count for plan, count in shared.plans.items() if plan.endswith("in 2 processes")) > 0
