from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qirjit_magic.errors import QirNotice
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import Diagnostic, EntryPoint, ModuleInfo, Signature
from qirjit_magic.protocol.object_files import builtin_key, cache_key, pack_object
from qirjit_magic.session import cache as room
from qirjit_magic.session.cache import ObjectCache

_NOBODY = 65534
_ENTRY = EntryPoint("main", Signature("i64", ("double",)), attributes=(("entry_point", ""),))
_MODULE = ModuleInfo("", "d" * 64, "base", (("qir_major_version", 2), ("dynamic", True)), (_ENTRY,), object_size=40)
_COMPILED = Compiled(_MODULE, b"\x7fELF" + bytes(range(36)))


def _key(number: int = 0) -> str:
    return cache_key(str(number).encode(), build="LLVM 22", options="O2")


_FILE = pack_object(_key(), _COMPILED)


def _path(cache: ObjectCache, key: str) -> Path:
    return cache.folder / "objects-1" / key[:2] / key


def _sized(size: int) -> Compiled:
    empty = Compiled(_MODULE, b"")
    return structs.replace(empty, object_code=bytes(size - len(pack_object(_key(), empty))))


def _kept(cache: ObjectCache) -> dict[str, int]:
    """The sizes of everything that looks like object code, by name."""
    files = (cache.folder / "objects-1").glob("??/*")
    return {file.name: file.stat().st_size for file in files}


def _found(cache: ObjectCache, *keys: str) -> list[Compiled | None]:
    return [cache.find(key) for key in keys]


def _use(cache: ObjectCache, *keys: str) -> list[Compiled | None]:
    for key in keys:
        cache.keep(key, _COMPILED)
    return _found(cache, *keys)


def _described(info: bytes) -> bytes:
    """A file for `_key`, whose checksum is right, with this info."""
    checked = _key().encode() + len(info).to_bytes(4, "little") + info + _COMPILED.object_code
    return b"\x89QIRobj\x01" + hashlib.sha256(checked).digest() + checked


def _assert_not_taken(cache: ObjectCache, content: bytes, because: str = "") -> None:
    path = _path(cache, _key())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with pytest.warns(QirNotice, match=because) as told:
        assert cache.find(_key()) is None
    assert len(told) == 1
    assert not path.exists()


@contextlib.contextmanager
def _nothing_writable(folder: Path) -> Iterator[None]:
    """Without the right to write anything in the folder; root, who may do all, becomes somebody else meanwhile."""
    everything = [folder, *folder.rglob("*")]
    modes = [path.stat().st_mode for path in everything]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in zip(everything, modes, strict=True):
            path.chmod(mode)


@pytest.fixture
def cache(tmp_path: Path) -> ObjectCache:
    return ObjectCache(tmp_path / "cache")


@pytest.fixture
def public_cache() -> Iterator[ObjectCache]:
    """One whose folder is below no private one."""
    with tempfile.TemporaryDirectory() as folder:
        yield ObjectCache(Path(folder))


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


# -- what comes back ---------------------------------------------------------------------------------------------


@given(st.from_type(ModuleInfo), st.binary(max_size=300), st.binary(max_size=8))
def test_what_is_kept_is_found_by_every_kernel(
    shared_folder: Path, module: ModuleInfo, object_code: bytes, source: bytes
) -> None:
    key = cache_key(source, build="", options="")
    ObjectCache(shared_folder).keep(key, Compiled(module, object_code))
    expected = structs.replace(module, name="", diagnostics=(), added_at=0.0, timings=_MODULE.timings)
    assert ObjectCache(shared_folder).find(key) == Compiled(expected, object_code)


def test_what_belongs_to_a_session_is_not_kept(cache: ObjectCache) -> None:
    remark = Diagnostic("notice", "nobody defines 'elsewhere' yet")
    cache.keep(
        _key(),
        structs.replace(_COMPILED, module=structs.replace(_MODULE, name="bell", diagnostics=(remark,), added_at=1e9)),
    )
    assert cache.find(_key()) == _COMPILED
    assert b"bell" not in _path(cache, _key()).read_bytes()


