"""How much memory there is: control groups of both versions, wherever they are mounted, and limits of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from qirjit_magic import limits, system_memory
from qirjit_magic.limits import Limits, default_kept_bytes
from qirjit_magic.system_memory import ControlGroup, find_control_groups

_MIB = 1 << 20
_V1 = "35 31 0:32 {root} /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
_CPU = "33 31 0:30 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
_V2 = "30 23 0:26 {root} /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"


@pytest.mark.parametrize(
    ("said", "mounts", "folders"),
    [
        ("0::/\n", _V2.format(root="/"), ["/sys/fs/cgroup"]),
        ("0::/user/a\n", _V2.format(root="/"), ["/sys/fs/cgroup/user/a", "/sys/fs/cgroup/user", "/sys/fs/cgroup"]),
        ("0::/docker/7/in\n", _V2.format(root="/docker/7"), ["/sys/fs/cgroup/in", "/sys/fs/cgroup"]),
        ("0::/../other\n", _V2.format(root="/"), ["/sys/fs/cgroup"]),
        ("4:memory:/a\n0::/\n", _CPU + _V1.format(root="/"), ["/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"]),
        ("4:cpu,memory:/docker/7\n", _V1.format(root="/docker/7"), ["/sys/fs/cgroup/memory"]),
        ("4:memory:/elsewhere\n", _V1.format(root="/docker/7"), ["/sys/fs/cgroup/memory"]),
        ("0::/a\n", r"1 2 0:3 / /mnt/with\040space rw - cgroup2 none rw", ["/mnt/with space/a", "/mnt/with space"]),
        ("2:cpu:/a\n", _CPU, []),
        ("", "", []),
        ("junk\n:::\n", "junk\n - cgroup2\n", []),
    ],
)
def test_the_groups_above_a_process_are_found(said: str, mounts: str, folders: list[str]) -> None:
    assert [str(Path(group.usage).parent) for group in find_control_groups(said, mounts)] == folders


def _version_2(folder: Path, **files: str) -> ControlGroup:
    for name, text in files.items():
        (folder / f"memory.{name}").write_text(text)
    (group,) = find_control_groups("0::/\n", f"1 2 0:3 / {folder} rw - cgroup2 none rw\n")
    return group


@pytest.mark.parametrize(
    ("files", "limit", "available"),
    [
        ({"max": "max\n", "high": "max\n", "current": "5000\n"}, None, None),
        ({"max": "9000\n", "high": "max\n", "current": "5000\n"}, 9000, 4000),
        ({"max": "9000\n", "high": "6000\n", "current": "5000\n"}, 6000, 1000),
        ({"max": "4000\n", "current": "5000\n"}, 4000, 0),
        ({"max": "9000\n", "current": "5000\n", "stat": "anon 1\nactive_file 7\ninactive_file 300\n"}, 9000, 4300),
        ({"max": "0\n", "current": "0\n"}, 0, 0),
        ({}, None, None),
    ],
)
def test_a_group_leaves_what_it_may_have_and_does_not_use(
    tmp_path: Path, files: dict[str, str], limit: int | None, available: int | None
) -> None:
    group = _version_2(tmp_path, **files)
    assert (group.limit, group.available) == (limit, available)


def test_of_version_1_a_number_that_no_machine_has_is_no_limit(tmp_path: Path) -> None:
    (group,) = find_control_groups("4:memory:/\n", f"1 2 0:3 / {tmp_path} rw - cgroup cgroup rw,memory\n")
    for name, text in (("limit_in_bytes", "9223372036854771712"), ("usage_in_bytes", "5000")):
        (tmp_path / f"memory.{name}").write_text(f"{text}\n")
    assert group.available is None
    (tmp_path / "memory.limit_in_bytes").write_text("9000\n")
    (tmp_path / "memory.stat").write_text("inactive_file 1\ntotal_inactive_file 300\n")
    assert group.available == 4300


def test_the_least_of_all_groups_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    for folder in (inner, outer):
        folder.mkdir()
    found = (_version_2(inner, max="9000\n", current="5000\n"), _version_2(outer, max="8000\n", current="7000\n"))
    monkeypatch.setattr(system_memory, "control_groups", lambda: found)
    assert system_memory.memory_limit() == 8000
    assert system_memory.free_memory() == 1000


@pytest.mark.parametrize(
    ("free", "left", "kept"),
    [
        (None, None, 1024),
        (100_000 * _MIB, None, 1024),
        (2048 * _MIB, None, 512),
        (2048 * _MIB, 400 * _MIB, 96),
        (0, None, 16),
    ],
)
def test_a_run_keeps_a_quarter_of_what_is_left_and_no_more_than_a_gibibyte(
    monkeypatch: pytest.MonkeyPatch, free: int | None, left: int | None, kept: int
) -> None:
    monkeypatch.setattr(limits, "free_memory", lambda: free)
    monkeypatch.setattr(limits, "bytes_left_by_limits", lambda: left)
    assert Limits().kept_bytes == default_kept_bytes() == kept * _MIB


def test_a_run_keeps_no_more_than_is_left_beside_it_whatever_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "bytes_left_by_limits", lambda: None)
    monkeypatch.setattr(limits, "free_memory", lambda: 100)
    assert Limits(kept_bytes=1000).kept_bytes_beside(300) == 200
    assert Limits(kept_bytes=150).kept_bytes_beside(300) == 150
    monkeypatch.setattr(limits, "free_memory", lambda: None)
    assert Limits(kept_bytes=1000).kept_bytes_beside(300) == 1000
