from __future__ import annotations

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.errors import QirSyntaxError


@pytest.mark.parametrize(
    ("line", "version", "advice"),
    [
        ("define i64 @f(i64* %p) { %x = load i64* %p ret i64 %x }", "3.7", "load i64, i64* %p"),
        ("define i64 @f(i64* %p) { %x = load volatile i64* %p ret i64 %x }", "3.7", "load i64, i64* %p"),
        ("define i8* @f(i8* %p) { %x = getelementptr i8* %p, i64 1 ret i8* %x }", "3.7", "getelementptr i8, i8* %p"),
        ("@p = global i8* getelementptr ([2 x i8]* @a, i64 0, i64 0)", "3.7", "getelementptr i8, i8* %p"),
        ("@b = alias i32* @a", "3.8", "alias i32, i32* @g"),
        ("define void @f(i8* byval %p) { ret void }", "15", "ptr byval(%T) %p"),
        ("define void @f(i8* sret %p) { ret void }", "15", "ptr sret(%T) %p"),
        ("!0 = metadata !{i32 1}", "3.6", "'metadata' away"),
        ("@x = linker_private global i8 0", "3.5", "Write 'private'"),
        ("@x = global i64 extractvalue ({i64} {i64 1}, 0)", "15", "Compute it with an instruction"),
        ("@x = global i64 udiv (i64 4, i64 2)", "15", "'udiv'"),
        ("@x = global double fadd (double 1.0, double 2.0)", "15", "'fadd'"),
        ("@x = global i64 select (i1 true, i64 1, i64 2)", "17", "'select'"),
        ("@x = global i64 zext (i32 5 to i64)", "18", "'zext'"),
        ("@x = global i64 and (i64 4, i64 2)", "18", "'and'"),
        ("@x = global i1 icmp eq (i64 4, i64 2)", "19", "'icmp'"),
        ("@x = global i64 shl (i64 4, i64 2)", "19", "'shl'"),
        ("@x = global i64 mul (i64 2, i64 3)", "21", "'mul'"),
    ],
)
def test_what_llvm_no_longer_reads_is_explained(line: str, version: str, advice: str) -> None:
    with pytest.raises(QirSyntaxError) as caught:
        parse_module(f"; first\n{line}\n".encode())
    assert f"LLVM {version} dropped" in caught.value.message
    assert advice in caught.value.message
    assert caught.value.line == 2


@pytest.mark.parametrize("text", ["define void @f( {", "@x = global i64 nothing", "define i64 @f() { %x = load }"])
def test_other_mistakes_are_told_in_llvms_words(text: str) -> None:
    with pytest.raises(QirSyntaxError) as caught:
        parse_module(text.encode())
    assert "dropped" not in caught.value.message
