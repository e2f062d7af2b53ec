"""The command line: ``qirjit FILE [ENTRY] [flags]``; ``qirjit notebook`` and ``qirjit extract``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from qirjit_magic.display.terminal import TerminalBar
from qirjit_magic.display.timings import table
from qirjit_magic.errors import (
    EngineError,
    EngineStartError,
    EntryPointError,
    ExecutionError,
    OptionError,
    QirError,
    SimulatorNotFoundError,
    WorkerCrashedError,
)
from qirjit_magic.limits import LimitError
from qirjit_magic.options import Face, FlagError, RunOptions, parse
from qirjit_magic.plain import plain, plain_line
from qirjit_magic.session.session import Session
from qirjit_magic.session.streams import Observer, show_nothing

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult
    from qirjit_magic.wire.modules import Diagnostic
    from qirjit_magic.wire.timings import Timings

PROGRAM = "qirjit"
DONE, WRONG, USAGE, FAILED, DIED, INTERRUPTED, UNREAD = 0, 1, 2, 3, 4, 130, 141
_BOOKS = ("notebook", "extract")


def main(words: Sequence[str] | None = None) -> int:
    """Run a program, print what it gives, and return the exit status; or make a notebook, or files from one.

    0 done; 1 the QIR is wrong (syntax, link, entry point, unsafe); 2 usage; 3 the program failed, or its time was over;
    4 the engine process died; 130 interrupted; 141 nobody reads what is printed.
    """
    words = sys.argv[1:] if words is None else words
    if words and words[0] in _BOOKS:
        return _convert(words[0], words[1:])
    try:
        options = parse(Face.COMMAND, PROGRAM, words)
    except FlagError as problem:
        print(f"{PROGRAM}: {problem}. Try '{PROGRAM} --help'.", file=sys.stderr)
        return USAGE
    try:
        with Session(options.simulator) as session:
            return _run_in(session, options)
    except EngineStartError as error:
        _complain(error)
        return DIED
    except OptionError as error:  # of the environment
        _complain(error)
        return USAGE


def _convert(command: str, words: Sequence[str]) -> int:
    from qirjit_magic.notebook.books import commands  # noqa: PLC0415 - nbformat takes 0.1 s, which a run spares

    program = f"{PROGRAM} {command}"
    try:
        (commands.write_notebook if command == _BOOKS[0] else commands.extract_cells)(program, words)
    except BrokenPipeError:
        return _unread()
    except KeyboardInterrupt:
        return INTERRUPTED
    except FlagError as problem:
        print(f"{program}: {plain_line(str(problem))}. Try '{program} --help'.", file=sys.stderr)
        return USAGE
    except QirError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return USAGE if isinstance(error, OptionError) else _status(error)
    return DONE


def _unread() -> int:
    # As Python's documentation advises: nothing is flushed at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNREAD


def _run_in(session: Session, options: RunOptions) -> int:
    try:
        return _run_told(session, options)
    except BrokenPipeError:  # while it runs, or while it is told how that ended
        return _unread()


def _run_told(session: Session, options: RunOptions) -> int:
    try:
        return _run(session, options)
    except KeyboardInterrupt:
        _print_result(session.last, options)
        finished = len(session.last.shots) if session.last else 0
        print(f"{PROGRAM}: interrupted after {finished:,} of {options.shots:,} shots.", file=sys.stderr)
        return INTERRUPTED
    except ExecutionError as error:
        _print_result(error.partial, options)
        _complain(error)
        if isinstance(error, LimitError) and error.partial is None:
            return WRONG  # the module is too large
        return DIED if isinstance(error, WorkerCrashedError) else FAILED
    except QirError as error:
        _complain(error)
        return _status(error)


def _status(error: QirError) -> int:
    if isinstance(error, EngineError):
        return DIED
    return USAGE if isinstance(error, SimulatorNotFoundError) else WRONG


def _run(session: Session, options: RunOptions) -> int:
    module = session.add(
        options.file or "-",
        options.name,
        opt_level=options.opt_level,
        strict=options.strict,
        trust=options.trust,
    )
    _tell(module.diagnostics)
    if options.no_run:
        _tell_times(module.timings, options)
        return DONE
    with TerminalBar(sys.stderr) as bar:
        result = session.run(
            options.entry,
            module=module.name,
            shots=options.shots,
            seed=options.seed,
            method=options.method,
            jobs=options.jobs,
            args=options.args,
            timeout=options.timeout,
            show=_observer(bar, options),
        )
    _print_result(result, options)
    failed = result.entry.exit_code_returned and result.table.returned.any()
    return FAILED if failed else DONE


def _observer(bar: TerminalBar, options: RunOptions) -> Observer:
    if options.quiet:
        return Observer()
    return Observer(
        show=bar.beside(_print_now) if options.format == "none" else show_nothing,
        show_printed=bar.beside(_print_aside),
        progress=bar.show,
    )


def _as_it_may_be(text: str, stream: TextIO) -> str:
    # In a file or a pipe it is data; a terminal would obey it.
    return plain(text) if stream.isatty() else text


def _print_now(text: str) -> None:
    print(_as_it_may_be(text, sys.stdout), end="", flush=True)


def _print_aside(text: str) -> None:
    # What native code prints is no part of the output schema.
    print(_as_it_may_be(text, sys.stderr), end="", file=sys.stderr, flush=True)


def _print_result(result: RunResult | None, options: RunOptions) -> None:
    if result is None:
        return
    if not options.quiet:
        _print_now(result.to_text(options.format or "labeled"))
        _tell(result.notices)
    _tell_times(result.timings, options, plan=f"{PROGRAM}: {result.plan}")


def _tell_times(timings: Timings, options: RunOptions, *, plan: str = "") -> None:
    if options.time:
        print(*filter(None, (plan, table(timings))), sep="\n", file=sys.stderr)


def _tell(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        print(f"{PROGRAM}: {diagnostic}", file=sys.stderr)


def _complain(error: QirError) -> None:
    print(f"{PROGRAM}: {error}", file=sys.stderr)
    if isinstance(error, EntryPointError) and error.available:
        print(f"{PROGRAM}: name one: {PROGRAM} FILE {plain_line(error.available[0])}", file=sys.stderr)
