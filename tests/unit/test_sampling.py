"""Drawing: the bits have the circuit's distribution, whatever draws them, and the same seed gives the same bits."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.sampling.sampler import FinalState, Sample, Sampler, play
from qirjit_magic.engine.simulators.distribution import Distribution
from qirjit_magic.engine.simulators.instances import SimulatorInstances
from qirjit_magic.engine.simulators.operation_trace import QUBITS_OF, NotSampleable
from qirjit_magic.engine.simulators.sampled_circuit import Circuit, read_circuit
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.errors import SimulatorError
from qirjit_magic.options import Method
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.operations import Op
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory, Word
from qirjit_magic.protocol.simulator_specs import AUTO, SPARSE, STABILIZER, STATEVECTOR, SimulatorSpec
from qirjit_magic.sandbox import get_platform
from tests.circuits.chances import p_value
from tests.unit.traces import QUBITS, Entry, distribution, gate, measure, record, trace

SHOTS = 20_000
LEAST = 1e-4  # a right sampler is below it once in 10,000 runs; seeds are fixed
GHZ = [gate(Op.H, 0), gate(Op.CX, 0, 1), gate(Op.CX, 1, 2)]
TURNS = [
    gate(Op.SX, 0),
    gate(Op.S, 1),
    gate(Op.CY, 2, 0),
    gate(Op.H, 1),
    gate(Op.S_ADJ, 1),
    gate(Op.RYY, 0, 2, angle=0),
]
MIXED = [*GHZ, gate(Op.RY, 0, angle=0.7), gate(Op.CZ, 0, 2), gate(Op.RX, 1, angle=1.9), gate(Op.T, 2), gate(Op.H, 2)]


@pytest.fixture(scope="module")
def memory() -> Iterator[RecordMemory]:
    made = RecordMemory(get_platform().create_region(SIZE))
    made.clear()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_sampler(memory: RecordMemory) -> Iterator[Sampler]:
    instances = SimulatorInstances(
        ctypes.addressof(ctypes.c_char.from_buffer(memory.region.view)), Callbacks(ObjectEmitter())
    )
    yield Sampler(instances, memory)
    instances.close()


@pytest.fixture
def sampler(shared_sampler: Sampler, memory: RecordMemory) -> Sampler:
    memory.clear()
    return shared_sampler


def program(gates: Sequence[Entry], width: int = QUBITS) -> NDArray[np.void]:
    return trace(*gates, *(measure(q, q) for q in range(width)), *(record(q) for q in range(width)))


def asked(shots: int = SHOTS, simulator: SimulatorSpec = AUTO, method: Method = "sampled") -> RunRequest:
    return RunRequest("m", "main", shots=shots, simulator=simulator, method=method)


def bits_of(drawn: Sample | NotSampleable) -> NDArray[np.uint8]:
    assert isinstance(drawn, Sample)
    rows = np.frombuffer(drawn.bits, np.uint8).reshape(drawn.columns, -1)
    return np.unpackbits(rows, axis=1, count=drawn.shots)


def likelihood(drawn: Sample | NotSampleable, entries: NDArray[np.void]) -> float:
    bits = bits_of(drawn)
    keys, counts = np.unique(np.ascontiguousarray(bits.T + ord("0")).view(f"S{len(bits)}"), return_counts=True)
    found = dict(zip((key.decode() for key in keys.tolist()), counts.tolist(), strict=True))
    return p_value(found, distribution(entries.tolist()))


@pytest.mark.parametrize("gates", [[], GHZ, MIXED, [gate(Op.X, 1)], [*GHZ, *TURNS]], ids=range(5))
@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_what_is_drawn_from_a_state_has_the_programs_distribution(
    sampler: Sampler, gates: list[Entry], seed: int
) -> None:
    drawn = sampler.draw(program(gates), asked(simulator=STATEVECTOR), seed)
    assert likelihood(drawn, program(gates)) > LEAST


@pytest.mark.parametrize("op", [op for op in Op if op < Op.MEASURE])
@pytest.mark.parametrize("idle", [0, 8])
def test_each_gate_that_is_played_is_its_matrix(shared_sampler: Sampler, op: Op, idle: int) -> None:
    # With more qubits gates are fused; the probabilities after turns before and behind tell phases too.
    before = [turn for q in range(QUBITS) for turn in (gate(Op.RY, q, angle=0.3 + q), gate(Op.RZ, q, angle=1.1 * q))]
    behind = [gate(Op.RX, q, angle=0.5 * q + 0.9) for q in range(QUBITS)]
    for first in range(QUBITS):
        qubits = [(first + place) % QUBITS for place in range(QUBITS_OF[op])]
        entries = [*before, gate(op, *qubits, angle=0.7), *behind]
        others = [gate(Op.H, QUBITS + q) for q in range(idle)]
        circuit = read_circuit(program([*others, *entries], QUBITS + idle))
        state = played(shared_sampler, circuit)
        places = [state.places[column.wire or 0] for column in circuit.columns[:QUBITS]]
        chances: dict[str, float] = defaultdict(float)
        for index, chance in enumerate((state.re**2 + state.im**2).tolist()):
            chances["".join(str(index >> place & 1) for place in places)] += chance
        assert chances == pytest.approx(distribution(program(entries).tolist()))


def played(sampler: Sampler, circuit: Circuit) -> FinalState:
    instance = sampler.instances.attach(STATEVECTOR)
    assert isinstance(instance.simulator, StateVectorSimulator)
    instance.simulator.begin(0)
    sampler.memory.clear()
    state = play(circuit, instance.simulator, instance.runtime, sampler.memory)
    assert isinstance(state, FinalState)
    return state


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_what_stim_draws_has_the_programs_distribution(sampler: Sampler, seed: int) -> None:
    entries = program([*GHZ, gate(Op.MRESETZ, 0, 3), *TURNS, gate(Op.RESET, 1), gate(Op.H, 1)])
    drawn = sampler.draw(entries, asked(simulator=STABILIZER), seed)
    assert likelihood(drawn, entries) > LEAST


@pytest.mark.parametrize(
    ("gates", "simulator", "by"),
    [
        (GHZ, AUTO, "stabilizer"),
        (GHZ, SPARSE, "stabilizer"),
        (GHZ, STABILIZER, "stabilizer"),
        (GHZ, STATEVECTOR, "statevector"),
        (MIXED, AUTO, "statevector"),
        ([*GHZ, measure(0, 0), gate(Op.H, 0)], AUTO, "stabilizer"),
    ],
)
def test_clifford_programs_that_are_not_small_are_stims_unless_a_state_vector_is_wanted(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch, gates: list[Entry], simulator: SimulatorSpec, by: str
) -> None:
    monkeypatch.setattr("qirjit_magic.engine.sampling.sampler._SMALL", 0)
    drawn = sampler.draw(program(gates), asked(100, simulator), 1)
    assert isinstance(drawn, Sample)
    assert drawn.simulator == by


def test_stim_is_imported_by_nobody_who_does_not_need_it(sampler: Sampler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "stim", raising=False)
    sampler.draw(program(MIXED), asked(100), 1)
    sampler.draw(program(GHZ), asked(100, STATEVECTOR), 1)
    sampler.draw(program(GHZ), asked(100), 1)
    assert "stim" not in sys.modules


def test_wide_clifford_programs_are_drawn(sampler: Sampler) -> None:
    wide = 1000
    gates = [gate(Op.H, 0), *(gate(Op.CX, q, q + 1) for q in range(wide - 1))]
    bits = bits_of(sampler.draw(program(gates, wide), asked(100, method="auto"), 3))
    assert (bits == bits[0]).all()
    assert 20 < bits[0].sum() < 80


def test_a_state_that_has_no_room_is_not_drawn(sampler: Sampler) -> None:
    gates = [gate(op, q) for q in range(60) for op in (Op.H, Op.T, Op.H)]
    full = sampler.draw(program(gates, 60), asked(method="auto"), 1)
    assert isinstance(full, NotSampleable)
    assert full.reason.startswith("a state of 60 or more qubits takes ")
    assert isinstance(sampler.draw(program(GHZ), asked(simulator=STATEVECTOR), 1), Sample)  # nothing of it is left


@pytest.mark.parametrize("again", [[gate(Op.RESET, 0)], [gate(Op.RELEASE, 0)], []], ids=["reset", "release", "mresetz"])
def test_resets_are_not_paid_for_with_a_state_that_is_larger_than_those_of_all_shots(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch, again: list[Entry]
) -> None:
    monkeypatch.setattr("qirjit_magic.engine.sampling.sampler._SMALL", 0)
    measured = Op.MEASURE if again else Op.MRESETZ
    loop = [each for r in range(5) for each in (gate(Op.RY, 0, angle=0.3), gate(measured, 0, r), *again)]
    entries = trace(*loop, *(record(r) for r in range(5)))
    assert isinstance(sampler.draw(entries, asked(16, method="auto"), 1), Sample)
    assert sampler.draw(entries, asked(15, method="auto"), 1) == NotSampleable(
        "its resets make 5 qubits of 1, whose state is larger than those of all shots"
    )
    assert isinstance(sampler.draw(entries, asked(1), 1), Sample)
    fewer = trace(*MIXED, gate(Op.H, 7), measure(0, 0), record(0))
    assert isinstance(sampler.draw(fewer, asked(1, method="auto"), 1), Sample)


@pytest.mark.parametrize("angle", [1e12, 3e15, 1e300])
def test_a_large_angle_is_no_quarter_of_a_turn(sampler: Sampler, angle: float) -> None:
    asked_of_stim = asked(simulator=STABILIZER)
    drawn = sampler.draw(program([gate(Op.RX, 0, angle=angle)], 1), asked_of_stim, 1)
    assert isinstance(drawn, NotSampleable)
    assert drawn.reason == "its operation 1 is rx on qubit 0, which is no Clifford gate"


@pytest.mark.parametrize("angle", [np.nan, np.inf])
@pytest.mark.parametrize("wide", [1, 12])
def test_an_angle_that_is_none_is_told(sampler: Sampler, angle: float, wide: int) -> None:
    gates = [gate(Op.H, q) for q in range(wide)] + [gate(Op.RX, 0, angle=angle)]
    assert sampler.draw(program(gates, wide), asked(), 1) == NotSampleable("an angle is infinite or is not a number")


def test_nobody_waits_minutes_for_stim_who_has_not_asked_for_it(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qirjit_magic.engine.sampling.sampler._MAX_QUBITS", 50)
    gates = program([gate(Op.H, q) for q in range(60)], 60)
    assert isinstance(sampler.draw(gates, asked(method="auto"), 1), NotSampleable)
    assert isinstance(sampler.draw(gates, asked(simulator=STABILIZER), 1), Sample)


def test_what_is_too_much_to_draw_at_once_is_told(sampler: Sampler) -> None:
    drawn = sampler.draw(program(GHZ), asked(10**10), 1)
    assert drawn == NotSampleable("10,000,000,000 shots of 3 results are too many to draw at once")


def test_without_stim_its_package_is_named(sampler: Sampler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stim", None)
    with pytest.raises(SimulatorError, match=r"pip install 'qirjit_magic\[clifford\]'"):
        sampler.draw(program(GHZ), asked(simulator=STABILIZER), 1)
    narrow = sampler.draw(program(GHZ), asked(100), 1)
    assert isinstance(narrow, Sample)
    assert narrow.simulator == "statevector"
    wide = sampler.draw(program([gate(Op.H, q) for q in range(60)], 60), asked(method="auto"), 1)
    assert isinstance(wide, NotSampleable)
    assert "qirjit_magic[clifford]" in wide.reason


@pytest.mark.parametrize("simulator", [STATEVECTOR, STABILIZER])
def test_the_same_seed_gives_the_same_bits_and_another_one_others(sampler: Sampler, simulator: SimulatorSpec) -> None:
    once, again, other = (bits_of(sampler.draw(program(GHZ), asked(simulator=simulator), seed)) for seed in (5, 5, 6))
    assert (once == again).all()
    assert (once != other).any()


def test_a_shot_from_a_state_is_the_same_however_many_are_drawn_at_once() -> None:
    re, im = np.random.default_rng(3).normal(size=(2, 1 << 18))
    re[::3] = im[::3] = 0  # impossible: never found
    found = Distribution(re, im, 5).draw(0, 1000)
    parts = [Distribution(re, im, 5).draw(first, 8) for first in range(0, 1000, 8)]
    assert (np.concatenate(parts) == found).all()
    assert (found % 3 != 0).all()


@pytest.mark.parametrize("steepness", [1, 40])
@pytest.mark.parametrize("positions", [1, 3, 4, 9, 16])
def test_what_many_shots_find_is_what_few_find(positions: int, steepness: int) -> None:
    # The guide to many is no other rule: also where one cell of it has thousands of indices.
    re = np.random.default_rng(3).random(1 << positions) ** steepness
    re[::5] = 0
    many = Distribution(re, np.zeros_like(re), 5).draw(0, 1 << 15)
    few = [Distribution(re, np.zeros_like(re), 5).draw(first, 1 << 10) for first in range(0, 1 << 15, 1 << 10)]
    assert (np.concatenate(few) == many).all()
    assert (many % 5 != 0).all()


def test_blocks_of_a_large_state_are_drawn_as_one() -> None:
    re, im = np.random.default_rng(3).normal(size=(2, 1 << 17))
    cumulated = np.cumsum(re**2 + im**2)
    numbers = np.random.Generator(np.random.Philox(key=5)).random(50_000)
    expected = np.searchsorted(cumulated, numbers * cumulated[-1], side="right")
    found = Distribution(re, im, 5).draw(0, 50_000).astype(np.int64)
    assert (np.abs(found - expected) <= 1).all()  # rounding decides on which side of a bound a number is
    assert (found == expected).mean() > 0.999


def test_columns_are_flipped_repeated_written_and_constant(sampler: Sampler) -> None:
    entries = trace(
        gate(Op.X, 0), measure(0, 0), gate(Op.X, 0), measure(0, 1), gate(Op.WRITE_ONE, 2),
        *(record(r) for r in (1, 0, 0, 2, 3)),
        gate(Op.RECORD_ONE), gate(Op.RECORD_ZERO),
    )  # fmt: skip
    for simulator in (STATEVECTOR, STABILIZER):
        bits = bits_of(sampler.draw(entries, asked(9, simulator), 1))
        assert bits.tolist() == [[bit] * 9 for bit in (0, 1, 1, 1, 0, 1, 0)]


@pytest.mark.parametrize(
    ("simulator", "limit", "at_once"),
    [(STATEVECTOR, "sampling.sampler._AT_ONCE", 1000), (STABILIZER, "simulators.stabilizer._CELLS", 3000)],
)
def test_what_is_stopped_has_the_first_of_the_same_shots(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch, simulator: SimulatorSpec, limit: str, at_once: int
) -> None:
    monkeypatch.setattr(f"qirjit_magic.engine.{limit}", at_once)
    whole = bits_of(sampler.draw(program(GHZ), asked(simulator=simulator), 5))
    asked_for = iter([0] * 3)
    monkeypatch.setattr(RecordMemory, "word", lambda _, word: next(asked_for, 1) if word is Word.STOP else 0)
    part = sampler.draw(program(GHZ), asked(simulator=simulator), 5)
    assert isinstance(part, Sample)
    assert part.shots == 3000
    assert (bits_of(part) == whole[:, :3000]).all()


@pytest.mark.parametrize(
    ("simulator", "limit", "at_once"),
    [(STATEVECTOR, "sampling.sampler._AT_ONCE", 800), (STABILIZER, "simulators.stabilizer._CELLS", 800 * 60)],
)
def test_chunks_of_shots_are_those_of_a_whole_or_at_least_no_others_again(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch, simulator: SimulatorSpec, limit: str, at_once: int
) -> None:
    # 8 coins where a state is drawn, 60 where stim draws: what comes twice by chance is in no two chunks the same.
    coins = 8 if simulator == STATEVECTOR else 60
    entries = program([gate(Op.H, q) for q in range(coins)], coins)
    whole = bits_of(sampler.draw(entries, asked(2400, simulator), 5))
    monkeypatch.setattr(f"qirjit_magic.engine.{limit}", at_once)
    bits = bits_of(sampler.draw(entries, asked(2400, simulator), 5))
    chunks = [bits[:, first : first + 800] for first in (0, 800, 1600)]
    assert all((one != other).any() for one, other in itertools.combinations(chunks, 2))
    assert simulator == STABILIZER or (bits == whole).all()


@pytest.mark.parametrize("simulator", [STATEVECTOR, STABILIZER])
def test_what_is_stopped_before_it_begins_has_no_shots(
    sampler: Sampler, memory: RecordMemory, simulator: SimulatorSpec
) -> None:
    memory.stop()
    stopped = sampler.draw(program(GHZ), asked(simulator=simulator), 5)
    assert isinstance(stopped, Sample)
    assert stopped.shots == 0
