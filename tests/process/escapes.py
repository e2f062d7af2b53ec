"""A process that gives rights up and then tries to use them: ``python -m tests.process.escapes RIGHTS FOLDER``.

It prints, as JSON, what the rights given up are said to be, and what each attempt came to: ``done``, or how it was
refused.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import importlib
import json
import mmap
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qirjit_magic.sandbox import landlock, privileges, seccomp
from qirjit_magic.sandbox.linux import enter_sandbox
from qirjit_magic.sandbox.linux_calls import Argument, library_call, system_call

_PARENT = os.getppid()
_SEIZE = 0x4206  # PTRACE_SEIZE
_READ_SOME = 64
_ANONYMOUS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
# Numbers that calls.py does not have, on x86-64 and on aarch64.
_REFUSED_CALLS: dict[str, tuple[int, int, tuple[Argument, ...]]] = {
    "ptrace": (101, 117, (_SEIZE, _PARENT if sys.argv[1] != "nothing" else -1, 0, 0)),
    "process_vm_readv": (310, 270, (_PARENT, 0, 0, 0, 0, 0)),
    "process_vm_writev": (311, 271, (_PARENT, 0, 0, 0, 0, 0)),
    "execve": (59, 221, (ctypes.create_string_buffer(b"/no/such/file"), 0, 0)),
    "execveat": (322, 281, (-1, 0, 0, 0, 0)),
    "io_uring_setup": (425, 425, (0, 0)),
    "userfaultfd": (323, 282, (-1,)),
    "bpf": (321, 280, (-1, 0, 0)),
    "perf_event_open": (298, 241, (0, 0, -1, -1, 0)),
    "keyctl": (250, 219, (-1, 0, 0, 0, 0)),
    "mount": (165, 40, (0, 0, 0, 0, 0)),
    "unshare": (272, 97, (0,)),
    "setns": (308, 268, (-1, 0)),
    "open_by_handle_at": (304, 265, (-1, 0, 0)),
    "pidfd_open": (434, 434, (_PARENT, 0)),
    "pidfd_getfd": (438, 438, (-1, 0, 0)),
    "seccomp": (317, 277, (2, 0, 0)),
    "clone3": (435, 435, (0, 0)),
    "openat2": (437, 437, (-1, 0, 0, 0)),
    "map_shadow_stack": (453, 453, (0, mmap.PAGESIZE, 0)),
    "map a stack that grows": (9, 222, (0, mmap.PAGESIZE, 3, _ANONYMOUS | 0x100, -1, 0)),
    "map huge pages": (9, 222, (0, 1 << 21, 3, _ANONYMOUS | 0x40000, -1, 0)),
    "map what may be dropped": (9, 222, (0, mmap.PAGESIZE, 3, _ANONYMOUS ^ mmap.MAP_PRIVATE | 0x8, -1, 0)),
    "map shared memory": (9, 222, (0, mmap.PAGESIZE, 3, _ANONYMOUS ^ mmap.MAP_PRIVATE | mmap.MAP_SHARED, -1, 0)),
    "mremap": (25, 216, (0, 0, 0, 0, 0)),
    "remap_file_pages": (216, 234, (0, 0, 0, 0, 0)),
    "shmget": (29, 194, (0, mmap.PAGESIZE, 0o600)),
    "memfd_secret": (447, 447, (0,)),
    "pipe2": (293, 59, (ctypes.create_string_buffer(8), 0)),
    "a call of the future": (9999, 9999, ()),
}
# Where these are done, two threads go on with one stack: they are tried only where seccomp refuses them.
_SHARING_CALLS: dict[str, tuple[int, int, tuple[Argument, ...]]] = {
    "clone as a process with the same memory": (56, 220, (0x00000100 | signal.SIGCHLD, 0, 0, 0, 0)),
    "clone as a thread in a new mount namespace": (56, 220, (0x00010000 | 0x00000800 | 0x00000100 | 0x00020000, 0)),
    "vfork": (58, 9999, ()),
}
_FILTERED = ("everything", "seccomp")
_COLUMN = 0 if os.uname().machine == "x86_64" else 1


class Refused(Exception):  # noqa: N818 - what is asked for here
    """Refused in another way than by an error number."""


def _call(name: str) -> Callable[[], object]:
    *numbers, arguments = (_REFUSED_CALLS | _SHARING_CALLS)[name]
    return partial(system_call, numbers[_COLUMN], *arguments)


def _x32() -> None:
    system_call(0x40000000 + 39)


def _system() -> None:
    status = os.waitstatus_to_exitcode(library_call("system", ctypes.create_string_buffer(b"exit 0")))
    if status:
        raise Refused(f"exit status {status}")


def _fork() -> None:
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)


def _clone() -> None:
    if not (child := system_call((56, 220)[_COLUMN], signal.SIGCHLD, 0, 0, 0, 0)):
        os._exit(0)
    os.waitpid(child, 0)


def _own_by_parent() -> None:
    read, _ = os.pipe() if sys.argv[1] == "nothing" else (0, 0)
    fcntl.fcntl(read, fcntl.F_SETOWN, _PARENT)


def _raise_limit() -> None:
    limits = ctypes.create_string_buffer(16)
    library_call("getrlimit", resource.RLIMIT_CORE, limits)
    library_call("setrlimit", resource.RLIMIT_CORE, limits)


def _read(path: str) -> object:
    with open(path, "rb") as file:  # noqa: PTH123 - unbuffered by the rest of pathlib
        return file.read(_READ_SOME)


def _escapes(folder: Path) -> dict[str, Callable[[], object]]:
    there, new = folder / "there", folder / "new"
    return {
        "write a file": lambda: there.open("r+b").close(),
        "append to a file": lambda: there.open("ab").close(),
        "create a file": lambda: new.open("xb").close(),
        "truncate a file": lambda: os.truncate(there, 0),
        "rename a file": lambda: there.rename(folder / "there").rename(folder / "there"),
        "link a file": lambda: (folder / "link").hardlink_to(there),
        "make a symbolic link": lambda: (folder / "symbolic").symlink_to(there),
        "make a folder": (folder / "made").mkdir,
        "make a pipe with a name": lambda: os.mkfifo(folder / "pipe"),
        "make a temporary file": lambda: os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR)),
        "change a file's mode": lambda: there.chmod(0o600),
        "change a file's owner": lambda: os.chown(there, os.getuid(), -1),
        "change a file's times": lambda: os.utime(there),
        "write to its own memory's file": lambda: open("/proc/self/mem", "r+b").close(),  # noqa: PTH123
        "change how likely it is killed": lambda: Path("/proc/self/oom_score_adj").write_text("0", "ascii"),
        "read the parent's memory": lambda: _read(f"/proc/{_PARENT}/mem"),
        "read the parent's environment": lambda: _read(f"/proc/{_PARENT}/environ"),
        "read the parent's memory map": lambda: _read(f"/proc/{_PARENT}/maps"),
        "open what the parent has open": lambda: _read(f"/proc/{_PARENT}/fd/0"),
        "read another process's command line": lambda: _read(f"/proc/{_PARENT}/cmdline"),
        "read a file of the user's": lambda: _read(str(there)),
        "list a folder of the user's": lambda: os.listdir(str(folder)),  # noqa: PTH208 - pathlib does the same
        "list the home directory": lambda: os.listdir(str(Path.home())),  # noqa: PTH208 - pathlib does the same
        "list the root directory": lambda: os.listdir("/"),  # noqa: PTH208 - pathlib does the same
        "read who has an account": lambda: _read("/etc/passwd"),
        "open a terminal": lambda: os.close(os.open(folder / "terminal", os.O_RDONLY | os.O_NOCTTY)),
        "open a pipe with a name": lambda: os.close(os.open(folder / "fifo", os.O_RDONLY | os.O_NONBLOCK)),
        "list the devices": lambda: os.listdir("/dev"),  # noqa: PTH208 - pathlib does the same
        "open a device": lambda: os.close(os.open("/dev/full", os.O_RDONLY)),
        "open a TCP socket": lambda: socket.socket().close(),
        "open a Unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "open a netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "make a pair of sockets": socket.socketpair,
        "start a program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "system": _system,
        "fork": _fork,
        "clone as a process": _clone,
        "memfd_create": lambda: os.close(os.memfd_create("escape")),
        "set a limit": _raise_limit,
        "kill the parent": lambda: os.kill(_PARENT, 0),
        "kill everybody": lambda: os.kill(-1, 0),
        "kill the parent's thread": lambda: library_call("tgkill", _PARENT, _PARENT, 0),
        "let the parent get a descriptor's signals": _own_by_parent,
        "stay when the kernel ends": lambda: library_call("prctl", 1, 0),
        "change the parent's priority": lambda: os.setpriority(os.PRIO_PROCESS, _PARENT, 0),
        "change the parent's processors": lambda: os.sched_setaffinity(_PARENT, os.sched_getaffinity(_PARENT)),
        "x32's getpid": _x32,
        **{name: _call(name) for name in _REFUSED_CALLS},
        **{name: _call(name) for name in _SHARING_CALLS if sys.argv[1] in _FILTERED},
        "remove a file": there.unlink,
        "remove a folder": (folder / "empty").rmdir,
    }


def _thread() -> None:
    ended = threading.Event()
    threading.Thread(target=ended.set).start()
    if not ended.wait(10):
        raise Refused("it did not run")


def _executable_memory() -> None:
    code = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    library_call("mprotect", address, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC)


def _compile() -> None:
    from qirjit_magic.engine.codegen.object_code import LinkedObject, ObjectEmitter  # noqa: PLC0415 - likewise
    from qirjit_magic.engine.ir.llvm_modules import read_text  # noqa: PLC0415 - LLVM is loaded behind the fence

    linked = LinkedObject(ObjectEmitter().emit(read_text("define i64 @f() { ret i64 42 }")), {})
    if ctypes.CFUNCTYPE(ctypes.c_int64)(linked.address("f"))() != 42:
        raise Refused("wrong")


def _simulate() -> None:
    from qirjit_magic.engine.simulators.shared_library import SharedLibrary  # noqa: PLC0415 - likewise
    from qirjit_magic.engine.simulators.sparse import SparseSimulator, qirrunner_library  # noqa: PLC0415 - likewise

    SparseSimulator(SharedLibrary(qirrunner_library())).begin(7)


def _duties() -> dict[str, Callable[[], object]]:
    return {
        "read a file": lambda: _read(__file__),
        "list a folder": lambda: os.listdir(str(Path(os.__file__).parent)),  # noqa: PTH208 - pathlib does the same
        "read how much memory there is": lambda: _read("/proc/meminfo"),
        "read how much it has itself": lambda: _read("/proc/self/status"),
        "read random bytes from a device": lambda: _read("/dev/urandom"),
        "import a module": lambda: importlib.import_module("xml.dom.minidom"),
        "import NumPy": lambda: importlib.import_module("numpy.linalg"),
        "start a thread": _thread,
        "make memory executable": _executable_memory,
        "compile and run with LLVM": _compile,
        "load and seed the simulator": _simulate,
        "sleep": lambda: time.sleep(0.001),
        "wait for input": lambda: select.select([0], [], [], 0),
        "ask for random bytes": lambda: os.urandom(8),
        "print": lambda: os.write(2, b""),
        "signal itself": lambda: os.kill(os.getpid(), signal.SIGURG),
        "handle a signal": lambda: signal.signal(signal.SIGURG, signal.SIG_IGN),
        "ask for a limit": lambda: resource.getrlimit(resource.RLIMIT_STACK),
    }


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except Refused as refused:
        return str(refused)
    return "done"


RIGHTS: dict[str, Callable[[], str]] = {
    "everything": enter_sandbox,
    "landlock": lambda: f"{privileges.restrict()}, {privileges.forbid_new_privileges()}, {landlock.restrict()}",
    "seccomp": lambda: f"{privileges.forbid_new_privileges()}, {seccomp.restrict()}",
    "nothing": lambda: "nothing",
}

if __name__ == "__main__":
    _folder = Path(sys.argv[2])
    _describe = RIGHTS[sys.argv[1]]()
    _attempts = {**_duties(), **_escapes(_folder)} if sys.argv[1] == "everything" else _escapes(_folder)
    print(json.dumps([_describe, {name: _outcome(attempt) for name, attempt in _attempts.items()}]))  # noqa: T201 - asked for
