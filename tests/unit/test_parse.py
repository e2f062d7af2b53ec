from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import llvmlite.binding as llvm
import pyqir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.errors import QirSyntaxError
from qirjit_magic.protocol.module_info import Declaration, GlobalVariable

_TEXT = b"define void @f() {\n  ret void\n}\n"
_INTRINSICS = [
    "declare i64 @llvm.ctpop.i64(i64)",
    "declare double @llvm.pow.f64(double, double)",
    "declare {i64, i1} @llvm.uadd.with.overflow.i64(i64, i64)",
    "declare <4 x i32> @llvm.sadd.sat.v4i32(<4 x i32>, <4 x i32>)",
    "declare void @llvm.memcpy.p0i8.p0i8.i64(i8*, i8*, i64, i1)",
    "declare void @llvm.dbg.value(metadata, metadata, metadata)",
    "declare i64 @llvm.read_register.i64(metadata)",
    "declare void @llvm.trap() noreturn",
]
_STRANGERS = [
    ("declare void @llvm.qubit.swap(ptr)", "void (ptr)"),
    ("declare void @llvm.qubit.swap(ptr) nounwind noreturn", "void (ptr)"),
    ("declare { i64, i1 } @llvm.qubit.swap()", "{ i64, i1 } ()"),
    ("declare void @llvm.qubit.swap(...)", "void (...)"),
]


def _error(source: bytes) -> QirSyntaxError:
    with pytest.raises(QirSyntaxError) as caught:
        parse_module(source)
    return caught.value


def test_a_module_knows_its_name_and_the_digest_of_its_source() -> None:
    info = parse_module(_TEXT, "bell").info
    assert (info.name, info.digest) == ("bell", sha256(_TEXT).hexdigest())


def test_private_constants_are_nobody_elses() -> None:
    text = """
%Pair = type { i64, double }
@public = constant [2 x i8] c"a\\00"
@counter = global i64 0
@"a = constant name" = internal unnamed_addr global %Pair zeroinitializer, align 8
@label = private constant [10 x i8] c"constant \\00"
@.str = internal unnamed_addr constant i64 5
"""
    assert parse_module(text.encode()).info.variables == (
        GlobalVariable("public", "[2 x i8]", constant=True),
        GlobalVariable("counter", "i64"),
        GlobalVariable("a = constant name", "{ i64, double }", public=False),
    )


def test_typed_pointers_are_opaque_and_structs_are_their_contents(parsed: Callable[[str], QirModule]) -> None:
    info = parsed("typed_pointers").info
    assert [(f.name, str(f.signature), f.public) for f in info.functions] == [
        ("main", "i64 ()", True),
        ("swap", "{ i64, double } (ptr, i1)", False),
    ]
    assert info.variables == (GlobalVariable("counter", "i64"),)
    assert info.declarations == (
        Declaration("__quantum__qis__h__body", "void (ptr)"),
        Declaration("__quantum__qis__mz__body", "void (ptr, ptr)"),
        Declaration("__quantum__rt__result_record_output", "void (ptr, ptr)"),
        Declaration("printf", "i32 (ptr, ...)"),
        Declaration("elsewhere", "{ i64, double }", function=False),
    )


def test_an_entry_point_has_its_attributes_without_those_of_a_processor(parsed: Callable[[str], QirModule]) -> None:
    module = parsed("typed_pointers")
    entry = module.info.functions[0]
    assert dict(entry.attributes) == {"entry_point": "", "required_num_qubits": "1", "qir_profiles": "base_profile"}
    assert (entry.declared, entry.required_qubits, module.info.profile) == (True, 1, "base")
    assert "cortex" not in str(module.llvm_module)
    assert "cortex" in module.text.text


@pytest.mark.parametrize("maker", ["llvmlite", "pyqir"])
def test_bitcode_is_the_same_module(program: Callable[[str], bytes], maker: str) -> None:
    text = program("typed_pointers")
    if maker == "llvmlite":
        bitcode = llvm.parse_assembly(text.decode(), llvm.create_context()).as_bitcode()
    else:
        bitcode = pyqir.Module.from_ir(pyqir.Context(), text.decode()).bitcode
    from_text, from_bitcode = parse_module(text), parse_module(bitcode)
    assert from_bitcode.info.functions == from_text.info.functions
    assert from_bitcode.info.declarations == from_text.info.declarations
    assert "define i64 @main()" in from_bitcode.text.text
    assert "cortex" not in str(from_bitcode.llvm_module)


