from __future__ import annotations

import contextlib
from pathlib import Path

import llvmlite.binding as llvm
import pytest

from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.engine.ir.safety import check_safety
from qirjit_magic.errors import QirSyntaxError, UnsafeModuleError
from tests.files import PROGRAMS, program

# A file of tests/programs/unsafe, what its error is about, and the line.
_TRUSTABLE = [
    ("module_asm", "module-level assembler code", 2),
    ("inline_asm", "inline assembler code", 3),
    ("callbr_asm", "inline assembler code", 4),
    ("call_of_integer", "a call of an integer constant", 3),
    ("call_of_typed_integer", "a call of an integer constant", 5),
    ("invoke_of_integer", "a call of an integer constant", 3),
    ("call_of_sum", "a call of an integer constant", 4),
    ("call_of_value", "a call of an integer constant", 5),
    ("alias_of_integer", "an alias of an integer constant", 2),
    ("alias_of_distance", "an alias of an integer constant", 4),
    ("global_ctors", "@llvm.global_ctors", 2),
    ("global_dtors", "@llvm.global_dtors", 2),
    ("ifunc", "an ifunc", 2),
    ("prologue", "prologue data", 2),
    ("section_of_code", 'the section ".text"', 2),
    ("called_address_by_memory", "a call of an integer constant", 9),
    ("escaped_attribute", '"trap-func-name"', 5),
    ("write_register", "the intrinsic llvm.write_register", 3),
    ("trap_function", '"trap-func-name"', 5),
]
_FATAL = [
    ("tile", "the type x86_amx", 2),
    ("soft_float", 'the attribute "use-soft-float"="true"', 6),
    ("erlang_convention", "the calling convention cc 11", 2),
    ("thread_local", "a thread_local variable", 2),
    ("unknown_collector", 'gc "of-my-own"', 2),
    ("huge_variable", "an array of 1,099,511,627,776 elements", 2),
    ("large_variables", "@second and the variables before it, 805,306,368 bytes", 5),
    ("section_of_zeros", 'the section ".bss"', 2),
    ("section_of_a_function", 'the section "main"', 2),
    ("assembler_name", "the name '.Lstep'", 7),
    ("foreign_intrinsic", "the intrinsic @llvm.aarch64.dmb", 3),
    ("copied_value", "the intrinsic @llvm.ssa.copy.i64", 4),
    ("counted_loop", "the intrinsic @llvm.loop.decrement.i32", 4),
    ("foreign_type", 'a type of another machine, target("spirv.Image")', 2),
    ("wide_integer", "an integer type of 65,536 bits", 3),
    ("long_vector", "a vector of 1,000,000 elements", 3),
    ("long_nested_array", "3,000,000 elements as one value", 5),
    ("long_struct", "120,000 elements as one value", 3),
    ("long_array", "100,000 elements as one value", 5),
    ("calling_convention", "the calling convention anyregcc", 2),
    ("alignment", "an alignment of 1,073,741,824 bytes", 2),
    ("appending", "@list with appending linkage", 2),
    ("attribute_value", 'the attribute "stack-probe-size"="many"', 8),
    ("comdat", "comdat largest", 2),
    ("passed_opaque", "a value of the opaque type %Storage", 6),
]


def _module(name: str) -> QirModule:
    return parse_module(program(f"unsafe/{name}"))


def _refusal(module: QirModule, *, trust: bool) -> UnsafeModuleError:
    with pytest.raises(UnsafeModuleError) as caught:
        check_safety(module, trust=trust)
    return caught.value


def test_every_unsafe_program_is_in_a_table() -> None:
    listed = {name for table in (_TRUSTABLE, _FATAL) for name, *_ in table}
    assert listed | {"harmless", "name_not_utf8", "extracted_opaque"} == {
        path.stem for path in (PROGRAMS / "unsafe").glob("*.ll")
    }


@pytest.mark.parametrize(("name", "construct", "line"), _TRUSTABLE)
def test_what_can_do_anything_is_refused_at_its_line_unless_trusted(name: str, construct: str, line: int) -> None:
    module = _module(name)
    error = _refusal(module, trust=False)
    assert construct in error.construct
    assert (error.line, error.source_line, error.trustable) == (line, module.text.line(line), True)
    assert "--trust" in str(error)
    check_safety(module, trust=True)


