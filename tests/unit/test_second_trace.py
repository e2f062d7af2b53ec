"""What a second trace may have otherwise: which value a recorded result has, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from qirjit_magic.engine.simulators.operation_trace import ENTRY, FIRST_RETURNED
from qirjit_magic.engine.simulators.second_trace import OUTCOMES, Output, find_change
from qirjit_magic.protocol.operations import Op
from qirjit_magic.protocol.shared_memory import RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RECORD = np.dtype([("kind", "<u4"), ("text", "<u4"), ("value", "<i8")])
_FIRST = [(Op.H, 0, 0, 0, 0.0), (Op.RZ, 0, 0, 0, 0.5), (Op.MEASURE, 0, FIRST_RETURNED + 2, 0, 0.0)]
_RECORDS = [(RecordKind.RESULT, 1, 0), (RecordKind.INT, 0, 7)]


def _drawn(number: int) -> Op:
    bit = (number * OUTCOMES % (1 << 64)) >> 41 & 1
    return Op.RECORD_ONE if bit else Op.RECORD_ZERO


def _output(
    tape: Sequence[tuple[float, ...]], records: Sequence[tuple[int, ...]], text: bytes = b"\0label\0"
) -> Output:
    return Output(np.array(tape, ENTRY), np.array(records, _RECORD), text)


def _first() -> Output:
    return _output([*_FIRST, (Op.RECORD, FIRST_RETURNED + 2, 0, 0, 0.0)], _RECORDS)


def _second(tape: NDArray[np.void] | None = None) -> Output:
    drawn = [*_FIRST, (_drawn(FIRST_RETURNED + 2), 0, 0, 0, 0.0)]
    output = _output(drawn, [(RecordKind.RESULT, 1, 1), (RecordKind.INT, 0, 7)])
    return output if tape is None else output._replace(tape=tape)


def test_recorded_results_are_the_outcomes_that_were_given() -> None:
    assert find_change(_first(), _second()) == ""


@pytest.mark.parametrize("operation", range(4))
def test_another_operation_is_a_change(operation: int) -> None:
    tape = _second().tape.copy()
    tape["op"][operation] = Op.X
    assert find_change(_first(), _second(tape=tape)).startswith(f"its operation {operation + 1} is another one")


def test_another_angle_is_a_change() -> None:
    tape = _second().tape.copy()
    tape["angle"][1] = np.nextafter(0.5, 1)
    assert find_change(_first(), _second(tape=tape)).startswith("its operation 2 ")


@pytest.mark.parametrize("length", [0, 3])
def test_a_tape_that_ends_before_is_a_change(length: int) -> None:
    assert find_change(_first(), _second(tape=_second().tape[:length])).startswith(f"its operation {length + 1} ")


@pytest.mark.parametrize("records", [[], _RECORDS[:1], [_RECORDS[0], (RecordKind.INT, 0, 8)], [*_RECORDS[::-1]]])
def test_other_records_are_a_change(records: list[tuple[int, ...]]) -> None:
    assert find_change(_first(), _second()._replace(records=np.array(records, _RECORD))).startswith(
        "it records something else"
    )


def test_other_text_is_a_change() -> None:
    assert find_change(_first(), _second()._replace(text=b"\0other\0")).startswith("it records something else")


def test_no_end_is_a_change() -> None:
    assert find_change(_first(), None).startswith("it does not come to its end")
