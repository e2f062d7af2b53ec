"""A program's names on each road into a magic's line, in a real kernel: Python sees none of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.notebook.kernels import TIMEOUT_S, Kernel

# What IPython evaluates in lines, what it takes for help, a command or an assignment, and what shells quote.
EVALUATED = "{acted.append(1)}"
NAMES = {
    "a call in braces": EVALUATED,
    "a variable in braces": "{x}",
    "doubled braces": "{{x}}",
    "a variable behind a dollar": "f$x",
    "an attribute behind a dollar": "$acting.does",
    "a dollar in quotes": "'$x' \"{x}\"",
    "an attribute in braces": "{acting.does}",
    "a conversion": "{acting!s}",
    "a format": "{x:{acted.append(1)}}",
    "braces that are open": "{x",
    "help": "acting.does?",
    "help behind a blank": "a acting.does?",
    "a command": "!echo acted",
    "a magic": "%acts",
    "an assignment of a magic": "a=%acts",
    "a backslash at the end": "x\\",
    "a backslash before quotes": "\\' \\\" {x}",
    "brackets that are open": "([{ x",
    "a comment": "x # y?",
    "a semicolon": "x; acted.append(1)",
    "letters": "größe 量子",
}
FLAGS = ("--trust", "--simulator=nobody", "-oacted", "--remove", "-x")
SETUP = """
class Acting:
    @property
    def does(self):
        acted.append(1)
    __str__ = __repr__ = lambda self: acted.append(1) or ""
acted, acting, x = [], Acting(), "HELLO"
get_ipython().register_magic_function(lambda line: acted.append(1), magic_name="acts")
"""


def ir_name(name: str) -> str:
    """The name as LLVM's text has it."""
    return '@"' + "".join(f"\\{byte:02X}" for byte in name.encode()) + '"'


def program_of(name: str, number: int) -> str:
    return f"define i64 {ir_name(name)}() {{\n  ret i64 {number}\n}}\n"


@pytest.fixture(scope="module")
def named(kernel: Kernel) -> Kernel:
    """The kernel with a module for each name, which has the name too, and the flags of it."""
    assert kernel.run(SETUP).status == "ok"
    for number, name in enumerate((*NAMES.values(), *FLAGS)):
        text = program_of(name, number)
        kernel.run(f"import qirjit_magic as qir\ninfo = qir.default_session().add({text!r}, name={name!r})")
    return kernel


def offers(kernel: Kernel, line: str) -> list[str]:
    reply: dict[str, Any] = kernel.client.complete(line, len(line), reply=True, timeout=TIMEOUT_S)["content"]
    matches: list[str] = reply["matches"]
    return matches


def word_of(kernel: Kernel, line: str, name: str) -> str:
    """What completion offers behind the line for this name."""
    (word,) = {offer for offer in offers(kernel, line) if kernel.value(f"{SPLIT}({offer!r}, {{}})") == repr([name])}
    return word


SPLIT = "__import__('qirjit_magic.notebook.magic_line').notebook.magic_line.split_line"


@pytest.mark.parametrize("what", NAMES)
def test_what_tab_offers_means_the_name_and_python_sees_none_of_it(named: Kernel, what: str) -> None:
    name = NAMES[what]
    number = [*NAMES.values()].index(name)
    word = word_of(named, "%qir ", name)
    for line in (f"%qir {word}", f"%qir --quiet --entry {word}", f"%qir -n {word} -e {word}", f"%qir --entry={word}"):
        cell = named.run(f"{line} -o result")
        assert cell.status == "ok", (line, cell.traceback)
        assert named.value("(result.returns, acted, x)") == repr(([number], [], "HELLO")), line
    for line in (f"%qir_show {word}", f"%qir_show {word} --circuit", f"%qir_reset {word}", f"y = %qir_show {word}"):
        cell = named.run(line)
        assert (cell.status, named.value("acted")) == ("ok", "[]"), (line, cell.traceback)
    body = program_of(name, 77)
    for line in (f"%%qir --name again -o result --entry {word}", f"%%time\n%%qir --quiet --name again -e {word}"):
        cell = named.run(f"{line}\n{body}")
        assert (cell.status, named.value("acted")) == ("ok", "[]"), (line, cell.traceback)
    named.run("%qir_reset again --remove")


