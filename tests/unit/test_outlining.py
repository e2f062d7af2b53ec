from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import count

import llvmlite.binding as llvm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.text import outlining
from qirjit_magic.engine.text.outlining import OUTLINED, OutliningLimits, is_outlined
from qirjit_magic.engine.text.source_text import SourceText

_Event = tuple[str | float, ...]

_SHORT = OutliningLimits(body=0, run=2, calls=3, parameter=0)
_DECLARATIONS = """\
declare void @note(i64)
declare void @turn(double, ptr)
declare void @pair(ptr, i1)
declare i64 @next(i64)
declare void @plain()
"""
_NOTE = "  call void @note(i64 7)\n"


def outline(text: str, limits: OutliningLimits) -> str | None:
    return outlining.outline(SourceText(text), limits)


def _program(body: str, *, rest: str = _DECLARATIONS) -> str:
    return f"{rest}define void @main() {{\n{body}  ret void\n}}\n"


def _pieces(text: str | None) -> str:
    before, _, pieces = (text or "").partition(f"define internal void @{OUTLINED}0")
    assert is_outlined(f"{OUTLINED}0")
    assert "define internal" not in before
    return pieces


def _verified(text: str) -> llvm.ModuleRef:
    module = read_text(text)
    module.verify()
    return module


def _calls(module: llvm.ModuleRef, level: int = 0) -> list[_Event]:
    log: list[_Event] = []
    numbers = count()

    def following(value: int) -> int:
        log.append(("next", value))
        return next(numbers)

    nothing, word, number, address, truth = None, ctypes.c_int64, ctypes.c_double, ctypes.c_void_p, ctypes.c_uint8
    functions = {
        "note": ctypes.CFUNCTYPE(nothing, word)(lambda value: log.append(("note", value))),
        "turn": ctypes.CFUNCTYPE(nothing, number, address)(lambda by, at: log.append(("turn", by, at or 0))),
        "pair": ctypes.CFUNCTYPE(nothing, address, truth)(lambda at, on: log.append(("pair", at or 0, on & 1))),
        "next": ctypes.CFUNCTYPE(word, word)(following),
        "plain": ctypes.CFUNCTYPE(nothing)(lambda: log.append(("plain",))),
    }
    symbols = {n: ExternalSymbol(ctypes.cast(f, ctypes.c_void_p).value or 0) for n, f in functions.items()}
    declared = {f.name for f in module.functions if f.is_declaration}
    linked = LinkedObject(ObjectEmitter().emit(module, level), {n: s for n, s in symbols.items() if n in declared})
    ctypes.CFUNCTYPE(None)(linked.address("main"))()
    linked.close()
    return log


def test_a_run_becomes_functions_that_are_called_in_its_place() -> None:
    body = """\
  %q = inttoptr i64 8 to ptr
  call void @turn(double 5.0e-1, ptr %q)
  call void @note(i64 1)
  call void @pair(ptr %q, i1 true)
  call void @note(i64 2)
  tail call void @note(i64 3) #0
  %r = call i64 @next(i64 4)
  call void @note(i64 %r)
"""
    assert (
        outline(_program(body, rest=""), _SHORT)
        == """\
define void @main() {
  %q = inttoptr i64 8 to ptr
  call void @turn(double 5.0e-1, ptr %q)
  call void @qirjit.outlined.0(ptr %q)
  call void @qirjit.outlined.1()
  %r = call i64 @next(i64 4)
  call void @note(i64 %r)
  ret void
}

define internal void @qirjit.outlined.0(ptr %q) noinline {
  call void @note(i64 1)
  call void @pair(ptr %q, i1 true)
  ret void
}
define internal void @qirjit.outlined.1() noinline {
  call void @note(i64 2)
  tail call void @note(i64 3) #0
  ret void
}
"""
    )


@pytest.mark.parametrize(
    "limits", [OutliningLimits(body=10_000, run=2, calls=3), OutliningLimits(body=0, run=6, calls=3)]
)
def test_what_is_short_stays_as_it_is(limits: OutliningLimits) -> None:
    assert outline(_program(5 * _NOTE), limits) is None


def test_short_functions_of_a_long_text_stay_as_they_are() -> None:
    text = _program(50 * _NOTE) + "".join(f"define void @f{i}() {{\n{3 * _NOTE}  ret void\n}}\n" for i in range(20))
    outlined = outline(text, OutliningLimits(body=1000, run=2, calls=100))
    assert outlined is not None
    assert outlined.count("define internal") == 1
    assert _pieces(outlined).count("@note(i64 7)") == 50