@pytest.mark.parametrize(("name", "construct", "line"), _FATAL)
def test_what_would_end_the_process_is_refused_in_any_case(name: str, construct: str, line: int) -> None:
    module = _module(name)
    for trust in (False, True):
        error = _refusal(module, trust=trust)
        assert construct in error.construct
        assert (error.line, error.source_line, error.trustable) == (line, module.text.line(line), False)
        assert "--trust" not in str(error)


def test_names_that_are_no_text_are_refused_as_soon_as_they_are_read() -> None:
    with pytest.raises(UnsafeModuleError, match="is not UTF-8") as caught:
        _module("name_not_utf8")
    assert caught.value.line == 6


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("extractvalue { i64, %S } undef, 1", "%S"),
        ("extractvalue [2 x %S] undef, 1", "%S"),
        ("extractvalue <{ i8, { %S } }> undef, 1, 0", "%S"),
        ("extractvalue /* i64 */ %Named\n undef, 1", "%S"),
        ("extractvalue { %Nobody } { %Nobody undef }, 0", "%Nobody"),
        ("landingpad %S cleanup", "%S"),
        ("extractvalue { <vscale x 2 x i64>, %S } undef, 1", "%S"),
        ('extractvalue { ptr addrspace(1), target("spirv.Image", i64, 3), %S } undef, 2', "%S"),
    ],
)
def test_a_value_without_a_size_is_refused_before_llvm_reads_it(value: str, name: str) -> None:
    text = f"%S = type opaque\n%Named = type {{ i64, %S }}\ndefine void @f() {{\n  %x = {value}\n  ret void\n}}\n"
    with pytest.raises(UnsafeModuleError, match=f"a value of the opaque type {name}") as caught:
        parse_module(text.encode())
    assert caught.value.line == 4


@pytest.mark.parametrize("kind", ["void ()", "i64 (%S*)", "%Function"])
def test_a_value_that_would_be_a_function_is_refused_before_llvm_reads_it(kind: str) -> None:
    types = "%S = type opaque\n%Function = type void (i64)\n"
    text = f"{types}define void @f() {{\n  %x = landingpad {kind} cleanup\n  ret void\n}}\n"
    with pytest.raises(UnsafeModuleError, match="a value of a function's type: only a pointer") as caught:
        parse_module(text.encode())
    assert caught.value.line == 4


@pytest.mark.parametrize(
    "kind", ["void ()*", "ptr addrspace(1)", 'target("spirv.Image")', "%Function*", "{ ptr, i32 }"]
)
def test_what_is_caught_may_be_any_other_value(kind: str) -> None:
    types = "%Function = type void (i64)\ndeclare i32 @p(...)\ndeclare void @g()\n"
    body = "invoke void @g() to label %a unwind label %b\na:\n  ret void\nb:"
    text = (
        f"{types}define void @f() personality ptr @p {{\n  {body}\n  %x = landingpad {kind} cleanup\n  ret void\n}}\n"
    )
    assert parse_module(text.encode()).info.functions[0].name == "f"


@pytest.mark.parametrize(
    "value",
    ["extractvalue { %S*, %S* } undef, 1", "extractvalue { i64, %Two } undef, 1, 0", "extractvalue %A undef, 0"],
)
def test_values_beside_opaque_types_may_be_taken(value: str) -> None:
    types = "%S = type opaque\n%Two = type { i64, i64 }\n%A = type [2 x %Two]\n"
    check_safety(parse_module(f"{types}define void @f() {{\n  %x = {value}\n  ret void\n}}\n".encode()), trust=False)


def test_a_type_that_is_opaque_only_behind_it_is_refused_too() -> None:
    with pytest.raises(UnsafeModuleError, match="a value of the opaque type %Storage") as caught:
        _module("extracted_opaque")
    assert caught.value.line == 5


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("{ i64, { %S } }", False),
        ("<{ %S, i8 }>", False),
        ("[2 x %S]", True),
        ("{ i64, [2 x { %S }] }", True),
        ("{ [0 x %S] }", True),
        ("[2 x %S*]", False),
    ],
)
def test_a_parameter_without_a_size_is_refused_where_llvm_would_end_the_process(kind: str, refused: bool) -> None:  # noqa: FBT001 - a table
    text = f"%S = type opaque\ndefine void @f({kind} %unused) {{\n  ret void\n}}\n"
    with pytest.raises(UnsafeModuleError, match="%S") if refused else contextlib.nullcontext():
        check_safety(parse_module(text.encode()), trust=False)


