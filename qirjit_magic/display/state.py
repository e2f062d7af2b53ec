"""A state dump as a table: basis states, amplitudes, probabilities as bars, phases as dials; in HTML and in text."""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from qirjit_magic.display.labels import count_text, percent, shortened
from qirjit_magic.sanitize import sanitize

SHOWN_AMPLITUDES = 32
_READ = 1_000_000  # characters: of a longer dump the first basis states are shown, not the most probable
_QUBITS = 32  # more are not written as bits
_NUMBER = r"\d{1,40}(?:\.\d{1,60})?"
_AMPLITUDE = re.compile(rf"\|(\d{{1,400}})⟩: (-?{_NUMBER})((?:\+-?|-){_NUMBER})i, ")
_DUMP = re.compile(r"(?:Global Results: (\[[^\]\n]*\])\n)?STATE: \[ ")
_BETWEEN = "⟩: "
_NOTHING = 1e-12  # of an amplitude: what rounding leaves
_DIGITS = 4
_ARROWS = "→↗↑↖←↙↓↘"
_BAR = 12  # characters
_BAR_PIXELS, _DIAL = 96, 20


@dataclass(frozen=True, slots=True)
class State:
    """A part of a state dump.

    Attributes:
        amplitudes: basis states and amplitudes that are shown, in order.
        total: how many basis states the dump has.
        rest: the probability of those that are left out, None where it is not known.
        results: the results measured so far as the dump has them, such as ``[1, 0]``.
        qubits: how many qubits basis states are written for, 0 where there are too many.
    """

    amplitudes: tuple[tuple[int, complex], ...]
    total: int
    rest: float | None = 0.0
    results: str = ""
    qubits: int = 0


def read_state(text: str, qubits: int = 0) -> State | None:
    """The state behind the text of a dump; None where the text is none, as another simulator's may be.

    Args:
        text: the text of DumpMachine, in the words of qirrunner: qubit q is bit q of a basis state.
        qubits: how many qubits there are at least.
    """
    begin = _DUMP.match(text)
    if begin is None or not text.endswith("]"):
        return None
    whole = len(text) <= _READ
    body = text[begin.end() : -1] if whole else text[begin.end() : _READ]
    found = list(_AMPLITUDE.finditer(body if whole else body[: body.rfind(", ") + 2]))
    if not found or (whole and sum(match.end() - match.start() for match in found) != len(body)):
        return None
    read = [(int(match[1]), complex(float(match[2]), float(match[3].removeprefix("+")))) for match in found]
    shown = _most_probable(read) if whole else read[:SHOWN_AMPLITUDES]
    rest = sum(_probability(a) for _, a in read) - sum(_probability(a) for _, a in shown) if whole else None
    width = max(qubits, max(basis for basis, _ in read).bit_length(), 1)
    return State(
        tuple(shown),
        len(read) if whole else text.count(_BETWEEN),
        rest,
        begin[1] or "",
        width if width <= _QUBITS else 0,
    )


def _most_probable(read: Sequence[tuple[int, complex]]) -> list[tuple[int, complex]]:
    if len(read) <= SHOWN_AMPLITUDES:
        return list(read)
    best = sorted(range(len(read)), key=lambda place: (-round(_probability(read[place][1]), 12), place))
    return [read[place] for place in sorted(best[:SHOWN_AMPLITUDES])]


def _probability(amplitude: complex) -> float:
    return amplitude.real**2 + amplitude.imag**2


def _bits(basis: int, qubits: int) -> str:
    return f"{basis:0{qubits}b}"[::-1]  # qubit 0 first, as results are


def _part(value: float) -> str:
    return f"{value:.{_DIGITS}g}"


def amplitude_text(amplitude: complex) -> str:
    """An amplitude with four digits, without the part that it has not: ``0.7071``, ``-0.5i``, ``0.5-0.5i``."""
    least = _NOTHING * max(abs(amplitude.real), abs(amplitude.imag))
    real, imaginary = (0.0 if abs(part) <= least else part for part in (amplitude.real, amplitude.imag))
    if not imaginary:
        return _part(real + 0.0)
    return f"{_part(real) if real else ''}{'+' if real and imaginary > 0 else ''}{_part(imaginary)}i"


def _degrees(amplitude: complex) -> int:
    return round(math.degrees(cmath.phase(amplitude + 0.0))) % 360


def _rest(state: State, hint: str) -> str:
    more = state.total - len(state.amplitudes)
    if not more:
        return ""
    share = "" if state.rest is None else f", together {percent(max(state.rest, 0.0))}"
    which = "the first" if state.rest is None else "the most probable"
    return f"… and {count_text(more, 'more basis state')}{share}; these are {which}: {hint}"


