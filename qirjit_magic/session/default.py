"""The session of this process, which the magics and `run` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from qirjit_magic.options import (
    COMPILE_DEFAULTS,
    RUN_DEFAULTS,
    CompileKeywords,
    CompileOptions,
    RunKeywords,
    RunOptions,
    options_with,
    with_keywords_of,
)
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import QirSource

if TYPE_CHECKING:
    from qirjit_magic.session.run_result import RunResult


class RunOrCompileKeywords(RunKeywords, CompileKeywords, total=False):
    """The fields of both as keywords."""


_default: list[Session] = []


def close_default_session() -> None:
    """End the session of this process, where there is one; the next `default_session` is a new one."""
    for session in _default:
        session.close()
    _default.clear()


def existing_session() -> Session | None:
    """The session of this process where there is one; unlike `default_session` it makes none."""
    return _default[-1] if _default and not _default[-1].closed else None


def default_session() -> Session:
    """Return the session of this process, which the magics and `run` share.

    It is made at the first call, and ends with the process; where it was closed, there is a new one.

    Example:
        >>> qir.default_session() is qir.default_session()
        True
    """
    if not _default or _default[-1].closed:
        _default[:] = [Session()]
    return _default[-1]


@with_keywords_of(RunOptions, CompileOptions)
def run(
    source: QirSource,
    entry: str | None = None,
    *,
    options: RunOptions = RUN_DEFAULTS,
    compile: CompileOptions = COMPILE_DEFAULTS,  # noqa: A002 - LLVM's word
    **keywords: Unpack[RunOrCompileKeywords],
) -> RunResult:
    """Compile QIR in the session of this process, and run one of its entry points.

    Args:
        source: a path, LLVM text or bitcode, or an object of a QIR-making package.
        entry: the function to run; by default the only entry point.
        options: how it is run.
        compile: how it is compiled.
        **keywords: fields of `RunOptions` and `CompileOptions` that replace those of ``options`` and ``compile``, as
            ``shots``, ``seed``, ``args`` or ``opt_level``.

    Returns:
        The records of the finished shots, with the seed that gives the same again.

    Raises:
        QirError: as `Session.add` and `Session.run` do.

    Example:
        >>> result = qir.run(bell, shots=1000, seed=7)
        >>> sorted(result.counts()), sum(result.counts().values())
        (['00', '11'], 1000)
    """
    session = default_session()
    of_code = CompileOptions.__struct_fields__
    of_run = {name: value for name, value in keywords.items() if name not in of_code}
    options = options_with(RunOptions, options, of_run, run)
    of_compile = {name: value for name, value in keywords.items() if name in of_code}
    compile = options_with(CompileOptions, compile, of_compile, run)  # noqa: A001
    module = session.add(source, options=compile).name
    return session.run(entry, module=module, options=options)
