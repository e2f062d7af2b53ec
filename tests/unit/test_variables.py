from __future__ import annotations

import ctypes
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.codegen.external_variables import externalise
from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.engine.link import linker
from qirjit_magic.engine.link.linker import GroupSymbol, LinkedGroup, VariableMemory
from qirjit_magic.errors import CircularModulesError, NoCodeError
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import GlobalVariable

_EMITTER = ObjectEmitter()
_FOREIGN = "@foreign = external global i64\n"
_DEBUG = """
!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!5}
!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "x", scope: !2, file: !3, type: !4)
!2 = distinct !DICompileUnit(language: DW_LANG_C99, file: !3, emissionKind: FullDebug, globals: !6)
!3 = !DIFile(filename: "x.c", directory: "/")
!4 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!5 = !{i32 2, !"Debug Info Version", i32 3}
!6 = !{!0}
"""


def _externalised(text: str) -> QirModule:
    return externalise(parse_module(text.encode()), _EMITTER.data_layout)


def _moved(text: str) -> dict[str, tuple[int, int]]:
    """Sizes and alignments of the variables that the linker gives memory."""
    return {v.name: (v.size, v.alignment) for v in _externalised(text).info.variables if v.alignment}


def _compiled(text: str) -> Compiled:
    module = _externalised(text)
    return Compiled(module.info, _EMITTER.emit(module.llvm_module))


def _first_bytes(text: str, name: str) -> bytes:
    """What the variable begins with once its module is linked."""
    foreign = {"foreign": ExternalSymbol(8, function=False)}  # nobody looks there
    compiled = _compiled(text)
    group = LinkedGroup({"m": compiled}, {"m": foreign})
    (size,) = (v.size for v in compiled.module.variables if v.name == name)
    begins = ctypes.string_at(group.symbol("m", name, function=False).address, size)
    group.close()
    return begins


@pytest.mark.parametrize(
    "text",
    [
        "@x = global i64 1\ndefine void @f() { ret void }",
        f"{_FOREIGN}@x = internal global i64 1\ndefine void @f() {{ ret void }}",
        "@x = global i64 1\ndeclare void @foreign()",
    ],
)
def test_a_module_that_cannot_be_in_a_circle_of_variables_stays_as_it_is(text: str) -> None:
    module = parse_module(text.encode())
    assert externalise(module, _EMITTER.data_layout) is module


def test_a_module_with_names_of_ours_stays_as_it_is() -> None:
    assert _moved(f'{_FOREIGN}@x = global i64 1\n@"qirjit.initial.0" = global i64 2') == {}


def test_public_variables_are_moved_and_others_stay() -> None:
    text = f"""{_FOREIGN}
        @hidden = internal global i64 1
        @x = global i64 1
        @word = private constant [3 x i8] c"abc"
        @pair = constant {{ i32, i64 }} {{ i32 1, i64 2 }}
        @nothing = global [0 x i64] zeroinitializer
        @two = global i8 1, section "elsewhere", align 2
        @vector = global <4 x double> zeroinitializer"""
    assert _moved(text) == {"x": (8, 8), "pair": (16, 8), "nothing": (0, 8), "two": (1, 2), "vector": (32, 32)}