def test_what_is_kept_anew_takes_the_place_of_the_old(cache: ObjectCache) -> None:
    _use(cache, _key())
    cache.keep(_key(), _sized(1000))
    assert cache.find(_key()) == _sized(1000)
    assert list(_kept(cache)) == [_key()]


def test_looking_makes_nothing(cache: ObjectCache) -> None:
    assert cache.find(_key()) is None
    assert not cache.folder.exists()


def test_folders_and_files_are_the_users_own(cache: ObjectCache) -> None:
    cache.keep(_key(), _COMPILED)
    path = _path(cache, _key())
    assert [folder.stat().st_mode & 0o777 for folder in list(path.parents)[:3]] == [0o700] * 3
    assert path.stat().st_mode & 0o077 == 0


# -- damage ------------------------------------------------------------------------------------------------------


def test_a_file_cut_anywhere_is_not_taken(cache: ObjectCache) -> None:
    for length in range(len(_FILE)):
        _assert_not_taken(cache, _FILE[:length], "cut short")


def test_a_file_with_any_byte_changed_is_not_taken(cache: ObjectCache) -> None:
    for place in range(len(_FILE)):
        damaged = bytearray(_FILE)
        damaged[place] ^= 1 << place % 8
        _assert_not_taken(cache, bytes(damaged))


def test_swapped_files_are_not_taken(cache: ObjectCache) -> None:
    for key in (_key(), _key(1)):
        _path(cache, key).parent.mkdir(parents=True)
    _path(cache, _key(1)).write_bytes(_FILE)
    _assert_not_taken(cache, pack_object(_key(1), _COMPILED), "belongs to another module")
    with pytest.warns(QirNotice, match="belongs to another module"):
        assert cache.find(_key(1)) is None


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\n", b"define void @f() { ret void }", bytes(100_000), _COMPILED.object_code, pickle.dumps(_COMPILED)),
        *(b"\x89QIRobj\x02" + _FILE[8:], _FILE + b"\n", _FILE * 2),
        *map(_described, (b"", b"\xff", b"[" * 100_000, b"7", b'{"name":7,"digest":""}', b'{"name":"","digest":""}')),
        _described(msgspec.json.encode(_MODULE).replace(b'"digest":', b'"added":0,"digest":')),
        _described(msgspec.json.encode(_MODULE)[:-1]),
    ],
)
def test_a_foreign_file_is_not_taken(cache: ObjectCache, content: bytes) -> None:
    _assert_not_taken(cache, content)


def test_the_info_alone_makes_a_described_file_foreign() -> None:
    assert _described(msgspec.json.encode(_MODULE)) == _FILE


def test_damage_is_told_once_where_the_caller_is_and_mended(cache: ObjectCache) -> None:
    _use(cache, _key())
    path = _path(cache, _key())
    path.write_bytes(b"junk")
    with pytest.warns(QirNotice) as told:
        found = _found(cache, _key(), _key())
    assert found == [None, None]
    assert [warning.filename for warning in told] == [__file__]
    assert str(path) in str(told[0].message)
    assert "compiled anew" in str(told[0].message)
    assert _use(cache, _key()) == [_COMPILED]


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_removed(cache: ObjectCache, make: Callable[[Path], None]) -> None:
    path = _path(cache, _key())
    path.parent.mkdir(parents=True)
    make(path)
    with pytest.warns(QirNotice, match="is not a file"):
        assert cache.find(_key()) is None
    assert _use(cache, _key()) == [_COMPILED]


def test_a_folder_with_the_name_of_a_file_is_told_once_and_left_alone(cache: ObjectCache) -> None:
    inside = _path(cache, _key()) / "notes.txt"
    inside.parent.mkdir(parents=True)
    inside.write_text("mine")
    with pytest.warns(QirNotice, match="is not a file") as told:
        found = _found(cache, _key()) + _use(cache, _key(), _key())
    assert (found, len(told)) == ([None, None, None], 1)
    assert inside.read_text() == "mine"
    assert _use(cache, _key(1)) == [_COMPILED]