def test_bitcode_that_ends_too_early_is_refused() -> None:
    bitcode = llvm.parse_assembly(_TEXT.decode(), llvm.create_context()).as_bitcode()
    error = _error(bitcode[: len(bitcode) // 8 * 4])
    assert "bitcode" in error.message
    assert not error.message.endswith(": ")


@pytest.mark.parametrize(
    "source", [b"\xef\xbb\xbf" + _TEXT, _TEXT.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf\r\n" + _TEXT, b"\n\n" + _TEXT]
)
def test_a_byte_order_mark_and_line_ends_make_no_difference(source: bytes) -> None:
    assert [f.name for f in parse_module(source).info.functions] == ["f"]


@pytest.mark.parametrize("source", [b"", b"\n", b"; nothing\n"])
def test_a_module_may_be_empty(source: bytes) -> None:
    assert parse_module(source).info.functions == ()


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_syntax_error_has_its_line_its_column_and_the_source_line(end: bytes) -> None:
    error = _error(end.join([b"define void @f() {", b"  bogus 1", b"}", b""]))
    assert (error.line, error.column, error.source_line) == (2, 3, "  bogus 1")
    assert "expected instruction" in error.message
    assert str(error).endswith("2 |   bogus 1\n  |   ^")


@pytest.mark.parametrize(
    "line",
    [
        'define void @f() "target-cpu"="x86-64" bogus { ret void }',
        'define void @f() "target-features"="+a,+b" "tune-cpu"="y" bogus { ret void }',
        'define void @"größe"() bogus { ret void }',
        '@"\U0001d53d" = global i8 0 bogus',
        "\t\tbogus",
    ],
)
def test_the_caret_of_a_syntax_error_stands_under_the_mistake(line: str) -> None:
    error = _error(line.encode())
    assert error.source_line == line
    assert error.column == line.index("bogus") + 1


def test_a_module_that_llvm_cannot_verify_is_refused_with_its_reason() -> None:
    source = b"define i64 @f() {\n  br label %b\nb:\n  %x = add i64 %y, 1\n  %y = add i64 1, 1\n  ret i64 %x\n}\n"
    assert "does not dominate" in _error(source).message


@pytest.mark.parametrize(("before", "line"), [(b"", 1), (b"\n", 2), (_TEXT, 4)])
def test_a_nul_byte_is_refused_with_its_line(before: bytes, line: int) -> None:
    error = _error(before + b"\0" + _TEXT)
    assert "NUL" in error.message
    assert error.line == line


@pytest.mark.parametrize(("bad", "byte"), [(b"\xe9", "0xe9"), (b"\xff\xfe", "0xff"), (b"\xc3(", "0xc3")])
def test_text_that_is_no_utf8_is_refused_with_its_line(bad: bytes, byte: str) -> None:
    error = _error(_TEXT + b"; caf" + bad)
    assert byte in error.message
    assert error.line == 4


@given(st.binary(max_size=60))
def test_short_junk_is_a_module_or_a_syntax_error(junk: bytes) -> None:
    if junk.startswith((b"BC", b"\xde\xc0")):
        return
    try:
        parse_module(junk)
    except QirSyntaxError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


def test_names_may_be_private_or_beyond_ascii(parsed: Callable[[str], QirModule]) -> None:
    functions = parsed("private_names").info.functions
    assert [(f.name, f.public) for f in functions] == [
        ("hidden", False),
        ("inner", False),
        ("größe", True),
        ("sum", True),
    ]


@pytest.mark.parametrize("text", _INTRINSICS)
def test_intrinsics_of_llvm_are_nobody_s_to_define(text: str) -> None:
    assert parse_module(text.encode()).info.declarations == ()


@pytest.mark.parametrize(("text", "kind"), _STRANGERS)
def test_an_intrinsic_that_llvm_does_not_know_is_a_declaration(text: str, kind: str) -> None:
    assert parse_module(text.encode()).info.declarations == (Declaration("llvm.qubit.swap", kind),)


@pytest.mark.parametrize(
    "text",
    [
        '!llvm.module.flags = !{!0}\n!0 = !{i32 1, !"target-cpu", i32 7}',
        '!words = !{!0}\n!0 = !{!"target-features", !"tune-cpu"}',
        'define void @"target-cpu"() { ret void }',
        'define void @f() {\n  call void @"tune-cpu"()\n  ret void\n}\ndeclare void @"tune-cpu"()',
    ],
)
def test_only_attributes_lose_the_words_of_a_processor(text: str) -> None:
    printed = str(parse_module(text.encode()).llvm_module)
    assert any(word in printed for word in ("target-cpu", "target-features", "tune-cpu"))


@pytest.mark.parametrize(
    "group", ['attributes #0 = { "tune-cpu"="a" "probe-stack"="f" }', 'attributes #0={"probe-stack"}']
)
def test_a_group_of_nothing_but_words_of_a_processor_is_accepted(group: str) -> None:
    (function,) = parse_module(f"define void @f() #0 {{ ret void }}\n{group}\n".encode()).llvm_module.functions
    assert not any(b"cpu" in attribute or b"probe" in attribute for attribute in function.attributes)


@pytest.mark.parametrize(
    ("attribute", "found"),
    [
        ('"plain"', ("plain", "")),
        ('"key"="value"', ("key", "value")),
        ('"output_labeling_schema"="a, b = c"', ("output_labeling_schema", "a, b = c")),
        ('"caf\\C3\\A9"="\\22x\\22"', ("café", '"x"')),
    ],
)
def test_attributes_are_read_as_the_text_they_mean(attribute: str, found: tuple[str, str]) -> None:
    (function,) = parse_module(f"define void @f() {attribute} {{ ret void }}".encode()).info.functions
    assert function.attributes == (found,)


def test_every_public_program_can_be_parsed(corpus: Path) -> None:
    refused = {}
    for file in sorted(corpus.rglob("*.[lb][lc]")):
        try:
            parse_module(file.read_bytes())
        except QirSyntaxError as error:
            refused[file.name] = str(error)
    assert refused == {}
