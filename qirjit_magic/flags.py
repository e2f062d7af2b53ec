"""The flags, in ONE table: the cell magic, the line magic and the command line build their parsers from it."""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Callable, Sequence
from enum import Flag, auto
from typing import Any, NoReturn, TypeVar, get_args

import msgspec

from qirjit_magic.options import (
    COMPILE_DEFAULTS,
    LEVELS,
    MAX_JOBS,
    RUN_DEFAULTS,
    CompileOptions,
    Jobs,
    Method,
    OutputFormat,
    RunOptions,
    is_count,
    is_seed,
)
from qirjit_magic.printing import print_out

_T = TypeVar("_T")


class GivenFlags(msgspec.Struct, frozen=True):
    """The flags that a person gave at a magic or the command line.

    Attributes:
        run: how to run the entry point.
        compile: how to compile the module.
        entry: the entry point; None lets the session find the only one.
        name: the module's name.
        output: the Python variable that gets the result.
        format: the text form; None is what suits the place.
        time: tell how long each step took.
        no_run: compile only.
        panel: show a panel.
        quiet: show nothing.
        file: the file to compile.
    """

    run: RunOptions = RUN_DEFAULTS
    compile: CompileOptions = COMPILE_DEFAULTS
    entry: str | None = None
    name: str | None = None
    output: str | None = None
    format: OutputFormat | None = None
    time: bool = False
    no_run: bool = False
    panel: bool = False
    quiet: bool = False
    file: str | None = None


class FlagError(ValueError):
    """A flag is unknown, or its value is not what it takes."""


class FlagContext(Flag):
    """The places where a flag exists."""

    NOWHERE = 0
    CELL = auto()
    LINE = auto()
    COMMAND = auto()
    NOTEBOOK = CELL | LINE
    ANYWHERE = CELL | LINE | COMMAND


class FlagRow(msgspec.Struct, frozen=True):
    """One row of the table: the names, what argparse needs, and where it exists."""

    names: tuple[str, ...]
    help: str
    contexts: FlagContext = FlagContext.ANYWHERE
    settings: dict[str, Any] = {}


def _count(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""), 0)
    return _checked(number, valid=is_count(number))


def _jobs(text: str) -> Jobs:
    if text == "auto":
        return "auto"
    number = int(text)
    return _checked(number, valid=1 <= number <= MAX_JOBS)


def _name(text: str) -> str:
    return _checked(text, valid=bool(text.strip()))


def _seed(text: str) -> int:
    number = int(text, 0)
    return _checked(number, valid=is_seed(number))


def _seconds(text: str) -> float:
    number = float(text)
    return _checked(number, valid=0 < number < float("inf"))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text.strip() else ()


def _variable(text: str) -> str:
    return _checked(text, valid=text.isidentifier() and not keyword.iskeyword(text))


def _checked(value: _T, *, valid: bool) -> _T:
    if not valid:
        raise ValueError
    return value


