"""A function in Python, in a real kernel."""

from __future__ import annotations

from tests.notebook.kernels import Kernel

IN_PYTHON = """
import qirjit_magic as qir

@qir.intrinsic("add_one", "i64(i64)")
def add_one(x):
    print("adding to", x)
    return after(x)

def after(x):
    return 1 // (1 - x)
"""
CALLS = """%%qir --entry count --shots 3
declare i64 @add_one(i64)
@number = internal global i64 0
define i64 @count() {
  %x = load i64, ptr @number
  %y = call i64 @add_one(i64 %x)
  store i64 %y, ptr @number
  ret i64 %y
}
"""


def test_a_cell_calls_python_and_an_exception_is_shown_short_with_its_lines(kernel: Kernel) -> None:
    missing = kernel.run(CALLS)
    assert missing.error_name == "UnresolvedSymbolError"
    assert '@qir.intrinsic("add_one", "i64 (i64)")' in missing.error_text

    assert kernel.run(IN_PYTHON).status == "ok"
    failed = kernel.run(CALLS)
    assert failed.error_name == "IntrinsicError"
    assert failed.stdout == "adding to 0\nadding to 1\n"
    assert len(failed.displayed) == 1  # the shot that was finished
    first, head, *middle, last = failed.traceback.splitlines()
    assert first == (
        "IntrinsicError: 'add_one', which is written in Python, failed in shot 1. 1 finished shot is in error.partial."
    )
    assert (head, last) == (
        "Traceback (most recent call last):",
        "ZeroDivisionError: integer division or modulo by zero",
    )
    assert [line.strip() for line in middle if "File" not in line and "^" not in line] == [
        "return after(x)",
        "return 1 // (1 - x)",
    ]

    assert kernel.run(IN_PYTHON.replace("1 // (1 - x)", "x + 1")).status == "ok"
    mended = kernel.run(CALLS)
    assert (mended.status, mended.displayed[0]["text/plain"].split("\n")[0]) == ("ok", "count · 3 shots")
    assert mended.stdout.startswith("adding to 0\nadding to 1\nadding to 2\nnotice: the global variables of 'cell1'")
    assert "add_one of Python" in kernel.run("%qir_list").displayed[0]["text/plain"]
