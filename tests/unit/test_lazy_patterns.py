from __future__ import annotations

import re

import pytest

from qirjit_magic.lazy_patterns import lazy_pattern


def test_a_pattern_matches_as_the_compiled_one_does() -> None:
    lazy, made = (
        lazy_pattern(r"^(a+)$", re.MULTILINE | re.IGNORECASE),
        re.compile(r"^(a+)$", re.MULTILINE | re.IGNORECASE),
    )
    text = "aA\nb\na"
    assert lazy.findall(text) == made.findall(text) == ["aA", "a"]
    assert (lazy.pattern, lazy.flags) == (made.pattern, made.flags)
    assert lazy_pattern(rb"\d").search(b"a1") is not None


def test_a_pattern_is_compiled_when_it_is_first_used() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.search("")
