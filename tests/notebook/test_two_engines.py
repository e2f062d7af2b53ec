"""A kernel with both engine processes: what a person sees of them, and that none outlives its kernel."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.notebook.kernels import Kernel, program
from tests.process.support import eventually, is_gone

GONE_WITHIN_S = 5.0
SLOW = program("slow_shots")
LOAD = (
    "%load_ext qirjit_magic",
    f"%%qir --no-run --name slow --trust\n{SLOW}",
    f"%%qir --no-run --name fenced\n{SLOW}",
)
QUICK = "%qir quick --name {} --shots 3 --quiet -o r"


def load(kernel: Kernel) -> None:
    """Let the kernel have both engine processes."""
    for code in (*LOAD, QUICK.format("slow"), QUICK.format("fenced")):
        cell = kernel.run(code)
        assert cell.status == "ok", cell.traceback
    assert len(kernel.engines()) == 2


def check_usable(kernel: Kernel) -> None:
    for name in ("slow", "fenced"):
        cell = kernel.run(QUICK.format(name))
        assert cell.status == "ok", cell.traceback
        assert kernel.value("r.returns") == "[42, 42, 42]"
    assert len(kernel.engines()) == 2


def status(kernel: Kernel) -> dict[str, str]:
    """The rows of ``%qir_status``."""
    text = kernel.run("%qir_status").displayed[0]["text/plain"]
    rows = (re.split(r"\s{2,}", line, maxsplit=1) for line in text.splitlines()[1:])
    return dict(rows)


@pytest.fixture
def both(bare_kernel: Kernel) -> Kernel:
    """A kernel with both engine processes."""
    load(bare_kernel)
    return bare_kernel


# -- what is seen ------------------------------------------------------------------------------------------------


def test_the_status_shows_the_open_process_once_there_is_one(bare_kernel: Kernel) -> None:
    for code in LOAD:
        bare_kernel.run(code)
    before = status(bare_kernel)
    assert "open process" not in before
    assert re.fullmatch(r"[\d,]+ MiB, at most [\d,]+ MiB", before["memory"])
    bare_kernel.run(QUICK.format("slow"))
    after = status(bare_kernel)
    assert {int(after["pid"]), int(after["its pid"])} == {engine.pid for engine in bare_kernel.engines()}
    assert after["pid"] == before["pid"]
    assert (after["its fence"], after["its restarts"]) == ("none", "0")
    assert after["its memory"].endswith(after["memory"].partition(",")[2])
    bare_kernel.run("%qir_reset")
    assert "open process" not in status(bare_kernel)
    assert len(bare_kernel.engines()) == 1


def test_a_function_in_python_writes_a_file(bare_kernel: Kernel, tmp_path: Path) -> None:
    file = tmp_path / "written.txt"
    bare_kernel.run("%load_ext qirjit_magic\nimport qirjit_magic as qir")
    written = f'@qir.intrinsic("where", "i64 ()")\ndef where():\n    return open({str(file)!r}, "w").write("by Python")'
    assert bare_kernel.run(written).status == "ok"
    assert bare_kernel.run(f"%%qir -o r --quiet\n{program('calls_python')}").status == "ok"
    assert bare_kernel.value("r.returns") == "[9]"
    assert file.read_text() == "by Python"


# -- what is stopped keeps its finished shots ----------------------------------------------------------------------


def test_a_time_limit_in_the_open_process_keeps_the_finished_shots(both: Kernel) -> None:
    cell = both.run("%qir slow --name slow --shots 1000000 --timeout 0.3 -o r")
    assert cell.error_name == "RunTimeoutError"
    assert "stopped before the end" in cell.displayed[-1]["text/plain"]
    assert both.value("r.partial, 0 < len(r.shots), len(r.messages) - len(r.shots) in (0, 1)") == "(True, True, True)"
    cell = both.run("%qir second_shot_endless --name slow --shots 5 --timeout 0.3 -o r")
    assert cell.error_name == "RunTimeoutError"
    assert both.value("r.partial, [shot.records[0].value for shot in r.shots]") == "(True, [7])"
    check_usable(both)


@pytest.mark.parametrize("entry", ["slow", "second_shot_endless"])
def test_the_panels_stop_in_the_open_process_keeps_the_finished_shots(both: Kernel, entry: str) -> None:
    both.run("%qir_panel")
    both.run("panel = get_ipython().magics_manager.registry['QirMagics']._panels[-1]\nimport time")
    both.run(f"panel.entry.value = ('slow', '{entry}')\npanel.shots.value = 10**6\npanel.run_button.click()")
    both.run("for _ in range(200):\n    if 'running' in panel.output.value: break\n    time.sleep(0.05)")
    both.run("panel.stop_button.click()\nended = panel.wait(30)")
    assert both.value("ended, 'stopped: ' in panel.status.value") == "(True, True)"
    both.run("from qirjit_magic import default_session\nr = default_session().last")
    assert both.value("r.partial, r.module, len(r.shots) >= 1") == "(True, 'slow', True)"
    check_usable(both)


# -- no orphans --------------------------------------------------------------------------------------------------


def shut_down(kernel: Kernel) -> None:
    kernel.manager.shutdown_kernel()


def restart(kernel: Kernel) -> None:
    kernel.manager.restart_kernel()


def restart_now(kernel: Kernel) -> None:
    kernel.manager.restart_kernel(now=True)


def kill(kernel: Kernel) -> None:
    kernel.manager.signal_kernel(9)


ENDS = [shut_down, restart, restart_now, kill]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("where", ["nowhere", "fenced", "slow"])
def test_neither_engine_outlives_its_kernel(both: Kernel, end: Callable[[Kernel], None], where: str) -> None:
    engines = both.engines()
    if where != "nowhere":
        both.client.execute(f"%qir endless --name {where}")
        busy = engines[0 if where == "fenced" else 1]
        assert eventually(lambda: busy.cpu_percent(0.05) > 50)
    end(both)
    assert psutil.wait_procs(engines, timeout=GONE_WITHIN_S)[1] == []
    if end in {restart, restart_now}:
        both.client.wait_for_ready(timeout=60)
        load(both)
        check_usable(both)


@pytest.mark.parametrize("delay_ms", [0, 30, 100, 200, 400])
def test_an_interrupt_while_the_open_process_starts_or_takes_modules_back(bare_kernel: Kernel, delay_ms: int) -> None:
    for code in LOAD:
        bare_kernel.run(code)
    for crash in (False, True):
        if crash:
            (engine,) = (
                engine for engine in bare_kernel.engines() if engine.pid == int(status(bare_kernel)["its pid"])
            )
            engine.kill()
            assert eventually(partial(is_gone, engine.pid))
        interrupt = threading.Timer(delay_ms / 1000, bare_kernel.manager.interrupt_kernel)
        interrupt.start()
        # It ends where the interrupt came before it, and never when it comes: IPython would lose the reply.
        cell = bare_kernel.run("%qir slow --name slow --shots 1000000 --timeout 3")
        # Of one that was killed the kernel may hear a moment later, when it has been asked already.
        late = {"WorkerCrashedError"} if crash else set()
        assert cell.error_name in {"KeyboardInterrupt", "RunTimeoutError", *late}, cell.traceback
        interrupt.join()
        check_usable(bare_kernel)
