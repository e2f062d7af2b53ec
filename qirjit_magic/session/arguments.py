"""Arguments of an entry point: Python values to 64-bit words, checked against its signature."""

from __future__ import annotations

import operator
import re
import struct
from collections.abc import Sequence

from qirjit_magic.errors import EntryPointError
from qirjit_magic.wire.modules import EntryPoint

Argument = bool | int | float | str
_INTEGER = re.compile(r"i(\d+)\Z")
_WORD_BITS = 64
_TRUTH = {"true": 1, "false": 0}


def argument_words(entry: EntryPoint, arguments: Sequence[Argument]) -> tuple[int, ...]:
    """One word for each parameter: integers in two's complement, ``double`` and ``float`` as the bits of a double.

    Text, as ``--args`` gives it, is read as what the parameter needs.

    Raises:
        EntryPointError: too many or too few, or one does not fit its parameter.
    """
    parameters = entry.signature.parameters
    if len(arguments) != len(parameters):
        wanted = ", ".join(parameters) or "none"
        reason = f"'{entry.name}' takes {len(parameters)} arguments ({wanted}), and got {len(arguments)}."
        raise EntryPointError(reason, entry.name)
    pairs = zip(parameters, arguments, strict=True)
    return tuple(_word(entry, index, kind, value) for index, (kind, value) in enumerate(pairs, 1))


def _word(entry: EntryPoint, index: int, kind: str, value: Argument) -> int:
    integer = _INTEGER.match(kind)
    try:
        if kind in {"double", "float"}:
            return int(struct.unpack("<q", struct.pack("<d", float(value)))[0])
        if integer and int(integer[1]) <= _WORD_BITS:
            return _integer_word(int(integer[1]), value)
    except (TypeError, ValueError, OverflowError) as error:
        reason = f"argument {index} of '{entry.name}' is {kind}, and {value!r} is not: {error}."
        raise EntryPointError(reason, entry.name) from None
    reason = (
        f"argument {index} of '{entry.name}' is {kind}. Only integers of up to 64 bits, double and float can be given."
    )
    raise EntryPointError(reason, entry.name)


def _integer_word(bits: int, value: Argument) -> int:
    if isinstance(value, str):
        truth = _TRUTH.get(value.strip().lower())
        number = int(value, 0) if truth is None else truth
    else:
        number = operator.index(value)  # type: ignore[arg-type]  # that a float is refused is the point
    low, high = -(1 << (bits - 1)), (1 << bits) - 1
    if not low <= number <= high:
        message = f"outside {low} to {high}"
        raise OverflowError(message)
    word = number & ((1 << _WORD_BITS) - 1)
    return word - (1 << _WORD_BITS) if word >> (_WORD_BITS - 1) else word
