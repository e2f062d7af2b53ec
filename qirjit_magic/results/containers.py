"""Containers: the records of a shot as one Python value, tuples and arrays nested.

Source: qir-alliance/qir-spec, specification/output_schemas/Notes.md, "Output Type". A container's record says how many
items follow it; each item is a value, or a container with its own items.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from qirjit_magic.protocol.shared_memory import TEXT_KINDS, RecordKind
from qirjit_magic.results.records import Record

Output: TypeAlias = "bool | int | float | tuple[Output, ...] | list[Output]"
_CONTAINERS = (RecordKind.TUPLE, RecordKind.ARRAY)


def nested(records: Iterable[Record]) -> tuple[Output, ...] | list[Output]:
    """The outputs of one shot as one value: that of the container that holds them all, else a tuple of them.

    TUPLE is a tuple, ARRAY a list, RESULT an int, BOOL a bool, INT an int, DOUBLE a float, RESULT_ARRAY a list of ints.
    Messages and state dumps are left out. A container that promises more items than follow has those that do.
    """
    outputs = [record for record in records if record.kind not in TEXT_KINDS]
    items = top_items(outputs)
    if len(items) == 1 and outputs[0].kind in _CONTAINERS and isinstance(items[0], tuple | list):
        return items[0]
    return tuple(items)


def top_items(records: Iterable[Record]) -> list[Output]:
    """The outputs that lie in no container, in order, each with its own items in it."""
    items: list[Output] = []
    begun: list[tuple[RecordKind, int, list[Output]]] = []  # kind, items promised, the items around it
    for record in records:
        kind = record.kind
        if kind in _CONTAINERS:
            begun.append((kind, int(record.value), items))
            items = []
        elif kind not in TEXT_KINDS:
            items.append(_value(record))
        while begun and len(items) >= begun[-1][1]:
            items = _ended(begun, items)
    while begun:
        items = _ended(begun, items)
    return items


def _ended(begun: list[tuple[RecordKind, int, list[Output]]], items: list[Output]) -> list[Output]:
    kind, _, around = begun.pop()
    around.append(tuple(items) if kind is RecordKind.TUPLE else items)
    return around


def _value(record: Record) -> Output:
    if isinstance(record.value, str):
        return [int(bit) for bit in record.value]
    return record.value
