from __future__ import annotations

from collections.abc import Iterator

import pytest

from qirjit_magic.notebook.panel.fields import close
from qirjit_magic.notebook.panel.tabs import Tabs


@pytest.fixture
def tabs() -> Iterator[Tabs]:
    made = Tabs()
    yield made
    close(made.widget)


def test_a_page_that_nobody_looks_at_is_not_made(tabs: Tabs) -> None:
    made: list[str] = []

    def circuit() -> str:
        made.append("circuit")
        return "drawn"

    tabs.show({"Circuit": circuit, "IR": "text"}, None)
    tabs.show({"Histogram": "bars", "Circuit": circuit, "IR": "text"}, "Histogram")
    tabs.show({"Circuit": circuit}, None)
    assert (made, tabs.chosen) == ([], None)
    tabs.widget.selected_index = 0
    assert tabs.wait(10)
    assert made == ["circuit"]
    assert "drawn" in tabs.page("Circuit")


@pytest.mark.parametrize(("error", "said"), [(ZeroDivisionError("odd"), "odd"), (KeyboardInterrupt(), "stopped")])
def test_a_page_that_cannot_be_made_says_so(tabs: Tabs, error: BaseException, said: str) -> None:
    def page() -> str:
        raise error

    tabs.show({"Circuit": page}, "Circuit")
    assert tabs.wait(10)
    assert said in tabs.page("Circuit")


def test_a_page_that_was_stopped_is_made_anew_when_one_looks_again(tabs: Tabs) -> None:
    made = iter([KeyboardInterrupt(), None])

    def circuit() -> str:
        if (error := next(made)) is not None:
            raise error
        return "drawn"

    tabs.show({"Circuit": circuit, "IR": "text"}, "Circuit")
    assert tabs.wait(10)
    tabs.widget.selected_index = 1
    tabs.widget.selected_index = 0
    assert tabs.wait(10)
    assert "drawn" in tabs.page("Circuit")
