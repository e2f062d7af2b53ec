"""The panel in a real kernel."""

from __future__ import annotations

from tests.notebook.kernels import Kernel, program

SHOW = (
    "panel = get_ipython().magics_manager.registry['QirMagics']._panels[-1]\n"
    "labels = lambda: [label for label, _ in panel.entry.options]"
)


def open_panel(kernel: Kernel, *cells: str) -> None:
    kernel.run("%load_ext qirjit_magic")
    for cell in (*cells, "%qir_panel", SHOW):
        assert kernel.run(cell).status == "ok"


def test_the_panel_lists_runs_and_follows_the_cells(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    bare_kernel.run("%%qir --name hello --no-run\n" + program("Hello"))
    bare_kernel.run("%%qir --name bell --no-run\n" + program("Bell"))
    shown = bare_kernel.run("%qir_panel")
    assert "application/vnd.jupyter.widget-view+json" in shown.displayed[0]
    bare_kernel.run(SHOW)
    assert bare_kernel.value("labels()") == "['hello · Hello__HelloQ()', 'bell · Bell() → i64 *']"
    assert bare_kernel.value("panel.entry.description") == "'Entry point'"

    bare_kernel.run("panel.entry.value = ('hello', 'Hello__HelloQ')\npanel.run_button.click()\nended = panel.wait(30)")
    assert bare_kernel.value("ended, 'Hello quantum world!' in panel.output.value") == "(True, True)"

    bare_kernel.run("%%qir --name more --no-run\n" + program("add"))
    assert bare_kernel.value("labels()[-1]") == "'more · Add(i64, double) → double'"
    assert bare_kernel.value("panel.entry.value") == "('hello', 'Hello__HelloQ')"


def test_stop_keeps_the_finished_shots(bare_kernel: Kernel) -> None:
    open_panel(bare_kernel, "%%qir --name slow --no-run\n" + program("slow_coin"))
    bare_kernel.run("panel.shots.value = 10**9\npanel.run_button.click()")
    assert bare_kernel.value("panel.run_button.disabled, panel.stop_button.disabled") == "(True, False)"
    bare_kernel.run("import time; time.sleep(0.5)\npanel.stop_button.click()\nended = panel.wait(30)")
    assert bare_kernel.value("ended, 'stopped before the end' in panel.output.value") == "(True, True)"
    assert bare_kernel.value("panel.run_button.disabled, panel.stop_button.disabled") == "(False, True)"


def test_an_error_is_told_in_the_panel_and_nothing_is_taken_for_html(bare_kernel: Kernel) -> None:
    open_panel(
        bare_kernel, "%%qir --name bad --no-run\n" + program("calls_nobody").replace("nobody_defines_this", '"<b>x"')
    )
    bare_kernel.run("panel.run_button.click()\npanel.wait(30)")
    assert bare_kernel.value("'&lt;b&gt;x' in panel.output.value, '<b>' in panel.output.value") == "(True, False)"


def test_what_a_program_says_is_in_the_panel_while_it_runs(bare_kernel: Kernel) -> None:
    open_panel(bare_kernel, "%%qir --no-run\n" + program("endless"))
    bare_kernel.run("panel.run_button.click()")
    waited = "import time\nfor _ in range(200):\n    if 'started' in panel.output.value: break\n    time.sleep(0.05)"
    bare_kernel.run(waited)
    assert bare_kernel.value("'started' in panel.output.value, panel.stop_button.disabled") == "(True, False)"
    bare_kernel.run("%unload_ext qirjit_magic")  # ends the run with the engine
    assert bare_kernel.value("panel.wait(30)") == "True"


def test_stop_in_one_panel_leaves_another_panels_run_alone(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    bare_kernel.run("%%qir --name slow --no-run\n" + program("slow_coin"))
    bare_kernel.run("%qir_panel")
    bare_kernel.run("%qir_panel")
    bare_kernel.run("one, two = get_ipython().magics_manager.registry['QirMagics']._panels")
    bare_kernel.run("one.shots.value = 1000; two.shots.value = 10**9\none.run_button.click(); two.run_button.click()")
    bare_kernel.run("two.stop_button.click()\nended = one.wait(30), two.wait(30)")
    assert bare_kernel.value("ended, '1,000 shots' in one.output.value, 'stopped' in two.output.value") == (
        "((True, True), True, True)"
    )


def test_a_wrong_seed_is_told(bare_kernel: Kernel) -> None:
    open_panel(bare_kernel, "%%qir --name bell --no-run\n" + program("Bell"))
    bare_kernel.run("panel.seed.value = 'seven'\npanel.run_button.click()\npanel.wait(30)")
    assert bare_kernel.value("'seed is &#x27;seven&#x27;' in panel.output.value") == "True"
