"""A module's or a function's code or circuit, as `%qir_show` shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from qirjit_magic.display.code import CodeView, Language, Section
from qirjit_magic.llvm_text import definition_text
from qirjit_magic.protocol.messages import Form
from qirjit_magic.session.default import existing_session
from qirjit_magic.session.session import Session

if TYPE_CHECKING:
    from qirjit_magic.display.circuit import CircuitDiagram


# What is shown for each flag: titles and forms, and the language.
CODE_FLAGS: dict[str, tuple[tuple[tuple[str, Form], ...], Language]] = {
    "--ir": ((("as written", "ir"), ("as compiled", "compiled")), "llvm"),
    "--asm": ((("assembly", "asm"),), "asm"),
    "--object": ((("object code", "object"),), "text"),
}


def code_view(session: Session, name: str, flag: str = "--ir", *, function: str | None = None) -> CodeView:
    """Code of a module; LLVM IR of a function is its definition alone.

    Args:
        session: where it was compiled.
        name: the module's name, or a function's, of which the newest is meant.
        flag: one of `CODE_FLAGS`.
        function: of the module; None: ``name``, where it is no module's.

    Raises:
        EntryPointError: nothing has this name.
    """
    forms, language = CODE_FLAGS[flag]
    module = session.module(name)
    wanted = function or (name if name != module.name else "")
    sections = []
    for title, form in forms:
        code = session.show(module.name, form)
        level = "" if form == "ir" else f" (-O{module.opt_level})"
        definition = definition_text(code, wanted) if wanted and language == "llvm" else ""
        # A private function may be gone once its calls are inlined: then there is the module to look at.
        whose = f"{wanted} of {module.name} " if definition else ""
        sections.append(Section(f"{whose}{title}{level}", definition or code))
    whole = "qirjit_magic.default_session()" if session is existing_session() else "session"
    return CodeView(tuple(sections), language, f"{whole}.show({name!r}, {forms[-1][1]!r})")


CIRCUIT = "--circuit"


def circuit_of(session: Session, words: Sequence[str]) -> CircuitDiagram:
    """The circuit of a function, or of a module's entry point.

    Args:
        session: where they are.
        words: those of the line: the name of a module or function, `CIRCUIT`, and maybe ``--args A,B``.

    Raises:
        UsageError: these are other words.
        QirError: see `Session.circuit`.
    """
    arguments: Sequence[str] = ()
    match [word for word in words if word != CIRCUIT]:
        case [name]:
            pass
        case [name, "--args", listed] | ["--args", listed, name]:
            arguments = listed.split(",")
        case _:
            raise UsageError(f"%qir_show {CIRCUIT} takes the name of a module or function, and maybe --args A,B.")
    is_module = name in {module.name for module in session.modules}
    entry, module = (None, name) if is_module else (name, None)
    return session.circuit(entry, module=module, args=arguments)
