"""Numbers that are right on every simulator, whatever is unusual about an angle, a bound or what ran before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from qirjit_magic.errors import ProgramFailedError
from qirjit_magic.session.session import Session
from tests.circuits.gates import EVERY_GATE, gate_step
from tests.circuits.running import LIVE, load
from tests.circuits.steps import Circuit, Step
from tests.circuits.writing import write
from tests.files import REPOSITORY, program

_DEVIATIONS = 5.0  # chance alone fails one comparison in 1.7 million
simulators = pytest.mark.parametrize("simulator", LIVE)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


# ---- rotations -------------------------------------------------------------------------------------------------------


@simulators
def test_an_ry_behind_half_a_turn_about_x_turns_the_right_way(session: Session, simulator: str) -> None:
    reported = session.add((REPOSITORY / "docs" / "upstream" / "qirrunner-rx-after-ry.ll").read_bytes())
    assert session.run(module=reported.name, shots=50, seed=1, simulator=simulator, method="live").counts() == {"0": 50}


@simulators
def test_ry_rx_ry_gives_one_as_often_as_it_should(session: Session, simulator: str) -> None:
    turned = session.add(program("numbers/ry_rx_ry"))
    shots, right = 4_000, math.cos(1.2) ** 2
    ones = session.run(module=turned.name, shots=shots, seed=1, simulator=simulator, method="live").counts()["1"]
    assert abs(ones - shots * right) < _DEVIATIONS * math.sqrt(shots * right * (1 - right))


def test_what_auto_hands_to_sparse_is_right(session: Session) -> None:
    wide = session.add(program("numbers/wide_rx_ry"))
    result = session.run(module=wide.name, shots=20, seed=1)
    assert result.plan.simulator == "sparse"
    assert result.counts() == {"0": 20}


_MARK = 0.4375, "0x3fdc000000000000"
_NO_ANGLES = ("0x7ff0000000000000", "0xfff0000000000000", "0x7ff8000000000000")  # infinite, minus that, no number


def _turning(name: str) -> Circuit | None:
    step = gate_step(np.random.default_rng(2), name, range(4))
    if step is None or not step.angles or "/" in name or (step.paulis and not any(step.paulis)):
        return None  # about I alone it is a phase of everything, which nobody computes
    return Circuit((replace(step, angles=(_MARK[0],) * len(step.angles)),), 4, 0)


def _with_no_angles() -> Iterator[tuple[str, str]]:
    found = [(f"gate_{name}", circuit) for name in EVERY_GATE if (circuit := _turning(name))]
    assert len(found) > 70
    for index, word in enumerate(_NO_ANGLES):
        some = dict(found[index::3])
        text = write(some)
        assert text.count(_MARK[1]) >= len(some)
        yield text.replace(_MARK[1], word), " ".join(some)


@simulators
def test_no_gate_takes_an_angle_that_is_infinite_or_no_number(session: Session, simulator: str) -> None:
    taken = []
    for text, names in _with_no_angles():
        module = session.add(text).name
        for name in names.split():
            try:
                session.run(name, module=module, simulator=simulator)
                taken.append(name)
            except ProgramFailedError as error:
                assert "an angle is infinite or is not a number" in str(error)  # noqa: PT017 - all of them are told
    assert taken == []


@simulators
def test_a_shot_after_one_with_such_an_angle_is_right(session: Session, simulator: str) -> None:
    right = Circuit((Step("gate", (0,), np.eye(2), "x__body"),), 1, 0)
    (module,) = load(session, {"after": right}, dumped=True).values()
    assert "|1⟩: 1+0i" in session.run("after", module=module, simulator=simulator).messages[0]
