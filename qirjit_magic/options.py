"""`RunOptions` and `CompileOptions`: what a person may choose, checked once and passed whole to the engine's request.

The magics and the command line make them of flags (`flags`), Python functions of keywords.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypedDict, TypeVar, cast, get_args

import msgspec
from msgspec.structs import force_setattr, replace

from qirjit_magic.errors import OptionError
from qirjit_magic.sanitize import is_utf8

_WORD_BITS = 64
LEVELS = range(4)
Method = Literal["auto", "live", "sampled"]
OutputFormat = Literal["labeled", "ordered", "json", "counts", "none"]
Jobs = int | Literal["auto"]
Argument = bool | int | float | str
MAX_JOBS = 256
# From how many shots on a program is traced: by how many qubits it says that it has.
_WORTH_TRACING = ((22, 1), (10, 16), (0, 1000))


# What goes to the engine is made of Python's own types: messages carry no others.


def _integer(value: object) -> int | None:
    # NumPy's integers are fine, True and 2.0 are not.
    try:
        return None if isinstance(value, bool) else operator.index(cast("int", value))
    except TypeError:
        return None


def _truth(value: object) -> bool | None:
    # 0, 1 and NumPy's are fine, "no" is not.
    try:
        return {True: True, False: False}.get(cast("bool", value))
    except TypeError:  # it has no hash
        return None


def _number(value: float | None) -> float | None:
    # NumPy's numbers and fractions are fine, "5" is not.
    try:
        return None if value is None else float(value + 0.0)
    except (TypeError, ValueError, OverflowError):
        return None


def _argument(value: object) -> Argument | None:
    try:
        value = cast("Any", value).item() if hasattr(value, "item") else value  # NumPy's values are Python's then
    except (TypeError, ValueError):  # an array
        return None
    if isinstance(value, bool):
        return value
    given = _text(value), _integer(value), _number(cast("float", value))
    return next((found for found in given if found is not None), None)


def _arguments(values: Sequence[Argument]) -> list[Argument | None] | None:
    # A text is a sequence too, and no list of arguments.
    try:
        return None if isinstance(values, str | bytes) else [_argument(value) for value in values]
    except TypeError:
        return None


def _text(value: object) -> str | None:
    # NumPy's text and enumerations of text are fine, which `str` itself would give their own words.
    return str.__str__(value) if isinstance(value, str) else None


def _settle(options: CompileOptions | RunOptions, name: str, value: object, expected: str, *, valid: bool) -> None:
    given = getattr(options, name)
    if not valid:
        raise OptionError(name, given, expected)
    force_setattr(options, name, value)


def is_count(number: int) -> bool:
    """Return whether a run can have so many shots."""
    return 1 <= number < 1 << (_WORD_BITS - 1)


def is_seed(number: int) -> bool:
    """Return whether a seed fits 64 bits."""
    return 0 <= number < 1 << _WORD_BITS


class CompileOptions(msgspec.Struct, frozen=True):
    """The options with which a module is compiled, checked when they are made.

    Attributes:
        opt_level: the optimisation level, 0 to 3; None chooses by looking at the module.
        strict: whether the module must keep to the profile that it declares; otherwise there are warnings.
        trust: whether it may hold assembler code and call addresses, and use what only the C library has.

    Raises:
        OptionError: one of them cannot be.

    Example:
        >>> session.add(bell, options=qir.CompileOptions(opt_level=0)).opt_level
        0
    """

    opt_level: int | None = None
    strict: bool = False
    trust: bool = False

    def __post_init__(self) -> None:
        level, strict, trust = _integer(self.opt_level), _truth(self.strict), _truth(self.trust)
        of_level = self.opt_level is None or level in LEVELS
        _settle(self, "opt_level", level, "an integer from 0 to 3, or None", valid=of_level)
        _settle(self, "strict", strict, "True or False", valid=strict is not None)
        _settle(self, "trust", trust, "True or False", valid=trust is not None)

    @property
    def for_object_code(self) -> CompileOptions:
        """The options that can change the object code; the others have their defaults."""
        return replace(self, strict=False)


class RunOptions(msgspec.Struct, frozen=True):
    """The options of a run, checked when they are made. Numbers and text may be NumPy's: they become Python's.

    Attributes:
        shots: the number of shots, at least 1.
        seed: the seed of the simulator's random stream, 64 bits; drawn, and kept in the result, where None.
        simulator: ``auto``: all amplitudes, or ``sparse`` where these find no room; ``statevector``, ``sparse``,
            ``stabilizer``; the path of a shared library, or ``PATH:SYMBOL`` with its initialiser; None: the session's.
        method: ``live``: shot by shot; ``sampled``: the program is traced once, and all results are drawn from its
            state, as ``stabilizer`` always does; ``auto``: sampled where that is exact and pays.
        jobs: the number of processes that may share live shots, with the same result; ``auto``: one a processor, at
            most 8, where it takes more than about a second. Where shots depend on those before it is one.
        args: one value for each parameter, as text or as a number.
        timeout: the seconds after which the run is stopped, those included that it waits for its turn.

    Raises:
        OptionError: a value is none that the option can have.

    Example:
        >>> options = qir.RunOptions(shots=10, seed=7)
        >>> len(session.run("bell", options=options).shots)
        10
    """

    shots: int = 1
    seed: int | None = None
    simulator: str | None = None
    method: Method = "auto"
    jobs: Jobs = 1
    args: tuple[Argument, ...] = ()
    timeout: float | None = None

    def __post_init__(self) -> None:
        shots, seed, timeout = _integer(self.shots), _integer(self.seed), _number(self.timeout)
        simulator, method, jobs = _text(self.simulator), _text(self.method), _text(self.jobs) or _integer(self.jobs)
        counts = shots is not None and is_count(shots)
        _settle(self, "shots", shots, "an integer, 1 or more", valid=counts)
        seeds = self.seed is None or (seed is not None and is_seed(seed))
        _settle(self, "seed", seed, "an integer from 0 to 2**64-1, or None", valid=seeds)
        names = self.simulator is None or bool(simulator and simulator.strip())
        _settle(self, "simulator", simulator, "a name or a path, as text, or None", valid=names)
        _settle(self, "method", method, f"one of {', '.join(get_args(Method))}", valid=method in get_args(Method))
        ends = self.timeout is None or (timeout is not None and timeout > 0)
        _settle(self, "timeout", timeout, "a number of seconds above 0, or None", valid=ends)
        shares = jobs == "auto" or (isinstance(jobs, int) and 1 <= jobs <= MAX_JOBS)
        _settle(self, "jobs", jobs, f"an integer from 1 to {MAX_JOBS}, or 'auto'", valid=shares)
        if not isinstance(self.args, tuple) or self.args:
            args = _arguments(self.args)
            lists = args is not None and None not in args
            _settle(self, "args", tuple(args or ()), "a list of numbers and texts, one a parameter", valid=lists)


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


_O = TypeVar("_O", RunOptions, CompileOptions)
_F = TypeVar("_F", bound=Callable[..., object])


def with_keywords_of(*kinds: type[RunOptions | CompileOptions]) -> Callable[[_F], _F]:
    """Have a function that takes the fields of these as ``**keywords`` name them, for ``help`` and Tab."""
    import inspect  # noqa: PLC0415 - the engine, which has these options too, does without

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


def options_with(kind: type[_O], options: _O, keywords: Mapping[str, object], taker: Callable[..., object]) -> _O:
    """The same options with these instead.

    Args:
        kind: the kind of options that are taken.
        options: the options.
        keywords: new values by name.
        taker: the function that was called with these keywords, whose parameters an error names.

    Raises:
        OptionError: a value cannot be, or the options are of another kind.
        TypeError: there is no such option.
    """
    if not isinstance(options, kind):
        raise OptionError("options" if kind is RunOptions else "compile options", options, f"a {kind.__name__}")
    for name in keywords:
        if name not in options.__struct_fields__:
            import difflib  # noqa: PLC0415 - for a mistake only
            import inspect  # noqa: PLC0415 - likewise

            known = [each for each in inspect.signature(taker).parameters if each != "self"]
            close = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean '{close[0]}'?" if close else f" There are {', '.join(known)}."
            message = f"there is no option '{name}'.{hint}"
            raise TypeError(message)
    return replace(options, **keywords)


def checked_name(name: str) -> str:
    """The name of a module or function, which goes to the engine process as UTF-8.

    Raises:
        OptionError: it holds half a character, as a word of a command line does that is no UTF-8.
    """
    if not is_utf8(name):
        raise OptionError("name", name, "text that UTF-8 can write")
    return name


def chosen_method(method: Method, *, shots: int, qubits: int, simulator: str) -> Method:
    """Choose the method to ask for: ``auto`` samples where that may pay on a simulator nobody chose, and by stim.

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
