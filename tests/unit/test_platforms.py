from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from qirjit_magic.sandbox import get_platform, name_of
from qirjit_magic.sandbox.descriptors import Descriptor, LostDescriptorError
from qirjit_magic.sandbox.linux_calls import library_call

_PLATFORMS = ["linux", "portable"] if sys.platform == "linux" else ["portable"]
_SIZE = 1 << 16


@pytest.mark.parametrize("name", _PLATFORMS)
def test_a_platform_is_chosen_by_its_name(name: str) -> None:
    assert name_of(get_platform(name)) == name


def test_the_environment_forces_a_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIRJIT_PLATFORM", "portable")
    assert name_of(get_platform()) == "portable"


@pytest.mark.parametrize(("system", "name"), [("linux", "linux"), ("darwin", "portable"), ("freebsd14", "portable")])
def test_the_system_decides_otherwise(monkeypatch: pytest.MonkeyPatch, system: str, name: str) -> None:
    if name not in _PLATFORMS:
        pytest.skip("this platform's module can only be imported on Linux.")
    monkeypatch.delenv("QIRJIT_PLATFORM", raising=False)
    monkeypatch.setattr(sys, "platform", system)
    assert name_of(get_platform()) == name


@pytest.mark.parametrize("name", ["amiga", "os", "linux.mmap", "../linux"])
def test_an_unknown_platform_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("QIRJIT_PLATFORM", name)
    with pytest.raises(ValueError, match=r"'linux' or 'portable'") as caught:
        get_platform()
    assert f"'{name}'" in str(caught.value)


@pytest.mark.parametrize("name", _PLATFORMS)
def test_new_memory_is_zero_and_as_large_as_asked(name: str) -> None:
    region = get_platform(name).create_region(_SIZE)
    assert bytes(region.view) == bytes(_SIZE)
    region.close()


@pytest.mark.parametrize("name", _PLATFORMS)
def test_both_sides_see_the_same_memory(name: str) -> None:
    platform = get_platform(name)
    ours = platform.create_region(_SIZE)
    theirs = platform.attach_region(os.dup(ours.handle), _SIZE)
    ours.view[0] = 1
    theirs.view[_SIZE - 1] = 2
    assert (theirs.view[0], ours.view[_SIZE - 1]) == (1, 2)
    theirs.close()
    assert ours.view[_SIZE - 1] == 2
    ours.close()


@pytest.mark.parametrize("name", _PLATFORMS)
def test_memory_given_back_leaves_no_descriptor(name: str) -> None:
    region = get_platform(name).create_region(_SIZE)
    region.close()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(region.handle)


def _open_descriptors() -> set[str]:
    return {entry.name for entry in Path("/dev/fd").iterdir()}  # the one that lists them has the same number each time


@pytest.mark.parametrize("name", _PLATFORMS)
def test_memory_that_finds_no_addresses_leaves_no_descriptor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    platform, before = get_platform(name), _open_descriptors()
    monkeypatch.setattr("mmap.mmap", refuse)
    with pytest.raises(OSError, match="memory"):
        platform.create_region(_SIZE)
    assert _open_descriptors() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is no file.")
def test_memory_that_may_not_be_so_long_leaves_no_descriptor() -> None:
    before = _open_descriptors()
    with pytest.raises(OSError, match=r"argument|large"):
        get_platform("linux").create_region(-1)
    assert _open_descriptors() == before


@pytest.mark.parametrize("name", _PLATFORMS)
def test_the_handle_is_inherited_only_where_it_is_passed(name: str) -> None:
    region = get_platform(name).create_region(_SIZE)
    assert not os.get_inheritable(region.handle)
    region.close()


@pytest.mark.parametrize("name", _PLATFORMS)
def test_discarding_a_part_spares_the_rest(name: str) -> None:
    region = get_platform(name).create_region(_SIZE)
    region.view[:] = b"\1" * _SIZE
    region.discard(4096, 8192)
    assert bytes(region.view[:4096]) == b"\1" * 4096
    assert bytes(region.view[12288:]) == b"\1" * (_SIZE - 12288)
    region.view[4096] = 7
    assert region.view[4096] == 7
    region.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux seals memory.")
@pytest.mark.parametrize("size", [0, _SIZE // 2, _SIZE * 2])
def test_sealed_memory_keeps_its_size(size: int) -> None:
    region = get_platform("linux").create_region(_SIZE)
    with pytest.raises(PermissionError):
        os.ftruncate(region.handle, size)
    region.close()


@pytest.mark.parametrize("name", _PLATFORMS)
def test_a_widened_pipe_still_carries_what_is_written(name: str) -> None:
    read, write = os.pipe()
    get_platform(name).enlarge_pipe(write)
    os.write(write, b"x" * 4096)
    assert os.read(read, 8192) == b"x" * 4096
    os.close(read)
    os.close(write)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a pipe grow.")
def test_a_pipe_that_cannot_grow_is_left_as_it_is() -> None:
    with open(os.devnull, "rb") as no_pipe:  # noqa: PTH123 - only its descriptor is needed
        get_platform("linux").enlarge_pipe(no_pipe.fileno())
        assert no_pipe.read() == b""


def test_the_portable_platform_asks_for_no_handler_of_faults() -> None:
    get_platform("portable").handle_faults(_refuse)


def _refuse(machine: str) -> int:
    pytest.fail(f"it asked for one for {machine}")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's handler of faults is known")
def test_a_machine_without_a_handler_keeps_the_usual_ends() -> None:
    asked: list[str] = []

    def find(machine: str) -> int:
        asked.append(machine)
        return 0

    before = _alternate_stack()
    get_platform("linux").handle_faults(find)
    assert asked == [os.uname().machine]
    assert _alternate_stack() == before


def _alternate_stack() -> bytes:
    found = ctypes.create_string_buffer(24)  # stack_t
    library_call("sigaltstack", 0, found)
    return found.raw


def test_a_descriptor_is_closed_once_and_only_where_it_is_ours() -> None:
    read, write = map(Descriptor, os.pipe())
    assert read.is_intact
    os.close(write.fileno())
    assert not write.is_intact
    other = os.open(os.devnull, os.O_RDONLY)  # somebody else's number now, or it is made theirs
    if other != write.fileno():
        os.dup2(other, write.fileno())
        os.close(other)
    with pytest.raises(LostDescriptorError):
        write.check()
    number = write.fileno()
    write.close()
    os.fstat(number)
    os.close(number)
    read.close()
    read.close()
    assert not read.is_intact


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says so in a file.")
def test_a_process_that_a_signal_stops_is_seen() -> None:
    platform = get_platform("linux")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            assert not platform.is_stopped(process.pid)
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)
            assert platform.is_stopped(process.pid)
        finally:
            process.kill()
    assert not platform.is_stopped(process.pid)