@pytest.mark.parametrize("value", ["alloca { i64, %S }", "load %S, ptr null", "call %S @g()", "va_arg ptr null, %S"])
def test_what_llvm_refuses_of_opaque_types_it_refuses_by_their_name(value: str) -> None:
    text = f"%S = type opaque\ndeclare %S @g()\ndefine void @f() {{\n  %x = {value}\n  ret void\n}}\n"
    with pytest.raises(QirSyntaxError, match="the type %S is opaque"):
        parse_module(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "declare void @f(%Nope, { %Q* }*)",
        "declare void @f(%Q*, %Nope)",
        "define void @f(%Nope %x, %Q* %y) {\n  ret void\n}",
        "define %Nope* @f(%Q* %p) {\n  %a = getelementptr %Nope, %Nope* null, i64 1\n  ret %Nope* %a\n}",
    ],
)
def test_a_type_that_is_only_pointed_to_is_not_the_one_without_a_size(text: str) -> None:
    with pytest.raises(QirSyntaxError, match="the type %Nope is opaque"):
        parse_module(f"%Q = type opaque\n{text}\n".encode())


@pytest.mark.parametrize(
    "value",
    [
        "call i64 %a(ptr noundef %a, %S undef)",
        "va_arg ptr %a, %S",
        "select i1 %c, %S undef, %S undef",
        "freeze %S undef",
    ],
)
def test_a_value_is_not_taken_for_the_type_without_a_size(value: str) -> None:
    text = f"%S = type opaque\ndefine void @f(ptr %a, i1 %c) {{\n  %x = {value}\n  ret void\n}}\n"
    with pytest.raises(QirSyntaxError, match="the type %S is opaque"):
        parse_module(text.encode())


def test_sections_that_are_names_and_no_more_need_no_trust() -> None:
    module = parse_module(program("plain_sections"))
    check_safety(module, trust=False)
    assert not any("section" in str(variable) for variable in module.llvm_module.global_variables)


@pytest.mark.parametrize(
    "section",
    [".init_array", ".eh_frame", ".text.more", ".rodata", "__TEXT,__text", ",__text", "llvm.mine", "\\2Etext", "f"],
)
def test_other_sections_are_refused_however_they_are_written(section: str) -> None:
    text = f'@v = constant i64 7,\n/* to */ section ; where\n"{section}"\ndefine void @f() {{\n  ret void\n}}\n'
    error = _refusal(parse_module(text.encode()), trust=False)
    assert error.construct == f'the section "{section}"'
    assert error.line == 2


def test_a_section_of_a_function_is_refused_by_any_name() -> None:
    text = b'define void @f() section ",qir_generator" {\n  ret void\n}\n'
    assert _refusal(parse_module(text), trust=False).trustable


def test_words_in_comments_strings_and_names_are_nothing_to_refuse() -> None:
    check_safety(_module("harmless"), trust=False)


@pytest.mark.parametrize("name", ["inline_asm", "module_asm", "call_of_sum", "thread_local", "section_of_zeros"])
def test_bitcode_is_refused_like_its_text(name: str) -> None:
    text = program(f"unsafe/{name}").decode()
    bitcode = llvm.parse_assembly(text, llvm.create_context()).as_bitcode()
    module = parse_module(bitcode)
    error = _refusal(module, trust=False)
    assert error.construct == _refusal(_module(name), trust=False).construct
    assert error.line is not None
    assert error.source_line == module.text.line(error.line)


def test_names_in_bitcode_are_checked_too() -> None:
    text = program("unsafe/name_not_utf8").decode()
    with pytest.raises(UnsafeModuleError, match="the name @"):
        parse_module(llvm.parse_assembly(text, llvm.create_context()).as_bitcode())


def test_public_programs_are_not_refused(corpus: Path) -> None:
    files = [path for path in corpus.rglob("*") if path.suffix in {".ll", ".bc"}]
    assert files
    for path in files:
        try:
            module = parse_module(path.read_bytes())
        except UnsafeModuleError:
            raise
        except Exception:  # noqa: BLE001, S112 - some are wrong on purpose: that is another test's affair
            continue
        check_safety(module, trust=False)