def test_sizes_are_those_of_this_module_s_types_whatever_was_there_before() -> None:
    # LLVM remembers layouts by the addresses of types, which are used again.
    for kind in ("i8", "i16", "i32", "i64") * 10:
        bits = int(kind[1:])
        text = f"{_FOREIGN}@x = global {{ {kind}, [3 x {kind}] }} {{ {kind} 1, [3 x {kind}] zeroinitializer }}"
        assert _moved(text) == {"x": (bits // 2, bits // 8)}


@pytest.mark.parametrize(
    "name", ["x.y-$", "two words", 'with"quote', "back\\slash", "größe", "x = global y", ", align 64"]
)
def test_a_variable_of_any_name_is_moved_and_keeps_what_it_begins_with(name: str) -> None:
    quoted = "".join(f"\\{byte:02X}" for byte in name.encode())
    text = f'{_FOREIGN}@"{quoted}" = global i64 258'
    assert _moved(text) == {name: (8, 8)}
    assert _first_bytes(text, name) == (258).to_bytes(8, "little")


@pytest.mark.parametrize(
    "definition",
    [
        "hidden global i64 7",
        "dso_local global i64 7",
        "weak_odr unnamed_addr global i64 7",
        "linkonce_odr constant i64 7",
        "available_externally constant i64 7",
        "externally_initialized global i64 7",
        'global i64 7, section "elsewhere", align 64',
    ],
)
def test_a_variable_of_any_linkage_is_moved_and_keeps_what_it_begins_with(definition: str) -> None:
    assert _first_bytes(f"{_FOREIGN}@x = {definition}", "x") == bytes([7, *bytes(7)])


@pytest.mark.parametrize(
    "value",
    [
        "[1000000000 x i64] zeroinitializer",
        "[1000000000 x i64] zeroinitializer, align 32",
        'i64 zeroinitializer, section "elsewhere", align 32, !dbg !0',
    ],
)
def test_zeros_take_no_place_in_the_object_code(value: str) -> None:
    text = f"{_FOREIGN}@x = global {value}\n{_DEBUG}"
    assert _moved(text).keys() == {"x"}
    assert len(_compiled(text).object_code) < 2000


def test_zeros_are_a_part_of_what_a_variable_begins_with() -> None:
    value = "{ [2 x i16], i16, [2 x i16] } { [2 x i16] zeroinitializer, i16 7, [2 x i16] zeroinitializer }"
    assert _first_bytes(f"{_FOREIGN}@x = global {value}", "x") == bytes([0, 0, 0, 0, 7, 0, 0, 0, 0, 0])


def test_what_is_said_about_a_variable_is_not_said_about_what_it_begins_with() -> None:
    text = f"{_FOREIGN}@x = global i64 7, !dbg !0\n{_DEBUG}"
    lines = [line for line in str(_externalised(text).llvm_module).splitlines() if line.startswith("@")]
    assert lines == [
        "@foreign = external global i64",
        "@x = external global i64, align 8",
        "@qirjit.initial.0 = global i64 7",
    ]
    assert _first_bytes(text, "x") == bytes([7, *bytes(7)])


def test_code_reaches_a_moved_variable_at_any_distance() -> None:
    # Never relative to the code: memory of variables is not made beside it.
    text = f"""{_FOREIGN}@a = hidden global i64 1\n@b = dso_local global i64 1
        define i64 @f() {{
          %x = load i64, ptr @a
          %y = load i64, ptr @b
          %z = add i64 %x, %y
          ret i64 %z
        }}"""
    assembly = _EMITTER.assembly(_externalised(text).llvm_module)
    assert not re.search(r"dso_local|hidden", str(_externalised(text).llvm_module))
    assert not re.search(r"\b[ab]\(%rip\)", assembly)


@pytest.mark.parametrize(
    "text",
    [
        "@x = thread_local global i64 1",
        "@x = thread_local(initialexec) global i64 1",
        "@x = addrspace(1) global i64 1",
        "$x = comdat any\n@x = global i64 1, comdat",
        "@x = global i64 1\n@y = alias i64, ptr @x",
        "@x = global i64 1\n@y = private global i64 sub (i64 ptrtoint (ptr @x to i64), i64 ptrtoint (ptr @y to i64))",
        "@0 = global i64 1",
        '@".Lx" = global i64 1',
        '@"\\01x" = global i64 1',
    ],
)
def test_what_must_be_in_the_object_code_stays_there_and_the_others_are_moved(text: str) -> None:
    assert _moved(f"{_FOREIGN}{text}\n@other = global i64 2") == {"other": (8, 8)}


@given(
    st.lists(
        st.builds(
            GlobalVariable,
            name=st.uuids().map(str),
            type=st.just("i8"),
            size=st.integers(0, 10_000),
            alignment=st.sampled_from([0, 1, 2, 8, 64, 4096, 1 << 16]),
        ),
        max_size=8,
    )
)
def test_variables_have_places_of_their_own_of_their_alignment(variables: list[GlobalVariable]) -> None:
    memory = VariableMemory(variables)
    moved = [v for v in variables if v.alignment]
    assert list(memory.addresses) == [v.name for v in moved]
    for variable in moved:
        address = memory.addresses[variable.name]
        assert address % variable.alignment == 0
        assert ctypes.string_at(address, variable.size) == bytes(variable.size)
        ctypes.memset(address, 1, variable.size)
    assert all(ctypes.string_at(memory.addresses[v.name], v.size) == b"\1" * v.size for v in moved)
    memory.close()
    assert memory._memory is None or memory._memory.closed


@pytest.mark.parametrize("missing", ["function", "variable"])
def test_a_group_that_is_not_linked_frees_what_it_has(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    freed: list[object] = []

    class Memory(VariableMemory):
        def close(self) -> None:
            freed.append(self)
            super().close()

    class Linked(LinkedObject):
        def close(self) -> None:
            freed.append(self)
            super().close()

    monkeypatch.setattr(linker, "VariableMemory", Memory)
    monkeypatch.setattr(linker, "LinkedObject", Linked)
    one = _compiled(f"{_FOREIGN}@x = global i64 1\ndeclare void @f()")
    other = _compiled("@foreign = global i64 2")
    function = missing == "function"
    lost = GroupSymbol("other", "f" if function else "lost", function)
    found = GroupSymbol("other", "foreign", function=False)
    with pytest.raises(NoCodeError):
        LinkedGroup({"one": one, "other": other}, {"one": {"foreign": found, lost.name: lost}, "other": {}})
    # Where a function is lost: both modules, and the trampoline that was to lead to it.
    assert [type(each) for each in freed] == [*([Linked] * (3 if function else 1)), Memory, Memory]


def test_a_group_in_a_circle_of_variables_that_stay_is_refused() -> None:
    text = "@{} = global i64 1\n@alias = alias i64, ptr @{}\n@{} = external global i64"
    modules = {own: _compiled(text.format(own, own, other)) for own, other in (("a", "b"), ("b", "a"))}
    symbols = {own: {other: GroupSymbol(other, other, function=False)} for own, other in (("a", "b"), ("b", "a"))}
    with pytest.raises(CircularModulesError) as caught:
        LinkedGroup(modules, symbols)
    assert caught.value.modules in {("a", "b", "a"), ("b", "a", "b")}
