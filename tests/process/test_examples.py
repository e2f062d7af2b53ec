"""The examples in the docstrings of the public names run, and give what they say."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import qirjit_magic
from qirjit_magic.protocol import simulator_specs
from qirjit_magic.session import default, python_functions
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS

_NAMES = [
    name
    for name in qirjit_magic.__all__
    if callable(public := getattr(qirjit_magic, name))
    and not name.endswith("_extension")  # IPython calls these
    and (not inspect.isclass(public) or not issubclass(public, BaseException) or name == "QirError")
]
_METHODS = [
    f"{name}.{method}"
    for name in ("Session", "RunResult")
    for method, function in vars(getattr(qirjit_magic, name)).items()
    if inspect.isfunction(function) and not method.startswith("_") and method != "after_fork"
]
_BELL = str(PROGRAMS / "circuits" / "bell.ll")
_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One session for all examples, which `run` has too; each finds the module ``bell`` there."""
    before = dict(python_functions._decorated), dict(simulator_specs._known), list(default._default)
    with Session() as made:
        default._default[:] = [made]
        yield made
    places: tuple[Any, ...] = (python_functions._decorated, simulator_specs._known)
    for place, entries in zip(places, before, strict=False):
        place.clear()
        place.update(entries)
    default._default[:] = before[-1]


def _examples(name: str) -> list[doctest.DocTest]:
    names = {"qir": qirjit_magic, "bell": _BELL, "__name__": "__main__"}
    found = doctest.DocTestFinder().find(getattr(qirjit_magic, name), name, globs=names)
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", _NAMES)
def test_the_examples_of_a_public_name_give_what_they_say(session: Session, name: str) -> None:
    problems: list[str] = []
    session.add(_BELL)
    for test in _examples(name):
        test.globs["session"] = session
        doctest.DocTestRunner(optionflags=_FLAGS).run(test, out=problems.append)
    assert not problems, "".join(problems)


@pytest.mark.parametrize("name", [*_NAMES, *_METHODS])
def test_a_public_function_class_or_method_has_an_example(name: str) -> None:
    assert name in {test.name for test in _examples(name.partition(".")[0])}