def test_a_folder_with_the_name_of_a_file_is_told_once_by_writing_too(cache: ObjectCache) -> None:
    path = _path(cache, _key())
    path.mkdir(parents=True)
    with pytest.warns(QirNotice, match=f"{path}: Is a directory") as told:
        cache.keep(_key(), _COMPILED)
    assert len(told) == 1
    assert _use(cache, _key(1)) == [_COMPILED]


# -- keys --------------------------------------------------------------------------------------------------------

# So few letters that different parts often run into the same text.
_parts = st.tuples(*[st.text("ab", max_size=2)] * 3)


@given(_parts, _parts)
def test_keys_are_the_same_only_where_everything_is(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    keys = [cache_key(source.encode(), build=build, options=options) for source, build, options in (one, two)]
    assert (keys[0] == keys[1]) == (one == two)


def test_own_code_of_each_side_of_the_fence_has_a_key_of_its_own() -> None:
    keys = {
        builtin_key(name, build="b", sandboxed=sandboxed)
        for name in ("runtime", "tracer")
        for sandboxed in (False, True)
    }
    assert len(keys | {builtin_key("tracer", build="c", sandboxed=True)}) == 5


def test_a_key_is_a_hexadecimal_sha256() -> None:
    assert len(bytes.fromhex(_key())) == 32
    assert _key() == _key().lower()


# -- the limit ---------------------------------------------------------------------------------------------------


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path, limit=10_000)
    for number in range(8):
        cache.keep(_key(number), _sized(1000))
    for number, ago_s in enumerate((10, 80, 30, 70, 20, 60, 50, 40)):
        then = time.time() - ago_s
        os.utime(_path(cache, _key(number)), (then, then))
    assert None not in _found(cache, _key(1), _key(5))  # finding is using
    cache.keep(_key(8), _sized(4000))  # 9,000 may stay
    assert set(_kept(cache)) == {_key(number) for number in (0, 1, 2, 4, 5, 8)}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1000, 6000)), max_size=40))
