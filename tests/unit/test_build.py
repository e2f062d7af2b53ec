"""What is said of an engine's build: whatever can change object code changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import qirjit_magic
from qirjit_magic.engine import build as build_module
from qirjit_magic.engine.build import FOLDERS, build
from qirjit_magic.engine.codegen.object_code import host_target


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources that a build is made of."""
    package = Path(qirjit_magic.__file__).parent
    for folder in FOLDERS:
        shutil.copytree(package / folder, tmp_path / folder)
    for file in package.glob("*.py"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(build_module, "_PACKAGE", tmp_path)
    return tmp_path


def _appended(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def _renamed(file: Path) -> None:
    file.rename(file.with_stem("other"))


@pytest.mark.parametrize("change", [_appended, _renamed, Path.unlink], ids=["appended", "renamed", "gone"])
@pytest.mark.parametrize(
    "file",
    [
        "engine/build.py",
        "engine/runtime/controls.ll",
        "engine/ir/parse.py",
        "llvm_text.py",
        "protocol/module_info.py",
        "protocol/operations.py",
        "protocol/symbol_graph.py",
    ],
)
def test_a_change_of_any_source_is_another_build(copy: Path, file: str, change: Callable[[Path], None]) -> None:
    before = build()
    assert build() == before
    change(copy / file)
    assert build() != before


def test_what_is_no_source_is_no_part_of_a_build(copy: Path) -> None:
    before = build()
    (copy / "engine" / "notes.txt").write_text("nothing")
    (copy / "engine" / "__pycache__").mkdir(exist_ok=True)
    (copy / "engine" / "__pycache__" / "build.py").write_text("nothing")
    assert build() == before


def test_a_build_names_this_processor_and_its_features() -> None:
    processor, features = host_target()
    assert processor in build().split()
    assert features in build().split()


def test_another_processor_is_another_build(monkeypatch: pytest.MonkeyPatch) -> None:
    before = build()
    monkeypatch.setattr(build_module, "host_target", lambda: ("another", "+none"))
    assert build() != before