@pytest.mark.parametrize(
    "line",
    [
        "call void @gate(ptr null)",
        "\ttail  call\tvoid @gate( ptr inttoptr (i64 3 to ptr) )",
        "call fastcc void @gate(ptr noundef nonnull writeonly @label)",
        'call void @"a gate"(ptr align 8 dereferenceable(8) @"a label") #1 ; twice',
        "call void @gate(ptr getelementptr inbounds ([3 x i8], ptr @label, i32 0, i32 1)) nounwind",
        "call void @gate(ptr getelementptr (i8, ptr getelementptr (i8, ptr @l, i64 ptrtoint (ptr @f to i64)), i64 1))",
        "call void @gate(%Qubit* inttoptr (i64 3 to %Qubit*))",
        "call void @gate(i8* getelementptr inbounds ([3 x i8], [3 x i8]* @label, i32 0, i32 0)), !dbg !7",
        "call void @rotation(double 0x3FF8000000000000, double -1.5e-3, float 1.0, half 0xH3C00, i1 true, i64 -1)",
        "call void @rotation(double undef, double poison, ptr zeroinitializer), !dbg !7, !qir.mark !8",
    ],
)
def test_a_call_of_constants_is_moved(line: str) -> None:
    outlined = outline(_program(f"{line}\n" * 6), _SHORT)
    assert outlined is not None
    assert _pieces(outlined).count(line.partition(", !dbg")[0]) == 6
    assert "(%" not in outlined.replace("(%Qubit* inttoptr", "")


_IMMOVABLE = [
    "%r = call i64 @next(i64 1)",
    "call void %f(i64 1)",
    "notail call void @note(i64 1)",
    'call void @note(i64 1) [ "deopt"(i32 1) ]',
    "call void @llvm.trap()",
    'call void @"llvm.trap"()',
    'call void @"\\6clvm.trap"()',
    "call void @struct(ptr byval(i64) @g)",
    "call void @metadata(metadata i64 1)",
    "call void @stops()",
    'call void @"stops"()',
    "call void @stops_by_group()",
    "call void @twice(i64 1)",
    "call void @note(i64 1) noreturn",
    "call void @note(i64 1) #3",
    "call void (ptr, ...) @printf(ptr @g)",
    'call void asm sideeffect "", ""()',
    "call i64 @next(i64 1)",
    "call void @note(i64\n    1)",
    "fence seq_cst",
    "x: call void @note(i64 1)",
    "call void @plain() call void @plain()",
]
_ODD = """\
declare void @stops() nounwind noreturn
declare void @stops_by_group() #3
declare void @twice(i64) returns_twice
attributes #3 = { noreturn nounwind }
attributes #31 = { nounwind }
"""


@pytest.mark.parametrize("line", _IMMOVABLE)
def test_any_other_line_stays_where_it_is(line: str) -> None:
    around = 4 * "  call void @note(i64 7) #31\n"
    outlined = outline(_program(f"{around}  {line}\n{around}", rest=_DECLARATIONS + _ODD), _SHORT)
    pieces = _pieces(outlined)
    assert outlined is not None
    assert f"  {line}\n" in outlined.removesuffix(pieces)
    assert line not in pieces
    assert pieces.count("@note(i64 7) #31\n") >= 6


@pytest.mark.parametrize("attribute", ["noreturn", "returns_twice"])
def test_nothing_is_moved_where_it_is_unclear_who_returns_oddly(attribute: str) -> None:
    assert outline(_program(6 * _NOTE, rest=f"declare void @note(i64)\n  {attribute}\n"), _SHORT) is None
    assert outline(_program(6 * _NOTE, rest=f"attributes #0 = {{\n  {attribute} }}\n"), _SHORT) is None
    split = f"declare void @note(i64)\n  #0\nattributes #0 = {{ {attribute} }}\n"
    assert outline(_program(6 * _NOTE, rest=split), _SHORT) is None


@pytest.mark.parametrize("end", ["", "\n"])
def test_who_returns_oddly_may_stand_in_the_last_line(end: str) -> None:
    text = _program(6 * _NOTE, rest="declare void @note(i64)\n\n") + "\nattributes #0 = { noreturn }"
    assert outline(text + end, _SHORT) is not None


def test_a_function_with_such_a_name_is_one_of_the_program_however_it_is_written() -> None:
    for name in ("\\71irjit.outlined.x", "\\71irjit.outlined.\nx", "qirjit.outlined.\n\\78"):
        module = parse_module(f'define void @"{name}"() {{\n  ret void\n}}\n'.encode())
        assert [function.name[:16] for function in module.info.functions] == ["qirjit.outlined."]


