"""Arguments of an entry point: Python values to 64-bit words, checked against its signature."""

from __future__ import annotations

import operator
import struct
from collections.abc import Sequence

from qirjit_magic.errors import EntryPointError
from qirjit_magic.options import Argument
from qirjit_magic.protocol.module_info import EntryPoint
from qirjit_magic.protocol.return_values import integer_bits

_WORD_BITS = 64
_FLOATING = ("double", "float")
_TRUTH = {"true": 1, "false": 0}


def argument_words(entry: EntryPoint, arguments: Sequence[Argument]) -> tuple[int, ...]:
    """One word for each parameter: integers in two's complement, ``double`` and ``float`` as the bits of a double.

    Text, as ``--args`` gives it, is read as what the parameter needs.

    Raises:
        EntryPointError: too many or too few, or one does not fit its parameter.
    """
    parameters = entry.signature.parameters
    refused = next((place for place, kind in enumerate(parameters, 1) if not can_be_given(kind)), None)
    if refused:
        reason = (
            f"argument {refused} of '{entry.name}' is {parameters[refused - 1]}. "
            f"Only integers of up to 64 bits, double and float can be given. "
            f"Run a function that makes it and calls '{entry.name}'."
        )
        raise EntryPointError(reason, entry.name)
    if len(arguments) != len(parameters):
        raise EntryPointError(_count_reason(entry, len(arguments)), entry.name)
    pairs = zip(parameters, arguments, strict=True)
    return tuple(_word(entry, index, kind, value) for index, (kind, value) in enumerate(pairs, 1))


def takes_numbers(entry: EntryPoint) -> bool:
    """Return whether arguments can be given for all of its parameters, or it has none."""
    return all(map(can_be_given, entry.signature.parameters))


def example_arguments(entry: EntryPoint) -> str:
    """Return an example for ``--args``, one number for each parameter: ``1,0.5``."""
    return ",".join("0.5" if kind in _FLOATING else "1" for kind in entry.signature.parameters)


def can_be_given(kind: str) -> bool:
    """Return whether ``--args`` can give this type: an integer of up to 64 bits, ``double`` or ``float``."""
    return kind in _FLOATING or integer_bits(kind) is not None


def is_argument(kind: str, value: Argument) -> bool:
    """Return whether this value can be given for a parameter of this type."""
    try:
        _word_of(kind, value)
    except (TypeError, ValueError, OverflowError):
        return False
    return can_be_given(kind)


def _count_reason(entry: EntryPoint, given: int) -> str:
    parameters = entry.signature.parameters
    if not parameters:
        return f"'{entry.name}' takes no arguments, and got {given}. Give none."
    takes = "1 argument" if len(parameters) == 1 else f"{len(parameters)} arguments"
    listed = ", ".join(parameters)
    return (
        f"'{entry.name}' takes {takes} ({listed}), and got {given}. Give one each: --args {example_arguments(entry)}."
    )


def _word(entry: EntryPoint, index: int, kind: str, value: Argument) -> int:
    try:
        return _word_of(kind, value)
    except (TypeError, ValueError, OverflowError) as error:
        reason = f"argument {index} of '{entry.name}' is {kind}, and {value!r} is not: {error}."
        raise EntryPointError(reason, entry.name) from None


def _word_of(kind: str, value: Argument) -> int:
    bits = integer_bits(kind)
    if bits:
        return _integer_word(bits, value)
    return int(struct.unpack("<q", struct.pack("<d", _float(value)))[0])


def _float(value: Argument) -> float:
    try:
        return float(value)
    except ValueError:
        message = "write a number, such as 0.5 or 1e-3"
        raise ValueError(message) from None


def _integer(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        message = "write an integer, such as 3, -4 or 0x1f"
        raise ValueError(message) from None


def _integer_word(bits: int, value: Argument) -> int:
    if isinstance(value, str):
        truth = _TRUTH.get(value.strip().lower())
        number = _integer(value) if truth is None else truth
    else:
        number = operator.index(value)  # type: ignore[arg-type]  # that a float is refused is the point
    low, high = -(1 << (bits - 1)), (1 << bits) - 1
    if not low <= number <= high:
        message = f"outside {low} to {high}"
        raise OverflowError(message)
    word = number & ((1 << _WORD_BITS) - 1)
    return word - (1 << _WORD_BITS) if word >> (_WORD_BITS - 1) else word
