from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pyqir
import pytest

from qirjit_magic.errors import SourceError
from qirjit_magic.sanitize import sanitize_line
from qirjit_magic.session.sources import Source, module_name, read_source

_TEXT = "define void @f() {\n  ret void\n}\n"


class _Path:
    def __init__(self, path: str) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return self._path


class _Compiled:
    """What a QIR-making package gives."""

    def __init__(self, qir: bytes | str) -> None:
        self._qir = qir

    def _repr_qir_(self) -> bytes | str:
        return self._qir


@pytest.mark.parametrize("source", [_TEXT, _TEXT.encode(), bytearray(_TEXT.encode())])
def test_text_and_bytes_are_taken_as_they_are(source: str | bytes) -> None:
    assert read_source(source) == Source(_TEXT.encode())


@pytest.mark.parametrize("qir", [_TEXT, _TEXT.encode(), b"BC\xc0\xde"])
def test_an_object_may_bring_its_qir(qir: bytes | str) -> None:
    assert read_source(_Compiled(qir)).data == (qir.encode() if isinstance(qir, str) else qir)


def test_a_module_of_pyqir_gives_its_bitcode() -> None:
    module = pyqir.Module.from_ir(pyqir.Context(), _TEXT)
    assert read_source(module).data == module.bitcode


def test_a_source_stays_what_it_is() -> None:
    source = Source(b"x", "bell", 3)
    assert read_source(source) is source


@pytest.mark.parametrize(
    "text",
    [
        "define void @f() { ret void }",
        "  declare void @f()",
        "; nothing but a remark",
        "source_filename = 'a'",
        'target triple = "x"',
        "%Qubit = type opaque",
        "@counter = global i64 0",
        "a\nb",
    ],
)
def test_a_text_is_known_by_its_start_or_by_a_line_break(text: str) -> None:
    assert read_source(text) == Source(text.encode())


@pytest.mark.parametrize("kind", [str, Path, _Path])
def test_a_path_is_read_and_names_the_module(tmp_path: Path, kind: type[str | Path | _Path]) -> None:
    file = tmp_path / "my bell.ll"
    file.write_text(_TEXT)
    assert read_source(kind(str(file))) == Source(_TEXT.encode(), "my_bell")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bell.bc").write_bytes(b"BC\xc0\xde")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_source("~/bell.bc") == Source(b"BC\xc0\xde", "bell")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(_TEXT.encode())))
    assert read_source("-") == Source(_TEXT.encode(), "stdin")


@pytest.mark.parametrize(
    "path", ["no such file.ll", "", ".", "a\0b.ll", "~nobody-has-this-name/bell.ll", "x" * 5000, "bell.ll/f"]
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bell.ll").touch()
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert f"'{sanitize_line(path)}'" in caught.value.message
    assert "Give " in str(caught.value)


@pytest.mark.parametrize("source", [None, 7, ["bell.ll"], object()])
def test_what_holds_no_qir_is_refused_by_its_type(source: object) -> None:
    with pytest.raises(SourceError, match=f"^{type(source).__name__} is nothing that QIR can be read from"):
        read_source(source)  # type: ignore[arg-type]  # what users give all the same


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("bell.ll", "bell"),
        ("some/folder/bell.bc", "bell"),
        ("my bell (2).ll", "my_bell_2_"),
        ("a.b.ll", "a.b"),
        ("größe.ll", "größe"),
        ("q-bit_1.ll", "q-bit_1"),
    ],
)
def test_a_module_is_called_as_its_file(path: str, name: str) -> None:
    assert module_name(path) == name
