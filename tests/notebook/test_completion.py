"""Completion as a front end asks a real kernel for it."""

from __future__ import annotations

from typing import Any

from tests.notebook.kernels import TIMEOUT_S, Kernel, program


def completed(kernel: Kernel, code: str) -> dict[str, Any]:
    """The kernel's answer with the cursor at the end."""
    reply: dict[str, Any] = kernel.client.complete(code, len(code), reply=True, timeout=TIMEOUT_S)["content"]
    return reply


def test_flags_entries_and_known_names_are_completed_where_they_stand(kernel: Kernel) -> None:
    kernel.run("%%qir --no-run --name adding\n" + program("add"))
    flags = completed(kernel, "%%qir --sh")
    assert (flags["matches"], flags["cursor_start"], flags["cursor_end"]) == (["--shots"], 6, 10)
    (told,) = flags["metadata"]["_jupyter_types_experimental"]
    assert told["type"] == "how often to run it (default 1)".replace(" ", "\N{NO-BREAK SPACE}")
    assert completed(kernel, "%qir --entry A")["matches"] == ["Add"]
    assert completed(kernel, "%qir_show ad")["matches"] == ["adding"]
    known = completed(kernel, "%%qir\ndefine void @f() {\n  call void @__quantum__qis__cc")
    assert {name.removesuffix("__body") for name in known["matches"]} >= {"__quantum__qis__ccx"}
    assert known["cursor_start"] == len("%%qir\ndefine void @f() {\n  call void @")
    kernel.run("%qir_reset adding --remove")


def test_python_and_other_magics_are_completed_as_ever(kernel: Kernel) -> None:
    assert "print" in completed(kernel, "prin")["matches"]
    assert "%%qir" in completed(kernel, "%%qi")["matches"]
    assert "%qir_show" in completed(kernel, "%qir_s")["matches"]


def test_completion_needs_no_engine_process_and_starts_none(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic")
    bare_kernel.run("import qirjit_magic; qirjit_magic.default_session().close()")
    assert bare_kernel.engines() == []
    assert "--shots" in completed(bare_kernel, "%%qir --s")["matches"]
    assert completed(bare_kernel, "%%qir\ncall void @__quantum__qis__h__b")["matches"] == ["__quantum__qis__h__body"]
    completed(bare_kernel, "%qir --entry ")
    assert bare_kernel.engines() == []


def test_after_unload_nothing_is_completed_and_after_a_reload_it_is_again(bare_kernel: Kernel) -> None:
    for _ in range(2):
        bare_kernel.run("%load_ext qirjit_magic")
        assert completed(bare_kernel, "%%qir --sho")["matches"] == ["--shots"]
        bare_kernel.run("%reload_ext qirjit_magic")
        assert bare_kernel.value("len(get_ipython().Completer.custom_matchers)") == "1"
        bare_kernel.run("%unload_ext qirjit_magic")
        assert completed(bare_kernel, "%%qir --sho")["matches"] == []
    assert bare_kernel.value("get_ipython().Completer.custom_matchers") == "[]"


def test_what_completes_is_loaded_when_it_is_first_asked(bare_kernel: Kernel) -> None:
    bare_kernel.run("%load_ext qirjit_magic\nimport sys")
    assert bare_kernel.value("'qirjit_magic.notebook.completions' in sys.modules") == "False"
    completed(bare_kernel, "%%qir --s")
    assert bare_kernel.value("'qirjit_magic.notebook.completions' in sys.modules") == "True"
