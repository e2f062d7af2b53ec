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
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session
from tests.files import REPOSITORY
from tests.process.many_cells import Script
from tests.process.support import PLATFORMS, make_supervisor

LONGEST_WAIT_S, LONGER = 0.2, 1.2  # before the first kill, and how much longer before each next one
KILLS = 12


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
    """Kills the engine process of a session at random moments, whatever it is doing.

    At first hardly one has the time to start, and later all do, however busy the machine is.
    """

    def __init__(self, engine: EngineClient, seed: int) -> None:
        super().__init__(name="killer", daemon=True)
        self._engine = engine
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._end = threading.Event()
        self.kills = 0

    def run(self) -> None:
        longest_s = LONGEST_WAIT_S
        while not self._end.wait(longest_s * self._random.random()):
            process = self._engine.restarter.process
            if process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                    self.kills += 1
                    longest_s *= LONGER

    def stop(self) -> None:
        self._end.set()
        self.join()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("seed", [1, 2])
def test_whenever_the_engine_is_killed_a_cell_is_right_or_says_so(platform: str, seed: int) -> None:
    engine = make_supervisor(platform)
    with Session(engine_client=engine) as session:
        script = Script(session, random.Random(seed))  # noqa: S311 - no secret
        script.define_all()
        killer = Killer(engine, seed)
        killer.start()
        right = disturbed = 0
        while min(killer.kills, right) < KILLS:
            try:
                script.step()
                right += 1
            except (WorkerCrashedError, EngineStartError, QuarantineError):
                session._crash_limiter.clear()  # nobody is to blame
                disturbed += 1
        killer.stop()
        assert disturbed > 0
        with contextlib.suppress(WorkerCrashedError):
            session.run("f0")  # the last kill may hit this one still
        script.compare_all()
        assert len(session.modules) == len(session.status().modules) == len(script.values)
