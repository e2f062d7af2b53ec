"""Each record type of the specification, recorded by a program, through both schemas and back."""

from __future__ import annotations

import math
from typing import get_args

import pytest

from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.output_parsing import parse_output
from qirjit_magic.results.output_schemas import Schema
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS

EVERY_RECORD = PROGRAMS / "records" / "every_record.ll"
RECORDED = frozenset(RecordKind) - {
    RecordKind.END,
    RecordKind.FAILURE,
    RecordKind.MESSAGE,
    RecordKind.DUMP,
    RecordKind.RETURNED,
}


@pytest.mark.parametrize("schema", get_args(Schema))
def test_each_record_type_is_written_as_the_specification_says_and_read_back(session: Session, schema: Schema) -> None:
    session.add(EVERY_RECORD)
    result = session.run(shots=2)
    assert {record.kind for record in result.shots[0].records} == RECORDED
    text = result.to_text(schema)
    assert text == EVERY_RECORD.with_suffix(f".{schema}").read_text("utf-8")
    output = parse_output(text)
    assert output.schema == schema
    for read, shot in zip(output.shots, result.shots, strict=True):
        written = [
            (record.kind, str(record.value), record.label if schema == "labeled" else None) for record in shot.records
        ]
        assert [(record.kind, str(record.value), record.label) for record in read.records] == written
        assert read.exit_code == shot.exit_code == 7


def test_the_same_records_are_python_values(session: Session) -> None:
    session.add(EVERY_RECORD)
    (found,) = session.run().records
    inside, no, zero, none, *doubles, bits, no_bits, empty_tuple, empty_array = found
    assert inside == ([0, 1], True, -(2**63), 0.1)
    assert (no, zero, none) == (False, 0, 0.0)
    assert doubles[:2] == [math.inf, -math.inf]
    assert math.isnan(float(str(doubles[2])))
    assert (bits, no_bits, empty_tuple, empty_array) == ([0, 1, 0], [], (), [])
