from __future__ import annotations

import pytest

from qirjit_magic.engine.ir.pointers import looks_at_pointers


@pytest.mark.parametrize(
    "line",
    [
        "%same = icmp eq ptr %a, %b",
        "%same = icmp ne %Result* %a, @one",
        "%less = icmp samesign ult ptr %a, %b",
        "%two = icmp eq <2 x ptr> %a, %b",
        "%number = ptrtoint ptr %a to i64",
        "%number = ptrtoint %Qubit* %a to i64",
        "%number = ptrtoint <2 x ptr> %a to <2 x i64>",
    ],
)
def test_it_looks(line: str) -> None:
    assert looks_at_pointers(f"define void @f() {{\n  {line}\n  ret void\n}}\n")


@pytest.mark.parametrize(
    "line",
    [
        "%same = icmp eq i64 %a, %b",
        "%none = icmp eq ptr %a, null",
        "%none = icmp ne %Array* null, %a",
        "%less = icmp slt i64 %a, %b ; not of a ptr",
        "call void @f(ptr inttoptr (i64 3 to ptr))",
        "%constant = add i64 ptrtoint (ptr @table to i64), 8",
    ],
)
def test_it_does_not_look(line: str) -> None:
    assert not looks_at_pointers(f"define void @f() {{\n  {line}\n  ret void\n}}\n")
