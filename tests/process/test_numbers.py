"""Numbers that are right on every simulator, whatever is unusual about an angle, a bound or what ran before."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qirjit_magic.errors import ProgramFailedError
from qirjit_magic.session.session import Session
from tests.circuits.gates import EVERY_GATE, gate_step
from tests.circuits.outcomes import states
from tests.circuits.running import LIVE, difference, dumps, load
from tests.circuits.steps import Circuit, Step
from tests.circuits.writing import write
from tests.files import REPOSITORY, program
from tests.process.support import make_supervisor
from tests.process.test_exact_gates import entangled
from tests.unit.matrices import X, Y, controlled, fixed, rotation

_DEVIATIONS = 5.0  # chance alone fails one comparison in 1.7 million
simulators = pytest.mark.parametrize("simulator", LIVE)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
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


class _Large(np.random.Generator):
    """Draws angles that are as much larger as it is told."""

    def __init__(self, seed: int, factor: float) -> None:
        super().__init__(np.random.PCG64(seed))
        self._factor = factor

    def uniform(self, *args: Any, **options: Any) -> Any:
        return np.asarray(super().uniform(*args, **options)) * self._factor


def _with_large_angles(name: str) -> Circuit:
    steps = [gate_step(_Large(seed, factor), name, range(4)) for seed, factor in enumerate((1e6, 1e9, 1e15))]
    return Circuit((*entangled(np.random.default_rng(3), 4), *(step for step in steps if step)), 4, 0)


@simulators
def test_a_gate_is_its_matrix_however_large_its_angles_are(session: Session, simulator: str) -> None:
    circuits: dict[str, dict[str, Circuit]] = defaultdict(dict)
    for name in EVERY_GATE:
        circuit = _with_large_angles(name)
        if circuit.steps[-1].angles and circuit.steps[-1].name == name:
            circuits[name.partition("/")[2]][re.sub(r"\W", "_", f"large_{name}")] = circuit
    assert sum(map(len, circuits.values())) > 90
    differences = {}
    for some in circuits.values():
        for name, module in load(session, some, dumped=True).items():
            ((_, state),) = dumps(session, name, module, simulator, qubits=4)
            (right,) = states(some[name]).values()
            differences[name] = difference(state, right)
    assert {name: size for name, size in differences.items() if not size < 1e-12} == {}


@simulators
def test_an_exponential_takes_every_angle_that_is_a_number(session: Session, simulator: str) -> None:
    angle = 1.5e308
    names = ("exp__body", "exp__adj", "exp__ctl", "exp__ctladj")
    circuits = {}
    for name in names:
        turned = rotation(
            np.kron(X, Y), 2 * math.atan2(math.sin(-angle), math.cos(-angle)) * (-1 if "adj" in name else 1)
        )
        qubits, matrix = ((0, 1), turned) if "ctl" not in name else ((2, 0, 1), controlled(fixed(turned))())
        step = Step("gate", qubits, matrix, name, (angle,), (1, 3))
        circuits[f"most_{name}"] = Circuit((*entangled(np.random.default_rng(3), 3), step), 3, 0)
    for name, module in load(session, circuits, dumped=True).items():
        ((_, state),) = dumps(session, name, module, simulator, qubits=3)
        (right,) = states(circuits[name]).values()
        assert difference(state, right) < 1e-12, name


# ---- random numbers --------------------------------------------------------------------------------------------------

_LARGEST = 1.7976931348623157e308
_SHOTS = 2_000


@pytest.fixture(scope="module")
def draws(session: Session) -> str:
    return session.add(program("numbers/draws")).name


@simulators
@pytest.mark.parametrize(
    ("least", "most"),
    [(-1.0, 1.0), (-(2.0**1023), 2.0**1023), (-_LARGEST, _LARGEST), (-_LARGEST, 1e300), (0.0, _LARGEST), (1.0, 1.0)],
)
def test_drawn_numbers_lie_evenly_between_their_ends(
    session: Session, draws: str, simulator: str, least: float, most: float
) -> None:
    result = session.run("part", module=draws, args=(least, most), shots=_SHOTS, seed=4, simulator=simulator)
    found = np.array(result.returns)
    assert ((found >= least) & (found <= most)).all()
    if least < most:
        parts = (found / 2 - least / 2) / (most / 2 - least / 2)
        assert abs(parts.mean() - 0.5) < _DEVIATIONS / math.sqrt(12 * _SHOTS)
        assert abs((parts < 0.25).mean() - 0.25) < _DEVIATIONS * math.sqrt(0.1875 / _SHOTS)


@simulators
def test_drawn_whole_numbers_may_be_any_there_are(session: Session, draws: str, simulator: str) -> None:
    least, most = -(2**63), 2**63 - 1
    result = session.run("whole", module=draws, args=(least, most), shots=_SHOTS, seed=4, simulator=simulator)
    parts = (np.array(result.returns, dtype=float) - least) / 2.0**64
    assert abs(parts.mean() - 0.5) < _DEVIATIONS / math.sqrt(12 * _SHOTS)
    for end in (least, most):
        assert session.run("whole", module=draws, args=(end, end), seed=4, simulator=simulator).returns == [end]


@simulators
@pytest.mark.parametrize(
    ("entry", "args", "words"),
    [
        ("part", (math.nan, 1.0), "a range with an end that is infinite or is no number"),
        ("part", (0.0, math.nan), "a range with an end that is infinite or is no number"),
        ("part", (0.0, math.inf), "a range with an end that is infinite or is no number"),
        ("part", (-math.inf, math.inf), "a range with an end that is infinite or is no number"),
        ("part", (1.0, 0.0), "an empty range: its lower end is above its upper one"),
        ("whole", (3, -2), "an empty range: 3 to -2"),
    ],
)
def test_a_range_that_has_no_numbers_ends_the_shot(
    session: Session, draws: str, simulator: str, entry: str, args: tuple[float, float], words: str
) -> None:
    with pytest.raises(ProgramFailedError, match=words):
        session.run(entry, module=draws, args=args, simulator=simulator)


# ---- ids -------------------------------------------------------------------------------------------------------------

_LAST = (1 << 25) - 1


@simulators
@pytest.mark.parametrize("entry", ["measured", "measured_and_reset", "read", "compared", "recorded"])
def test_a_result_beyond_the_last_ends_the_shot(session: Session, simulator: str, entry: str) -> None:
    module = session.add(program("numbers/results")).name
    for identity in (_LAST + 1, 1 << 47, -1):
        with pytest.raises(ProgramFailedError, match=f"there is no result {identity}: ids go from 0 to 33,554,431"):
            session.run(entry, module=module, args=(identity,), simulator=simulator)
    assert len(session.run(entry, module=module, args=(_LAST,), simulator=simulator).shots) == 1
