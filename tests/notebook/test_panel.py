"""The panel in a real kernel."""

from __future__ import annotations

import pytest

from tests.notebook.kernels import Kernel, program

SHOW = (
    "import time\n"
    "panel = get_ipython().magics_manager.registry['QirMagics']._panels[-1]\n"
    "labels = lambda: [label for label, _ in panel.entry.options]\n"
    "def until(true):\n"
    "    for _ in range(600):\n"
    "        if true(): return True\n"
    "        time.sleep(0.05)\n"
)
BUTTONS = "panel.run_button.disabled, panel.stop_button.disabled"


def open_panel(kernel: Kernel, *cells: str) -> None:
    kernel.run("%reload_ext qirjit_magic")
    for cell in (*cells, "%qir_panel", SHOW):
        done = kernel.run(cell)
        assert done.status == "ok", done.traceback


def add(name: str) -> str:
    return f"%%qir --name {name} --no-run\n" + program(name)


def test_the_panel_lists_runs_and_follows_the_cells(kernel: Kernel) -> None:
    open_panel(kernel, add("Hello"), add("Bell"))
    assert kernel.value("labels()") == "['Hello · Hello__HelloQ()', 'Bell · Bell() → i64 *']"
    assert kernel.value("panel.entry.description, panel.entry.value") == "('Entry point', ('Bell', 'Bell'))"

    kernel.run("panel.entry.value = ('Hello', 'Hello__HelloQ')\npanel.run_button.click()\nended = panel.wait(30)")
    assert kernel.value("ended, 'Hello quantum world!' in panel.output.value") == "(True, True)"

    kernel.run("%%qir --name more --no-run\n" + program("add"))
    assert kernel.value("labels()[-1]") == "'more · Add(i64, double) → double'"
    assert kernel.value("panel.entry.value") == "('Hello', 'Hello__HelloQ')"

    kernel.run("%qir_reset Hello --remove")
    assert kernel.value("len(labels()), panel.entry.value") == "(2, ('more', 'Add'))"
    kernel.run("%qir_reset")
    assert kernel.value(f"labels(), panel.entry.value, {BUTTONS}") == "([], None, True, True)"
    assert kernel.value("'Nothing is compiled yet' in panel.status.value") == "True"


def test_the_panel_has_html_and_plain_text_beside_the_widget(kernel: Kernel) -> None:
    kernel.run("%reload_ext qirjit_magic")
    kernel.run(add("Bell"))
    (shown,) = kernel.run("%qir_panel").displayed
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert shown["text/plain"] == "QIR panel (needs a running kernel): Bell · Bell() → i64 *"
    assert "<li>Bell · Bell() → i64 *</li>" in shown["text/html"]


def test_what_a_run_gives_is_in_tabs_in_python_and_in_the_session(kernel: Kernel) -> None:
    open_panel(kernel, add("Bell"))
    kernel.run("panel.shots.value = 1000; panel.seed.value = '7'\npanel.run_button.click()\nended = panel.wait(30)")
    assert kernel.value("ended, panel.tabs.titles, panel.tabs.chosen") == (
        "(True, ('Histogram', 'Circuit', 'IR'), 'Histogram')"
    )
    assert kernel.value("sum(panel.result.counts().values()), panel.result.seed") == "(1000, 7)"
    assert kernel.value("__import__('qirjit_magic').default_session().last is panel.result") == "True"
    assert kernel.value("'Bell · 1\u202f000 shots' in panel.status.value, 'seed 7' in panel.status.value") == (
        "(True, True)"
    )
    assert kernel.value("'<svg' in panel.tabs.page('Histogram'), panel.tabs.page('IR')") == "(True, '')"
    kernel.run("panel.tabs.widget.selected_index = 2\nmade = panel.tabs.wait(30)")
    assert kernel.value("made, '@Bell' in panel.tabs.page('IR')") == "(True, True)"
    kernel.run("panel.tabs.widget.selected_index = 1\nmade = panel.tabs.wait(30)")
    assert kernel.value("made, '<svg' in panel.tabs.page('Circuit')") == "(True, True)"


def test_stop_keeps_the_finished_shots(kernel: Kernel) -> None:
    open_panel(kernel, add("slow_coin"))
    kernel.run("panel.shots.value = 10**9; panel.method.value = 'live'\npanel.run_button.click()")
    assert kernel.value(BUTTONS) == "(True, False)"
    assert kernel.value("until(lambda: 'progressbar' in panel.status.value)") == "True"
    kernel.run("panel.stop_button.click()\nended = panel.wait(30)")
    assert kernel.value("ended, 'stopped: ' in panel.status.value, panel.result.partial") == "(True, True, True)"
    assert kernel.value("len(panel.result.shots) > 0, panel.tabs.chosen") == "(True, 'Histogram')"
    assert kernel.value(BUTTONS) == "(False, True)"


