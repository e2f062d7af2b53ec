"""How the extension of JupyterLab cuts LLVM IR into words: its own script, in an empty page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.files import PROGRAMS, REPOSITORY

_SCRIPT = REPOSITORY / "labextension" / "static" / "remoteEntry.js"
_RUNTIME = REPOSITORY / "qirjit_magic" / "engine" / "runtime"
_TEXTS = [path.read_text("utf-8") for folder in (PROGRAMS, _RUNTIME) for path in sorted(folder.glob("*.ll"))]
_TOKENS = """async texts => {
  const module = (await window._JUPYTERLAB['qirjit-magic'].get('./tokens'))();
  return texts.map(text => module.tokens(text).map(([kind, start, end]) => [kind, text.slice(start, end), start]));
}"""
_HEAD = """async text => {
  const module = (await window._JUPYTERLAB['qirjit-magic'].get('./tokens'))();
  const lines = text.split('\\n');
  return module.headOf(lines.length, number => lines[number - 1]);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page with the script."""
    made = browser.new_page()
    made.add_script_tag(path=_SCRIPT)
    yield made
    made.context.close()


def tokens(page: Page, *texts: str) -> list[list[tuple[str, str, int]]]:
    """Of each text the kinds, words and places, as JavaScript counts."""
    found: list[list[tuple[str, str, int]]] = page.evaluate(_TOKENS, texts)
    return found


def test_every_character_but_spaces_is_in_one_word(page: Page) -> None:
    strange = '" ; @ % ! # \x00 \U0001f600 /* @"open\n$c 1.e+ -- c" {}"é: 0x'
    texts = [*_TEXTS, strange, *strange, "/*", '@"', ""]
    for text, words in zip(texts, tokens(page, *texts), strict=True):
        units, end = text.encode("utf-16-le"), 0
        for _, word, start in words:
            assert not units[2 * end : 2 * start].decode("utf-16-le").strip(), text
            end = start + len(word.encode("utf-16-le")) // 2
        assert not units[2 * end :].decode("utf-16-le").strip(), text


def test_the_words_of_llvm_in_our_programs_are_known(page: Page) -> None:
    plain = {word for words in tokens(page, *_TEXTS) for kind, word, _ in words if kind == "plain"}
    assert {word for word in plain if word.isidentifier()} == {"x"}  # of [2 x i8]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%1 = add i64 %x, -1", "local:%1 plain:= keyword:add type:i64 local:%x plain:, number:-1"),
        ("3: ; preds", "label:3: comment:; preds"),
        ('@"a ; b" = global double 1.5e-3', 'global:@"a ; b" plain:= keyword:global type:double number:1.5e-3'),
        (
            "call @__quantum__rt__fail(i8* %0)",
            "keyword:call quantum:@__quantum__rt__fail plain:( type:i8 plain:* local:%0 plain:)",
        ),
        ("ptr null, i1 true", "type:ptr constant:null plain:, type:i1 constant:true"),
        ("nounwindy i0", "plain:nounwindy plain:i0"),
        ("%Qubit = type opaque", "local:%Qubit plain:= keyword:type type:opaque"),
        ('!{!0, !"x"} #3', 'metadata:! plain:{ metadata:!0 plain:, metadata:!"x" plain:} metadata:#3'),
        ("/* a */ret/* b", "comment:/* a */ keyword:ret comment:/* b"),
        ("half 0xH3C00, u0xF", "type:half number:0xH3C00 plain:, number:u0xF"),
    ],
)
def test_words_have_their_kinds(page: Page, text: str, expected: str) -> None:
    assert " ".join(f"{kind}:{word}" for kind, word, _ in tokens(page, text)[0]) == expected


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("%%qir\nret", 1),
        ("\n  %%qir --shots 2", 2),
        ("%%time\n%%qir", 2),
        ("%%qirs", 0),
        ("x = 1\n%%qir", 0),
        ("%%time\nx\n%%qir", 0),
        ("", 0),
        ("%qir", 0),
    ],
)
def test_a_cell_of_qir_is_known_by_its_magic(page: Page, text: str, head: int) -> None:
    assert page.evaluate(_HEAD, text) == head


@pytest.mark.parametrize("module", ["./extension", "./tokens"])
def test_what_it_exports_says_that_it_is_a_module(page: Page, module: str) -> None:
    # Nothing is shared in an empty page: it is there all the same, and does nothing.
    exported: Any = page.evaluate(f"async () => (await window._JUPYTERLAB['qirjit-magic'].get('{module}'))()")
    assert exported["__esModule"] is True
