"""The folder of the cache: which one it is, and several processes on it, also killed while they write."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import platformdirs
import pytest

from qirjit_magic.errors import QirNotice
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.object_files import cache_key
from qirjit_magic.session.cache import DEFAULT_LIMIT, ObjectCache, default_cache
from tests.files import REPOSITORY

CELLS = 200
LIMIT = 200_000
SMALL, LARGE = 100, 100_000  # repetitions of a digest: 3 kB, 3 MB
KILLS = 12


def key_of(number: int) -> str:
    return cache_key(str(number).encode(), build="any", options="O2")


def compiled_of(number: int, repetitions: int) -> Compiled:
    """What stands for the cell's object code: no two are alike, in any place."""
    digest = hashlib.sha256(str(number).encode())
    return Compiled(ModuleInfo("", digest.hexdigest()), digest.digest() * repetitions)


def use(folder: str, seed: int) -> None:
    """What a kernel does with its cells; prints how often it found object code, and how often it did not."""
    cache = ObjectCache(Path(folder), limit=LIMIT)
    order = random.Random(seed)  # noqa: S311 - an order, no secret
    cells = [*range(CELLS), *range(CELLS)]
    order.shuffle(cells)
    hits = misses = 0
    sys.stdin.readline()
    for cell in cells:
        expected = compiled_of(cell, SMALL)
        for _ in range(2):
            found = cache.find(key_of(cell))
            if found is None:
                misses += 1
                cache.keep(key_of(cell), expected)
            else:
                hits += 1
                assert found == expected
    print(hits, misses)  # noqa: T201 - the test reads it


def write(folder: str) -> None:
    """Write until killed."""
    cache = ObjectCache(Path(folder))
    everything = [(key_of(cell), compiled_of(cell, LARGE)) for cell in range(5)]
    print("writing", flush=True)  # noqa: T201 - the test waits for it
    for key, compiled in cycle(everything):
        cache.keep(key, compiled)


@contextlib.contextmanager
def process(call: str) -> Iterator[subprocess.Popen[str]]:
    """A process that calls a function of this file; its warnings go to its standard error."""
    script = f"from tests.process import test_cache_folder as here; here.{call}"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def files_of(folder: Path) -> list[Path]:
    return list((folder / "objects-1").glob("??/*"))


# -- several processes on it -------------------------------------------------------------------------------------


def test_two_kernels_that_evict_each_others_code_find_only_what_is_right(tmp_path: Path) -> None:
    with process(f"use({str(tmp_path)!r}, 1)") as one, process(f"use({str(tmp_path)!r}, 2)") as two:
        for child in (one, two):
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        ends = [(*child.communicate(), child.returncode) for child in (one, two)]
    for output, errors, status in ends:
        assert (errors, status) == ("", 0)
        hits, misses = map(int, output.split())
        assert hits + misses == 4 * CELLS
        assert hits > 0
        assert misses > 0
    files = files_of(tmp_path)
    assert {file.name for file in files} < {key_of(cell) for cell in range(CELLS)}
    assert sum(file.stat().st_size for file in files) <= LIMIT * 1.1  # each alone stays below it
    cache = ObjectCache(tmp_path)
    left = [(cache.find(key_of(cell)), compiled_of(cell, SMALL)) for cell in range(CELLS)]
    assert len([found for found, _ in left if found]) == len(files)
    assert all(found in {None, expected} for found, expected in left)


def test_a_kernel_killed_while_it_writes_leaves_nothing_wrong(tmp_path: Path) -> None:
    pauses = random.Random(7)  # noqa: S311 - pauses, no secret
    for kill in range(KILLS):
        with process(f"write({str(tmp_path)!r})") as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            while kill == 0 and not any(file.suffix != ".new" for file in tmp_path.glob("*/*/*")):
                time.sleep(0.001)  # on a busy machine none of the others may come so far
            time.sleep(pauses.uniform(0.0, 0.03))
            writer.kill()
            assert writer.wait() < 0
            assert writer.stderr is not None
            assert writer.stderr.read() == ""
    cache = ObjectCache(tmp_path)
    found = [(cache.find(key_of(cell)), compiled_of(cell, LARGE)) for cell in range(5)]
    assert any(there for there, _ in found)
    assert all(there in {None, expected} for there, expected in found)


def test_what_killed_kernels_left_unfinished_goes_after_an_hour(tmp_path: Path) -> None:
    def unfinished() -> list[Path]:
        return [file for file in files_of(tmp_path) if file.suffix == ".new"]

    for _ in range(100):
        with process(f"write({str(tmp_path)!r})") as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            while not unfinished():
                continue
            writer.kill()
        if unfinished():  # it had not been faster
            break
    else:
        pytest.fail("no writer was killed while it wrote")
    then = time.time() - 2 * 3600
    for file in unfinished():
        os.utime(file, (then, then))
    ObjectCache(tmp_path).keep(key_of(99), compiled_of(99, SMALL))
    assert unfinished() == []


def test_the_cache_costs_no_import_of_platformdirs() -> None:
    script = "import sys, qirjit_magic.session.cache; print('platformdirs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout == "False\n"


# -- what the environment asks for -------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["off", "0", "OFF", " off "])
def test_the_cache_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("QIRJIT_CACHE", value)
    assert default_cache() is None


def test_the_environment_chooses_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QIRJIT_CACHE", str(tmp_path / "mine"))
    cache = default_cache()
    assert cache is not None
    assert (cache.folder, cache.folder.exists()) == (tmp_path / "mine", False)


@pytest.mark.parametrize("value", ["mine", "./mine", "~/mine"])
def test_a_folder_stays_the_same_when_the_current_one_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QIRJIT_CACHE", value)
    monkeypatch.chdir(tmp_path)
    cache = default_cache()
    monkeypatch.chdir("/")
    assert cache is not None
    assert cache.folder == tmp_path / "mine"


def test_a_current_folder_that_was_deleted_stops_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QIRJIT_CACHE", "mine")
    monkeypatch.delenv("QIRJIT_CACHE_MIB", raising=False)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    cache = default_cache()
    assert cache is not None
    with pytest.warns(QirNotice, match="No such file"):
        cache.keep(key_of(0), compiled_of(0, SMALL))


@pytest.mark.parametrize("value", [None, "", " "])
def test_without_a_choice_it_is_the_systems_cache_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str | None
) -> None:
    monkeypatch.delenv("QIRJIT_CACHE", raising=False)
    if value is not None:
        monkeypatch.setenv("QIRJIT_CACHE", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    cache = default_cache()
    assert cache is not None
    assert cache.folder == platformdirs.user_cache_path("qirjit_magic", appauthor=False)
    assert tmp_path in cache.folder.parents
    assert list(tmp_path.iterdir()) == []


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> pwd.struct_passwd:
        raise KeyError

    for name in ("QIRJIT_CACHE", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert default_cache() is None


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        *(("64", 64 << 20), ("0.5", 1 << 19), ("0", 0), ("", DEFAULT_LIMIT), ("much", DEFAULT_LIMIT)),
        *(("-1", DEFAULT_LIMIT), ("nan", DEFAULT_LIMIT), ("inf", DEFAULT_LIMIT), ("1e308", DEFAULT_LIMIT)),
    ],
)
def test_the_environment_chooses_the_limit_where_it_is_a_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, limit: int
) -> None:
    monkeypatch.setenv("QIRJIT_CACHE", str(tmp_path))
    monkeypatch.setenv("QIRJIT_CACHE_MIB", value)
    cache = default_cache()
    assert cache is not None
    assert cache.limit == limit
