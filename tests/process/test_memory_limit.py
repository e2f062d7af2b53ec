"""The limits of an engine process."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import psutil
import pytest

from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.session.client import process
from qirjit_magic.session.client.crash_report import default_memory_limit
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import PLATFORMS, make_supervisor

_LIMIT = 512 << 20


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("entry", ["ever_longer_strings", "ever_more_arrays", "ever_more_tuples"])
def test_a_program_that_wants_all_memory_is_told_the_limit(platform: str, entry: str) -> None:
    with Session(engine_client=make_supervisor(platform, memory_limit=_LIMIT)) as session:
        session.add(program("wants_all_memory"), "greedy")
        session.add(program("coins"), "coins")
        with pytest.raises(WorkerCrashedError, match="out of memory: the limit is 512 MiB") as caught:
            session.run(entry)
        assert (caught.value.signal_name, caught.value.entry) == ("SIGABRT", entry)
        assert session.run("coins", shots=10).shots
        assert session.status().modules == ("greedy", "coins")


@pytest.mark.parametrize(("given", "expected"), [(None, default_memory_limit()), (_LIMIT, _LIMIT), (0, None)])
def test_an_engine_has_a_limit_of_memory_and_dumps_no_core(given: int | None, expected: int | None) -> None:
    with Session(engine_client=make_supervisor(memory_limit=given)) as session:
        child = psutil.Process(session.status().pid)
        memory, core = child.rlimit(psutil.RLIMIT_DATA), child.rlimit(psutil.RLIMIT_CORE)
    assert memory == (resource.getrlimit(resource.RLIMIT_DATA) if expected is None else (expected, expected))
    assert core == (0, 0)


def test_a_stack_may_grow_to_a_small_part_of_the_limit_only() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    if hard != resource.RLIM_INFINITY:
        pytest.skip(f"whoever runs this may have no stack without a limit: it is {hard:,} bytes.")
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
    try:
        with Session(engine_client=make_supervisor(memory_limit=_LIMIT)) as session:
            allowed = psutil.Process(session.status().pid).rlimit(psutil.RLIMIT_STACK)
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))
    assert allowed == (_LIMIT // 16, _LIMIT // 16)


# What stands for a program that goes around the limit: each page is written to, and may only be read from then on,
# which makes of it what no limit of the system counts.
_AROUND = """
import ctypes, mmap
import qirjit_magic.engine.jit as jit
def run(self, request):
    library = ctypes.CDLL(None)
    library.mmap.restype = ctypes.c_void_p
    size = ctypes.c_size_t(16 << 20)
    for _ in range(512):
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        address = ctypes.c_void_p(library.mmap(None, size, 3, flags, -1, ctypes.c_long(0)))
        ctypes.memset(address, 1, 16 << 20)
        if library.mprotect(address, size, 1):
            raise SystemExit(5)
    raise SystemExit(7)
jit.JitEngine.run = run
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say what a process holds.")
def test_memory_that_no_limit_counts_is_seen_by_the_kernel_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before, main, after = process._BOOT.partition("from qirjit_magic.engine.worker")
    monkeypatch.setattr(process, "_BOOT", f"{before}\n{_AROUND}\n{main}{after}")
    with Session(engine_client=make_supervisor("linux", memory_limit=_LIMIT)) as session:
        session.add(program("coins"), "coins")
        with pytest.raises(WorkerCrashedError, match="out of memory: the limit is 512 MiB") as caught:
            session.run("coins")
        assert caught.value.signal_name == "SIGKILL"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told whom to end first.")
def test_an_engine_is_the_first_that_the_system_ends_where_memory_runs_out() -> None:
    with Session(engine_client=make_supervisor("linux")) as session:
        pid = session.status().pid
        assert Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"
        assert Path("/proc/self/oom_score_adj").read_text().strip() != "1000"
