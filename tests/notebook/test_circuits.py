"""``%qir_show NAME --circuit`` in a real kernel."""

from __future__ import annotations

from tests.notebook.kernels import Kernel, program


def test_a_module_or_a_function_is_drawn_as_svg_and_as_text(kernel: Kernel) -> None:
    kernel.run("%%qir --no-run --name pair\n" + program("Bell"))
    for name in ("pair", "Bell"):
        (shown,) = kernel.run(f"%qir_show {name} --circuit").displayed
        assert "┤h├──●──┤mz→r0├" in shown["text/plain"]
        assert '<svg xmlns="http://www.w3.org/2000/svg" class="qirjit-circuit" role="img"' in shown["text/html"]


def test_arguments_are_given_as_words(kernel: Kernel) -> None:
    kernel.run("%%qir --no-run --name rounds\n" + program("circuits/long"))
    (shown,) = kernel.run("%qir_show long --circuit --args 3").displayed
    assert "cx 3, h 3, t 3, mz 2" in shown["text/plain"]
    assert "EntryPointError" in kernel.run("%qir_show long --circuit").error_name
    assert "takes the name of a module or function" in kernel.run("%qir_show long --circuit --shots 3").stderr
