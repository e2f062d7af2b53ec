"""The public names are those that Tab and ``help`` show, and each of them is there."""

from __future__ import annotations

import inspect

import pytest

import qirjit_magic


def test_dir_shows_the_public_names_and_no_others() -> None:
    assert dir(qirjit_magic) == sorted([*qirjit_magic.__all__, "__version__"])


@pytest.mark.parametrize("name", qirjit_magic.__all__)
def test_a_public_name_is_there_with_a_docstring(name: str) -> None:
    assert inspect.getdoc(getattr(qirjit_magic, name))
