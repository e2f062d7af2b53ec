"""The flags, in ONE table: the cell magic, the line magic and the command line build their parsers from it."""

from __future__ import annotations

import argparse
import inspect
import keyword
import operator
from collections.abc import Callable, Mapping, Sequence
from enum import Flag, auto
from typing import Any, Literal, NoReturn, TypedDict, TypeVar, get_args

import msgspec
from msgspec.structs import force_setattr, replace

from qirjit_magic.errors import OptionError
from qirjit_magic.printing import print_out
from qirjit_magic.sanitize import is_utf8

_WORD_BITS = 64
_LEVELS = range(4)
_T = TypeVar("_T")
OutputFormat = Literal["labeled", "ordered", "json", "counts", "none"]
Method = Literal["auto", "live", "sampled"]
Jobs = int | Literal["auto"]
Argument = bool | int | float | str
MAX_JOBS = 256
# From how many shots on a program is traced: by how many qubits it says that it has.
_WORTH_TRACING = ((22, 1), (10, 16), (0, 1000))


def _integer(value: int) -> int | None:
    # NumPy's integers are fine, True and 2.0 are not.
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None


def _is_count(number: int) -> bool:
    return 1 <= number < 1 << (_WORD_BITS - 1)


def _is_seed(number: int) -> bool:
    return 0 <= number < 1 << _WORD_BITS


class CompileOptions(msgspec.Struct, frozen=True):
    """How a module is compiled; checked when it is made.

    Attributes:
        opt_level: the optimisation level, 0 to 3; None chooses by looking at the module.
        strict: whether the module must keep to the profile that it declares; otherwise there are warnings.
        trust: whether it may hold assembler code and call addresses, and use what only the C library has.

    Raises:
        OptionError: ``opt_level`` is none.
    """

    opt_level: int | None = None
    strict: bool = False
    trust: bool = False

    def __post_init__(self) -> None:
        level = None if self.opt_level is None else _integer(self.opt_level)
        if self.opt_level is not None and level not in _LEVELS:
            raise OptionError("opt_level", self.opt_level, "an integer from 0 to 3, or None")
        force_setattr(self, "opt_level", level)

    @property
    def of_code(self) -> CompileOptions:
        """Those of them that can change the object code."""
        return replace(self, strict=False)


class RunOptions(msgspec.Struct, frozen=True):
    """How an entry point is run; checked when it is made. Integers may be NumPy's: they become Python's.

    Attributes:
        shots: how often, at least once.
        seed: the seed of the simulator's random stream, 64 bits; drawn, and kept in the result, where None.
        simulator: ``auto``: all amplitudes, or ``sparse`` where these find no room; ``statevector``, ``sparse``,
            ``stabilizer``; the path of a shared library, or ``PATH:SYMBOL`` with its initialiser; None: the session's.
        method: ``live``: shot by shot; ``sampled``: the program is traced once, and all results are drawn from its
            state, as ``stabilizer`` always does; ``auto``: sampled where that is exact and pays.
        jobs: how many processes may share live shots, with the same result; ``auto``: one a processor, at most 8,
            where it takes more than about a second. Where shots depend on those before it is one.
        args: one value for each parameter, as text or as a number.
        timeout: seconds after which the run is stopped, those included that it waits for its turn.

    Raises:
        OptionError: one of them cannot be.
    """

    shots: int = 1
    seed: int | None = None
    simulator: str | None = None
    method: Method = "auto"
    jobs: Jobs = 1
    args: tuple[Argument, ...] = ()
    timeout: float | None = None

    def __post_init__(self) -> None:
        shots, seed = _integer(self.shots), None if self.seed is None else _integer(self.seed)
        if shots is None or not _is_count(shots):
            raise OptionError("shots", self.shots, "an integer, 1 or more")
        if self.seed is not None and (seed is None or not _is_seed(seed)):
            raise OptionError("seed", self.seed, "an integer from 0 to 2**64-1, or None")
        if self.method not in get_args(Method):
            raise OptionError("method", self.method, f"one of {', '.join(get_args(Method))}")
        if self.timeout is not None and (isinstance(self.timeout, str) or not self.timeout > 0):
            raise OptionError("timeout", self.timeout, "a number of seconds above 0, or None")
        jobs = self.jobs if self.jobs == "auto" else None if isinstance(self.jobs, str) else _integer(self.jobs)
        if jobs is None or (jobs != "auto" and not 1 <= jobs <= MAX_JOBS):
            raise OptionError("jobs", self.jobs, f"an integer from 1 to {MAX_JOBS}, or 'auto'")
        for name, value in (("shots", shots), ("seed", seed), ("jobs", jobs), ("args", tuple(self.args))):
            force_setattr(self, name, value)