def test_one_kernel_alone_never_exceeds_the_limit(steps: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = ObjectCache(Path(folder), limit=10_000)
        for number, size in steps:
            cache.keep(_key(number), _sized(size))
            assert sum(_kept(cache).values()) <= cache.limit
            assert size > 5000 or cache.find(_key(number)) == _sized(size)


def test_the_limit_holds_at_every_step_of_many_small_writes(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path, limit=20_000)
    sizes = []
    for number in range(100):
        cache.keep(_key(number), _sized(1000))
        sizes.append(sum(_kept(cache).values()))
    assert 0.8 * cache.limit < max(sizes) <= cache.limit


def test_a_file_may_go_while_this_kernel_evicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed_and_gone(folder: os.PathLike[str]) -> list[os.DirEntry[str]]:
        entries = listed(folder)
        for entry in entries:
            if entry.name == _key():
                os.unlink(entry)  # noqa: PTH108 - what was listed is no Path
        return entries

    listed = room._listed
    ObjectCache(tmp_path).keep(_key(), _COMPILED)
    monkeypatch.setattr(room, "_listed", listed_and_gone)
    assert _use(ObjectCache(tmp_path), _key(1)) == [_COMPILED]
    assert list(_kept(ObjectCache(tmp_path))) == [_key(1)]


def test_the_first_write_makes_room_for_a_smaller_limit(tmp_path: Path) -> None:
    before = ObjectCache(tmp_path)
    _use(before, *map(_key, range(30)))
    size = len(_FILE)
    ObjectCache(tmp_path, limit=10 * size).keep(_key(30), _COMPILED)
    assert list(_kept(before).values()) == [size] * 9


@pytest.mark.parametrize(("limit", "kept"), [(0, []), (1, []), (1999, []), (2000, [_sized(1000)])])
def test_what_is_larger_than_half_of_the_limit_is_not_kept(tmp_path: Path, limit: int, kept: list[Compiled]) -> None:
    cache = ObjectCache(tmp_path / "cache", limit=limit)
    cache.keep(_key(), _sized(1000))
    assert [found for found in _found(cache, _key()) if found] == kept
    assert cache.folder.exists() == bool(kept)


def test_what_was_left_unfinished_long_ago_goes(cache: ObjectCache) -> None:
    cache.keep(_key(), _COMPILED)
    path = _path(cache, _key())
    old, new = (path.with_name(f"{path.name}.{token}.new") for token in ("abcd_123", "12345678"))
    for unfinished in (old, new):
        unfinished.write_bytes(b"half")
    then = time.time() - 2 * 3600
    os.utime(old, (then, then))
    ObjectCache(cache.folder).keep(_key(1), _COMPILED)
    assert set(_kept(cache)) == {_key(), _key(1), new.name}


def test_foreign_files_are_never_deleted(tmp_path: Path) -> None:
    key = _key()
    shard = f"objects-1/{key[:2]}"
    elsewhere = "00" if key[:2] != "00" else "11"
    names = [
        *("notes.txt", key, f"{key[:2]}/{key}", f"objects-2/{key[:2]}/{key}", f"objects-1/{key}"),
        *(f"objects-1/{elsewhere}/{key}", f"objects-1/{key[:3]}/{key}", f"objects-1/{key[:2].upper()}x/{key}"),
        *(f"{shard}/notes.txt", f"{shard}/{key}.txt", f"{shard}/{key}.new", f"{shard}/.{key}", f"{shard}/{key[:-1]}"),
        *(f"{shard}/{key}.ABCDEFGH.new", f"{shard}/{key}.abcdefgh.new.txt", f"{shard}/{key}0", f"{shard}/{key}/x"),
    ]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(5000))
        os.utime(path, (0, 0))
    cache = ObjectCache(tmp_path, limit=4000)
    for number in range(1, 20):
        cache.keep(_key(number), _sized(1500))
    assert [name for name in names if not (tmp_path / name).exists()] == []
    assert len([name for name in _kept(cache) if name in {_key(number) for number in range(1, 20)}]) == 2


# -- folders that cannot be used ---------------------------------------------------------------------------------


def test_a_file_where_the_folder_should_be_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine")
    cache = ObjectCache(tmp_path / "cache")
    with pytest.warns(QirNotice, match=f"{cache.folder}/.*: Not a directory.* QIRJIT_CACHE ") as told:
        found = _found(cache, _key()) + _use(cache, _key(), _key(1))
    assert found == [None, None, None]
    assert [warning.filename for warning in told] == [__file__]
    assert cache.folder.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_told_once() -> None:
    cache = ObjectCache(Path("/dev/null/cache"))
    with pytest.warns(QirNotice, match="/dev/null/cache") as told:
        found = _use(cache, _key(), _key(1))
    assert found == [None, None]
    assert [warning.filename for warning in told] == [__file__]


def test_a_folder_without_the_right_to_write_is_told_once(public_cache: ObjectCache) -> None:
    with _nothing_writable(public_cache.folder), pytest.warns(QirNotice, match="Permission denied") as told:
        found = _use(public_cache, _key(), _key(1))
    assert (found, len(told)) == ([None, None], 1)


def test_a_read_only_folder_still_gives_what_it_has_and_damage_there_is_told_once(public_cache: ObjectCache) -> None:
    _use(public_cache, _key(), _key(1))
    _path(public_cache, _key()).write_bytes(b"junk")
    with _nothing_writable(public_cache.folder), pytest.warns(QirNotice, match="compiled anew") as told:
        found = _found(public_cache, _key(), _key(1)) + _use(public_cache, _key())
    assert (found, len(told)) == ([None, _COMPILED, None], 1)


def test_a_write_that_fails_in_the_middle_leaves_nothing(cache: ObjectCache) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.warns(QirNotice, match="File too large"):
            cache.keep(_key(), _sized(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _kept(cache) == {}
    assert cache.find(_key()) is None
