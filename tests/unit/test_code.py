from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from qirjit_magic.display.code import (
    LONGEST_LINE,
    MAX_CHARACTERS,
    MAX_LINES,
    CodeView,
    Language,
    Section,
)
from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.ir import parse_module

_LANGUAGES: tuple[Language, ...] = get_args(Language)
_HOSTILE = '"><img src=x onerror="alert(1)"><script>alert(1)</script></style></code></pre>&lt;<!--'
_HOSTILE_IR = f"""; {_HOSTILE}
@s = constant [9 x i8] c"<script>\\00"
define i64 @"\\22><img onerror=alert(1)>"() {{
"<b onclick=x>":
  ret i64 1
}}
"""
_LAYOUT_ELEMENTS = {"div", "pre", "code"}
_ATTRIBUTES = {"style", "class", "tabindex", "role", "aria-label"}
_PLAIN = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]) | st.sampled_from("\n\t")
_PIECES = ["\n", '"', "/*", "*/", "; ", "%a", "@f", "i64", "define", "label:", "<b>", "&lt;", "\\", "'", "$'", "#", " "]
_CODE = st.text(_PLAIN) | st.lists(st.sampled_from(_PIECES)).map("".join)


class _Page(HTMLParser):
    """What a page shows and is made of; every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.codes: list[str] = []
        self.said = ""
        self.style = ""
        self.coloured: list[tuple[str | None, str]] = []
        self._open: list[tuple[str, str | None]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes.append(dict(attrs))
        self._open.append((tag, dict(attrs).get("class")))
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, kind = self._open[-1]
        if tag == "style":
            self.style += data
            return
        self.said += data
        if "code" in {open_tag for open_tag, _ in self._open}:
            self.codes[-1] += data
            self.coloured.append((kind, data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def classes(self) -> set[str]:
        return {kind for kind, _ in self.coloured if kind}


def _view(*codes: str, language: Language = "llvm", hint: str = "") -> CodeView:
    return CodeView(tuple(Section(f"part {n}", code) for n, code in enumerate(codes)), language, hint)


def _text(view: CodeView) -> str:
    return view._repr_mimebundle_()["text/plain"]


def _page(view: CodeView) -> _Page:
    return _Page(view._repr_mimebundle_()["text/html"])


def _assembly(ir: str) -> str:
    return ObjectEmitter().assembly(parse_module(ir.encode()).llvm_module)


@pytest.fixture(scope="module")
def real_code(program: Callable[[str], bytes]) -> dict[Language, str]:
    ir = program("private_names").decode()
    return {"llvm": ir, "asm": _assembly(ir), "text": ir}


def test_ipython_shows_code_as_text_and_as_html() -> None:
    data, _ = DisplayFormatter().format(_view("ret void"))
    assert set(data) == {"text/plain", "text/html"}
    assert "ret void" in data["text/plain"]


@pytest.mark.parametrize(
    ("language", "mark"),
    [("llvm", "; "), ("asm", "# "), ("text", "")],
)
def test_in_text_every_section_stands_under_its_title_as_a_comment(language: Language, mark: str) -> None:
    view = CodeView((Section("as written", "a\nb\n"), Section("as compiled (-O2)", "c")), language)
    assert _text(view) == f"{mark}── as written\na\nb\n\n{mark}── as compiled (-O2)\nc"


def test_ir_in_text_is_still_ir(program: Callable[[str], bytes]) -> None:
    long = "".join(f"@g{i} = global i64 {i} ; {'x' * (i % 2) * LONGEST_LINE}\n" for i in range(2 * MAX_LINES))
    shown = _text(CodeView((Section("a", long), Section("b", program("private_names").decode())), "llvm", "more"))
    assert {f.name for f in parse_module(shown.encode()).info.functions} == {"hidden", "inner", "größe", "sum"}


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_section_is_a_region_with_its_title_as_its_name_that_a_keyboard_reaches(language: Language) -> None:
    page = _page(CodeView((Section("as written", "a"), Section("<as> compiled", "b")), language))
    regions = [a for a in page.attributes if "role" in a]
    assert [(a["role"], a["tabindex"], a["aria-label"]) for a in regions] == [
        ("region", "0", "as written"),
        ("region", "0", "<as> compiled"),
    ]
    assert page.said == "as writtena<as> compiledb"


def test_sections_are_columns_that_stack_where_there_is_no_room_for_two() -> None:
    styles = [a["style"] for a in _page(_view("a", "b")).attributes if "style" in a]
    assert styles[0] is not None
    assert "display:flex" in styles[0]
    assert "flex-wrap:wrap" in styles[0]
    assert sum("flex:1 1 24em;min-width:min(24em,100%)" in (style or "") for style in styles) == 2


@pytest.mark.parametrize("language", _LANGUAGES)
def test_html_holds_only_our_elements_whatever_the_program_holds(language: Language) -> None:
    codes = (_HOSTILE, _HOSTILE_IR, _assembly(_HOSTILE_IR), "x" * LONGEST_LINE + _HOSTILE)
    view = CodeView(tuple(Section(_HOSTILE, code) for code in codes), language, _HOSTILE)
    page = _page(view)
    assert set(page.elements) <= {*_LAYOUT_ELEMENTS, "style", "span"}
    assert {name for attributes in page.attributes for name in attributes} <= _ATTRIBUTES
    assert page.codes[:3] == [code.removesuffix("\n") for code in codes[:3]]
    assert page.said.count(_HOSTILE) == len(codes) + 3  # the titles, the first code, a comment, the hint
    assert page.said.endswith(f"1 line cut short: {_HOSTILE}")


@given(_CODE, _CODE, st.sampled_from(_LANGUAGES))
def test_html_shows_the_code_itself(first: str, second: str, language: Language) -> None:
    page = _page(_view(first, second, language=language))
    assert page.codes == [first.removesuffix("\n"), second.removesuffix("\n")]
    assert set(page.elements) <= {*_LAYOUT_ELEMENTS, "style", "span"}


@given(_CODE, st.sampled_from(_LANGUAGES))
def test_text_shows_the_code_itself(code: str, language: Language) -> None:
    assert _text(_view(code, language=language)).partition("\n")[2] == code.removesuffix("\n")


@given(st.text(), st.sampled_from(_LANGUAGES))
def test_nothing_that_is_shown_controls_a_terminal_or_the_direction_of_reading(code: str, language: Language) -> None:
    view = CodeView((Section(code, code),), language, code)
    shown = _page(view).codes[0]
    for text in (shown, _text(view), _page(view).said):
        assert not re.search("[^\t\n\x20-\x7e\xa0-\U0010ffff]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)
    assert len(shown) == len(re.sub("\r\n?", "\n", code).removesuffix("\n"))


def test_control_characters_are_shown_as_pictures() -> None:
    assert _page(_view("a\x1b[2J\x00\x7f\x9b\u202eb")).codes == ["a␛[2J␀␡��b"]


def test_titles_and_hints_stay_in_their_line() -> None:
    view = CodeView((Section("a\nb\x1b", "ret\n" * (MAX_LINES + 1)),), "llvm", "c\nd\x1b")
    assert _text(view).startswith("; ── a␊b␛\nret\n")
    assert _text(view).endswith("\n; … 1 more line: c␊d␛")


def test_lines_may_end_as_in_other_systems() -> None:
    assert _page(_view("; a\r\nret\r; b\n")).codes == ["; a\nret\n; b"]


def test_an_empty_first_line_is_kept() -> None:
    html = _view("\nret")._repr_mimebundle_()["text/html"]
    assert not re.search(r"<pre[^>]*>\n", html)  # HTML would drop it
    assert _Page(html).codes == ["\nret"]


# -- colours -----------------------------------------------------------------------------------------------------------


def test_ir_is_coloured_by_what_its_words_are() -> None:
    page = _page(_view('define i64 @f(i64 %x) { ; why\nentry:\n  ret i64 7\n}\n!0 = !{!"s"}\n@s = constant c"t"'))
    kinds = {text: kind for kind, text in page.coloured if kind}
    assert kinds == {
        "define": "qirjit-k",
        "ret": "qirjit-k",
        "constant": "qirjit-k",
        "i64": "qirjit-kt",
        "@f": "qirjit-vg",
        "@s": "qirjit-vg",
        "%x": "qirjit-nv",
        "!0": "qirjit-nv",
        '!"s"': "qirjit-nv",
        "; why": "qirjit-c",
        "entry:": "qirjit-nl",
        "7": "qirjit-m",
        "c": "qirjit-k",
        '"t"': "qirjit-s",
    }


def test_assembly_is_coloured_by_what_its_words_are() -> None:
    page = _page(_view('\t.asciz\t"s"\nf:\n\tmovq\t8(%rsp), %rax\t# why', language="asm"))
    assert {text.strip(): kind for kind, text in page.coloured if kind} == {
        ".asciz": "qirjit-na",
        '"s"': "qirjit-s",
        "f:": "qirjit-nl",
        "movq": "qirjit-nf",
        "8": "qirjit-m",
        "%rsp": "qirjit-nv",
        "%rax": "qirjit-nv",
        "# why": "qirjit-c",
    }


@pytest.mark.parametrize("language", ["llvm", "asm"])
def test_every_class_that_is_used_has_a_colour(language: Language, real_code: dict[Language, str]) -> None:
    page = _page(_view(real_code[language], _HOSTILE_IR, _HOSTILE, language=language))
    assert len(page.classes) >= 5
    for name in page.classes:
        assert re.search(
            rf"\.qirjit-listing \.{name}\{{color:var\(--jp-mirror-editor-[\w-]+,#[0-9a-f]{{6}}\)\}}", page.style
        )


@given(_CODE, st.sampled_from(_LANGUAGES))
def test_no_code_uses_a_class_without_a_colour(code: str, language: Language) -> None:
    page = _page(_view(code, language=language))
    assert page.classes <= set(re.findall(r"\.qirjit-listing \.([\w-]+)\{", page.style))


def test_the_style_reaches_nothing_outside_the_code() -> None:
    rules = _page(_view("ret")).style.split("}")[:-1]
    assert rules
    assert all(rule.startswith(".qirjit-listing .qirjit-") for rule in rules)


def test_colours_without_jupyterlab_stand_out_from_white_and_from_dark_pages() -> None:
    colours = re.findall(r",(#[0-9a-f]{6})\)", _page(_view("ret")).style)
    assert colours
    for colour in colours:
        for ground in ("#ffffff", "#1e1e1e"):
            darker, lighter = sorted((_luminance(colour), _luminance(ground)))
            assert (lighter + 0.05) / (darker + 0.05) >= 4, (colour, ground)  # 4.08 at most, against both


def _luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_has_no_colours(real_code: dict[Language, str]) -> None:
    page = _page(_view(real_code["text"], language="text"))
    assert set(page.elements) == _LAYOUT_ELEMENTS


def test_a_word_that_is_new_in_llvm_is_not_coloured_in_part() -> None:
    page = _page(_view("attributes { nocreateundeforpoison dead_on_unwind }"))
    assert [text for kind, text in page.coloured if kind] == ["attributes"]


def test_a_comment_over_lines_is_one() -> None:
    page = _page(_view("/* ret\nvoid */\nret"))
    assert [(kind, text) for kind, text in page.coloured if text.strip()] == [
        ("qirjit-c", "/* ret"),
        ("qirjit-c", "void */"),
        ("qirjit-k", "ret"),
    ]


def test_a_string_that_is_cut_does_not_colour_what_follows() -> None:
    page = _page(_view(f'@s = constant c"{"x" * LONGEST_LINE}"\nret void ; "'))
    assert ("qirjit-k", "ret") in page.coloured


def test_a_name_in_assembly_that_opens_a_comment_leaves_the_next_lines_as_they_are() -> None:
    page = _page(_view('"a/*b":\n\tmovq\t$1, %rax\n"*/":', language="asm"))
    assert ("qirjit-nf", "movq") in page.coloured


# -- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "mark"), [("llvm", "; "), ("asm", "# "), ("text", "")])
def test_of_many_lines_the_first_are_shown_and_a_line_says_how_to_get_all(language: Language, mark: str) -> None:
    lines = [f"ret i64 {i}" for i in range(MAX_LINES + 1234)]
    view = _view("\n".join(lines), language=language, hint="session.show('bell', 'ir')")
    rest = "… 1,234 more lines: session.show('bell', 'ir')"
    assert _text(view).split("\n")[1:] == [*lines[:MAX_LINES], f"{mark}{rest}"]
    page = _page(view)
    assert page.codes == ["\n".join(lines[:MAX_LINES])]
    assert page.said.endswith(rest)


def test_what_fits_is_shown_without_a_word_about_more() -> None:
    view = _view("\n".join(["ret"] * MAX_LINES), hint="session.show('bell', 'ir')")
    assert "…" not in _text(view)
    assert "…" not in _page(view).said


def test_one_line_more_is_one_line() -> None:
    assert _text(_view("ret\n" * (MAX_LINES + 1))).endswith("\n; … 1 more line")


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_long_line_is_cut_and_says_so(language: Language) -> None:
    view = _view("x" * 100_000 + "\nret\n" + "y" * (LONGEST_LINE + 1), language=language, hint="h")
    for shown in (_text(view), _page(view).said):
        assert f"{'x' * LONGEST_LINE}\n" in shown
        assert "… 99,000 more characters in this line\nret\n" in shown
        assert "… 1 more character in this line" in shown
        assert shown.endswith("… 2 lines cut short: h")
        assert len(shown) < 3 * LONGEST_LINE


def test_lines_left_out_and_lines_cut_are_both_named() -> None:
    assert _text(_view("\n".join(["x" * 2 * LONGEST_LINE, *["ret"] * MAX_LINES]), hint="h")).endswith(
        "\n; … 1 more line and 1 line cut short: h"
    )


def test_a_short_section_leaves_its_room_to_a_long_one_and_two_long_ones_share() -> None:
    long = "ret\n" * 2 * MAX_LINES
    for codes in (("a\nb", long), (long, "a\nb")):
        shown = [code.split("\n") for code in _page(_view(*codes)).codes]
        assert sorted(map(len, shown)) == [2, MAX_LINES - 2]
        assert ["a", "b"] in shown
    assert [len(code.split("\n")) for code in _page(_view(long, long)).codes] == [MAX_LINES // 2] * 2


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), min_size=1, max_size=4))
def test_all_that_is_shown_is_bounded_and_what_is_not_is_counted(sizes: list[tuple[int, int]]) -> None:
    text = _text(_view(*("\n".join(["x" * width] * count) for count, width in sizes)))
    shown = [line for line in text.split("\n") if set(line) == {"x"}]
    more = [int(number.replace(",", "")) for number in re.findall(r"… ([\d,]+) more lines?\b", text)]
    assert len(shown) <= MAX_LINES
    assert sum(len(line) + 1 for line in shown) <= MAX_CHARACTERS
    assert max(map(len, shown)) <= LONGEST_LINE
    assert len(shown) + sum(more) == sum(count for count, _ in sizes)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_html_stays_small_whatever_is_in_it(language: Language) -> None:
    # each character a token of its own that is escaped, in lines as long as they may be
    code = "\n".join(["\"&'<1%1@1x1" * 1000] * 1000)
    html = _view(code, language=language)._repr_mimebundle_()["text/html"]
    assert len(html) < 30 * MAX_CHARACTERS
