from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from qirjit_magic.errors import MissingPackageError
from tests.runs import counted, run_of

_RESULT = run_of(counted({"00": 3, "01": 1, "11": 6}), name="cost $x$")


@pytest.fixture
def pyplot() -> Iterator[Any]:
    """matplotlib's pyplot, which draws into nothing."""
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"backend": "agg"}):
        from matplotlib import pyplot as plt  # noqa: PLC0415 - only where it is installed

        yield plt
        plt.close("all")


def test_a_plot_has_a_bar_for_each_outcome(pyplot: Any) -> None:
    axes = _RESULT.plot()
    assert [patch.get_width() for patch in axes.patches] == [3, 1, 6]  # type: ignore[attr-defined]  # they are bars
    assert [label.get_text() for label in axes.get_yticklabels()] == ["00", "01", "11"]
    assert [text.get_text() for text in axes.texts] == ["3 · 30.0%", "1 · 10.0%", "6 · 60.0%"]
    assert axes.get_title(loc="left") == r"cost \$x\$ · 10 shots"
    axes.figure.canvas.draw()
    assert pyplot.gcf() is axes.figure


def test_a_plot_goes_where_it_is_told_and_names_as_many_as_are_asked_for(pyplot: Any) -> None:
    _, axes = pyplot.subplots()
    assert _RESULT.plot(axes, top=1, order="count") is axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["11", "2 others"]


def test_without_matplotlib_the_error_has_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'qirjit_magic\[plot\]'"):
        _RESULT.plot()
