"""The output schemas of the QIR specification, version 2.1: a record to its line and back.

Source: qir-alliance/qir-spec, specification/output_schemas (labeled and ordered). Messages are INFO lines, and state
dumps stand as the simulator wrote them; the specification knows neither. It has no way to write a tab, a line break or
a leading quote in a label: these are escaped with a backslash, and so is a backslash that would read as such an escape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qirjit_magic.errors import RecordError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.records import Record, Value

Schema = Literal["labeled", "ordered"]
VERSION = "2.1"
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\", '"': '\\"'}
_IN_FIELD = lazy_pattern(r"""^"|[\t\n\r]|\\(?=[\t\n\r\\tnru'"])""")
_IN_MESSAGE = lazy_pattern(r"[\t\n\r\\]")
_ESCAPE = lazy_pattern(r"""\\(?:([\\tnr'"])|u\{(?!d[89a-f]..\})(10[0-9a-f]{4}|[0-9a-f]{1,5})\})""")
_PLAIN = {"t": "\t", "n": "\n", "r": "\r"}
_QUOTED = lazy_pattern(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class _SchemaForm:
    """The form in which the values of a type are written."""

    pattern: re.Pattern[str]
    expected: str
    read: Callable[[str], Value]


# No type has longer integers. Of a double, the specification's grammar ignores the case, as ABNF does.
_FORMS = {
    RecordKind.RESULT: _SchemaForm(re.compile("[01]"), "0 or 1", int),
    RecordKind.BOOL: _SchemaForm(re.compile("true|false"), "true or false", "true".__eq__),
    RecordKind.INT: _SchemaForm(re.compile("[+-]?[0-9]{1,99}"), "an integer", int),
    RecordKind.DOUBLE: _SchemaForm(
        re.compile(r"[+-]?(?:INF|INFINITY|NAN|(?:[0-9]+|[0-9]*\.[0-9]+)(?:E[+-]?[0-9]+)?)", re.IGNORECASE),
        "a number, INF or NAN",
        float,
    ),
    RecordKind.RESULT_ARRAY: _SchemaForm(re.compile("[01]*"), "a row of 0 and 1", str),
    RecordKind.TUPLE: _SchemaForm(re.compile("[0-9]{1,99}"), "a number of items", int),
    RecordKind.ARRAY: _SchemaForm(re.compile("[0-9]{1,99}"), "a number of items", int),
}


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
        yield "\t".join(("METADATA", _field(key), *((_field(value),) if value else ())))
    for record in records:
        yield record_line(record, labeled=schema == "labeled")
    yield f"END\t{exit_code}"


def record_line(record: Record, *, labeled: bool) -> str:
    """One record as a line, without the newline."""
    if record.kind is RecordKind.DUMP:
        return str(record.value)
    if record.kind is RecordKind.MESSAGE:
        return f"INFO\t{_escaped(str(record.value), _IN_MESSAGE)}"
    line = f"OUTPUT\t{record.kind.name}\t{value_text(record)}"
    return line if record.label is None or not labeled else f"{line}\t{_field(record.label)}"


@lru_cache(4096)  # all shots have the same labels
def _field(text: str) -> str:
    return _escaped(text, _IN_FIELD)


def _escaped(text: str, special: re.Pattern[str]) -> str:
    return special.sub(lambda match: _ESCAPES[match[0]], text)


def value_text(record: Record) -> str:
    """The value of a record that is an output, as the specification writes it."""
    if isinstance(record.value, bool):
        return "true" if record.value else "false"
    return double_text(record.value) if isinstance(record.value, float) else str(record.value)


def double_text(value: float) -> str:
    """A double that reads back as itself: INF, -INF, NAN, or digits without an exponent, as qirrunner writes them."""
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    text = repr(value)
    if "e" not in text:
        return text
    return f"{value:.0f}.0" if abs(value) >= 1 else _small(text)


def _small(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0")
    return f"{sign}0.{'0' * (-int(exponent) - 1)}{digits}"


def read_record(kind: str, value: str, label: str | None = None) -> Record:
    """The record of an OUTPUT line.

    Args:
        kind: its type, such as ``RESULT``.
        value: its value as text.
        label: its label as it is, no longer escaped.

    Raises:
        RecordError: there is no such type, or no such value of it.
    """
    for known, form in _FORMS.items():
        if known.name == kind:
            if form.pattern.fullmatch(value):
                return Record(known, form.read(value), label)
            raise RecordError(f"{kind} is {value!r}: it must be {form.expected}.")
    raise RecordError(f"the type is {kind!r}: it must be one of {', '.join(known.name for known in _FORMS)}.")


def read_field(text: str) -> str:
    """A label or a part of METADATA as it was: without the quotes that the grammar allows, no longer escaped."""
    quoted = _QUOTED.fullmatch(text)
    return read_message(quoted[1] if quoted else text)


def read_message(text: str) -> str:
    """The text of an INFO line, no longer escaped; escapes of qirrunner are undone as well."""
    return _ESCAPE.sub(lambda match: chr(int(match[2], 16)) if match[2] else _PLAIN.get(match[1], match[1]), text)