COMPILE_DEFAULTS, RUN_DEFAULTS = CompileOptions(), RunOptions()


class CompileKeywords(TypedDict, total=False):
    """The fields of `CompileOptions` as keywords."""

    opt_level: int | None
    strict: bool
    trust: bool


class RunKeywords(TypedDict, total=False):
    """The fields of `RunOptions` as keywords."""

    shots: int
    seed: int | None
    simulator: str | None
    method: Method
    jobs: Jobs
    args: Sequence[Argument]
    timeout: float | None


class GivenFlags(msgspec.Struct, frozen=True):
    """What a person asked for at a magic or the command line.

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


_O = TypeVar("_O", RunOptions, CompileOptions)
_F = TypeVar("_F", bound=Callable[..., object])


def takes_fields_of(*kinds: type[RunOptions | CompileOptions]) -> Callable[[_F], _F]:
    """Have a function that takes the fields of these as ``**keywords`` name them, for ``help`` and Tab."""

    def spell_out(function: _F) -> _F:
        signature = inspect.signature(function)
        parameters = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        for kind in kinds:
            for name, default in zip(kind.__struct_fields__, kind.__struct_defaults__, strict=True):
                annotation = kind.__annotations__[name]
                parameters.append(
                    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
                )
        vars(function)["__signature__"] = signature.replace(parameters=parameters)
        return function

    return spell_out


def options_with(options: _O, keywords: Mapping[str, object]) -> _O:
    """The same options with these instead.

    Args:
        options: the options.
        keywords: new values by name.

    Raises:
        OptionError: a value cannot be.
        TypeError: there is no such option.
    """
    import difflib  # noqa: PLC0415 - for a mistake only

    for name in keywords:
        if name not in options.__struct_fields__:
            close = difflib.get_close_matches(name, options.__struct_fields__, 1)
            hint = f" Did you mean '{close[0]}'?" if close else f" There are {', '.join(options.__struct_fields__)}."
            message = f"there is no option '{name}'.{hint}"
            raise TypeError(message)
    return replace(options, **keywords)


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


class FlagRow(msgspec.Struct, frozen=True):
    """One row of the table: the names, what argparse needs, and where it exists."""

    names: tuple[str, ...]
    help: str
    faces: Face = Face.ANYWHERE
    settings: dict[str, Any] = {}


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
    made = Parser(prog=program, add_help=face is Face.COMMAND, allow_abbrev=False, argument_default=argparse.SUPPRESS)
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


def parse(face: Face, program: str, words: Sequence[str]) -> GivenFlags:
    """What these words ask for.

    Raises:
        FlagError: they are no flags of this place.
    """
    found = vars(parser(face, program).parse_args(_joined(words)))
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


def flag_help(face: Face, *, besides: Face = Face.NOWHERE) -> str:
    """The flags that exist there, and not in ``besides``, a line or two each."""
    lines = []
    for row in FLAGS:
        if face in row.faces and not besides & row.faces:
            choices = row.settings.get("choices")
            metavar = row.settings.get("metavar") or ("|".join(choices) if choices else "")
            lines.append(f"    {', '.join(row.names)} {metavar}".rstrip() + f"\n        {row.help}")
    return "\n".join(lines)


def checked_name(name: str) -> str:
    """The name of a module or function, which goes to the engine process as UTF-8.

    Raises:
        OptionError: it holds half a character, as a word of a command line does that is no UTF-8.
    """
    if not is_utf8(name):
        raise OptionError("name", name, "text that UTF-8 can write")
    return name


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
