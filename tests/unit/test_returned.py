"""What a module does with a returned result: handing it on is allowed, whatever else there is tells the outcome."""

from __future__ import annotations

import pytest

from qirjit_magic.engine.ir import returned_results
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.ir.returned_results import find_inspected_result

_MEASURED = "__quantum__qis__m__body"
_DECLARED = """
declare ptr @__quantum__qis__m__body(ptr)
declare ptr @__quantum__rt__result_get_one()
declare ptr @__quantum__rt__string_create(ptr)
declare i1 @__quantum__rt__result_equal(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
define internal void @record(ptr %r) {
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  ret void
}
define internal i64 @number(ptr %r) {
  %n = ptrtoint ptr %r to i64
  ret i64 %n
}
define void @public(ptr %r) {
  ret void
}
"""
HANDED_ON = (
    "call void @__quantum__rt__result_record_output(ptr %r, ptr null)",
    "call void @record(ptr %r)",
    "%e = call i1 @__quantum__rt__result_equal(ptr null, ptr %r)",
    "%f = freeze ptr %r\n  call void @record(ptr %f)",
    "%s = select i1 true, ptr %r, ptr null\n  call void @record(ptr %s)",
    "%c = icmp eq ptr %r, null",
)
INSPECTED = {
    "compared": "%one = call ptr @__quantum__rt__result_get_one()\n  %c = icmp eq ptr %r, %one",
    "as_a_number": "%n = ptrtoint ptr %r to i64",
    "stored": "%p = alloca ptr\n  store ptr %r, ptr %p",
    "moved": "%p = getelementptr i8, ptr %r, i64 0\n  call void @record(ptr %p)",
    "read_there": "%n = load i64, ptr %r",
    "chosen_by": "%s = select i1 true, ptr %r, ptr null\n  %n = ptrtoint ptr %s to i64",
    "given_to_who_takes_no_results": "%s = call ptr @__quantum__rt__string_create(ptr %r)",
    "given_as_a_label": "call void @__quantum__rt__result_record_output(ptr null, ptr %r)",
    "given_to_who_looks": "%n = call i64 @number(ptr %r)",
    "given_to_who_may_be_anybody": "call void @public(ptr %r)",
    "of_another_type": "%n = call i64 @__quantum__qis__m__body(ptr null)",
}
MENTIONED = (
    "@table = internal constant [1 x ptr] [ptr @__quantum__qis__m__body]",
    "@other = alias ptr (ptr), ptr @record",
)


def _found(instruction: str, more: str = "") -> str:
    measured = f"%r = call ptr @{_MEASURED}(ptr null)"
    text = f"{_DECLARED}{more}\ndefine void @main() {{\n  {measured}\n  {instruction}\n  ret void\n}}\n"
    return find_inspected_result(read_text(text), (_MEASURED,))


@pytest.mark.parametrize("instruction", HANDED_ON)
def test_a_result_that_is_handed_on_is_not_looked_at(instruction: str) -> None:
    assert _found(instruction) == ""


@pytest.mark.parametrize("name", sorted(INSPECTED))
def test_whatever_else_is_done_with_a_result_is_a_look(name: str) -> None:
    assert _found(INSPECTED[name]).startswith("'")


@pytest.mark.parametrize("more", MENTIONED)
def test_a_measurement_or_who_is_given_a_result_is_only_called(more: str) -> None:
    assert "is not only called, by its name and type" in _found("call void @record(ptr %r)", more)


def test_of_more_instructions_than_are_looked_at_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returned_results, "MAX_INSTRUCTIONS", 3)
    assert "more than 3 instructions" in _found("call void @record(ptr %r)")


def test_a_module_that_has_no_such_measurement_is_not_looked_at() -> None:
    assert find_inspected_result(read_text("define void @main() {\n  ret void\n}\n"), ()) == ""