def _typed(parse: Callable[[str], object], what: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            return parse(text)
        except ValueError:
            message = f"'{text}' is not {what}"
            raise argparse.ArgumentTypeError(message) from None

    return read


FLAGS: tuple[FlagRow, ...] = (
    FlagRow(
        ("-e", "--entry"),
        "the function to run; without it the only one with the entry-point attribute, or the only public one",
        settings={"metavar": "NAME"},
    ),
    FlagRow(
        ("-s", "--shots"),
        "how often to run it (default 1)",
        settings={"metavar": "N", "type": _typed(_count, "a number of shots, 1 or more")},
    ),
    FlagRow(
        ("--seed",),
        "the seed of the simulator's random stream; drawn where it is not given",
        settings={"metavar": "N", "type": _typed(_seed, "a seed, an integer from 0 to 2**64-1")},
    ),
    FlagRow(
        ("--simulator",),
        "auto, sparse, statevector, stabilizer (Clifford programs of any width, by stim), or a library with QIR "
        "symbols: PATH or PATH:SYMBOL, its initialiser (default auto)",
        settings={"metavar": "NAME|PATH"},
    ),
    FlagRow(
        ("--method",),
        "live: shot by shot; sampled: all at once; auto: sampled where many shots allow it, live on a simulator "
        "that is named (default auto)",
        settings={"choices": get_args(Method)},
    ),
    FlagRow(
        ("-j", "--jobs"),
        "how many processes share live shots: by itself one process; auto: one a processor, at most 8, where it takes "
        "more than about a second",
        settings={"metavar": "N|auto", "type": _typed(_jobs, f"auto or a number from 1 to {MAX_JOBS}")},
    ),
    FlagRow(
        ("-n", "--name"),
        "the module's name; a module of the same name is replaced",
        settings={"metavar": "MODULE", "type": _typed(_name, "a name")},
    ),
    FlagRow(
        ("--args",),
        "the arguments of the entry point, separated by commas: 3,0.5,true",
        settings={"metavar": "A,B,…", "type": _typed(_list, "a list")},
    ),
    FlagRow(
        ("-o", "--output"),
        "the Python variable that gets the result",
        FlagContext.NOTEBOOK,
        {"metavar": "VAR", "type": _typed(_variable, "the name of a variable")},
    ),
    FlagRow(
        ("--format",),
        "the result as text: the labeled or ordered schema of the QIR specification, json, counts, or none",
        settings={"choices": get_args(OutputFormat)},
    ),
    FlagRow(
        ("--timeout",),
        "stop after so many seconds; the finished shots are kept",
        settings={"metavar": "SECONDS", "type": _typed(_seconds, "a number of seconds above 0")},
    ),
    FlagRow(
        ("-O",),
        "how much to optimise the code, from 0 to 3 (default: 2 for loops, 1 for much classical work, else 0)",
        settings={"dest": "opt_level", "metavar": "LEVEL", "type": int, "choices": LEVELS},
    ),
    FlagRow(
        ("--strict",), "refuse a module that breaks the QIR profile that it declares", settings={"action": "store_true"}
    ),
    FlagRow(
        ("--trust",),
        "allow assembler code, calls of addresses, and the functions of the C library: only for QIR that you trust",
        settings={"action": "store_true"},
    ),
    FlagRow(
        ("--time",),
        "tell how long each step took, from reading the module to its results",
        settings={"action": "store_true"},
    ),
    FlagRow(("--no-run",), "compile only", settings={"action": "store_true"}),
    FlagRow(
        ("--panel",),
        "show a panel, with these flags as what its fields say at first, instead of running it",
        FlagContext.NOTEBOOK,
        {"action": "store_true"},
    ),
    FlagRow(("--quiet",), "show neither messages nor result", settings={"action": "store_true"}),
    FlagRow(("-f", "--file"), "compile this file first", FlagContext.LINE, {"metavar": "PATH"}),
)


_COMMAND_HELP = """Run QIR, the LLVM IR of quantum programs.

  qirjit bell.ll --shots 1000 --format counts
  qirjit hello.ll Hello__HelloQ --format none
  qirjit add.ll --args 3,4
  some-compiler | qirjit -

Two words in the place of FILE do something else (a file called so is ./notebook):

  qirjit notebook bell.ll    make a notebook of QIR; qirjit notebook --help says more
  qirjit extract bell.ipynb  write a notebook's %%qir cells as .ll files"""
_STATUS_HELP = """exit status: 0 done, 1 the QIR is wrong, 2 usage, 3 the program failed or its time was
over, 4 the engine process died, 5 the output cannot be written, 130 interrupted, 141 nobody
reads the output"""


class Parser(argparse.ArgumentParser):
    """A parser for which a mistake is a `FlagError`."""

    def error(self, message: str) -> NoReturn:
        """Raise the mistake, where argparse would end the process."""
        raise FlagError(message)

    def print_help(self, file: Any = None) -> None:  # noqa: ANN401 - as argparse has it
        """Print the help, where argparse would pass over an output that cannot be written."""
        if file is None:
            print_out(self.format_help())
        else:
            super().print_help(file)


def parser(context: FlagContext, program: str) -> argparse.ArgumentParser:
    """A parser of the flags that exist there; a mistake is a `FlagError`."""
    made = Parser(
        prog=program, add_help=context is FlagContext.COMMAND, allow_abbrev=False, argument_default=argparse.SUPPRESS
    )
    if context is FlagContext.COMMAND:
        made.description, made.epilog = _COMMAND_HELP, _STATUS_HELP
        made.formatter_class = argparse.RawDescriptionHelpFormatter
        made.add_argument("file", metavar="FILE", help="LLVM text or bitcode; - is standard input")
        made.add_argument("given_entry", metavar="ENTRY", nargs="?", help="the same as --entry")
    if context is FlagContext.LINE:
        made.add_argument("given_entry", metavar="ENTRY", nargs="?", help="the same as --entry")
    for row in FLAGS:
        if context in row.contexts:
            made.add_argument(*row.names, help=row.help, **row.settings)
    return made


def parse(context: FlagContext, program: str, words: Sequence[str]) -> GivenFlags:
    """Parse the words of a line into flags.

    Raises:
        FlagError: they are no flags of this place.
    """
    found = vars(parser(context, program).parse_args(_joined(words)))
    given = found.pop("given_entry", None)
    if given is not None and found.setdefault("entry", given) != given:
        message = f"two entry points are named: '{given}' and '{found['entry']}'"
        raise FlagError(message)
    run, compile_ = (
        {name: found.pop(name) for name in kind.__struct_fields__ if name in found}
        for kind in (RunOptions, CompileOptions)
    )
    return GivenFlags(RunOptions(**run), CompileOptions(**compile_), **found)


def _joined(words: Sequence[str]) -> list[str]:
    # argparse takes -3,4 after --args for a flag
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--args":
            joined[-1] = f"--args={word}"
        else:
            joined.append(word)
    return joined


def flag_help(context: FlagContext, *, besides: FlagContext = FlagContext.NOWHERE) -> str:
    """The flags that exist there, and not in ``besides``, a line or two each."""
    lines = []
    for row in FLAGS:
        if context in row.contexts and not besides & row.contexts:
            choices = row.settings.get("choices")
            metavar = row.settings.get("metavar") or ("|".join(choices) if choices else "")
            lines.append(f"    {', '.join(row.names)} {metavar}".rstrip() + f"\n        {row.help}")
    return "\n".join(lines)
