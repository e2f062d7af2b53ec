"""Programs of Clifford gates, sampled by stim, of as many qubits as one likes; this needs the extra ``clifford``.

Stim carries out resets and measurements itself: so a tape is exact whatever happens to a qubit after its measurement.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.simulators.operation_trace import QUBITS_OF, NotExactError, NotSampleable, gate_text
from qirjit_magic.protocol.operations import NATIVE, Op

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RIGHT_ANGLE = math.pi / 2
_ROUNDING = 1e-12  # of an angle, in right angles: what it changes nobody can measure
_CELLS = 1 << 24  # measurements that are drawn at once


@dataclass
class _Writer:
    lines: list[str] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)  # by qubit: stim's
    free: list[int] = field(default_factory=list)
    width: int = 0
    results: dict[int, int | bool] = field(default_factory=dict)  # the number of a measurement, or a constant
    measured: int = 0
    columns: list[int | bool] = field(default_factory=list)

    def place(self, qubit: int) -> int:
        if qubit not in self.places:
            if not self.free:
                self.free.append(self.width)
                self.width += 1
            self.places[qubit] = self.free.pop()
        return self.places[qubit]

    def write(self, index: int, op: Op, ids: tuple[int, int, int], angle: float) -> None:
        if op < Op.MEASURE:
            self._gate(index, op, ids, angle)
        elif op in {Op.MEASURE, Op.MRESETZ}:
            self.lines.append(f"{'M' if op is Op.MEASURE else 'MR'} {self.place(ids[0])}")
            self.results[ids[1]] = self.measured
            self.measured += 1
        elif op is Op.RESET:
            self.lines.append(f"R {self.place(ids[0])}")
        elif op is Op.RELEASE:
            self.lines.append(f"R {self.place(ids[0])}")
            self.free.append(self.places.pop(ids[0]))
        elif op in {Op.WRITE_ZERO, Op.WRITE_ONE}:
            self.results[ids[0]] = op is Op.WRITE_ONE
        else:
            self.columns.append(self.results.get(ids[0], False) if op is Op.RECORD else op is Op.RECORD_ONE)

    def _gate(self, index: int, op: Op, ids: tuple[int, int, int], angle: float) -> None:
        used = ids[: QUBITS_OF[op]]
        if len(set(used)) < len(used):
            raise NotExactError(NotSampleable.of(f"{gate_text(op, ids)}, which are the same", index))
        stim = NATIVE[op].stim
        name = stim if isinstance(stim, str) else _by_quarters(stim, angle)
        if not name:
            raise NotExactError(NotSampleable.of(f"{gate_text(op, ids)}, which is no Clifford gate", index))
        if name != "I":
            self.lines.append(f"{name} {' '.join(str(self.place(qubit)) for qubit in used)}")


def _by_quarters(names: Sequence[str], angle: float) -> str:
    # The name of a rotation by this angle; empty where it is no multiple of a quarter.
    if not math.isfinite(angle):
        return ""
    quarters = angle / _RIGHT_ANGLE
    # A large angle is known less precisely than that: which one it is nobody can say, and it is left to others.
    if abs(quarters - round(quarters)) > _ROUNDING or math.ulp(quarters) > _ROUNDING:
        return ""
    return names[round(quarters) % 4]


class CliffordProgram:
    """A tape of Clifford gates, ready to be sampled.

    Args:
        tape: entries of `ENTRY`, of one shot from its beginning to its end.
        seed: fixes the results on one machine and version of stim.

    Attributes:
        qubits: how many it has at the same time.
        memory: how many bytes stim takes for them.

    Raises:
        NotExactError: it has another gate.
        ImportError: it has none, and stim is not installed.
    """

    simulator = "stabilizer"

    def __init__(self, tape: NDArray[np.void], seed: int) -> None:
        writer = _Writer()
        for index, (op, a, b, c, angle) in enumerate(tape.tolist()):
            writer.write(index, Op(op), (a, b, c), angle)
        import stim  # noqa: PLC0415 - only where it is wanted, and it may not be installed

        self.qubits = writer.width
        self.memory = self.qubits**2 // 2
        self._columns: Sequence[int | bool] = writer.columns
        self._seed = seed
        self._circuit = stim.Circuit("\n".join(writer.lines))
        self._reference: NDArray[np.bool_] | None = None
        self.at_once = max(8, _CELLS // max(1, writer.measured) // 8 * 8)

    def columns(self, first: int, count: int) -> Iterator[NDArray[np.bool_]]:
        """The recorded results of so many shots, a column after the other.

        Args:
            first: the number of the first one, a multiple of `at_once`.
            count: how many, at most `at_once`.
        """
        if self._reference is None:
            self._reference = self._circuit.reference_sample()
        chunk = np.random.SeedSequence([self._seed, first]).generate_state(1, np.uint64)
        sampler = self._circuit.compile_sampler(seed=int(chunk[0]), reference_sample=self._reference)
        bits = np.ascontiguousarray(sampler.sample(count).T)
        for column in self._columns:
            yield np.full(count, column) if isinstance(column, bool) else bits[column]
