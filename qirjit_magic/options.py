"""The flags, in ONE table: the cell magic, the line magic and the command line build their parsers from it."""

from __future__ import annotations

import argparse
import keyword
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any, Literal, NoReturn, TypeVar, get_args

from qirjit_magic.errors import OptionError
from qirjit_magic.printing import print_out
from qirjit_magic.sanitize import is_utf8

_WORD_BITS = 64
_LEVELS = range(4)
_T = TypeVar("_T")
OutputFormat = Literal["labeled", "ordered", "json", "counts", "none"]
Method = Literal["auto", "live", "sampled"]
Jobs = int | Literal["auto"]
MAX_JOBS = 256
# From how many shots on a program is traced: by how many qubits it says that it has.
_WORTH_TRACING = ((22, 1), (10, 16), (0, 1000))


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a person asked for.

    Attributes:
        entry: the entry point; None lets the session find the only one.
        shots: how often it runs.
        seed: the seed of the simulator's random stream.
        simulator: a simulator's name or path.
        method: how the shots are run.
        jobs: how many processes may share the shots.
        name: the module's name.
        args: the arguments as text, one for each parameter.
        output: the Python variable that gets the result.
        format: the text form; None is what suits the place.
        timeout: seconds.
        opt_level: the optimisation level; None looks at the module.
        strict: refuse what breaks the profile that it declares.
        trust: allow what can do anything, and the C library's functions.
        time: tell how long each step took.
        no_run: compile only.
        panel: show a panel.
        quiet: show nothing.
        file: the file to compile.
    """

    entry: str | None = None
    shots: int = 1
    seed: int | None = None
    simulator: str = "auto"
    method: Method = "auto"
    jobs: Jobs = 1
    name: str | None = None
    args: tuple[str, ...] = ()
    output: str | None = None
    format: OutputFormat | None = None
    timeout: float | None = None
    opt_level: int | None = None
    strict: bool = False
    trust: bool = False
    time: bool = False
    no_run: bool = False
    panel: bool = False
    quiet: bool = False
    file: str | None = None


class FlagError(ValueError):
    """A flag is unknown, or its value is not what it takes."""


class Face(Flag):
    """Where a flag exists."""

    NOWHERE = 0
    CELL = auto()
    LINE = auto()
    COMMAND = auto()
    NOTEBOOK = CELL | LINE
    ANYWHERE = CELL | LINE | COMMAND


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One row of the table: the names, what argparse needs, and where it exists."""

    names: tuple[str, ...]
    help: str
    faces: Face = Face.ANYWHERE
    settings: dict[str, Any] = field(default_factory=dict)


def _count(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""), 0)
    return _checked(number, valid=_is_count(number))


def _jobs(text: str) -> Jobs:
    if text == "auto":
        return "auto"
    number = int(text)
    return _checked(number, valid=1 <= number <= MAX_JOBS)


def _name(text: str) -> str:
    return _checked(text, valid=bool(text.strip()))


def _seed(text: str) -> int:
    number = int(text, 0)
    return _checked(number, valid=_is_seed(number))


def _seconds(text: str) -> float:
    number = float(text)
    return _checked(number, valid=0 < number < float("inf"))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text.strip() else ()


def _variable(text: str) -> str:
    return _checked(text, valid=text.isidentifier() and not keyword.iskeyword(text))


def _is_count(number: int) -> bool:
    return 1 <= number < 1 << (_WORD_BITS - 1)


def _is_seed(number: int) -> bool:
    return 0 <= number < 1 << _WORD_BITS


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
        settings={"metavar": "N", "type": _typed(_count, "a number of shots, 1 or more"), "default": 1},
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
        settings={"metavar": "NAME|PATH", "default": "auto"},
    ),
    FlagRow(
        ("--method",),
        "live: shot by shot; sampled: all at once; auto: sampled where many shots allow it, live on a simulator "
        "that is named (default auto)",
        settings={"choices": get_args(Method), "default": "auto"},
    ),
    FlagRow(
        ("-j", "--jobs"),
        "how many processes share live shots: by itself one process; auto: one a processor, at most 8, where it takes "
        "more than about a second",
        settings={"metavar": "N|auto", "type": _typed(_jobs, f"auto or a number from 1 to {MAX_JOBS}"), "default": 1},
    ),
    FlagRow(
        ("-n", "--name"),
        "the module's name; a module of the same name is replaced",
        settings={"metavar": "MODULE", "type": _typed(_name, "a name")},
    ),
    FlagRow(
        ("--args",),
        "the arguments of the entry point, separated by commas: 3,0.5,true",
        settings={"metavar": "A,B,…", "type": _typed(_list, "a list"), "default": ()},
    ),
    FlagRow(
        ("-o", "--output"),
        "the Python variable that gets the result",
        Face.NOTEBOOK,
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
        settings={"dest": "opt_level", "metavar": "LEVEL", "type": int, "choices": _LEVELS},
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
        Face.NOTEBOOK,
        {"action": "store_true"},
    ),
    FlagRow(("--quiet",), "show neither messages nor result", settings={"action": "store_true"}),
    FlagRow(("-f", "--file"), "compile this file first", Face.LINE, {"metavar": "PATH"}),
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