def test_a_local_is_one_parameter_and_numbers_are_in_order() -> None:
    body = """\
  %1 = inttoptr i64 8 to ptr
  %2 = inttoptr i64 16 to ptr
  %"a b" = inttoptr i64 24 to ptr
  %on = trunc i64 1 to i1
  call void @turn(double 1.0, ptr noundef %2)
  call void @pair(ptr %2 , i1 zeroext %on)
  call void @pair(ptr nonnull %1, i1 %on)
  call void @turn(double 2.0, ptr %"a b")
  %3 = call i64 @next(i64 1)
  call void @note(i64 %3)
"""
    outlined = outline(_program(body), OutliningLimits(body=0, run=2, calls=10, parameter=0))
    assert f'@{OUTLINED}0(i1 %on, ptr %"a b", ptr %1, ptr %2)' in (outlined or "")
    assert _calls(_verified(outlined or "")) == _calls(_verified(_program(body)))


def test_types_with_names_are_not_locals() -> None:
    text = (
        """\
%Qubit = type opaque
%"a type" = type { i64 }
declare %Qubit* @allocate()
declare void @gate(%Qubit*, %"a type"*)
define void @main() {
  %Qubit = call %Qubit* @allocate()
"""
        + 4 * '  call void @gate(%Qubit* %Qubit, %"a type"* inttoptr (i64 1 to %"a type"*))\n'
        + """\
  call void @gate(%Qubit* null, %"a type"* bitcast (%Qubit* null to %"a type"*))
  ret void
}
"""
    )
    outlined = outline(text, OutliningLimits(body=0, run=2, calls=10, parameter=0)) or ""
    assert f"@{OUTLINED}0(%Qubit* %Qubit)" in outlined
    _verified(outlined)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_remarks_and_empty_lines_change_nothing(end: str) -> None:
    body = """\
  %q = inttoptr i64 8 to ptr
  ; call void @note(i64 0)
  call void @note(i64 1) ; (i64 %q)

  call void @note(i64 2); call void @note(i64 3)
  ; (ptr %nobody)
\t
  call void @turn(double 1.0, ptr %q)
  call void @note(i64 4)
"""
    text = _program(body).replace("\n", end)
    outlined = outline(text, _SHORT)
    assert outlined is not None
    assert "%nobody)" not in outlined.replace("; (ptr %nobody)", "")
    assert _calls(_verified(outlined)) == _calls(_verified(text))


@pytest.mark.parametrize(
    "behind",
    ['  [ "deopt"(i32 1) ]\n', "  nounwind\n", "  #0\n", "  , !mark !0\n", '\n  ; more:\n  [ "deopt"(i32 1) ]\n'],
)
def test_a_last_call_that_goes_on_stays(behind: str) -> None:
    rest = f"{_DECLARATIONS}attributes #0 = {{ nounwind }}\n!0 = !{{}}\n"
    outlined = outline(_program(f"{5 * _NOTE}  call void @note(i64 8)\n{behind}", rest=rest), _SHORT) or ""
    assert f"  call void @note(i64 8)\n{behind}" in outlined
    assert _pieces(outlined).count("@note(i64 7)") == 5
    _verified(outlined)


@pytest.mark.parametrize("before", ["  notail\n", "  tail ; (\n", "  musttail ; )\n", "  tail\n\n"])
def test_a_first_call_that_began_before_stays(before: str) -> None:
    outlined = outline(_program(f"{before}  call void @note(i64 8)\n{5 * _NOTE}"), _SHORT) or ""
    assert f"{before}  call void @note(i64 8)\n" in outlined
    assert _pieces(outlined).count("@note(i64 7)") == 5


@pytest.mark.parametrize(
    "rest",
    [
        '@text = constant [4 x i8] c"a\nb\\00"\n',
        f'!0 = !{{!"\ndefine void @f() {{\n{6 * _NOTE}\n}}\n"}}\n',
        f"/* define void @f() {{\n{6 * _NOTE}}} */\n",
        '; an odd "quote\n',
        "; a line end of long ago\r",
        f"declare void @{OUTLINED}7()\n",
    ],
)
def test_nothing_is_moved_where_a_line_may_not_be_what_it_looks_like(rest: str) -> None:
    text = _program(6 * _NOTE, rest=rest + _DECLARATIONS)
    _verified(text)
    assert outline(text, _SHORT) is None


