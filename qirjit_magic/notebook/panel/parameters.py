"""What a person types for a parameter, or as a seed: is it right, and if not, what is wanted."""

from __future__ import annotations

from qirjit_magic.errors import OptionError
from qirjit_magic.options import checked_options
from qirjit_magic.plain import plain_line
from qirjit_magic.session.arguments import can_be_given, fits
from qirjit_magic.wire.returns import integer_bits

_LONGEST_TYPE = 40
TRUTH = "i1"


def parameter_label(index: int, kind: str) -> str:
    """``Argument 1 (i64)``: the name of a field; parameters have none of their own."""
    return f"Argument {index} ({_short(kind)})"


def first_value(kind: str) -> str:
    """What a field says before anybody has typed anything, so that one can run at once."""
    return "0" if integer_bits(kind) else "0.0" if can_be_given(kind) else ""


def parameter_problem(kind: str, text: str) -> str:
    """What is wrong with a value, in a few words; empty where it can be given."""
    if not can_be_given(kind):
        return f"{_short(kind)} cannot be given: run a function that makes it"
    if fits(kind, text):
        return ""
    bits = integer_bits(kind)
    if bits:
        return f"an integer from {-(1 << (bits - 1)):,} to {(1 << bits) - 1:,}"
    return "a number, such as 0.5 or 1e-3"


def seed_of(text: str) -> int | None:
    """The seed that somebody has typed; None where it is to be drawn.

    Raises:
        ValueError: it is none.
    """
    try:
        seed = int(text.strip(), 0) if text.strip() else None
        return checked_options(1, seed, "auto", None)[1]
    except OptionError as error:
        raise ValueError(str(error)) from None


def seed_problem(text: str) -> str:
    """What is wrong with a seed, in a few words; empty where it can be used, as nothing can."""
    try:
        seed_of(text)
    except ValueError:
        return "an integer from 0 to 2**64 - 1, or nothing"
    return ""


def _short(kind: str) -> str:
    line = plain_line(kind)
    return line if len(line) <= _LONGEST_TYPE else f"{line[:_LONGEST_TYPE]}…"
