"""Which files and folders an engine behind the fence may open."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from qirjit_magic.sandbox.readable_paths import readable_paths


def within(path: Path, places: list[str]) -> bool:
    """Whether a file is one of these places, or in one of them."""
    real = path.resolve()
    return any(real == Path(place).resolve() or Path(place).resolve() in real.parents for place in places)


def test_python_its_packages_and_libraries_can_be_read() -> None:
    places = readable_paths()
    for module in ("os", "json", "numpy", "msgspec", "llvmlite", "qirjit_magic"):
        __import__(module)
        assert within(Path(str(sys.modules[module].__file__)), readable_paths()), module
    assert within(Path("/usr/lib/libc.so.6"), places)


def test_the_home_directory_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{tmp_path}:{tmp_path.parent}:/:.:{tmp_path}/ours")
    monkeypatch.syspath_prepend(str(tmp_path))
    places = readable_paths([str(tmp_path / "simulator.so")])
    assert not within(tmp_path / "secret", places)
    assert "/" not in places
    assert f"{tmp_path}/ours" in places


def test_beside_a_simulator_libraries_can_be_read_and_nothing_else(tmp_path: Path) -> None:
    for name in ("simulator.so", "libneeded.so.1", ".env", "data.txt"):
        (tmp_path / name).touch()
    places = readable_paths([str(tmp_path / "simulator.so")])
    readable = {file.name: within(file, places) for file in tmp_path.iterdir()}
    assert readable == {"simulator.so": True, "libneeded.so.1": True, ".env": False, "data.txt": False}


def test_more_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QIRJIT_READABLE", os.pathsep.join((str(tmp_path / "one"), str(tmp_path / "two"))))
    assert {str(tmp_path / "one"), str(tmp_path / "two")} <= set(readable_paths())
