"""The output schemas of the QIR specification, version 2.1: records to text.

Source: qir-alliance/qir-spec, specification/output_schemas (labeled and ordered). Messages are INFO lines, and state
dumps stand as the simulator wrote them; the specification knows neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from qirjit_magic.wire.memory import RecordKind
from qirjit_magic.wire.records import Record

Schema = Literal["labeled", "ordered"]
VERSION = "2.1"
_LABEL_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})
_MESSAGE_ESCAPES = {**_LABEL_ESCAPES, ord("\\"): "\\\\"}


def header(schema: Schema) -> list[str]:
    """The lines that stand once at the top."""
    return [f"HEADER\tschema_id\t{schema}", f"HEADER\tschema_version\t{VERSION}"]


def shot_lines(
    records: Iterable[Record], metadata: Sequence[tuple[str, str]], exit_code: int, *, schema: Schema
) -> Iterator[str]:
    """The lines of one shot, from START to END.

    Args:
        records: what the shot recorded.
        metadata: the entry point's attributes; an empty value is left out.
        exit_code: the number in the END line.
        schema: ``labeled``, or ``ordered``, which leaves the labels out.
    """
    yield "START"
    for key, value in metadata:
        yield f"METADATA\t{key}\t{value}" if value else f"METADATA\t{key}"
    for record in records:
        yield record_line(record, labeled=schema == "labeled")
    yield f"END\t{exit_code}"


def record_line(record: Record, *, labeled: bool) -> str:
    """One record as a line, without the newline."""
    if record.kind is RecordKind.DUMP:
        return str(record.value)
    if record.kind is RecordKind.MESSAGE:
        return f"INFO\t{str(record.value).translate(_MESSAGE_ESCAPES)}"
    line = f"OUTPUT\t{record.kind.name}\t{_value_text(record)}"
    return line if record.label is None or not labeled else f"{line}\t{record.label.translate(_LABEL_ESCAPES)}"


def _value_text(record: Record) -> str:
    if isinstance(record.value, bool):
        return "true" if record.value else "false"
    return double_text(record.value) if isinstance(record.value, float) else str(record.value)


def double_text(value: float) -> str:
    """A double without an exponent and with a fraction, as the reference implementation writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = repr(value)
    if "e" not in text:
        return text
    return f"{value:.0f}.0" if abs(value) >= 1 else _small(text)


def _small(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0")
    return f"{sign}0.{'0' * (-int(exponent) - 1)}{digits}"
