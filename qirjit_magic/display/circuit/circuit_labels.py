"""The texts of a circuit diagram: names of gates, angles, figures, why it ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from qirjit_magic.display.labels import count_text as counted
from qirjit_magic.display.labels import shortened
from qirjit_magic.protocol.operations import RETURNED, Operation, TraceEnd
from qirjit_magic.results.traced_circuit import TracedCircuit
from qirjit_magic.sanitize import sanitize_line

if TYPE_CHECKING:
    from qirjit_magic.display.circuit.layout import CircuitLayout

_NEAT = 1e-12  # how far, in relation to its size, an angle may be from a neat one
_MAX_DENOMINATOR, _MAX_BINARY = 64, 1 << 16
_MAX_NUMERATOR = 999
_MIN_NEAT = 1 / (2 * _MAX_BINARY)
_SHOWN_RECORDS = 32
_LONGEST_ENTRY, _LONGEST_TOLD = 128, 80  # characters of names and reasons
_DRAWS = frozenset({"drawrandomint", "drawrandomdouble", "a draw of a random number"})


def qubit_name(qubit: int) -> str:
    """``q0``."""
    return f"q{qubit}"


def result_name(result: int) -> str:
    """``r0``; ``m0`` for the first one that ``m`` returned."""
    return f"r{result}" if result < RETURNED else f"m{result - RETURNED}"


def angle_text(angle: float | None) -> str:
    """An angle in units of π where that is neat, otherwise with four digits; ``?`` where it is no finite number."""
    if angle is None:
        return "?"
    turns = angle / math.pi
    if angle and not _MIN_NEAT <= abs(turns) <= _MAX_NUMERATOR:  # none of these is neat, nor can all of them be scaled
        return f"{angle:.4g}"
    for neat in (
        Fraction(turns).limit_denominator(_MAX_DENOMINATOR),
        Fraction(round(turns * _MAX_BINARY), _MAX_BINARY),
    ):
        if abs(float(neat) - turns) <= _NEAT * abs(turns) and abs(neat.numerator) <= _MAX_NUMERATOR:
            return _of_pi(neat)
    return f"{angle:.4g}"


def _of_pi(turns: Fraction) -> str:
    if not turns:
        return "0"
    sign = "-" if turns < 0 else ""
    times = "" if abs(turns.numerator) == 1 else str(abs(turns.numerator))
    return f"{sign}{times}π{'' if turns.denominator == 1 else f'/{turns.denominator}'}"


def gate_label(operation: Operation) -> str:
    """The text in the box of an operation: ``h``, ``rz(π/4)``, ``s†``; of a controlled gate the gate alone, ``y``."""
    name = operation.name[operation.shape.controls :].replace("__adj", "†")
    return f"{name}({angle_text(operation.angle)})" if operation.shape.angle else name


def sentence(operation: Operation) -> str:
    """All of an operation: ``cx q0, q1``, ``rz(π/4) q2``, ``mz q0 → r0``."""
    angle = f"({angle_text(operation.angle)})" if operation.shape.angle else ""
    qubits = ", ".join(map(qubit_name, operation.qubits))
    result = "" if operation.result is None else f" → {result_name(operation.result)}"
    return f"{operation.name}{angle} {qubits}{result}"


def title(circuit: TracedCircuit) -> str:
    """The title of a diagram: whose circuit it is."""
    name = shortened(circuit.entry, _LONGEST_ENTRY)
    return f"{name} · {counted(circuit.width, 'qubit')}, depth {circuit.depth:,}"


def figures(circuit: TracedCircuit) -> list[tuple[str, int]]:
    """Width, depth, gates on two qubits; then how often each gate comes."""
    return [
        ("width", circuit.width),
        ("depth", circuit.depth),
        ("two-qubit gates", circuit.two_qubit_count),
        *circuit.gate_counts.items(),
    ]


def notes(circuit: TracedCircuit, layout: CircuitLayout) -> Iterator[str]:
    """The notes under the picture, a sentence each."""
    if layout.left_out:
        yield f"{counted(layout.left_out, 'operation')} left out at the mark ⋯, of {_every(circuit):,}."
    if layout.hidden:
        alone = f", and {counted(layout.undrawn, 'operation')} on them alone" if layout.undrawn else ""
        yield f"{counted(layout.hidden, 'more qubit')} without a line{alone}."
    yield from _written(circuit)
    if circuit.end is not None:
        yield f"What comes after is not drawn: {_end_reason(circuit.end)}."
    if circuit.traced.remark:
        yield sanitize_line(f"Another shot may do something else: {circuit.traced.remark}.")


def _every(circuit: TracedCircuit) -> int:
    return sum(count for name, count in circuit.traced.counts.items() if name not in _CLASSICAL)


_CLASSICAL = {"record": "", "record_zero": "0", "record_one": "1", "write_zero": "0", "write_one": "1"}


def _written(circuit: TracedCircuit) -> Iterator[str]:
    yield from _listed(circuit, "write", "Written without a measurement", "written without a measurement")
    yield from _listed(circuit, "record", "Recorded, in this order", "recorded")


def _listed(circuit: TracedCircuit, kind: str, words: str, short: str) -> Iterator[str]:
    every = sum(count for name, count in circuit.traced.counts.items() if name.startswith(kind))
    names = [_bit(one) for one in circuit.operations if one.name.startswith(kind)]
    if every > len(names):
        yield f"{counted(every, 'result')} {short}."
    elif names:
        more = [f"{len(names) - _SHOWN_RECORDS:,} more"] if len(names) > _SHOWN_RECORDS else []
        yield f"{words}: {', '.join([*names[:_SHOWN_RECORDS], *more])}."


def _bit(operation: Operation) -> str:
    # A result that is recorded, a constant that is, or what a result is written to be.
    value = _CLASSICAL[operation.name]
    return " = ".join(filter(None, ("" if operation.result is None else result_name(operation.result), value)))


def end_text(end: TraceEnd) -> str:
    """Why the circuit ends before the program does."""
    called = shortened(end.function, _LONGEST_TOLD)
    if end.result is not None:
        return f"here the program reads result {result_name(end.result)}: what follows depends on it"
    if end.function in _DRAWS:
        return "here the program draws a random number: what follows depends on it"
    if end.function == "get_current_shot":
        return "here the program asks for the number of its shot: what follows depends on it"
    if end.function:
        qubit = "" if end.qubit is None else f" on {qubit_name(end.qubit)}"
        return f"here the program calls {called}{qubit}: a trace does not follow that"
    return f"here the trace ends: {shortened(end.reason, _LONGEST_TOLD)}"


def _end_reason(end: TraceEnd) -> str:
    called = shortened(end.function, _LONGEST_TOLD)
    if end.result is not None:
        return f"{called} gives what was measured, which a trace does not know, and each shot may do something else"
    if end.function in _DRAWS or end.function == "get_current_shot":
        return f"{called} is another one in each shot"
    return f"a diagram has no picture of {called}" if end.function else shortened(end.reason, _LONGEST_TOLD)
