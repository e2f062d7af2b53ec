from __future__ import annotations

import pytest

from qirjit_magic.engine.ir.parse import parse_module
from qirjit_magic.engine.ir.varying_intrinsics import find_varying_intrinsic


@pytest.mark.parametrize(
    "declaration",
    [
        "i64 @llvm.x86.rdrand.64()",
        "i64 @llvm.readcyclecounter()",
        "i64 @llvm.readsteadycounter()",
        "i32 @llvm.get.rounding()",
        "void @llvm.set.fpenv.i256(i256)",
        "void @llvm.x86.sse.ldmxcsr(ptr)",
        "ptr @llvm.returnaddress(i32)",
        "ptr @llvm.frameaddress.p0(i32)",
        "ptr @llvm.thread.pointer.p0()",
        "i64 @llvm.read_register.i64(metadata)",
        "double @llvm.experimental.constrained.fadd.f64(double, double, metadata, metadata)",
        "void @llvm.va_start.p0(ptr)",
        "i64 @llvm.nobody.knows(i64)",
    ],
)
def test_what_is_not_known_to_be_the_same_in_all_shots_varies(declaration: str) -> None:
    name = declaration.partition("@")[2].partition("(")[0]
    assert find_varying_intrinsic(parse_module(f"declare void @f()\ndeclare {declaration}\n".encode())) == f"@{name}"


@pytest.mark.parametrize(
    "declaration",
    [
        "void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
        "double @llvm.sqrt.f64(double)",
        "{ i64, i1 } @llvm.sadd.with.overflow.i64(i64, i64)",
        "i64 @llvm.abs.i64(i64, i1)",
        "void @llvm.dbg.value(metadata, metadata, metadata)",
        "void @llvm.lifetime.start.p0(ptr)",
        "double @llvm.pow.f64(double, double)",
        "i8 @llvm.fptosi.sat.i8.f64(double)",
    ],
)
def test_arithmetic_and_memory_are_the_same_in_all_shots(declaration: str) -> None:
    assert find_varying_intrinsic(parse_module(f"declare {declaration}\n".encode())) == ""
