"""Circuits of Clifford gates, sampled by stim, of as many wires as one likes; this needs the extra ``clifford``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import stim

from qirjit_magic.engine.simulators.tape import Circuit, Op

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = {
    Op.H: "H",
    Op.X: "X",
    Op.Y: "Y",
    Op.Z: "Z",
    Op.S: "S",
    Op.S_ADJ: "S_DAG",
    Op.SX: "SQRT_X",
    Op.CX: "CX",
    Op.CY: "CY",
    Op.CZ: "CZ",
}
_SEED_BITS = 64


def sampler(circuit: Circuit, seed: int) -> Callable[[int], NDArray[np.uint8]]:
    """What draws shots, one after the other: for so many the bits of all wires at the end, ``uint8[wires, shots]``.

    Args:
        circuit: of Clifford gates.
        seed: fixes the result on one machine and version of stim.
    """
    written = stim.Circuit()
    for gate in circuit.gates:
        written.append(_NAMES[gate.op], gate.wires)
    written.append("M", range(circuit.wires))
    compiled = written.compile_sampler(seed=seed % (1 << _SEED_BITS))
    return lambda shots: np.ascontiguousarray(compiled.sample(shots).T).view(np.uint8)
