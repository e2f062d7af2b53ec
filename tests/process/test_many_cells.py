"""Many cells: with others on the same cache folder, and with an engine that is killed again and again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from qirjit_magic.errors import EngineStartError, QuarantineError, WorkerCrashedError
from qirjit_magic.session.session import Session
from qirjit_magic.session.supervisor import EngineSupervisor
from tests.files import REPOSITORY
from tests.process.many_cells import CELLS, Script
from tests.process.support import PLATFORMS, make_supervisor

LONGEST_WAIT_S = 0.2


def test_two_programs_on_one_cache_folder_do_not_disturb_each_other(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.process.many_cells", str(tmp_path)]
    programs = [
        subprocess.Popen(
            [*command, str(seed)], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for seed in (1, 2)
    ]
    for program in programs:
        printed, errors = program.communicate(timeout=100)
        assert (program.returncode, errors) == (0, "")
        assert int(printed.split()[0]) > 0


class Killer(threading.Thread):
    """Kills the engine process of a session at random moments, whatever it is doing."""

    def __init__(self, engine: EngineSupervisor, seed: int) -> None:
        super().__init__(name="killer", daemon=True)
        self._engine = engine
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._end = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self._end.wait(LONGEST_WAIT_S * self._random.random()):
            process = self._engine._process
            if process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                    self.kills += 1

    def stop(self) -> None:
        self._end.set()
        self.join()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("seed", [1, 2])
def test_whenever_the_engine_is_killed_a_cell_is_right_or_says_so(platform: str, seed: int) -> None:
    engine = make_supervisor(platform)
    with Session(supervisor=engine) as session:
        script = Script(session, random.Random(seed))  # noqa: S311 - no secret
        script.define_all()
        killer = Killer(engine, seed)
        killer.start()
        disturbed = 0
        for _ in range(CELLS):
            try:
                script.step()
            except (WorkerCrashedError, EngineStartError, QuarantineError):
                session._quarantine.clear()  # nobody is to blame
                disturbed += 1
        killer.stop()
        assert killer.kills > 0
        assert disturbed < CELLS
        with contextlib.suppress(WorkerCrashedError):
            session.run("f0")  # the last kill may hit this one still
        script.compare_all()
        assert len(session.modules) == len(session.status().modules) == len(script.values)
