"""The magics in a real kernel."""

from __future__ import annotations

import re
import threading

import psutil
import pytest

from tests.notebook.kernels import Kernel, program
from tests.process.support import eventually, is_gone

HELLO = "%%qir --entry Hello__HelloQ\n" + program("Hello")
BELL = "%%qir --shots 1000 --seed 7 -o r\n" + program("Bell")


def test_loading_the_extension_imports_neither_llvm_nor_numpy_nor_widgets(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    heavy = bare_kernel.value(
        "[m for m in ('llvmlite', 'numpy', 'ipywidgets', 'qirrunner') if m in __import__('sys').modules]"
    )
    assert heavy == "[]"


def test_hello_says_hello(kernel: Kernel) -> None:
    cell = kernel.run(HELLO)
    assert (cell.status, cell.stdout, cell.displayed) == ("ok", "Hello quantum world!\n", [])


def test_a_result_goes_to_the_next_python_cell(kernel: Kernel) -> None:
    cell = kernel.run(BELL)
    assert "1,000 shots" in cell.displayed[0]["text/plain"]
    assert '<table class="qirjit-table">' in cell.displayed[0]["text/html"]
    counts = kernel.run("print(sorted(r.counts()), sum(r.counts().values()))").stdout
    assert counts == "['00', '11'] 1000\n"


BAD_CELLS = [
    pytest.param("calls_nobody", "UnresolvedSymbolError", "'nobody_defines_this'", "", id="calls nobody"),
    pytest.param("store_at_16", "WorkerCrashedError", "SIGSEGV", "", id="stores to address 16"),
    pytest.param("says_it_failed", "ProgramFailedError", "the cat was dead", "", id="says it failed"),
    pytest.param("endless", "KeyboardInterrupt", "", "started", id="loops for ever and is interrupted"),
]


@pytest.mark.parametrize(("file", "error", "text", "interrupt_at"), BAD_CELLS)
def test_after_a_bad_cell_everything_is_as_before(
    kernel: Kernel, file: str, error: str, text: str, interrupt_at: str
) -> None:
    kernel.run("kept = 'a value set before'")
    kernel.run(HELLO)
    compilations = _status(kernel, "compilations")

    cell = kernel.run("%%qir\n" + program(file), interrupt_at=interrupt_at)
    assert cell.status == "error"
    assert cell.error_name == error
    assert text in cell.error_text

    assert kernel.run("print(6*7)").stdout == "42\n"
    assert kernel.value("kept") == "'a value set before'"
    assert kernel.run("%qir Hello__HelloQ").stdout == "Hello quantum world!\n"
    assert _status(kernel, "compilations") - compilations <= 1  # the bad cell itself
    assert len(kernel.engines()) == 1


def test_the_same_cell_again_compiles_nothing(kernel: Kernel) -> None:
    kernel.run(HELLO)
    before = _status(kernel, "compilations")
    assert kernel.run(HELLO).stdout == "Hello quantum world!\n"
    assert _status(kernel, "compilations") == before


def test_what_a_failing_program_printed_is_shown(kernel: Kernel) -> None:
    assert kernel.run("%%qir\n" + program("says_it_failed")).stdout == "before that\n"


def test_an_interrupted_run_shows_and_keeps_its_finished_shots(kernel: Kernel) -> None:
    interrupt = threading.Timer(1.0, kernel.manager.interrupt_kernel)
    kernel.run("%%qir --entry SlowCoin\n" + program("slow_coin"))  # once, so that everything is there
    interrupt.start()
    cell = kernel.run("%qir SlowCoin --shots 100000000 --method live -o partial")
    assert cell.error_name == "KeyboardInterrupt"
    assert "stopped before the end" in cell.displayed[-1]["text/plain"]
    assert kernel.value(
        "partial.partial, len(partial.shots) > 0, sum(partial.counts().values()) == len(partial.shots)"
    ) == ("(True, True, True)")
    assert kernel.run("%qir SlowCoin --shots 3 --format counts").status == "ok"


def test_a_syntax_error_points_into_the_cell(kernel: Kernel) -> None:
    lines = [
        "%%qir",
        "",
        "; a comment",
        "define void @Wrong() {",
        "entry:",
        "  ; the next line is line 7",
        "  call void @g()",
    ]
    cell = kernel.run("\n".join([*lines, "  ret void", "}"]))
    assert cell.error_name == "QirSyntaxError"
    assert cell.traceback.splitlines() == [
        "QirSyntaxError: line 7: use of undefined value '@g'",
        "7 |   call void @g()",
        "  |             ^",
    ]


def test_blank_lines_before_the_magic_count_as_lines_of_the_cell(kernel: Kernel) -> None:
    assert "line 5: " in kernel.run("\n\n%%qir\ndefine void @Wrong() {\n  call void @g()\n  ret void\n}").error_text


def test_several_entry_points_are_listed_and_nothing_is_run(kernel: Kernel) -> None:
    cell = kernel.run("%%qir --name two\ndefine void @First() {\n  ret void\n}\ndefine void @Second() {\n  ret void\n}")
    assert cell.status == "ok"
    assert "First(), Second()" in cell.stdout
    assert "--entry" in cell.stdout


def test_arguments_and_returned_values(kernel: Kernel) -> None:
    kernel.run("%%qir --entry Add --args 3,-0.5 -o added --quiet\n" + program("add"))
    assert kernel.value("added.returns") == "[2.5]"


def test_a_wrong_flag_is_a_usage_error(kernel: Kernel) -> None:
    cell = kernel.run("%%qir --bogus\n; nothing")
    assert cell.status == "error"
    assert "UsageError: %%qir: unrecognized arguments: --bogus" in cell.stderr


@pytest.mark.parametrize("flag", ["--shots 0", "--seed x", "--timeout -1", "--format nice", "-o 1x", "--method fast"])
def test_a_wrong_value_is_a_usage_error_that_names_it(kernel: Kernel, flag: str) -> None:
    assert flag.split()[1] in kernel.run(f"%qir Hello__HelloQ {flag}").stderr


def test_formats_of_a_cell(kernel: Kernel) -> None:
    kernel.run("%%qir --no-run --name bell\n" + program("Bell"))
    labeled = kernel.run("%qir Bell --format labeled").stdout
    assert labeled.startswith("HEADER\tschema_id\tlabeled\nHEADER\tschema_version\t2.1\nSTART\n")
    assert re.fullmatch(r"(00|11)\t1\n", kernel.run("%qir Bell --format counts").stdout)
    assert kernel.run("%qir Bell --format none").stdout == ""


def test_a_file_is_relative_to_the_folder_of_the_kernel(kernel: Kernel) -> None:
    assert kernel.run("%qir --file programs/Hello.ll").stdout.endswith("Hello quantum world!\n")
    kernel.run("%qir_reset Hello --remove")


def test_trust_is_a_flag_of_cell_and_line_and_may_be_configured(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")  # its open process is nobody else's
    flags, text = "%%qir --entry distance --args 9,2 --name library", "\n" + program("c_library")
    refused = bare_kernel.run(flags + text)
    assert (refused.status, refused.error_name) == ("error", "UnresolvedSymbolError")
    assert "--trust" in refused.error_text
    assert bare_kernel.run(flags + " --trust" + text).status == "ok"
    assert "library (trusted)" in bare_kernel.run("%qir_list").displayed[0]["text/plain"]
    line = "%qir --file ../tests/programs/unsafe/inline_asm.ll{}"
    assert bare_kernel.run(line.format("")).error_name == "UnsafeModuleError"
    assert bare_kernel.run(line.format(" --trust")).status == "ok"
    assert bare_kernel.run("%qir_show inline_asm --asm").status == "ok"
    bare_kernel.run("%config QirMagics.trust = True")
    assert bare_kernel.run(flags + text).status == "ok"
    bare_kernel.run("%config QirMagics.trust = False")
    assert bare_kernel.run(flags + text).error_name == "UnresolvedSymbolError"


def test_list_show_status_and_reset(kernel: Kernel) -> None:
    kernel.run("%%qir --no-run --name shown\n" + program("add"))
    (table,) = kernel.run("%qir_list").displayed
    assert re.search(r"shown\s+\d\d:\d\d:\d\d\s+adaptive\s+Add\(i64, double\) → double\s+.*-O0", table["text/plain"])
    (shown,) = kernel.run("%qir_show shown").displayed
    assert shown["text/plain"].count("define double @Add") == 2
    assert shown["text/plain"].index("as written") < shown["text/plain"].index("as compiled")
    assert "<span class=" in shown["text/html"]
    (of_function,) = kernel.run("%qir_show Add").displayed
    assert of_function["text/plain"].startswith("; ── Add of shown as written\n")
    assert "; ── Add of shown as compiled (-O0)\n" in of_function["text/plain"]
    assert "attributes #" not in of_function["text/plain"]
    assert ".globl\tAdd" in kernel.run("%qir_show Add --asm").displayed[0]["text/plain"]
    assert ".text" in kernel.run("%qir_show Add --object").displayed[0]["text/plain"]
    assert re.search(r"simulator loads\s+\d", kernel.run("%qir_status").displayed[0]["text/plain"])
    kernel.run("%qir_reset shown --remove")
    assert "EntryPointError" in kernel.run("%qir_show shown").error_name


def test_a_cell_uses_what_another_defines_whichever_runs_first(kernel: Kernel) -> None:
    user = (
        "declare i64 @number()\ndefine i64 @twice() {\n  %x = call i64 @number()\n  %y = mul i64 %x, 2\n  ret i64 %y\n}"
    )
    compiled = kernel.run(f"%%qir --no-run --name user\n{user}")
    assert "notice: line 4: nobody defines 'number' yet" in compiled.stdout
    assert kernel.run("%qir twice").error_name == "UnresolvedSymbolError"
    kernel.run("%%qir --no-run --name maker\ndefine i64 @number() { ret i64 21 }")
    kernel.run("%qir twice -o result --quiet")
    assert kernel.value("result.returns") == "[42]"
    kernel.run("%%qir --no-run --name maker\ndefine i64 @number() { ret i64 50 }")
    kernel.run("%qir twice -o result --quiet")
    assert kernel.value("result.returns") == "[100]"
    assert re.search(r"maker .*user", kernel.run("%qir_list").displayed[0]["text/plain"])
    refused = kernel.run("%%qir --no-run --name maker\n\ndefine double @number() { ret double 1.0 }")
    assert refused.error_name == "SignatureError"
    assert "line 3: 'number' would be double (), but 'user' declares it as i64 ()" in refused.traceback
    kernel.run("%qir twice -o result --quiet")
    assert kernel.value("result.returns") == "[100]"
    gone = kernel.run("%%qir --no-run --name maker\ndefine i64 @other() { ret i64 1 }")
    assert "notice: nobody defines 'number' any more, which 'user' uses" in gone.stdout
    assert kernel.run("%qir twice").error_name == "UnresolvedSymbolError"
    kernel.run("%qir_reset user --remove")
    kernel.run("%qir_reset maker --remove")


def test_one_python_cell_may_compile_many_texts(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    loop = """for number in range(3):
    get_ipython().run_cell_magic("qir", "--no-run", f"define i64 @f{number}() {{ ret i64 {number} }}")"""
    bare_kernel.run_as("python", loop)
    assert bare_kernel.value("len(__import__('qirjit_magic').default_session().modules)") == "3"


def test_two_notebook_cells_with_the_same_names_are_two_modules(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    bare_kernel.run_as("a", "%%qir --no-run\ndefine i64 @number() {\n  ret i64 1\n}")
    told = bare_kernel.run_as("b", "%%qir --no-run\ndefine i64 @number() {\n  ret i64 2\n}")
    assert "'number' now means what 'cell2' defines, and no longer what 'cell1' defines" in told.stdout
    told = bare_kernel.run_as("b", "%%qir --no-run\ndefine i64 @number() {\n  ret i64 3\n}")
    assert "now means" not in told.stdout
    told = bare_kernel.run_as("a", "%%qir --no-run\ndefine i64 @number() {\n  ret i64 1\n}")
    assert "'number' now means what 'cell1' defines, and no longer what 'cell2' defines" in told.stdout


def test_a_notice_is_told_when_the_run_fails_too(kernel: Kernel) -> None:
    kernel.run(f"%%qir --no-run --name failing\n{program('failing')}")
    assert kernel.run("%qir returns_seven --quiet").status == "ok"
    (engine,) = kernel.engines()
    engine.kill()
    assert eventually(lambda: is_gone(engine.pid))
    failed = kernel.run("%qir fails")
    assert failed.error_name == "ProgramFailedError"
    assert "start anew, because the engine was restarted" in failed.stdout
    kernel.run("%qir_reset failing --remove")


def test_global_variables_start_anew_with_a_notice(kernel: Kernel) -> None:
    counter = program("counter")
    kernel.run(f"%%qir --no-run --name counter\n{counter}")
    kernel.run("%qir increment --shots 3 -o result --quiet")
    assert kernel.value("result.returns") == "[1, 2, 3]"
    told = kernel.run("%qir_reset counter").stdout
    assert told == "notice: the global variables of 'counter' start anew, because it was reset: 'count'\n"
    kernel.run("%qir increment -o result --quiet")
    assert kernel.value("result.returns") == "[1]"
    told = kernel.run("%%qir --no-run --name counter\n; edited\n" + counter).stdout
    assert "start anew, because it was replaced" in told
    kernel.run("%qir increment --quiet")
    (engine,) = kernel.engines()
    engine.kill()
    assert eventually(lambda: is_gone(engine.pid))
    assert "start anew, because the engine was restarted" in kernel.run("%qir increment").stdout
    kernel.run("%qir_reset counter --remove")


def test_an_edited_cell_takes_the_place_of_what_it_was_and_of_nothing_else(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    names = "[m.name + ':' + m.functions[0].name for m in __import__('qirjit_magic').default_session().modules]"

    def define(cell: str, function: str) -> None:
        bare_kernel.run_as(cell, f"%%qir --no-run\ndefine void @{function}() {{\n  ret void\n}}")

    define("a", "A")
    define("b", "B")
    define("a", "Edited")
    assert bare_kernel.value(names) == "['cell2:B', 'cell1:Edited']"
    bare_kernel.run("%qir_reset cell1 --remove")
    define("c", "C")
    define("a", "Again")
    assert bare_kernel.value(names) == "['cell2:B', 'cell1:C', 'cell3:Again']"


def test_a_cell_without_a_function_says_so(kernel: Kernel) -> None:
    assert "it has no public function" in kernel.run("%%qir\n@x = global i64 1\n").stdout


def test_quotes_that_do_not_end_are_a_usage_error(kernel: Kernel) -> None:
    for line in ('%qir "Hello', '%qir_show "a', "%qir --name ''", "%qir --file -"):
        assert kernel.run(line).stderr.startswith("UsageError: ")


def test_twenty_cells_load_the_simulator_once(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    for number in range(20):
        text = program("Bell").replace("@Bell", f"@Bell{number}")
        assert bare_kernel.run("%%qir --quiet\n" + text).status == "ok"
    assert _status(bare_kernel, "simulator loads") == 1
    assert _status(bare_kernel, "restarts") == 0


def test_unloading_ends_the_engine_and_takes_the_magics_away(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    (engine,) = bare_kernel.engines()
    bare_kernel.run("%unload_ext qirjit_magic")
    assert not psutil.pid_exists(engine.pid)
    assert "not found" in bare_kernel.run("%qir Hello__HelloQ").stderr
    bare_kernel.run("%load_ext qirjit_magic")
    assert bare_kernel.run(HELLO).stdout == "Hello quantum world!\n"
    bare_kernel.run("%reload_ext qirjit_magic")
    assert bare_kernel.run(HELLO).stdout == "Hello quantum world!\n"
    assert len(bare_kernel.engines()) == 1


def test_the_engine_ends_with_a_killed_kernel(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    bare_kernel.run(HELLO)
    (engine,) = bare_kernel.engines()
    bare_kernel.process.kill()
    assert psutil.wait_procs([engine], timeout=5)[1] == []


def test_the_help_of_the_cell_magic_documents_every_flag(kernel: Kernel) -> None:
    text = kernel.value("get_ipython().find_cell_magic('qir').__doc__").encode().decode("unicode_escape")
    for flag in ("--entry", "--shots", "--seed", "--simulator", "--method", "--name", "--args", "--output", "--format"):
        assert flag in text
    assert "Examples:" in text


def _status(kernel: Kernel, what: str) -> int:
    table = kernel.run("%qir_status").displayed[0]["text/plain"]
    found = re.search(rf"^{what}\s+(\d+)", table, re.MULTILINE)
    assert found, table
    return int(found[1])
