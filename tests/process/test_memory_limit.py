"""The limits of an engine process."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import psutil
import pytest

from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.session.limits import default_memory_limit
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import PLATFORMS, make_supervisor

_LIMIT = 512 << 20


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("entry", ["ever_longer_strings", "ever_more_arrays", "ever_more_tuples"])
def test_a_program_that_wants_all_memory_is_told_the_limit(platform: str, entry: str) -> None:
    with Session(supervisor=make_supervisor(platform, memory_limit=_LIMIT)) as session:
        session.add(program("wants_all_memory"), "greedy")
        session.add(program("coins"), "coins")
        with pytest.raises(WorkerCrashedError, match="out of memory: the limit is 512 MiB") as caught:
            session.run(entry)
        assert (caught.value.signal_name, caught.value.entry) == ("SIGABRT", entry)
        assert session.run("coins", shots=10).shots
        assert session.status().modules == ("greedy", "coins")


@pytest.mark.parametrize(("given", "expected"), [(None, default_memory_limit()), (_LIMIT, _LIMIT), (0, None)])
def test_an_engine_has_a_limit_of_memory_and_dumps_no_core(given: int | None, expected: int | None) -> None:
    with Session(supervisor=make_supervisor(memory_limit=given)) as session:
        process = psutil.Process(session.status().pid)
        memory, core = process.rlimit(psutil.RLIMIT_DATA), process.rlimit(psutil.RLIMIT_CORE)
    assert memory == (resource.getrlimit(resource.RLIMIT_DATA) if expected is None else (expected, expected))
    assert core == (0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told whom to end first.")
def test_an_engine_is_the_first_that_the_system_ends_where_memory_runs_out() -> None:
    with Session(supervisor=make_supervisor("linux")) as session:
        pid = session.status().pid
        assert Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"
        assert Path("/proc/self/oom_score_adj").read_text().strip() != "1000"