def test_an_error_is_a_block_and_nothing_is_taken_for_html(kernel: Kernel) -> None:
    text = program("calls_nobody").replace("nobody_defines_this", '"<b>x"')
    open_panel(kernel, "%%qir --name bad --no-run\n" + text)
    kernel.run("panel.run_button.click()\npanel.wait(30)")
    assert kernel.value("'UnresolvedSymbolError: ' in panel.problem.value") == "True"
    assert kernel.value("'&lt;b&gt;x' in panel.problem.value, '<b>' in panel.problem.value") == "(True, False)"
    assert kernel.value("'Traceback' in panel.problem.value, panel.result") == "(False, None)"


def test_what_finished_before_a_failure_is_kept(kernel: Kernel) -> None:
    open_panel(kernel, add("failing"))
    kernel.run("panel.entry.value = ('failing', 'third_shot_fails'); panel.shots.value = 9\npanel.start()")
    assert kernel.value("panel.wait(30), 'ProgramFailedError: ' in panel.problem.value") == "(True, True)"
    assert kernel.value("len(panel.result.shots), 'ended early: 2 of 9' in panel.status.value") == "(2, True)"


def test_what_a_program_says_is_in_the_panel_while_it_runs(bare_kernel: Kernel) -> None:
    open_panel(bare_kernel, "%%qir --no-run\n" + program("endless"))
    bare_kernel.run("panel.run_button.click()")
    assert bare_kernel.value("until(lambda: 'started' in panel.output.value)") == "True"
    assert bare_kernel.value("panel.stop_button.disabled") == "False"
    bare_kernel.run("%unload_ext qirjit_magic")  # ends the run with the engine
    assert bare_kernel.value("panel.wait(30)") == "True"


def test_panels_of_a_session_run_one_at_a_time_and_any_of_them_stops_it(kernel: Kernel) -> None:
    open_panel(kernel, add("slow_coin"))
    kernel.run("one = panel")
    kernel.run("%qir_panel")
    kernel.run(SHOW + "\ntwo = panel\none.shots.value = 10**9; one.method.value = 'live'\none.run_button.click()")
    assert kernel.value(BUTTONS) == "(True, False)"
    assert kernel.value("'is running in another panel' in two.status.value") == "True"
    kernel.run("two.start()")
    assert kernel.value("two.wait(1), two.result") == "(True, None)"
    assert kernel.value("until(lambda: one._job.begun)") == "True"
    kernel.run("two.stop_button.click()\nended = one.wait(30)")
    assert kernel.value("ended, 'stopped' in one.status.value, two.status.value.count('another')") == (
        "(True, True, 0)"
    )
    assert kernel.value("one.run_button.disabled, two.run_button.disabled") == "(False, False)"


@pytest.mark.parametrize(
    ("field", "wrong", "right"), [("seed", "seven", "7"), ("parameters.fields[0].field", "1.5", "-3")]
)
def test_run_waits_for_what_is_wrong_in_a_field(kernel: Kernel, field: str, wrong: str, right: str) -> None:
    open_panel(kernel, add("add"))
    kernel.run(f"panel.{field}.value = {wrong!r}\npanel.start()")
    assert kernel.value(f"{BUTTONS}, panel.result") == "(True, True, None)"
    kernel.run(f"panel.{field}.value = {right!r}\npanel.start()\nended = panel.wait(30)")
    assert kernel.value("ended, panel.result is not None") == "(True, True)"


def test_arguments_have_fields_of_their_own(kernel: Kernel) -> None:
    open_panel(kernel, add("add"))
    kernel.run("first, second = (part.field for part in panel.parameters.fields)")
    assert kernel.value("first.description, second.description") == "('Argument 1 (i64)', 'Argument 2 (double)')"
    kernel.run("first.value = '0x10'; second.value = '0.5'\npanel.start()\nended = panel.wait(30)")
    assert kernel.value("ended, panel.result.returns") == "(True, [16.5])"


def test_a_cell_with_the_flag_shows_a_panel_that_has_its_flags(kernel: Kernel) -> None:
    kernel.run("%reload_ext qirjit_magic")
    cell = kernel.run("%%qir --panel --shots 20 --seed 5 --args 1,2 -o kept --method live\n" + program("add"))
    assert "application/vnd.jupyter.widget-view+json" in cell.displayed[0]
    kernel.run(SHOW)
    said = "panel.shots.value, panel.seed.value, panel.method.value, panel.parameters.values, panel.result"
    assert kernel.value(said) == "(20, '5', 'live', ('1', '2'), None)"
    kernel.run("panel.start()\nended = panel.wait(30)")
    assert kernel.value("ended, kept.returns") == f"(True, {[3.0] * 20})"


