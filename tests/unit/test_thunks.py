from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator

import pytest

from qirjit_magic.engine.codegen.object_code import LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.runtime.thunks import ReturnLayout, Thunks, return_layout
from qirjit_magic.errors import EntryPointError
from qirjit_magic.options import Argument
from qirjit_magic.protocol.module_info import EntryPoint, Signature
from qirjit_magic.protocol.return_values import Returned, returned_value
from qirjit_magic.session.arguments import argument_words

_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)


@pytest.fixture
def thunks() -> Iterator[Thunks]:
    made = Thunks(ObjectEmitter())
    yield made
    made.close()


def _run(thunks: Thunks, text: str, *arguments: Argument) -> Returned:
    """Calls ``@f`` as the shot loop does, with words made of Python values."""
    module = parse_module(text.encode())
    entry = module.info.function("f")
    assert entry is not None
    linked = LinkedObject(ObjectEmitter().emit(module.llvm_module), {})
    words = argument_words(entry, arguments)
    array = (ctypes.c_int64 * (len(words) + return_layout(entry.signature).words + 1))(*words)
    word = _CALL(thunks.address(entry))(linked.address("f"), ctypes.addressof(array))
    linked.close()
    return returned_value(entry.signature.returns, word, array[len(words) : -1])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("i1", True),
        ("i1", False),
        ("i2", -2),
        ("i8", -128),
        ("i16", 1000),
        ("i32", -(2**31)),
        ("i33", 2**32 - 1),
        ("i64", -(2**63)),
        ("double", -0.1),
        ("float", 0.5),
    ],
)
def test_a_value_of_each_type_passes_through(thunks: Thunks, kind: str, value: Argument) -> None:
    returned = _run(thunks, f"define {kind} @f({kind} %x) {{ ret {kind} %x }}", value)
    assert returned == value
    assert type(returned) is type(value)


def test_a_float_is_rounded_to_its_precision(thunks: Thunks) -> None:
    rounded = struct.unpack("<f", struct.pack("<f", 0.1))[0]
    assert _run(thunks, "define float @f(float %x) { ret float %x }", 0.1) == rounded


def test_arguments_keep_their_order(thunks: Thunks) -> None:
    text = "define i64 @f(i64 %a, i8 %b, i64 %c) {\n  %1 = sub i64 %a, %c\n  ret i64 %1\n}"
    assert _run(thunks, text, 10, 7, 4) == 6


def test_nothing_is_returned_as_none(thunks: Thunks) -> None:
    assert _run(thunks, "define void @f() { ret void }") is None


def test_a_pointer_is_returned_as_its_address(thunks: Thunks) -> None:
    assert _run(thunks, "define ptr @f() { ret ptr inttoptr (i64 4096 to ptr) }") == 4096


@pytest.mark.parametrize(
    ("kind", "constant", "value"),
    [
        ("{ i64, i1 }", "{ i64 -3, i1 true }", (-3, True)),
        ("<{ i8, double }>", "<{ i8 -1, double 0.25 }>", (-1, 0.25)),
        ("[3 x i32]", "[i32 1, i32 -2, i32 3]", [1, -2, 3]),
        ("{ { float, i2 }, [2 x { ptr }] }", "{ { float, i2 } { float 0.5, i2 -2 }, [2 x { ptr }] zeroinitializer }",
         ((0.5, -2), [(0,), (0,)])),
        ("{}", "zeroinitializer", ()),
        ("[16 x i64]", "zeroinitializer", [0] * 16),
    ],
)  # fmt: skip
def test_a_struct_is_returned_as_a_tuple_and_an_array_as_a_list(
    thunks: Thunks, kind: str, constant: str, value: object
) -> None:
    assert _run(thunks, f"define {kind} @f(i64 %x) {{ ret {kind} {constant} }}", 7) == value


def test_the_shot_loop_knows_which_words_are_pointers() -> None:
    assert return_layout(Signature("{ ptr, i64, [2 x ptr] }")) == ReturnLayout(words=4, pointers=0b1101)
    assert return_layout(Signature("ptr")) == ReturnLayout(words=1, pointers=1)
    assert return_layout(Signature("i64")) == return_layout(Signature("void")) == ReturnLayout(words=0, pointers=0)


def test_functions_of_one_type_share_a_thunk(thunks: Thunks) -> None:
    one, other = (thunks.address(EntryPoint(name, Signature("i64", ("double",)))) for name in "ab")
    assert one == other != thunks.address(EntryPoint("a", Signature("i64", ("i64",))))


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (Signature("void", ("ptr",)), "'f' takes ptr"),
        (Signature("void", ("i65",)), "'f' takes i65"),
        (Signature("void", ("i64", "<2 x i64>")), "'f' takes <2 x i64>"),
        (Signature("i128"), "'f' returns i128"),
        (Signature("{ i64, i128 }"), "'f' returns { i64, i128 }"),
        (Signature("[17 x i64]"), "'f' returns [17 x i64]"),
        (Signature("<2 x i64>"), "'f' returns <2 x i64>"),
        (Signature("half"), "'f' returns half"),
        (Signature("void", ("i64",), variadic=True), "'f' takes a variable number"),
    ],
)
def test_what_no_word_holds_is_refused(thunks: Thunks, signature: Signature, said: str) -> None:
    with pytest.raises(EntryPointError) as caught:
        thunks.address(EntryPoint("f", signature))
    assert said in str(caught.value)
    assert caught.value.name == "f"