def test_text_in_strings_and_metadata_is_left_alone() -> None:
    rest = f'@label = constant [25 x i8] c"  call void @note(i64 1)\\00"\n!0 = !{{!"{_NOTE.strip()}"}}\n{_DECLARATIONS}'
    outlined = outline(_program(6 * _NOTE, rest=rest), _SHORT)
    assert outlined is not None
    assert outlined.startswith(rest)
    _verified(outlined)


def test_places_for_a_debugger_are_not_taken_along() -> None:
    calls = 6 * "  call void @note(i64 1), !dbg !5\n"
    text = f"""\
declare void @note(i64)
define void @main() !dbg !3 {{
{calls}  ret void, !dbg !5
}}
!llvm.dbg.cu = !{{!0}}
!llvm.module.flags = !{{!2}}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !{{i32 2, !"Debug Info Version", i32 3}}
!3 = distinct !DISubprogram(name: "main", file: !1, line: 1, type: !4, unit: !0, spFlags: DISPFlagDefinition)
!4 = !DISubroutineType(types: !{{null}})
!5 = !DILocation(line: 2, column: 3, scope: !3)
"""
    outlined = outline(text, _SHORT) or ""
    assert "!dbg" not in _pieces(outlined)
    assert _calls(_verified(outlined)) == [("note", 1)] * 6
    assert _calls(_verified(outlined), level=2) == [("note", 1)] * 6


class _Lines:
    """Lines of a function, with the names of what they define."""

    def __init__(self, draw: st.DrawFn, numbered: bool) -> None:  # noqa: FBT001 - drawn like the rest
        self._draw = draw
        self._names = (str(n) for n in count()) if numbered else (f'"v {n}"' if n % 3 else f"v{n}" for n in count())
        self._words: list[str] = []
        self._pointers: list[str] = []

    def line(self, callees: list[str]) -> str:
        draw = self._draw
        kinds = ["note", "note", "turn", "pair", "next", "pointer", "remark", "empty", "notail", *callees]
        kind = draw(st.sampled_from(kinds))
        if kind == "next":
            name = next(self._names)
            line = f"  %{name} = call i64 @next({self._word()})"
            self._words.append(name)
        elif kind == "pointer":
            name = next(self._names)
            line = f"  %{name} = inttoptr {self._word()} to ptr"
            self._pointers.append(name)
        else:
            line = {
                "note": f"  call void @note({self._word().replace('i64', 'i64 noundef')})",
                "turn": f"\ttail call void @turn(double {draw(st.floats(-9, 9, width=16))!r}, {self._pointer()})",
                "pair": f"call void @pair({self._pointer()}, i1 {draw(st.sampled_from(['true', 'false']))}) nounwind",
                "remark": "  ; call void @note(i64 %nobody)",
                "empty": "",
                "notail": f"  notail call void @note({self._word()})",
            }.get(kind, f"  call void @{kind}()")
        return line + draw(st.sampled_from(["", "", " ", " ; (ptr %nobody)"]))

    def _word(self) -> str:
        values = [f"%{name}" for name in self._words]
        return f"i64 {self._draw(st.sampled_from([*values, '-3', '5']))}"

    def _pointer(self) -> str:
        values = [f"%{name}" for name in self._pointers]
        return f"ptr {self._draw(st.sampled_from([*values, 'null', 'inttoptr (i64 16 to ptr)']))}"


@st.composite
def _modules(draw: st.DrawFn) -> str:
    end = draw(st.sampled_from(["\n", "\r\n"]))
    functions, callees = [], list[str]()
    for name in ["f0", "f1", "main"][draw(st.integers(0, 2)) :]:
        lines = _Lines(draw, draw(st.booleans()))
        blocks = []
        for number in range(draw(st.integers(1, 3))):
            before = [f"  br label %b{number}"] if number else []
            blocks += [*before, f"b{number}:", *(lines.line(callees) for _ in range(draw(st.integers(0, 12))))]
        functions.append(end.join([f"define void @{name}() {{", *blocks, "  ret void", "}", ""]))
        callees.append(name)
    return end.join([*_DECLARATIONS.splitlines(), *functions])


def _variants() -> Iterator[OutliningLimits]:
    return (OutliningLimits(body=0, run=run, calls=piece, parameter=0) for run in (1, 3) for piece in (1, 2, 5))


@given(_modules(), st.sampled_from(list(_variants())))
def test_the_same_is_called_in_the_same_order(text: str, limits: OutliningLimits) -> None:
    outlined = outline(text, limits)
    if outlined is not None:
        assert _calls(_verified(outlined)) == _calls(_verified(text))