@pytest.mark.parametrize("what", NAMES)
def test_what_is_copied_out_of_a_message_is_not_evaluated(named: Kernel, what: str) -> None:
    for line in (
        "%qir {}",
        "%qir_show {}",
        "%qir --file {}",
        "%qir_reset {} --remove_",
        "y = %qir {}",
        "%%qir -e {}\n;",
    ):
        named.run(line.replace("{}", NAMES[what]))
        if "?" not in NAMES[what]:  # IPython's help, which no magic is asked about, reads attributes
            assert named.value("(acted, x)") == "([], 'HELLO')", line
    named.run("acted.clear()")


def test_an_alias_of_a_magic_evaluates_no_more_than_the_magic(named: Kernel) -> None:
    named.run("%alias_magic quantum qir")
    for magic in ("%quantum", "quantum"):  # with automagic
        named.run(f"{magic} {EVALUATED}")
    named.run(f"%%quantum --entry {EVALUATED}\n{program_of('z', 1)}")
    assert named.value("acted") == "[]"


def test_a_name_that_looks_like_a_flag_is_never_offered_as_a_word(named: Kernel) -> None:
    for line in ("%qir ", "%qir --", "%qir --entry ", "%qir --name ", "%qir_show ", "%qir_reset "):
        assert not {"--simulator=nobody", "-oacted", "-x"} & {*offers(named, line)}
    for line in ("%qir --entry ", "%qir --name ", "%qir_show "):
        assert not {*FLAGS} & {*offers(named, line)}
    for name in FLAGS:
        word = word_of(named, "%qir --entry=", name)
        assert named.run(f"%qir --quiet --entry={word} -o result").status == "ok"
        assert named.value("result.entry.name") == repr(name)


def test_a_variable_in_braces_is_its_value_where_the_user_types_it(named: Kernel) -> None:
    named.run("from pathlib import Path\nfolder = Path('..') / 'tests' / 'programs'\nshots, odd = 3, 'f$x'")
    assert named.run("%qir --file {folder}/add.ll --name adding --no-run").status == "ok"
    named.run("%qir --name {odd} --entry {odd} --shots {shots} --quiet -o result")
    assert named.value("(len(result.shots), result.entry.name)") == "(3, 'f$x')"
    inside = "def shown(name):\n    %qir --entry {name} --quiet -o result\nshown('{x}')"
    assert named.run(inside).status == "ok"
    assert named.value("result.entry.name") == "'{x}'"
    refused = named.run("%qir --entry {acting}")
    assert "the variable acting is a Acting" in refused.stdout + refused.stderr + refused.error_text
    assert named.value("acted") == "[]"


def test_a_name_that_no_line_can_hold_is_run_by_the_panel_and_as_a_variable(named: Kernel) -> None:
    for name in ("two\nlines {x}", "\x1b[2J$x"):
        named.run(f"info = qir.default_session().add({program_of(name, 5)!r}, name='unwritable')")
        assert not any("unwritable" in word or name in word for word in offers(named, "%qir --name unwritable -e "))
        named.run(f"unwritable = {name!r}")
        assert named.run("%qir --name unwritable --entry={unwritable} -o result --quiet").status == "ok"
        assert named.value("(result.returns, acted)") == "([5], [])"
        named.run("%qir --panel --name unwritable -o result")
        named.run("panel = get_ipython().magics_manager.registry['QirMagics']._panels[-1]")
        named.run("panel.run_button.click()\nended = panel.wait(30)")
        assert named.value("(result.entry.name, acted)") == repr((name, []))
    named.run("%qir_reset unwritable --remove")
