"""Code in sections, in colours where there are any: LLVM IR, assembly, listings. Long code is shown in part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from io import StringIO
from typing import Any, ClassVar, Literal

from pygments.token import STANDARD_TYPES, Comment, Keyword, Name, Number, String, Text

from qirjit_magic.sanitize import DIRECTIONS, NONCHARACTERS, SURROGATES

MAX_LINES = 1_500
MAX_CHARACTERS = 100_000
LONGEST_LINE = 1_000  # the time for what the lexers do not know grows with the square of the line
Language = Literal["llvm", "asm", "text"]

_COMMENT_MARK: dict[Language, str] = {"llvm": "; ", "asm": "# ", "text": ""}
_SCOPE = "qirjit-listing"
_CLASS_PREFIX = "qirjit-"
# JupyterLab's variable for a kind of token, and what other notebooks get: as far from a white page as from a dark one.
_COLOURS = {
    Keyword: ("keyword", "#089208"),
    Keyword.Type: ("variable-3", "#008f6b"),
    Name.Function: ("keyword", "#089208"),  # GasLexer: an instruction
    Name.Attribute: ("operator", "#ba4adf"),  # GasLexer: a directive
    Name.Label: ("operator", "#ba4adf"),
    Name.Constant: ("def", "#287bee"),  # GasLexer: a symbol
    Name.Variable.Global: ("def", "#287bee"),
    Name.Variable: ("variable-2", "#2186b8"),
    Number: ("number", "#308f4f"),
    String: ("string", "#d45252"),
    Comment: ("comment", "#598585"),
}
_STYLE = "".join(
    f".{_SCOPE} .{_CLASS_PREFIX}{STANDARD_TYPES[kind]}{{color:var(--jp-mirror-editor-{variable}-color,{fallback})}}"
    for kind, (variable, fallback) in _COLOURS.items()
)
_COLUMNS = "display:flex;flex-wrap:wrap;gap:0 12px"  # one below the other where the page is narrow
_COLUMN = "flex:1 1 24em;min-width:min(24em,100%);max-width:100%"
_TITLE = "font-weight:600;margin-top:6px;overflow-wrap:anywhere"
_BOX = (
    "margin:2px 0;padding:4px 8px;border:1px solid var(--jp-border-color2,#8888);max-height:30em;overflow:auto;"
    "white-space:pre;text-align:left"
)
_CODE = (
    "white-space:pre;font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);"
    "line-height:var(--jp-code-line-height,1.3)"
)
# What a program hides in its text: controls move a terminal's cursor, and marks of direction turn what one reads round.
_SEEN = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), *DIRECTIONS, *SURROGATES, *NONCHARACTERS), 0xFFFD)
)
_SEEN_IN_A_LINE = _SEEN | {ord("\t"): 0x2409, ord("\n"): 0x240A}


@dataclass(frozen=True, slots=True)
class Section:
    """Code under a title, such as ``as written`` or ``as compiled (-O2)``."""

    title: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeView:
    """Code as notebooks and terminals show it.

    Of all sections together at most `MAX_LINES` lines and `MAX_CHARACTERS` characters are shown, of a line
    `LONGEST_LINE` characters; a line says what is left out. Control characters are shown as pictures of themselves. On
    a page sections stand side by side where there is room.

    Attributes:
        sections: what is shown, in this order.
        language: what it is written in; ``text`` has no colours.
        hint: how to get all of it, such as ``session.show('bell', 'ir')``.
    """

    sections: tuple[Section, ...]
    language: Language
    hint: str = ""

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - the signature is IPython's
        exclude: object = None,  # noqa: ARG002 - likewise
    ) -> dict[str, str]:
        excerpts = _excerpts(self.sections)
        return {"text/plain": self._text(excerpts), "text/html": self._html(excerpts)}

    def _text(self, excerpts: Iterable[_Excerpt]) -> str:
        mark = _COMMENT_MARK[self.language]
        return "\n\n".join(
            "\n".join((f"{mark}── {excerpt.title}", *_marked(excerpt.lines, mark), *self._rest(excerpt, mark)))
            for excerpt in excerpts
        )

    def _html(self, excerpts: Iterable[_Excerpt]) -> str:
        style = "" if self.language == "text" else f"<style>{_STYLE}</style>"
        columns = "".join(map(self._section, excerpts))
        return f'<div class="{_SCOPE}">{style}<div style="{_COLUMNS}">{columns}</div></div>'

    def _section(self, excerpt: _Excerpt) -> str:
        title = escape(excerpt.title)
        # The inner element keeps an empty first line: HTML drops a newline straight after <pre>.
        return (
            f'<div style="{_COLUMN}"><div style="{_TITLE}">{title}</div>'
            f'<pre tabindex="0" role="region" aria-label="{title}" style="{_BOX}">'
            f'<code style="{_CODE}">{_code(excerpt.lines, self.language)}</code></pre>'
            f"{''.join(f'<div>{escape(rest)}</div>' for rest in self._rest(excerpt))}</div>"
        )

    def _rest(self, excerpt: _Excerpt, mark: str = "") -> list[str]:
        if not (missing := excerpt.missing()):
            return []
        hint = f": {self.hint.translate(_SEEN_IN_A_LINE)}" if self.hint else ""
        return [f"{mark}… {missing}{hint}"]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    cut: int  # how many characters more it has

    def note(self, mark: str) -> str:
        return f"{mark}… {_count(self.cut, 'more character')} in this line"


@dataclass(frozen=True, slots=True)
class _Excerpt:
    title: str
    lines: tuple[_Line, ...]
    more: int  # how many lines more there are

    def missing(self) -> str:
        more = [_count(self.more, "more line")] if self.more else []
        cut = sum(1 for line in self.lines if line.cut)
        return " and ".join([*more, f"{_count(cut, 'line')} cut short"] if cut else more)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _excerpts(sections: Sequence[Section]) -> list[_Excerpt]:
    # Shared out from the shortest on: what one section does not need goes to those that are longer.
    lines, characters = MAX_LINES, MAX_CHARACTERS
    found: dict[int, _Excerpt] = {}
    for place in sorted(range(len(sections)), key=lambda place: len(sections[place].code)):
        sharing = len(sections) - len(found)
        excerpt = _excerpt(sections[place], lines // sharing, characters // sharing)
        lines -= len(excerpt.lines)
        characters -= sum(len(line.text) + 1 for line in excerpt.lines)
        found[place] = excerpt
    return [found[place] for place in range(len(sections))]


def _excerpt(section: Section, lines: int, characters: int) -> _Excerpt:
    code = section.code.replace("\r\n", "\n").replace("\r", "\n")  # LLVM, too, ends a comment at either
    every = code.removesuffix("\n").split("\n")
    shown: list[_Line] = []
    for line in every[:lines]:
        text = line[:LONGEST_LINE]
        characters -= len(text) + 1
        if characters < 0:
            break
        shown.append(_Line(text.translate(_SEEN), len(line) - len(text)))
    return _Excerpt(section.title.translate(_SEEN_IN_A_LINE), tuple(shown), len(every) - len(shown))


def _code(lines: Sequence[_Line], language: Language) -> str:
    if language == "text":
        return escape("\n".join(_marked(lines, "")))
    return _coloured(lines, language)


def _marked(lines: Iterable[_Line], mark: str) -> Iterator[str]:
    for line in lines:
        yield line.text
        if line.cut:
            yield line.note(mark)


# -- colours -----------------------------------------------------------------------------------------------------------


def _coloured(lines: Sequence[_Line], language: Language) -> str:
    from pygments.formatters.html import HtmlFormatter  # noqa: PLC0415 - 7 ms, which a session without code spares

    page = StringIO()
    HtmlFormatter(nowrap=True, classprefix=_CLASS_PREFIX).format(_tokens(lines, language), page)
    return page.getvalue().removesuffix("\n")


def _tokens(lines: Sequence[_Line], language: Language) -> Iterator[tuple[Any, str]]:
    mark = _COMMENT_MARK[language]
    for run in _runs(lines, alone=language == "asm"):
        text = "".join(f"{line.text}\n" for line in run)
        # Not `get_tokens`, which strips the text and changes its ends of lines.
        for _, kind, token in _lexer(language).get_tokens_unprocessed(text):
            yield _coloured_kind(kind), token
        if run[-1].cut:
            yield Comment, f"{run[-1].note(mark)}\n"


def _runs(lines: Iterable[_Line], *, alone: bool) -> Iterator[list[_Line]]:
    # What is lexed at once: what a cut line leaves open, such as a string, ends there. In assembly each line is alone:
    # it has nothing that goes on in the next, and GasLexer would look for the end of every "/*" in the whole text.
    run: list[_Line] = []
    for line in lines:
        run.append(line)
        if alone or line.cut:
            yield run
            run = []
    if run:
        yield run


def _coloured_kind(kind: Any) -> Any:  # noqa: ANN401 - pygments ships no types
    while kind is not None and kind not in _COLOURS:
        kind = kind.parent
    return Text if kind is None else kind


@cache
def _lexer(language: Language) -> Any:  # noqa: ANN401 - pygments ships no types
    from pygments.lexer import inherit  # noqa: PLC0415 - 4 ms, which a session without code spares
    from pygments.lexers.asm import GasLexer, LlvmLexer  # noqa: PLC0415 - likewise

    class NewerLlvmLexer(LlvmLexer):  # type: ignore[misc]  # pygments ships no types
        """Knows LLVM 20's comments, as pygments 2.20 does, and takes words that it does not know whole.

        LlvmLexer would colour the end of ``nocreateundeforpoison``.
        """

        tokens: ClassVar = {"root": [(r"/\*(?s:.*?)(?:\*/|\Z)", Comment), inherit, (r"[\w$.-]+", Name)]}

    return GasLexer() if language == "asm" else NewerLlvmLexer()