def test_a_panel_in_python_goes_when_its_cell_is_run_again_and_leaves_nothing(bare_kernel: Kernel) -> None:
    bare_kernel.run("import qirjit_magic as qir\nfrom ipywidgets.widgets import widget\nsession = qir.Session()")
    assert bare_kernel.run("odd = qir.Panel(qir.Session('sparse'))").status == "ok"
    assert bare_kernel.value("odd.simulator.value, odd.close()") == "('sparse', None)"
    bare_kernel.run("left = lambda: (len(session.on_change), len(widget._instances))\nbefore = left()\npanels = []")
    cell = "panels.append(qir.Panel(session))"
    assert bare_kernel.run_in("its-cell", cell).status == "ok"
    bare_kernel.run("with_one = left()")
    assert bare_kernel.run_in("its-cell", cell).status == "ok"
    assert bare_kernel.value("left() == with_one > before, [panel.closed for panel in panels]") == (
        "(True, [True, False])"
    )
    assert bare_kernel.run_in("another-cell", cell).status == "ok"
    assert bare_kernel.value("[panel.closed for panel in panels]") == "[True, False, False]"
    bare_kernel.run("for panel in panels: panel.close()")
    assert bare_kernel.value("left() == before, panels[0]._coordinator.listener_count") == "(True, 0)"
    bare_kernel.run("session.close()")


def test_modules_come_and_go_in_one_thread_while_a_panel_runs_in_another(kernel: Kernel) -> None:
    open_panel(kernel, add("Bell"), add("add"))
    kernel.run(
        "from qirjit_magic import default_session\nsession = default_session()\nended = []\n"
        "source = session.show('Bell')\n"
        "for turn in range(15):\n"
        "    panel.entry.value = ('Bell', 'Bell'); panel.shots.value = 50_000; panel.start()\n"
        "    session.add(source.replace('Bell', f'Other{turn}'), f'other{turn}')\n"
        "    panel.parameters.show(['i64', 'double']); panel.refresh()\n"
        "    ended.append(panel.wait(30))\n"
    )
    assert kernel.value("all(ended), len(labels()), sum(panel.result.counts().values())") == "(True, 17, 50000)"
    assert kernel.value("panel.problem.value") == "''"


def test_a_page_that_is_chosen_while_a_run_goes_on_stays_in_front(kernel: Kernel) -> None:
    open_panel(kernel, add("slow_coin"))
    choose = "panel.tabs.widget.selected_index = panel.tabs.titles.index({!r})"
    kernel.run(choose.format("IR") + "\npanel.shots.value = 10; panel.start()\nended = panel.wait(30)")
    assert kernel.value("ended, panel.tabs.chosen") == "(True, 'Histogram')"
    kernel.run("panel.shots.value = 10**9; panel.method.value = 'live'; panel.start()")
    assert kernel.value("until(lambda: panel.tabs.titles == ('Circuit', 'IR'))") == "True"
    kernel.run(choose.format("Circuit") + "\npanel.stop()\nended = panel.wait(60)")
    assert kernel.value("ended, panel.tabs.chosen, len(panel.tabs.titles)") == "(True, 'Circuit', 3)"


def test_a_panel_that_is_closed_while_it_runs_frees_the_others(kernel: Kernel) -> None:
    open_panel(kernel, add("slow_coin"))
    kernel.run("one = panel")
    kernel.run("%qir_panel")
    kernel.run(SHOW + "\ntwo = panel\none.shots.value = 10**9; one.method.value = 'live'\none.start()")
    assert kernel.value("until(lambda: one._job.begun), two.run_button.disabled") == "(True, True)"
    kernel.run("one.close()")
    assert kernel.value("until(lambda: not two.run_button.disabled), two.stop_button.disabled") == "(True, True)"
    assert kernel.value("'another' in two.status.value, one.result") == "(False, None)"
    kernel.run("one.start()")
    assert kernel.value("two._coordinator.job") == "None"


def test_whoever_follows_the_results_may_fail_and_the_panel_says_so(kernel: Kernel) -> None:
    open_panel(kernel, add("Bell"))
    kernel.run("def follow(result): raise ZeroDivisionError('of a follower')\npanel.on_result = follow")
    kernel.run("panel.start()\nended = panel.wait(30)")
    assert kernel.value(f"ended, 'of a follower' in panel.problem.value, {BUTTONS}") == "(True, True, False, True)"


def test_a_panel_that_is_shown_runs_nothing(kernel: Kernel) -> None:
    # The circuit of this function would divide by zero.
    kernel.run("%reload_ext qirjit_magic")
    kernel.run("%%qir --name divides --no-run\ndefine i64 @divides(i64 %n) {\n  %q = sdiv i64 100, %n\n  ret i64 %q\n}")
    kernel.run("import qirjit_magic, time\nbefore = qirjit_magic.default_session().status().pid")
    kernel.run("%qir_panel")
    kernel.run("time.sleep(1)")
    assert kernel.value("qirjit_magic.default_session().status().pid == before") == "True"
