"""What the compilers of other projects make of tests/programs/frontends, and what it does."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from math import isclose, sqrt
from typing import Any, TypeAlias

import pytest

from qirjit_magic.results.containers import nested
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import QirSource
from tests.files import PROGRAMS

os.environ.setdefault("QDK_PYTHON_TELEMETRY", "none")  # qdk would tell its makers that it was imported

FRONTENDS = PROGRAMS / "frontends"
PROFILES = ("Base", "Adaptive_RI", "Adaptive_RIF", "Adaptive")  # each can do what those before it can
SHOTS = 1000
SEED = 7
Values: TypeAlias = tuple[Any, ...] | list[Any]
_LEVELS = (0, None, 2)  # None: the level that suits the module
_DEVIATIONS = 5.0  # nothing lies so far off by chance; and the seed leaves none


def profiles(first: str) -> tuple[str, ...]:
    """The target profiles that can do what this one can."""
    return PROFILES[PROFILES.index(first) :]


@cache
def _qdk(room: str = "qdk") -> Any:
    # Imported when it is first used: that takes its time.
    return pytest.importorskip(room, reason="qdk is missing, which compiles Q# and OpenQASM: pip install '.[test]'")


@cache
def _context(file: str, profile: str) -> Any:
    context = _qdk().Context(target_profile=getattr(_qdk().TargetProfile, profile))
    context.eval((FRONTENDS / file).read_text("utf-8"))
    return context


@cache
def qsharp(file: str, expression: str, profile: str) -> Any:
    """A Q# expression, with the operations of a file, compiled for a target profile."""
    return _context(file, profile).compile(expression)


@cache
def openqasm(file: str, profile: str, semantics: str = "OpenQasm") -> Any:
    """An OpenQASM program compiled for a target profile."""
    compiler = _qdk("qdk.openqasm")
    return compiler.compile(
        (FRONTENDS / file).read_text("utf-8"),
        target_profile=getattr(_qdk().TargetProfile, profile),
        output_semantics=getattr(compiler.OutputSemantics, semantics),
    )


def outputs(session: Session, source: QirSource, shots: int = SHOTS) -> list[Values]:
    """What each shot outputs, which is the same at every optimisation level; all end with exit code 0."""
    results = []
    for level in _LEVELS:
        info = session.add(source, "program", opt_level=level)
        results.append(session.run(module=info.name, shots=shots, seed=SEED))
    first, *others = (result.to_text("labeled") for result in results)
    assert others == [first] * len(others)
    assert first.count("END\t0\n") == shots
    return [nested(shot.records) for shot in results[0].shots]


def certain(session: Session, source: QirSource) -> Values:
    """What every shot outputs."""
    first, *others = outputs(session, source, shots=5)
    assert others == [first] * 4
    return first


def assert_follows(found: Iterable[object], probabilities: Mapping[str, float]) -> None:
    """Every output, as Python writes it, came about as often as it should, and no other did."""
    counts = Counter(map(str, found))
    assert isclose(sum(probabilities.values()), 1)
    assert counts.keys() <= probabilities.keys()
    for output, probability in probabilities.items():
        assert_likely(counts[output], probability, of=counts.total())


def assert_likely(count: int, probability: float, *, of: int) -> None:
    """So many of so many are what the probability lets one expect."""
    assert abs(count - of * probability) <= _DEVIATIONS * sqrt(of * probability * (1 - probability))
