from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.containers import Output, nested, top_items
from qirjit_magic.results.records import Record

_scalars = st.booleans() | st.integers(0, 1) | st.integers(2) | st.floats(allow_nan=False)
_outputs: st.SearchStrategy[Output] = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple), max_leaves=20
)


def _records(output: Output) -> list[Record]:
    if isinstance(output, tuple | list):
        kind = RecordKind.TUPLE if isinstance(output, tuple) else RecordKind.ARRAY
        return [Record(kind, len(output)), *(record for item in output for record in _records(item))]
    if isinstance(output, bool):
        return [Record(RecordKind.BOOL, output)]
    kind = RecordKind.DOUBLE if isinstance(output, float) else RecordKind.INT
    return [Record(kind, output)]


def _read(outputs: str) -> list[Record]:
    """Records from their lines without OUTPUT: ``ARRAY 2 RESULT 0 RESULT 1``."""
    words = iter(outputs.split())
    return [Record(RecordKind[kind], int(value)) for kind, value in zip(words, words, strict=True)]


# The types are those of the specification's examples (output_schemas/Notes.md).
@pytest.mark.parametrize(
    ("outputs", "value"),
    [
        ("", ()),
        ("RESULT 1", (1,)),
        ("RESULT 1 INT 7", (1, 7)),
        ("ARRAY 2 RESULT 0 RESULT 1 ARRAY 3 RESULT 0 RESULT 0 RESULT 1", ([0, 1], [0, 0, 1])),
        ("TUPLE 2 ARRAY 2 RESULT 0 RESULT 1 ARRAY 1 RESULT 0", ([0, 1], [0])),
        ("ARRAY 2 RESULT 0 RESULT 1 INT 5", ([0, 1], 5)),
        ("ARRAY 2 ARRAY 1 RESULT 0 ARRAY 2 RESULT 0 RESULT 1", [[0], [0, 1]]),
        ("ARRAY 2 TUPLE 2 INT 42 RESULT 0 TUPLE 2 INT 33 RESULT 1", [(42, 0), (33, 1)]),
        ("ARRAY 0", []),
        ("TUPLE 0", ()),
        ("ARRAY 2 TUPLE 0 ARRAY 0", [(), []]),
    ],
)
def test_a_shot_has_the_type_that_the_specification_infers(outputs: str, value: object) -> None:
    assert nested(_read(outputs)) == value


@pytest.mark.parametrize(
    ("outputs", "value"),
    [
        ("ARRAY 3 RESULT 1", [1]),
        ("TUPLE 2 ARRAY 3 RESULT 1", ([1],)),
        ("ARRAY 2 TUPLE 2 INT 1 INT 2", [(1, 2)]),
        ("ARRAY 9223372036854775807 INT 1", [1]),
        ("TUPLE 1", ()),
    ],
)
def test_a_container_that_promises_too_much_has_what_there_is(outputs: str, value: object) -> None:
    assert nested(_read(outputs)) == value


@pytest.mark.parametrize("count", [-1, -(2**63)])
def test_a_container_of_less_than_nothing_is_empty(count: int) -> None:
    assert nested(_read(f"ARRAY {count} INT 1")) == ([], 1)


@given(_outputs)
def test_any_value_comes_back_with_its_types(output: Output) -> None:
    found = nested(_records(output))
    expected = output if isinstance(output, tuple | list) else (output,)
    assert repr(found) == repr(expected)


@given(st.lists(_outputs, max_size=5))
def test_what_lies_in_no_container_stands_in_order(outputs: list[Output]) -> None:
    records = [record for output in outputs for record in _records(output)]
    assert repr(top_items(records)) == repr(outputs)


def test_messages_and_dumps_are_no_items() -> None:
    said = [Record(RecordKind.MESSAGE, "m"), Record(RecordKind.DUMP, "d")]
    array, one, two = _read("ARRAY 2 RESULT 0 RESULT 1")
    assert nested([*said, array, *said, one, *said, two, *said]) == [0, 1]


def test_an_array_of_results_is_a_value_and_no_container() -> None:
    bits = Record(RecordKind.RESULT_ARRAY, "0110")
    assert nested([bits]) == ([0, 1, 1, 0],)
    assert nested([Record(RecordKind.TUPLE, 2), bits, Record(RecordKind.RESULT_ARRAY, "")]) == ([0, 1, 1, 0], [])


def test_containers_may_be_nested_deeper_than_python_calls() -> None:
    value = nested([Record(RecordKind.ARRAY, 1)] * 100_000)
    depth = 0
    while value:
        assert isinstance(value, list)
        (item,) = value
        assert isinstance(item, list)
        value, depth = item, depth + 1
    assert depth == 99_999
