"""Functions in Python, as far as no engine is needed: names and types, pickles, what is said about them."""

from __future__ import annotations

import linecache
import pickle
import threading
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qirjit_magic as qir
from qirjit_magic.display.modules import modules_table
from qirjit_magic.errors import PLAIN_TYPE, DefinitionError, IntrinsicError, OptionError, UnresolvedSymbolError
from qirjit_magic.protocol.module_info import Declaration, EntryPoint, ModuleInfo, Signature
from qirjit_magic.protocol.pickles import pickled
from qirjit_magic.protocol.symbol_graph import PYTHON, Definition, SymbolGraph, admit, python_module, shown_name
from qirjit_magic.session import diagnostics, python_functions

_WORDS = (*(f"i{bits}" for bits in range(1, 65)), "double", "float", "ptr")
_F = Signature("i64", ("i64",))


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    fresh: dict[str, object] = {}
    monkeypatch.setattr(python_functions, "_decorated", fresh)
    return fresh


# -- names and types ---------------------------------------------------------------------------------------------


@given(
    st.sampled_from((*_WORDS, "void")), st.lists(st.sampled_from(_WORDS), max_size=9), st.sampled_from(["", " ", "\n"])
)
def test_a_type_is_read_as_llvm_writes_it_and_with_any_spaces(returns: str, parameters: list[str], space: str) -> None:
    signature = Signature(returns, tuple(parameters))
    inside = f"{space},{space}".join(parameters)
    for text in (str(signature), f"{space}{returns}{space}({space}{inside}{space}){space}"):
        assert python_functions._checked("f", text) == signature


@pytest.mark.parametrize(
    "text",
    [
        *("", "i64", "i64()()", "i64(void)", "i64(i64,)", "i64(,i64)", "i64(...)", "i64(i64 %x)"),
        *(
            "i0()",
            "i65()",
            "i128()",
            "i064()",
            "i٣()",
            "half()",
            "i8*()",
            "{ i64 } ()",
            "[2 x i64]()",
            "int(int)",
            7,
            None,
        ),
    ],
)
def test_any_other_type_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(OptionError, match="such as 'i64") as caught:
        qir.intrinsic("f", text)
    assert (caught.value.option, caught.value.value) == ("signature", text)


@pytest.mark.parametrize("name", ["", "@f", "llvm.sin.f64", "a\0b", "\1f", 7, None])
def test_what_no_function_is_called_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match="the name that QIR declares"):
        qir.intrinsic(name, "i64()")


def test_the_decorated_function_is_what_it_was(registry: dict[str, object]) -> None:
    def function(x: int) -> int:
        return x + 1

    assert qir.intrinsic("f", "i64 (i64)")(function) is function
    assert list(registry) == ["f"]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda: 0, "too many positional arguments"),
        (lambda _x, _y: 0, "missing a required argument"),
        (7, "what 'f' is to call"),
    ],
)
def test_what_cannot_be_called_so_is_refused(
    registry: dict[str, object], function: Callable[..., object], said: str
) -> None:
    with pytest.raises(OptionError, match=said):
        qir.intrinsic("f", "i64 (i64)")(function)
    assert not registry


def test_a_builtin_that_does_not_say_what_it_takes_is_accepted(registry: dict[str, object]) -> None:
    qir.intrinsic("f", "i64 (i64, i64)")(max)
    assert list(registry) == ["f"]


def test_what_cannot_be_sent_is_refused_with_its_reason(registry: dict[str, object]) -> None:
    lock = threading.Lock()
    with pytest.raises(DefinitionError, match=r"'f' cannot be called by QIR: .*cannot pickle '_thread.lock'"):
        qir.intrinsic("f", "i64 (i64)")(lambda x: x + lock.locked())
    assert not registry


# -- pickles -----------------------------------------------------------------------------------------------------


def test_a_pickle_has_the_text_of_cells_that_are_in_no_file() -> None:
    texts = {
        file: f"def {name}(x):\n    return {value}\n" for file, name, value in [("<a>", "f", "g(x)"), ("<b>", "g", "x")]
    }
    scope: dict[str, Callable[[int], int]] = {}
    for file, text in texts.items():
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec"), scope)  # noqa: S102 - as a notebook does with a cell
    function, sent = pickle.loads(pickled(scope["f"]))  # noqa: S301 - our own bytes
    assert sent == texts
    assert (function(3), function.__code__.co_filename) == (3, "<a>")
    for file in texts:
        del linecache.cache[file]


