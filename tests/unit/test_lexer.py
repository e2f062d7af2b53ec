from __future__ import annotations

from pathlib import Path

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.ir.walking import walk
from qirjit_magic.engine.text.instruction_places import PlaceFinder
from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.llvm_text import blank_comments_and_strings, tokens
from tests.files import PROGRAMS, TUTORIAL_PROGRAMS

_FOLDERS = PROGRAMS / "circuits", PROGRAMS / "profiles", TUTORIAL_PROGRAMS
_READABLE = sorted(path for folder in _FOLDERS for path in folder.glob("*.ll"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a/*;*/b;c\nd", ["a", "b", "d"]),
        ('@"a b"%x.1 "c"', ['@"a b"', "%x.1", '"c"']),
        ('c"x\\22"', ["c", '"x\\22"']),
        ('a-b: "l 1": 7:', ["a-b:", '"l 1":', "7:"]),
        ("[2x i8]<{", ["[", "2", "x", "i8", "]", "<", "{"]),
        ("0x3FF0 -1.5e-3 !7 !{!x #0", ["0x3FF0", "-1.5e-3", "!7", "!", "{", "!x", "#0"]),
        ("(i64, ...)", ["(", "i64", ",", "...", ")"]),
    ],
)
def test_text_is_divided_as_llvm_divides_it(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(text)] == words
    assert all(text[token.start : token.end] == token.text for token in tokens(text))


@pytest.mark.parametrize("path", _READABLE, ids=lambda path: path.stem)
def test_between_tokens_there_is_nothing_but_gaps(path: Path) -> None:
    text = path.read_text("utf-8").replace("call", '/* ; " */ call ; call "') + "/* without an end"
    end = 0
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
        assert not blank_comments_and_strings(text[end : token.start]).strip()
        end = token.end
    assert not blank_comments_and_strings(text[end:]).strip()


@pytest.mark.parametrize(
    ("instruction", "word"),
    [
        ("call void @f ()", "@f"),
        ('%x = tail call fastcc noundef range(i8 0, 3) i8 @"\\66" /* ( */ (i8 1) nounwind', "@f"),
        ("call void (i64, ...) @f(i64 1)", "@f"),
        ("call void bitcast (ptr @f to ptr)(i64 1)", "@f"),
        ("call %T %g(ptr @f)", "call"),
        ("call %T (i64) @f(i64 1)", "@f"),
        ('call void asm "nop", ""()', "call"),
        ("store ptr getelementptr inbounds (i8, ptr @f, i64 1), ptr %p", "store"),
        ("%x = atomicrmw volatile add ptr %p, i64 1 seq_cst", "atomicrmw"),
        ("%x = add nuw i64 trunc (i128 1 to i64), 1", "add"),
        ("%x = getelementptr inbounds { i64, i64 }, ptr %p, i64 1", "getelementptr"),
    ],
)
def test_an_instruction_is_what_it_is_however_it_is_written(instruction: str, word: str) -> None:
    text = f"define void @main() #0 {{\nstart:\n  {instruction}\nadd: br label %ret ret:\n  ret void }}\n"
    found = SourceText(text).instructions("main")
    assert [i.word for i in found] == [word, "br", "ret"]
    assert [SourceText(text).location(i.start).line for i in found] == [3, 4, 5]


@pytest.mark.parametrize("path", _READABLE, ids=lambda path: path.stem)
def test_the_text_has_the_instructions_that_llvm_has(path: Path) -> None:
    module = parse_module(path.read_bytes(), outlined=False)
    for function in module.llvm_module.functions:
        if not function.is_declaration:
            read = [i.word for i in module.text.instructions(function.name)]
            assert read == [place.word for place, _ in walk(module) if place.function == function.name]


def test_a_call_is_found_behind_comments() -> None:
    text = "define void @main() {\n  /* a ; b */ call void @f()\n; call void @f()\n  call\nvoid @f() ret void }"
    places = [place for place, _ in walk(parse_module(f"{text}\ndeclare void @f()".encode()))]
    lines = PlaceFinder(SourceText(text))
    assert [lines.line(place) for place in places] == [2, 5, 5]
    assert SourceText(f"{text}\ndeclare void @f()").first_use("f") == SourceText(text).first_use("f")


def test_names_are_found_by_reading_the_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from qirjit_magic.engine.text import source_text  # noqa: PLC0415 - to count

    count = 0
    mentions = source_text._Mentions

    def counted(text: str) -> object:
        nonlocal count
        count += 1
        return mentions(text)

    monkeypatch.setattr(source_text, "_Mentions", counted)
    text = SourceText("".join(f"declare void @f{i}()\n" for i in range(100)))
    found = [text.first_use(f"f{i}") for i in range(100)]
    assert [place.line for place in found if place] == list(range(1, 101))
    assert all(text.only_declares(f"f{i}") for i in range(100))
    assert count == 1
