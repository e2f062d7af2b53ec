"""What the parts of the fence say where a kernel, a machine or a container offers less."""

from __future__ import annotations

import errno
import os
import sys
from types import SimpleNamespace

import pytest

if sys.platform != "linux":
    pytest.skip("only Linux has a fence.", allow_module_level=True)

from qirjit_magic.sandbox import landlock, linux, privileges, seccomp


def refuse_all(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    for module in (landlock, seccomp):
        monkeypatch.setattr(module, "system_call", refuse)
    monkeypatch.setattr(privileges, "library_call", refuse)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSYS, "no Landlock (this kernel has none)"),
        (errno.EOPNOTSUPP, "no Landlock (it is switched off in this kernel)"),
        (errno.EPERM, "no Landlock (something around this process, like a container's filter, forbids it)"),
        (errno.E2BIG, "no Landlock ([Errno 7] Argument list too long)"),
    ],
)
def test_missing_landlock_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    refuse_all(monkeypatch, code)
    assert landlock.restrict() == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSYS, "no seccomp (this kernel has none)"),
        (errno.EINVAL, "no seccomp (this kernel takes no filters)"),
        (errno.EACCES, "no seccomp (new privileges could not be given up)"),
        (errno.EPERM, "no seccomp (something around this process, like a container's filter, forbids it)"),
    ],
)
def test_missing_seccomp_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="x86_64"))
    refuse_all(monkeypatch, code)
    assert seccomp.restrict() == words


def test_a_machine_without_a_filter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="riscv64"))
    assert seccomp.restrict() == "no seccomp (no filter is written for riscv64 in 64 bits)"


def test_a_thread_with_a_filter_of_its_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="aarch64"))
    monkeypatch.setattr(seccomp, "system_call", lambda *_: 77)
    assert seccomp.restrict() == "no seccomp (thread 77 has another filter)"


def test_a_fence_of_which_nothing_is_left_tells_it_and_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="x86_64"))
    refuse_all(monkeypatch, errno.ENOSYS)
    assert linux.enter_sandbox() == (
        "capabilities kept ([Errno 38] Function not implemented), "
        "new privileges possible ([Errno 38] Function not implemented), "
        "no Landlock (this kernel has none), no seccomp (this kernel has none)"
    )


@pytest.mark.parametrize(
    ("version", "sizes", "rights"),
    [(1, 8, (0x1FFF, 0, 0)), (3, 8, (0x7FFF, 0, 0)), (4, 16, (0x7FFF, 3, 0)), (7, 24, (0xFFFF, 3, 3))],
)
def test_landlock_handles_what_its_version_has(
    monkeypatch: pytest.MonkeyPatch, version: int, sizes: int, rights: tuple[int, int, int]
) -> None:
    calls: list[tuple[object, ...]] = []

    def record(*arguments: object) -> int:
        calls.append(arguments)
        return version if len(calls) == 1 else os.open(os.devnull, os.O_RDONLY)

    monkeypatch.setattr(landlock, "system_call", record)
    assert f"ABI {version}" in landlock.restrict()
    _, attributes, size, _ = calls[1]
    handled = b"".join(right.to_bytes(8, "little") for right in rights)
    assert size == sizes
    assert bytes(attributes) == handled[:sizes]  # type: ignore[call-overload]  # the buffer, as it was passed
