"""The command line: ``qirjit FILE [ENTRY] [flags]``; ``qirjit notebook`` and ``qirjit extract``."""

from __future__ import annotations

import shlex
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from qirjit_magic.display.terminal import TerminalBar
from qirjit_magic.display.timings import timings_table
from qirjit_magic.errors import (
    EngineError,
    EngineStartError,
    EntryPointError,
    ExecutionError,
    OptionError,
    QirError,
    QirNotice,
    SimulatorNotFoundError,
    WorkerCrashedError,
)
from qirjit_magic.flags import FlagContext, FlagError, GivenFlags, parse
from qirjit_magic.limits import LimitError
from qirjit_magic.printing import (
    INTERRUPTED,
    OutputError,
    discard_output,
    flush_out,
    open_streams,
    print_error,
    print_out,
)
from qirjit_magic.sanitize import sanitize, sanitize_line
from qirjit_magic.session.client.process import show_nothing
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import STDIN

if TYPE_CHECKING:
    from qirjit_magic.protocol.module_info import Diagnostic
    from qirjit_magic.protocol.timings import Timings
    from qirjit_magic.session.run_result import RunResult

PROGRAM = "qirjit"
DONE, WRONG, USAGE, FAILED, DIED, UNWRITTEN, UNREAD = 0, 1, 2, 3, 4, 5, 141
_NOTEBOOK_COMMANDS = ("notebook", "extract")


def main(words: Sequence[str] | None = None) -> int:
    """Run a program, print what it gives, and return the exit status; or make a notebook, or files from one.

    0 done; 1 the QIR is wrong (syntax, link, entry point, unsafe); 2 usage; 3 the program failed, or its time was over;
    4 the engine process died; 5 the output cannot be written; 130 interrupted; 141 nobody reads what is printed.
    """
    open_streams()
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            status = _run_words(sys.argv[1:] if words is None else words)
            flush_out()
        except KeyboardInterrupt:  # before anything was run, or after
            return INTERRUPTED
        except BrokenPipeError:  # while it runs, or while it is told how that ended
            discard_output()
            return UNREAD
        except OutputError as error:
            discard_output()
            _print_to_stderr(f"{PROGRAM}: {error}")
            return UNWRITTEN
        return status


def _run_words(words: Sequence[str]) -> int:
    try:
        return _run_command(words)
    except SystemExit:  # how a parser ends that has printed its help
        return DONE


def _run_command(words: Sequence[str]) -> int:
    if words and words[0] in _NOTEBOOK_COMMANDS:
        return _convert(words[0], words[1:])
    try:
        options = parse(FlagContext.COMMAND, PROGRAM, words)
    except FlagError as problem:
        _print_to_stderr(f"{PROGRAM}: {sanitize_line(str(problem))}. Try '{PROGRAM} --help'.")
        return USAGE
    try:
        with Session(options.run.simulator or "auto") as session:
            return _run_reporting_errors(session, options)
    except EngineStartError as error:
        _print_error(error)
        return DIED
    except OptionError as error:  # of the environment
        _print_error(error)
        return USAGE


def _convert(command: str, words: Sequence[str]) -> int:
    from qirjit_magic.notebook import convert  # noqa: PLC0415 - nbformat takes 0.1 s, which a run spares

    program = f"{PROGRAM} {command}"
    try:
        (convert.write_notebook if command == _NOTEBOOK_COMMANDS[0] else convert.extract_cells)(program, words)
    except FlagError as problem:
        _print_to_stderr(f"{program}: {sanitize_line(str(problem))}. Try '{program} --help'.")
        return USAGE
    except QirError as error:
        _print_to_stderr(f"{program}: {error}")
        return _status(error)
    return DONE


def _run_reporting_errors(session: Session, options: GivenFlags) -> int:
    try:
        return _run(session, options)
    except KeyboardInterrupt:
        _print_result(session.last, options)
        finished = len(session.last.shots) if session.last else 0
        _print_to_stderr(f"{PROGRAM}: interrupted after {finished:,} of {options.run.shots:,} shots.")
        return INTERRUPTED
    except ExecutionError as error:
        _print_result(cast("RunResult | None", error.partial), options)
        _print_error(error)
        if isinstance(error, LimitError) and error.partial is None:
            return WRONG  # the module is too large
        return DIED if isinstance(error, WorkerCrashedError) else FAILED
    except QirError as error:
        _print_error(error)
        return _status(error)


def _status(error: QirError) -> int:
    if isinstance(error, EngineError):
        return DIED
    return USAGE if isinstance(error, SimulatorNotFoundError | OptionError) else WRONG


def _run(session: Session, options: GivenFlags) -> int:
    module = session.add(
        STDIN if options.file == STDIN else Path(options.file or ""),  # a path, however much it looks like QIR
        options.name,
        options=options.compile,
    )
    _print_diagnostics(module.diagnostics)
    if options.no_run:
        _print_timings(module.timings, options)
        return DONE
    with TerminalBar(sys.stderr) as bar:
        observer = _observer(bar, options)
        result = session.run(options.entry, module=module.name, options=options.run, show=observer)
    _print_result(result, options)
    failed = result.entry.exit_code_returned and result.table.returned.any()
    return FAILED if failed else DONE


def _observer(bar: TerminalBar, options: GivenFlags) -> Observer:
    if options.quiet:
        return Observer()
    return Observer(
        show=bar.clearing_before(_print_now) if options.format == "none" else show_nothing,
        show_printed=bar.clearing_before(_print_aside),
        progress=bar.show,
    )


def _sanitized_for(text: str, stream: TextIO) -> str:
    # In a file or a pipe it is data; a terminal would obey it.
    return sanitize(text) if stream.isatty() else text


def _print_now(text: str) -> None:
    print_out(_sanitized_for(text, sys.stdout))


def _print_aside(text: str) -> None:
    # What native code prints is no part of the output schema.
    print_error(_sanitized_for(text, sys.stderr))


def _print_result(result: RunResult | None, options: GivenFlags) -> None:
    if result is None:
        return
    if not options.quiet:
        _print_now(result.to_text(options.format or "labeled"))
        _print_diagnostics(result.notices)
    _print_timings(result.timings, options, plan=f"{PROGRAM}: {result.plan}")


def _print_timings(timings: Timings, options: GivenFlags, *, plan: str = "") -> None:
    if options.time:
        _print_to_stderr("\n".join(filter(None, (plan, timings_table(timings)))))


def _print_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        _print_to_stderr(f"{PROGRAM}: {diagnostic}")


def _print_to_stderr(line: str) -> None:
    print_error(f"{line}\n")


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - the signature is the warnings module's
    line: str | None = None,
) -> None:
    if issubclass(category, QirNotice):
        _print_to_stderr(f"{PROGRAM}: {message}")
    else:
        print_error(warnings.formatwarning(message, category, filename, lineno, line))


def _print_error(error: QirError) -> None:
    _print_to_stderr(f"{PROGRAM}: {error}")
    writable = (
        [name for name in error.available if name == sanitize_line(name)] if isinstance(error, EntryPointError) else []
    )
    if writable:
        # As a shell takes it: it may be copied, and a program chose the name.
        entry = f"--entry={shlex.quote(writable[0])}" if writable[0].startswith("-") else shlex.quote(writable[0])
        _print_to_stderr(f"{PROGRAM}: name one: {PROGRAM} FILE {entry}")
