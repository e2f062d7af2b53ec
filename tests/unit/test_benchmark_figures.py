"""What the benchmark says of its figures is what they are."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.cases import BY_NAME, CASES
from tests.benchmarks.measurements import FLOOR, OURS, Kind, Measurement, Spread, Target, ratios, spread, verdicts
from tests.benchmarks.paired import Tree, ratio_of
from tests.benchmarks.peers import PEERS
from tests.benchmarks.plot import lines
from tests.benchmarks.readme import BEGIN, END, with_figures
from tests.benchmarks.starts import STARTS
from tests.benchmarks.table import digits, markdown, to_json
from tests.benchmarks.targets import TARGETS
from tests.benchmarks.worker import fitting, one_digit
from tests.files import REPOSITORY


def taken(who: str, *values: float, case: str = "bell", shots: int = 1, wanted: int = 1, one: float = 0) -> Measurement:
    return Measurement(case, "Bell", who, values, shots, wanted, one)


def test_a_ratio_is_taken_in_each_round() -> None:
    assert ratios(taken(OURS, 1.0, 2.0, 4.0), taken("other", 10.0, 10.0, 10.0)) == (10.0, 5.0, 2.5)


def test_a_peer_that_left_early_is_compared_in_its_rounds() -> None:
    assert ratios(taken(OURS, 1.0, 2.0, 4.0), taken("other", 10.0)) == (10.0,)


def test_a_spread_is_median_lowest_and_highest() -> None:
    assert spread([3.0, 1.0, 2.0, 10.0]) == Spread(2.5, 1.0, 10.0)
    assert spread([]) is None


def test_fewer_shots_cost_what_all_would_at_their_rate_but_compiling_once() -> None:
    assert taken("other", 3.0, shots=11, wanted=101, one=1.0).costs == (21.0,)
    assert taken("other", 3.0, shots=1, wanted=10).costs == (30.0,)
    assert taken("other", 3.0, shots=10, wanted=10, one=1.0).costs == (3.0,)


@pytest.mark.parametrize(
    ("kind", "wanted", "found", "met", "share"),
    [
        ("times as fast", 2.5, 5.0, True, 2.0),
        ("times as fast", 10.0, 5.0, False, 0.5),
        ("times as long at most", 0.4, 0.2, True, 2.0),
        ("times as long at most", 0.1, 0.2, False, 0.5),
        ("seconds more at most", -4.0, -8.0, True, float("inf")),
        ("seconds more at most", -10.0, -8.0, False, float("inf")),
        ("at most", 4.0, 2.0, True, 2.0),
        ("at most", 1.0, 2.0, False, 0.5),
    ],
)
def test_a_target_is_met_or_missed_by_a_share(kind: Kind, wanted: float, found: float, met: bool, share: float) -> None:  # noqa: FBT001
    measured = [taken(OURS, 2.0), taken("other", 10.0)]
    peer = "" if kind == "at most" else "other"
    (verdict,) = verdicts([Target("bell", peer, wanted, kind)], measured)
    assert verdict.found == Spread(found, found, found)
    assert verdict.met is met
    assert verdict.share == pytest.approx(share)


def test_a_target_whose_peer_was_not_measured_is_neither_met_nor_missed() -> None:
    measured = [taken(OURS, 2.0), taken("other")]
    for verdict in verdicts(
        [Target("bell", "other", 2), Target("bell", "nobody", 2), Target("ghz", "other", 2)], measured
    ):
        assert verdict.met is None


def test_each_target_names_a_case_and_a_peer_that_are_measured() -> None:
    cases = {*BY_NAME, *(start.name for start in STARTS), "kernels"}
    peers = {*(peer.name for peer in PEERS), FLOOR, ""}
    assert all(target.case in cases and target.peer in peers for target in TARGETS)


def test_case_names_are_different() -> None:
    assert len({case.name for case in CASES} | {start.name for start in STARTS}) == len(CASES) + len(STARTS)


def test_the_table_says_what_was_missed_and_why_somebody_is_left_out() -> None:
    measured = [
        taken(OURS, 0.002, 0.001),
        taken("stim", 0.01, 0.01, shots=6, wanted=11),
        Measurement("bell", "Bell", "qsim", why="too small"),
        Measurement("bell", "Bell", "QDK cpu", why="too small"),
    ]
    judged = verdicts([Target("bell", "stim", 4), Target("bell", "stim", 40)], measured)
    text = markdown(measured, judged, "a machine")
    assert "a machine" in text
    assert "| Bell against stim | ≥ 4x | 15.0x (10.0 to 20.0) | met, 3.75x |" in text
    assert "| Bell against stim | ≥ 40x | 15.0x (10.0 to 20.0) | **missed**, 2.67x short |" in text
    assert "| Bell | 1.50 ms (1.00 to 2.00) | 15.0x (10.0 to 20.0) \\* |" in text
    assert "- too small: qsim; QDK cpu (bell)" in text


def test_a_missed_target_says_why() -> None:
    measured = [taken(OURS, 0.01, shots=10, wanted=10, one=0.004), taken("stim", 0.01, shots=10, wanted=10)]
    text = markdown(measured, verdicts([Target("bell", "stim", 4, why="it is late")], measured), "a machine")
    assert "**missed**, 4.00x short: it is late; 40 % of the time is compiling and the first shot |" in text


def test_a_target_of_a_case_that_was_not_measured_is_named() -> None:
    measured = [taken(OURS, 2.0)]
    text = markdown(
        measured, verdicts([Target("ghz", "stim", 4), Target("memory", "", 4, "at most")], measured), "a machine"
    )
    assert "Not measured in this run: ghz against stim, memory." in text


def test_json_has_each_value() -> None:
    measured = [taken(OURS, 0.002, 0.001), taken("stim", 0.01)]
    found = json.loads(to_json(measured, verdicts([Target("bell", "stim", 4)], measured), "a machine"))
    assert [one["values"] for one in found["measurements"]] == [[0.002, 0.001], [0.01]]
    assert found["targets"][0]["met"] is True


@pytest.mark.parametrize(
    ("number", "text"), [(12345.6, "12,346"), (99.94, "99.9"), (1.234, "1.23"), (0.0123, "0.012"), (0, "0")]
)
def test_numbers_have_the_digits_that_mean_something(number: float, text: str) -> None:
    assert digits(number) == text


def test_the_picture_has_a_point_for_each_size() -> None:
    points = [
        Measurement("a", "", OURS, (3.0, 1.0, 2.0), series="qubits", size=8),
        Measurement("b", "", OURS, (1.0,), series="qubits", size=4),
        Measurement("c", "", OURS, (1.0,), series="gates", size=4),
        Measurement("a", "", "stim", why="cannot", series="qubits", size=8),
    ]
    assert lines(points, "qubits") == {OURS: [(4, 1.0), (8, 2.0)]}


def test_the_readme_has_a_place_for_the_figures() -> None:
    text = with_figures((REPOSITORY / "README.md").read_text("utf-8"), "| new |")
    assert f"{BEGIN}\n| new |\n{END}" in text
    assert with_figures(text, "| newer |").count(BEGIN) == 1
    with pytest.raises(ValueError, match="put both lines"):
        with_figures("no place", "| new |")


def seconds_of(fixed: float, each: float) -> Callable[[int], float]:
    return lambda shots: fixed + each * shots


def test_all_shots_are_run_where_they_fit() -> None:
    assert fitting(seconds_of(0.01, 1e-6), 100_000, 1.0).shots == 100_000


def test_fewer_shots_are_run_where_all_would_take_too_long() -> None:
    assert fitting(seconds_of(0.0, 0.001), 100_000, 2.5).shots == 2_000


def test_all_shots_are_run_however_long_they_take_where_that_is_asked_for() -> None:
    assert fitting(seconds_of(0.0, 0.001), 100_000, 2.5, all_shots=True).shots == 100_000


def test_compiling_does_not_count_against_shots() -> None:
    assert fitting(seconds_of(0.8, 1e-6), 100_000, 1.0).shots == 100_000
    assert fitting(seconds_of(0.8, 0.001), 100_000, 2.5).shots == 2_000


def test_slow_shots_are_never_run_alone_where_many_are_wanted() -> None:
    ready = fitting(seconds_of(5.0, 1.5), 1_000, 0.3)
    assert (ready.shots, ready.one, ready.counts) == (2, 6.5, False)
    assert fitting(seconds_of(0.0, 30.0), 1_000, 0.3).counts


def test_a_run_that_is_far_too_long_is_run_once() -> None:
    ready = fitting(seconds_of(0.0, 9.0), 1, 1.0)
    assert (ready.shots, ready.one, ready.counts) == (1, 9.0, True)


@pytest.mark.parametrize(("number", "rounded"), [(1, 1), (9, 9), (19, 10), (2_999, 2_000)])
def test_shots_are_rounded_down_to_one_digit(number: int, rounded: int) -> None:
    assert one_digit(number) == rounded


def test_a_row_is_slower_where_the_interval_of_its_ratio_lies_wholly_above_the_mark() -> None:
    old = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0, 1.02, 0.98, 1.0]
    by_a_fifth = ratio_of(old, [1.2 * seconds * noise for seconds, noise in zip(old, _NOISE, strict=True)])
    assert by_a_fifth.median == pytest.approx(1.2, rel=0.02)
    assert by_a_fifth.low < 1.2 < by_a_fifth.high
    assert by_a_fifth.slower
    assert not ratio_of(old, [1.04 * seconds * noise for seconds, noise in zip(old, _NOISE, strict=True)]).slower
    assert not ratio_of([1.0, 1.0], [1.2, 2.4]).slower  # two pairs say little
    exact = ratio_of([1.0, 2.0, 4.0], [1.0, 4.0, 16.0])  # logarithms 0, 1, 2 of 2: mean 1, deviation 1
    assert math.log2(exact.high) == pytest.approx(1 + 4.30 / math.sqrt(3))


_NOISE = (1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 0.99, 1.0)


def test_each_tree_keeps_bytecode_of_its_own_whatever_python_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in ("old", "new"):
        tree = Tree(REPOSITORY, str(tmp_path / name))
        subprocess.run([sys.executable, "-c", "import qirjit_magic.version"], check=True, env=tree.environment)
        assert list((tmp_path / name / "bytecode").rglob("version.*.pyc"))