def test_code_inside_code_keeps_its_file_too() -> None:
    def outer() -> Callable[[], int]:
        return lambda: 7

    function, sent = pickle.loads(pickled(outer))  # noqa: S301 - our own bytes
    assert (function()(), function().__code__.co_filename, sent) == (7, __file__, {})


# -- what they are to modules ------------------------------------------------------------------------------------


def _python(*names: str, signature: Signature = _F) -> tuple[ModuleInfo, ...]:
    return python_module(dict.fromkeys(names, signature))


def test_a_function_in_python_is_older_than_every_module_and_goes_before_what_is_known() -> None:
    declaration = Declaration("f", "i64 (i64)", known=("i64 (i64)",))
    cell = ModuleInfo("cell", "", functions=(EntryPoint("f", _F),))
    assert SymbolGraph(_python("f")).definition(declaration) == Definition(PYTHON, "i64 (i64)")
    assert SymbolGraph([*_python("f"), cell]).definition(declaration) == Definition("cell", "i64 (i64)")
    assert _python() == ()


def test_a_known_function_may_have_another_type_in_python() -> None:
    user = ModuleInfo("user", "", declarations=(Declaration("f", "i64 (i64)", known=("void ()",)),))
    assert admit(_python("f"), user) == user


def test_what_is_said_names_python_as_a_person_does() -> None:
    user = ModuleInfo("user", "", declarations=(Declaration("f", "i32 ()"),))
    cell = ModuleInfo("cell", "", functions=(EntryPoint("f", _F),))
    python = _python("f")
    (misfit,) = diagnostics.python_type_mismatches(SymbolGraph([*python, user]))
    assert "'user' declares 'f' as i32 (), but Python defines it as i64 (i64)" in misfit.message
    (shadowed,) = diagnostics.module_remarks(SymbolGraph(python), SymbolGraph([*python, cell]), "cell")
    assert shadowed.message == "'f' now means what 'cell' defines, and no longer what Python defines"
    assert [shown_name(name) for name in (PYTHON, "Python")] == ["Python", "'Python'"]


def test_the_table_of_modules_has_python_as_one_that_defines() -> None:
    user = ModuleInfo("user", "", declarations=(Declaration("f", "i64 (i64)"),))
    _, python, row = modules_table(SymbolGraph([*_python("f", "g"), user]))
    assert python == ("Python", "", "", "f(i64) → i64\ng(i64) → i64", "", "user", "")
    assert row[4] == "f of Python"


# -- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbols", "types", "line"),
    [
        (("f",), ("i64 (i64)",), '@qir.intrinsic("f", "i64 (i64)")'),
        (("v", "s", "f"), ("i64", "{ i64 } ()", "void ()"), '@qir.intrinsic("f", "void ()")'),
        (('a"b',), ("void ()",), r'@qir.intrinsic("a\"b", "void ()")'),
    ],
)
def test_what_is_missing_is_shown_as_it_can_be_written_in_python(
    symbols: tuple[str, ...], types: tuple[str, ...], line: str
) -> None:
    assert f"in a QIR cell, in Python ({line}), or choose" in str(UnresolvedSymbolError(symbols, "sparse", types))


def test_what_python_cannot_define_is_not_shown_so() -> None:
    error = UnresolvedSymbolError(("v", "s"), "sparse", ("i64", "void (i64, ...)"))
    assert "Python" not in str(error)
    assert "in a QIR cell, or choose" in str(error)


def test_every_plain_type_is_one_that_llvm_prints() -> None:
    for returns, parameter in product((*_WORDS, "void"), _WORDS):
        assert PLAIN_TYPE.match(str(Signature(returns, (parameter,))))
    assert not PLAIN_TYPE.match(str(Signature("i64", ("ptr",), variadic=True)))


def test_an_exception_is_shown_with_its_traceback() -> None:
    trace = 'Traceback (most recent call last):\n  File "x", line 1, in f\nValueError: no\n'
    assert str(IntrinsicError("f", trace, 3)) == f"'f', which is written in Python, failed in shot 3.\n{trace.rstrip()}"
