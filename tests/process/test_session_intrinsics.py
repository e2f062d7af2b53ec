"""Functions in Python that programs call, in sessions."""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import qirjit_magic as qir
from qirjit_magic.errors import (
    DefinitionError,
    IntrinsicError,
    OptionError,
    RunTimeoutError,
    UnresolvedSymbolError,
    WorkerCrashedError,
)
from qirjit_magic.protocol.module_info import Signature
from qirjit_magic.protocol.symbol_graph import PYTHON
from qirjit_magic.session import python_functions
from qirjit_magic.session.session import Session
from tests.process.support import about
from tests.process.test_intrinsics import COUNTS, caller
from tests.process.test_session_linking import kill_engine


@pytest.fixture
def session(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(python_functions, "_decorated", {})
    yield session
    for module in session._engine.intrinsics:
        for function in module.functions:
            session.undefine(function.name)


ONE = Signature("i64", ("i64",))


def test_a_decorated_function_is_called(session: Session) -> None:
    session.add(caller(ONE), "m")

    @qir.intrinsic("f", "i64(i64)")
    def add_one(x: int) -> int:
        return x + 1

    assert session.run("call", args=[41]).returns == [42]
    assert add_one(1) == 2


def test_what_is_decorated_is_there_before_it_is_sent(session: Session) -> None:
    qir.intrinsic("f", "i64(i64)")(lambda x: x)
    (python,) = (module for module in session.linkage.modules.values() if module.name == PYTHON)
    assert python.definitions == {"f"}
    assert session.add(caller(ONE), "m").diagnostics == ()
    assert session.linkage.users(PYTHON) == ("m",)
    assert [module.name for module in session.modules] == ["m"]


def test_a_function_may_call_itself_and_what_is_defined_after_it(session: Session) -> None:
    scope: dict[str, object] = {"qir": qir}
    text = """
@qir.intrinsic("f", "i64(i64)")
def factorial(n):
    return one() if n < 2 else n * factorial(n - 1)
def one():
    return 1
"""
    exec(text, scope)  # noqa: S102 - as a notebook does with a cell
    session.add(caller(ONE), "m")
    assert session.run("call", args=[10]).returns == [3628800]


def test_a_function_decorated_anew_is_called_and_variables_start_anew(session: Session) -> None:
    session.add(COUNTS, "m")
    for step in (1, 10):
        qir.intrinsic("f", "i64(i64)")(lambda x, step=step: x + step)
        result = session.run("counted", shots=2)
        assert result.returns == [step, 2 * step]
    (notice,) = result.notices
    assert "because what it is bound to has changed: 'count'" in notice.message
    assert session.run("counted").notices == ()


def test_an_exception_is_an_error_with_its_facts(session: Session) -> None:
    session.add(COUNTS, "m")
    session.define("f", "i64 (i64)", lambda x: 1 // (1 - x))
    with pytest.raises(IntrinsicError) as caught:
        session.run("counted", shots=9)
    error = caught.value
    assert (error.name, error.shot) == ("f", 1)
    assert "'f', which is written in Python, failed in shot 1. 1 finished shot is in error.partial.\n" in str(error)
    assert "ZeroDivisionError" in str(error)
    assert error.partial is not None
    assert error.partial.returns == [1]
    assert pickle.loads(pickle.dumps(error)).traceback == error.traceback  # noqa: S301 - our own bytes


def test_functions_come_back_after_a_crash(session: Session) -> None:
    session.add(COUNTS, "m")
    session.define("f", "i64 (i64)", lambda x: x + 1)
    qir.intrinsic("g", "i64 (i64)")(lambda x: x - 1)
    session.add(caller(ONE, "g"), "other")
    session.run("counted")
    kill_engine(session)
    result = session.run("counted")
    assert (result.returns, about(result.notices)) == ([1], ["anew"])
    assert session.run("call", args=[1]).returns == [0]


def test_a_function_that_ends_the_process_is_a_crash(session: Session) -> None:
    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", lambda x: os._exit(x) if x else x)
    with pytest.raises(WorkerCrashedError):
        session.run("call", args=[3])
    assert session.run("call", args=[0]).returns == [0]


def test_an_endless_function_is_killed_when_its_time_is_over(session: Session) -> None:
    def endless(x: int) -> int:
        while x:
            time.sleep(0.01)
        return x

    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", endless)
    with pytest.raises(RunTimeoutError):
        session.run("call", args=[1], timeout=0.1)
    assert session.run("call", args=[0]).returns == [0]


def test_what_a_function_prints_is_shown_in_order(session: Session) -> None:
    def speak(x: int) -> int:
        print("größe", x)  # noqa: T201 - that is what is tested
        print("no line", end="")  # noqa: T201 - likewise
        print("!", file=sys.stderr)  # noqa: T201 - likewise
        return x

    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", speak)
    shown: list[str] = []
    result = session.run("call", args=[3], show=shown.append)
    assert result.stdout == "größe 3\nno line"
    assert result.stderr == "!\n"
    assert sorted("".join(shown)) == sorted("größe 3\nno line!\n")


def test_a_function_may_use_a_module_beside_the_notebook(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"beside_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text("def plus(x): return x + 100\n")
    monkeypatch.syspath_prepend(tmp_path)
    beside = __import__(name)
    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", beside.plus)
    assert session.run("call", args=[1]).returns == [101]
    session.define("f", "i64 (i64)", lambda x: beside.plus(x) + 1)
    assert session.run("call", args=[1]).returns == [102]


def test_a_module_that_has_gone_is_told_once_after_a_restart(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"going_{tmp_path.name.replace('-', '_')}"
    file = tmp_path / f"{name}.py"
    file.write_text("def plus(x): return x + 100\n")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(tmp_path)
    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", __import__(name).plus)
    session.define("g", "i64 (i64)", lambda x: x)
    session.add(caller(ONE, "g"), "other")
    file.unlink()
    kill_engine(session)
    with pytest.raises(DefinitionError, match="No module named"):
        session.run("call", module="m", args=[1])
    with pytest.raises(UnresolvedSymbolError):
        session.run("call", module="m", args=[1])
    assert session.run("call", module="other", args=[1]).returns == [1]
    for step in (1, 2):  # it is this session's own no more
        qir.intrinsic("f", "i64 (i64)")(lambda x, step=step: x + step)
        assert session.run("call", module="m", args=[1]).returns == [1 + step]


def test_what_cannot_be_loaded_is_told_once_and_the_others_are_there(session: Session) -> None:
    session.add(caller(ONE), "m")
    qir.intrinsic("g", "i64 (i64)")(Unloadable())
    qir.intrinsic("f", "i64 (i64)")(lambda x: x)
    with pytest.raises(DefinitionError, match="'g' cannot be called by QIR: the engine process cannot load it"):
        session.run("call", args=[1])
    assert session.run("call", args=[1]).returns == [1]


class Unloadable:
    def __call__(self, x: int) -> int:
        return x

    def __reduce__(self) -> tuple[object, ...]:
        return int, ("no number",)


class Deadly(Unloadable):
    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def test_what_kills_the_engine_when_it_is_loaded_is_refused(session: Session) -> None:
    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", lambda x: x + 1)
    with pytest.raises(DefinitionError, match=r"died of exit status 1 .* while it loaded it"):
        session.define("f", "i64 (i64)", Deadly())
    assert session.run("call", args=[1]).returns == [2]


def test_a_sessions_own_function_goes_before_a_decorated_one(session: Session) -> None:
    session.add(caller(ONE), "m")
    session.define("f", "i64 (i64)", lambda x: x + 1)
    qir.intrinsic("f", "i64 (i64)")(lambda x: x + 2)
    assert session.run("call", args=[1]).returns == [2]
    session.undefine("f")
    with pytest.raises(UnresolvedSymbolError):
        session.run("call", args=[1])
    qir.intrinsic("f", "i64 (i64)")(lambda x: x + 3)
    assert session.run("call", args=[1]).returns == [4]


def test_who_loses_a_function_or_does_not_fit_is_told(session: Session) -> None:
    session.add(caller(ONE), "m")
    assert session.define("f", "i64 (i64)", lambda x: x) == ()
    (misfit,) = session.define("f", "i64 ()", lambda: 1)
    assert (misfit.about, misfit.severity) == ("misfits", "warning")
    assert "but Python defines it as i64 ()" in misfit.message
    (lost,) = session.undefine("f")
    assert lost.message == "nobody defines 'f' any more, which 'm' uses"
    assert session.undefine("nobody") == ()


def test_a_cell_hides_a_function_and_gives_it_back(session: Session) -> None:
    session.define("f", "i64 (i64)", lambda x: x + 1)
    session.add(caller(ONE), "m")
    (notice,) = session.add("define i64 @f(i64 %x) { ret i64 7 }", "cell").diagnostics
    assert notice.message == "'f' now means what 'cell' defines, and no longer what Python defines"
    assert session.run("call", args=[1]).returns == [7]
    (notice,) = session.remove("cell")
    assert notice.message == "'f', which 'm' uses, means what Python defines again"
    assert session.run("call", args=[1]).returns == [2]


def test_functions_stay_when_every_module_is_forgotten(session: Session) -> None:
    session.define("f", "i64 (i64)", lambda x: x + 1)
    session.reset()
    session.add(caller(ONE), "m")
    assert session.run("call", args=[1]).returns == [2]


def test_no_module_can_be_called_as_the_functions_in_python_are(session: Session) -> None:
    with pytest.raises(OptionError, match="another one"):
        session.add(caller(ONE), PYTHON)
    assert session.add(caller(ONE), "Python").name == "Python"