def parser(face: Face, program: str) -> argparse.ArgumentParser:
    """A parser of the flags that exist there; a mistake is a `FlagError`."""
    made = Parser(prog=program, add_help=face is Face.COMMAND, allow_abbrev=False)
    if face is Face.COMMAND:
        made.description, made.epilog = _COMMAND_HELP, _STATUS_HELP
        made.formatter_class = argparse.RawDescriptionHelpFormatter
        made.add_argument("file", metavar="FILE", help="LLVM text or bitcode; - is standard input")
        made.add_argument("given_entry", metavar="ENTRY", nargs="?", help="the same as --entry")
    if face is Face.LINE:
        made.add_argument("given_entry", metavar="ENTRY", nargs="?", help="the same as --entry")
    for row in FLAGS:
        if face in row.faces:
            made.add_argument(*row.names, help=row.help, **row.settings)
    return made


def parse(face: Face, program: str, words: Sequence[str]) -> RunOptions:
    """What these words ask for.

    Raises:
        FlagError: they are no flags of this place.
    """
    found = vars(parser(face, program).parse_args(_joined(words)))
    given = found.pop("given_entry", None)
    if given is not None:
        if found["entry"] not in {None, given}:
            message = f"two entry points are named: '{given}' and '{found['entry']}'"
            raise FlagError(message)
        found["entry"] = given
    return RunOptions(**found)


def _joined(words: Sequence[str]) -> list[str]:
    # argparse takes -3,4 after --args for a flag
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--args":
            joined[-1] = f"--args={word}"
        else:
            joined.append(word)
    return joined


def flag_help(face: Face, *, besides: Face = Face.NOWHERE) -> str:
    """The flags that exist there, and not in ``besides``, a line or two each."""
    lines = []
    for row in FLAGS:
        if face in row.faces and not besides & row.faces:
            choices = row.settings.get("choices")
            metavar = row.settings.get("metavar") or ("|".join(choices) if choices else "")
            lines.append(f"    {', '.join(row.names)} {metavar}".rstrip() + f"\n        {row.help}")
    return "\n".join(lines)


def checked_options(shots: int, seed: int | None, method: str, timeout: float | None) -> tuple[int, int | None]:
    """Shots and seed as Python integers, all four checked.

    Raises:
        OptionError: for the first that cannot be.
    """
    many = _integer(shots)
    if many is None or not _is_count(many):
        raise OptionError("shots", shots, "an integer, 1 or more")
    start = None if seed is None else _integer(seed)
    if seed is not None and (start is None or not _is_seed(start)):
        raise OptionError("seed", seed, "an integer from 0 to 2**64-1, or None")
    if method not in get_args(Method):
        raise OptionError("method", method, f"one of {', '.join(get_args(Method))}")
    if timeout is not None and (isinstance(timeout, str) or not timeout > 0):
        raise OptionError("timeout", timeout, "a number of seconds above 0, or None")
    return many, start


def checked_jobs(jobs: Jobs) -> Jobs:
    """How many processes may share a run, as a Python integer; or ``auto``.

    Raises:
        OptionError: it is neither.
    """
    number = jobs if jobs == "auto" else None if isinstance(jobs, str) else _integer(jobs)
    if number is None or (number != "auto" and not 1 <= number <= MAX_JOBS):
        raise OptionError("jobs", jobs, f"an integer from 1 to {MAX_JOBS}, or 'auto'")
    return number


def checked_name(name: str) -> str:
    """The name of a module or function, which goes to the engine process as UTF-8.

    Raises:
        OptionError: it holds half a character, as a word of a command line does that is no UTF-8.
    """
    if not is_utf8(name):
        raise OptionError("name", name, "text that UTF-8 can write")
    return name


def checked_level(opt_level: int | None) -> int | None:
    """The optimisation level as a Python integer.

    Raises:
        OptionError: it is none.
    """
    level = None if opt_level is None else _integer(opt_level)
    if opt_level is not None and level not in _LEVELS:
        raise OptionError("opt_level", opt_level, "an integer from 0 to 3, or None")
    return level


def _integer(value: int) -> int | None:
    # NumPy's integers are fine, True and 2.0 are not.
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None


def chosen_method(method: Method, *, shots: int, qubits: int, simulator: str) -> Method:
    """What to ask the engine for: ``auto`` samples where that may pay on a simulator nobody chose, and always by stim.

    Args:
        method: what a person asked for.
        shots: how many shots there are.
        qubits: how many qubits the program says that it has; 0 where it does not.
        simulator: the simulator that is asked for.
    """
    if method == "auto" and simulator == "stabilizer":
        return "sampled"
    worth = next(least for wide, least in _WORTH_TRACING if qubits >= wide)
    return "live" if method == "auto" and (shots < worth or simulator != "auto") else method
