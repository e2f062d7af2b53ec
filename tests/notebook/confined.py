"""A real kernel that may have little memory: in a control group where one can be made, else by its own limit."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel

from tests.files import REPOSITORY
from tests.notebook.kernels import Kernel

_VERSION_1 = Path("/sys/fs/cgroup/memory")
_VERSION_2 = Path("/sys/fs/cgroup")
_GONE_S = 5.0


def make_group(bytes_: int) -> Path | None:
    """A control group that may have so much memory; None where none can be made."""
    for root, limit in ((_VERSION_1, "memory.limit_in_bytes"), (_VERSION_2, "memory.max")):
        group = root / f"qirjit-test-{os.getpid()}-{time.monotonic_ns()}"
        if not (root / "cgroup.procs").exists():
            continue
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / limit).write_text(str(bytes_))
        except OSError:
            remove_group(group)
            continue
        return group
    return None


def remove_group(group: Path) -> None:
    """Remove it, once its processes are gone."""
    until = time.monotonic() + _GONE_S
    while group.exists():
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def peak_bytes(group: Path) -> int:
    """The most memory that a group has had; 0 where it does not say."""
    for name in ("memory.max_usage_in_bytes", "memory.peak"):
        with contextlib.suppress(OSError):
            return int((group / name).read_text())
    return 0


@contextlib.contextmanager
def confined_kernel(bytes_: int, *, grouped: bool = True) -> Iterator[tuple[Kernel, Path | None]]:
    """A kernel with the extension that may have so much memory, and its control group.

    Args:
        bytes_: how much.
        grouped: whether it may be in a group; else its limit is on its data alone (RLIMIT_DATA).
    """
    group = make_group(bytes_) if grouped else None
    manager, client = start_new_kernel(cwd=str(REPOSITORY / "notebooks"))
    try:
        kernel = Kernel(manager, client)
        process = kernel.process
        if group is not None:
            (group / "cgroup.procs").write_text(str(process.pid))
        else:
            process.rlimit(psutil.RLIMIT_DATA, (bytes_, bytes_))
        loaded = kernel.run("%load_ext qirjit_magic")
        assert loaded.status == "ok", loaded.traceback
        yield kernel, group
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        if group is not None:
            remove_group(group)


def resident_peak(kernel: Kernel, *, anew: bool = False) -> int:
    """The most memory that the kernel's process has had, in bytes; with ``anew``, from now on."""
    if anew:
        Path(f"/proc/{kernel.process.pid}/clear_refs").write_text("5")
    status = Path(f"/proc/{kernel.process.pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))
