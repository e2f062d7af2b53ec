"""`Session`: optimisation levels, what is shown of code, and object code on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.errors import (
    OptionError,
    ProfileError,
    QirNotice,
    SignatureError,
)
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import Source
from tests.files import program
from tests.process.support import about, number

USER = program("twice")


LOOP = program("sum")


@pytest.fixture
def cache(tmp_path: Path) -> ObjectCache:
    return ObjectCache(tmp_path)


@pytest.fixture
def cached(cache: ObjectCache) -> Iterator[Session]:
    with Session(engine_client=EngineClient(cache=cache)) as session:
        yield session


# -- optimisation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [None, 0, 1, 2, 3])
def test_every_level_gives_the_same_result(session: Session, level: int | None) -> None:
    info = session.add(LOOP, "m", opt_level=level)
    assert info.opt_level == (2 if level is None else level)
    assert session.run("sum", args=[1000]).returns == [500500]


def test_another_level_is_another_compilation(session: Session) -> None:
    before = session.status().compilations
    for level in (0, 0, 2, 2):
        session.add(LOOP, "m", opt_level=level)
    assert session.status().compilations == before + 2


@pytest.mark.parametrize("level", [-1, 4, True, 2.0, "2"])
def test_a_level_that_is_none_is_refused(session: Session, level: int) -> None:
    with pytest.raises(OptionError, match="opt_level is"):
        session.add(LOOP, opt_level=level)


def test_the_ir_is_shown_before_and_after_optimisation(session: Session) -> None:
    source = b"define i64 @sum() {\n  %sum = add i64 20, 22\n  ret i64 %sum\n}"
    session.add(source, "m", opt_level=2)
    assert "add i64 20, 22" in session.show("m", "ir")
    assert "ret i64 42" in session.show("m", "compiled")
    session.add(source, "m", opt_level=0)
    assert "add i64 20, 22" in session.show("m", "compiled")
    assert "sum:" in session.show("m", "asm")
    assert ".text" in session.show("m", "object")
    with pytest.raises(OptionError):
        session.show("m", "bitcode")  # type: ignore[arg-type]  # that it is refused is the point


def test_internal_functions_can_be_run_at_every_level(session: Session) -> None:
    text = (
        LOOP
        + b"define internal i64 @helper() { ret i64 7 }\ndefine i64 @user() {\n%x = call i64 @helper()\nret i64 %x\n}"
    )
    for level in range(4):
        session.add(text, "m", opt_level=level)
        assert session.run("helper").returns == session.run("user").returns == [7]


# -- profiles ----------------------------------------------------------------------------------------------------


def breaking() -> bytes:
    return program("profiles/base").replace(b'"required_num_qubits"="2"', b'"required_num_qubits"="1"')


def test_a_module_says_what_it_is_and_where_it_breaks_what_it_declares(session: Session) -> None:
    whole = session.add(program("profiles/base"), "m")
    assert (whole.profile, whole.declared_profile, whole.breaks, whole.diagnostics) == ("base", "base", (), ())
    info = session.add(Source(breaking(), lines_before=10), "m")
    (warning,) = info.diagnostics
    assert warning.severity == "warning"
    assert "required_num_qubits" in warning.message
    assert info.breaks[0].line is not None
    assert warning.line == info.breaks[0].line + 10
    assert session.run(shots=10).counts()


def test_a_strict_session_refuses_it(session: Session) -> None:
    session.add(program("profiles/base"), "m", strict=True)
    with pytest.raises(ProfileError, match="required_num_qubits") as caught:
        session.add(Source(breaking(), lines_before=10), "m", strict=True)
    assert caught.value.line is not None
    assert caught.value.line > 10
    assert session.modules[0].breaks == ()
    session.add(breaking(), "m")
    with pytest.raises(ProfileError):
        session.add(breaking(), "m", strict=True)


def test_a_cached_module_knows_its_profile(cached: Session) -> None:
    first = cached.add(breaking(), "m")
    cached.add(number(1), "m")
    with pytest.raises(ProfileError):
        cached.add(breaking(), "m", strict=True)
    again = cached.add(breaking(), "m")
    assert (again.breaks, again.profile, again.diagnostics) == (first.breaks, first.profile, first.diagnostics)
    assert cached.status().cache_hits == 1


# -- the disk ----------------------------------------------------------------------------------------------------


def test_what_another_session_compiled_comes_from_the_disk(cached: Session, cache: ObjectCache) -> None:
    cached.add(number(1), "maker")
    cached.add(USER)
    with Session(engine_client=EngineClient(cache=cache)) as other:
        assert other.add(USER, "mine").name == "mine"
        assert about(other.modules[0].diagnostics) == ["undefined"]
        other.add(number(1))
        assert other.run("twice").returns == [2]
        status = other.status()
        assert (status.compilations, status.cache_hits) == (0, 2)
        assert other.modules[1].added_at > cached.modules[0].added_at


def test_going_back_and_forth_between_two_texts_compiles_each_once(cached: Session) -> None:
    for value in (1, 2, 1, 2, 1):
        cached.add(number(value), "m")
        assert cached.run("number").returns == [value]
    status = cached.status()
    assert (status.compilations, status.cache_hits) == (2, 3)


def test_a_cached_module_is_checked_like_a_compiled_one(cached: Session) -> None:
    cached.add(number(1, "i32"), "maker")
    cached.add(number(1), "maker")
    cached.add(USER, "user")
    with pytest.raises(SignatureError) as caught:
        cached.add(number(1, "i32"), "maker")
    assert (caught.value.dependants, caught.value.line) == (("user",), 1)
    assert cached.run("twice").returns == [2]


def test_a_damaged_file_is_compiled_anew_with_one_warning(cached: Session, cache: ObjectCache) -> None:
    cached.add(number(1), "m")
    (file,) = (path for path in cache.folder.rglob("*") if path.is_file())
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    cached.add(number(2), "m")
    with pytest.warns(QirNotice, match="compiled anew"):
        cached.add(number(1), "m")
    assert cached.run("number").returns == [1]
    cached.add(number(2), "m")
    cached.add(number(1), "m")
    assert cached.status().cache_hits == 2


@pytest.mark.parametrize(("folder", "added"), [(__file__, ()), ("/proc/nowhere", ("m",))])
def test_a_warning_that_is_an_error_leaves_no_module_half_added(folder: str, added: tuple[str, ...]) -> None:
    # The one cannot be read, which is seen before a module is added; the other cannot be written, which is seen after.
    with Session(engine_client=EngineClient(cache=ObjectCache(Path(folder)))) as session:
        with pytest.raises(QirNotice):  # as in all tests, warnings are errors here
            session.add(number(1), "m")
        assert session.status().modules == tuple(info.name for info in session.modules) == added
        session.add(number(2), "m")
        assert session.run("number").returns == [2]


def test_every_level_has_a_file_of_its_own(cached: Session) -> None:
    for level in (None, 0, 1, 2, 3):
        cached.add(LOOP, "m", opt_level=level)
    assert cached.status().cache_hits == 0