def state_fragment(text: str, qubits: int, hint: str) -> str:
    """A dump as HTML without its style; what is no dump in the words of qirrunner stands there as text.

    Args:
        text: the text of the dump.
        qubits: how many qubits the program says that it has, 0 where it does not.
        hint: how to get all of it.
    """
    state = read_state(text, qubits)
    if state is None:
        return f'<section><pre class="qirjit-text">{escape(sanitize(_beginning(text, hint)))}</pre></section>'
    order = f'<th scope="col" title="qubit 0 first">{_order(state.qubits)}</th>' if state.qubits else ""
    head = (
        f'<th scope="col">state</th>{order}<th scope="col" class="qirjit-number">amplitude</th>'
        '<th scope="col" class="qirjit-number">probability</th><th class="qirjit-wide"></th>'
    )
    body = "".join(_row(basis, amplitude, state.qubits) for basis, amplitude in state.amplitudes)
    notes = [f"results so far: {shortened(state.results, 80)}"] if state.results else []
    notes += [rest] if (rest := _rest(state, hint)) else []
    below = "".join(f'<div class="qirjit-note">{escape(note)}</div>' for note in notes)
    return (
        f'<section><div class="qirjit-scroll"><table class="qirjit-table"><thead><tr>{head}'
        f'<th scope="col" colspan="2">phase</th></tr></thead><tbody>{body}</tbody></table></div>{below}</section>'
    )


def _order(qubits: int) -> str:
    if not qubits:
        return ""
    return "qubit 0" if qubits == 1 else f"qubits 0–{qubits - 1}"  # noqa: RUF001 - a dash of a range


def _row(basis: int, amplitude: complex, qubits: int) -> str:
    probability, degrees = _probability(amplitude), _degrees(amplitude)
    bits = f'<td class="qirjit-name">{_bits(basis, qubits)}</td>' if qubits else ""
    return (
        f'<tr><th scope="row" class="qirjit-name">|{shortened(str(basis), 40)}⟩</th>{bits}'
        f'<td class="qirjit-number">{amplitude_text(amplitude)}</td>'
        f'<td class="qirjit-number">{escape(percent(probability))}</td><td class="qirjit-wide">{_bar(probability)}</td>'
        f'<td class="qirjit-tight">{_dial(amplitude)}</td><td class="qirjit-number">{degrees}°</td></tr>'
    )


def _bar(probability: float) -> str:
    width = _BAR_PIXELS * min(probability, 1.0)
    return (
        f'<svg aria-hidden="true" width="{_BAR_PIXELS}" height="12">'
        f'<rect class="qirjit-track" width="100%" height="12" rx="2"/>'
        f'<rect class="qirjit-bar" width="{width:.4g}" height="12" rx="2"/></svg>'
    )


def _dial(amplitude: complex) -> str:
    middle = _DIAL / 2
    tip = cmath.rect(middle - 2, cmath.phase(amplitude + 0.0))
    x, y = middle + tip.real, middle - tip.imag
    return (
        f'<svg aria-hidden="true" width="{_DIAL}" height="{_DIAL}">'
        f'<circle class="qirjit-ring" cx="{middle:g}" cy="{middle:g}" r="{middle - 2:g}"/>'
        f'<path class="qirjit-hand" d="M{middle:g} {middle:g}L{x:.2f} {y:.2f}"/>'
        f'<circle class="qirjit-dot" cx="{x:.2f}" cy="{y:.2f}" r="2.5"/></svg>'
    )


def state_lines(text: str, qubits: int, hint: str) -> Iterator[str]:
    """A dump in columns of text; see `state_fragment`."""
    state = read_state(text, qubits)
    if state is None:
        yield sanitize(_beginning(text, hint))
        return
    head = ("state", _order(state.qubits), "amplitude", "probability", "", "phase")
    rows = [head, *(_cells(basis, amplitude, state.qubits) for basis, amplitude in state.amplitudes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [f"{cell:{side}{width}}" for cell, side, width in zip(row, "<<>><<", widths, strict=True) if width]
        yield "  ".join(cells).rstrip()
    if state.results:
        yield f"results so far: {shortened(state.results, 80)}"
    if rest := _rest(state, hint):
        yield rest


def _cells(basis: int, amplitude: complex, qubits: int) -> tuple[str, ...]:
    probability, degrees = _probability(amplitude), _degrees(amplitude)
    return (
        f"|{shortened(str(basis), 40)}⟩",
        _bits(basis, qubits) if qubits else "",
        amplitude_text(amplitude),
        percent(probability),
        "█" * round(_BAR * min(probability, 1.0)),
        f"{degrees:>3}° {_ARROWS[round(degrees / 45) % 8]}",
    )


def _beginning(text: str, hint: str) -> str:
    most = 2_000
    return text if len(text) <= most else f"{text[:most]}\n… {count_text(len(text) - most, 'more character')}: {hint}"
