from __future__ import annotations

import enum
import inspect
import shlex
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec import structs

import qirjit_magic as qir
from qirjit_magic.errors import OptionError
from qirjit_magic.flags import FLAGS, FlagContext, FlagError, GivenFlags, flag_help, parse
from qirjit_magic.options import CompileKeywords, CompileOptions, RunKeywords, RunOptions, options_with

_CONTEXTS = {FlagContext.CELL: "", FlagContext.LINE: "", FlagContext.COMMAND: "bell.ll "}


def _parse(context: FlagContext, flags: str) -> GivenFlags:
    return parse(context, "qir", shlex.split(_CONTEXTS[context] + flags))


@pytest.mark.parametrize("context", _CONTEXTS)
def test_without_flags_everything_has_its_default(context: FlagContext) -> None:
    options = _parse(context, "")
    assert options == GivenFlags(file="bell.ll" if context is FlagContext.COMMAND else None)


@pytest.mark.parametrize("context", _CONTEXTS)
@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        ("--entry main", "entry", "main"),
        ("-e main", "entry", "main"),
        ("--shots 1000", "shots", 1000),
        ("-s 1_000", "shots", 1000),
        ("-s 1,000", "shots", 1000),
        ("-s 0x10", "shots", 16),
        ("--seed 0", "seed", 0),
        (f"--seed {2**64 - 1}", "seed", 2**64 - 1),
        ("--simulator ./libsim.so:InitSim", "simulator", "./libsim.so:InitSim"),
        ("--method live", "method", "live"),
        ("--jobs 4", "jobs", 4),
        ("-j auto", "jobs", "auto"),
        ("--name bell", "name", "bell"),
        ("-n bell", "name", "bell"),
        ("--args 3", "args", ("3",)),
        ("--args '3, 0.5,true'", "args", ("3", "0.5", "true")),
        ("--args ''", "args", ()),
        ("--args -3", "args", ("-3",)),
        ("--args -3,4", "args", ("-3", "4")),
        ("--args -1e-3", "args", ("-1e-3",)),
        ("--args=-3,-4", "args", ("-3", "-4")),
        ("--format counts", "format", "counts"),
        ("--timeout 0.5", "timeout", 0.5),
        ("--strict", "strict", True),
        ("--trust", "trust", True),
        ("--time", "time", True),
        ("--no-run", "no_run", True),
        ("--quiet", "quiet", True),
    ],
)
def test_a_flag_means_the_same_everywhere(context: FlagContext, flags: str, name: str, value: object) -> None:
    expected = _by_name(GivenFlags(file="bell.ll" if context is FlagContext.COMMAND else None))
    assert _by_name(_parse(context, flags)) == expected | {name: value}


def _by_name(flags: GivenFlags) -> dict[str, object]:
    found = structs.asdict(flags)
    run, compiling = found.pop("run"), found.pop("compile")
    return found | structs.asdict(run) | structs.asdict(compiling)


@pytest.mark.parametrize("context", _CONTEXTS)
@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--shots 0", "'0'"),
        ("--shots -5", "'-5'"),
        ("--shots many", "'many'"),
        ("--shots 1.5", "'1.5'"),
        ("--seed -1", "'-1'"),
        (f"--seed {2**64}", f"'{2**64}'"),
        ("--timeout 0", "'0'"),
        ("--timeout nan", "'nan'"),
        ("--timeout inf", "'inf'"),
        ("--method quick", "'quick'"),
        ("--jobs 0", "'0'"),
        ("--jobs 257", "'257'"),
        ("--jobs -1", "'-1'"),
        ("--jobs all", "'all'"),
        ("--format xml", "'xml'"),
        ("--shots", "--shots"),
        ("--shot 5", "--shot"),
        ("--unheard-of", "--unheard-of"),
    ],
)
def test_a_mistake_names_the_value(context: FlagContext, flags: str, said: str) -> None:
    with pytest.raises(FlagError) as caught:
        _parse(context, flags)
    assert said in str(caught.value)


@pytest.mark.parametrize("context", [FlagContext.CELL, FlagContext.LINE])
def test_a_notebook_keeps_the_result_in_a_variable(context: FlagContext) -> None:
    assert _parse(context, "-o bell").output == "bell"


@pytest.mark.parametrize("name", ["a.b", "3d", "a b", "", "class"])
def test_a_result_needs_the_name_of_a_variable(name: str) -> None:
    with pytest.raises(FlagError, match="variable"):
        _parse(FlagContext.CELL, f"-o {shlex.quote(name)}")


@pytest.mark.parametrize(
    ("context", "flags"),
    [
        (FlagContext.COMMAND, "-o bell"),
        (FlagContext.COMMAND, "--file other.ll"),
        (FlagContext.CELL, "--file bell.ll"),
        (FlagContext.CELL, "main"),
    ],
)
def test_a_flag_exists_only_in_its_places(context: FlagContext, flags: str) -> None:
    with pytest.raises(FlagError):
        _parse(context, flags)


@pytest.mark.parametrize("context", [FlagContext.LINE, FlagContext.COMMAND])
def test_an_entry_point_may_stand_without_its_flag(context: FlagContext) -> None:
    assert _parse(context, "main").entry == "main"
    assert _parse(context, "main --entry main").entry == "main"


@pytest.mark.parametrize("context", [FlagContext.LINE, FlagContext.COMMAND])
def test_two_different_entry_points_are_refused(context: FlagContext) -> None:
    with pytest.raises(FlagError, match="'main' and 'other'"):
        _parse(context, "main --entry other")


def test_a_line_may_compile_a_file_first() -> None:
    assert _parse(FlagContext.LINE, "--file bell.ll").file == _parse(FlagContext.LINE, "-f bell.ll").file == "bell.ll"


def test_the_command_line_needs_a_file() -> None:
    with pytest.raises(FlagError, match="FILE"):
        parse(FlagContext.COMMAND, "qir", [])


def test_standard_input_is_a_file() -> None:
    assert parse(FlagContext.COMMAND, "qir", ["-", "main"]).file == "-"


@pytest.mark.parametrize("context", _CONTEXTS)
def test_the_help_has_every_flag_of_the_place_and_no_other(context: FlagContext) -> None:
    said = flag_help(context).split()
    for row in FLAGS:
        for name in row.names:
            assert (name in {word.rstrip(",") for word in said}) == (context in row.contexts), name


@pytest.mark.parametrize("context", [FlagContext.CELL, FlagContext.LINE])
def test_a_magic_has_no_help_flag_that_would_end_the_kernel(context: FlagContext) -> None:
    with pytest.raises(FlagError):
        _parse(context, "--help")


def test_the_command_line_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(FlagContext.COMMAND, "qirjit", ["--help"])
    assert not end.value.code
    said = capsys.readouterr().out
    assert [row.names[-1] for row in FLAGS if FlagContext.COMMAND in row.contexts and row.names[-1] not in said] == []


def test_every_flag_ends_in_an_option() -> None:
    names = _by_name(GivenFlags()).keys()
    options = {row.settings.get("dest", row.names[-1].removeprefix("--").replace("-", "_")) for row in FLAGS}
    assert options == names


@pytest.mark.parametrize("jobs", [0, -1, 257, 1.5, True, "many", "2", None])
def test_a_number_of_processes_that_cannot_be_is_refused(jobs: Any) -> None:
    with pytest.raises(OptionError, match="jobs"):
        RunOptions(jobs=jobs)


@pytest.mark.parametrize(("jobs", "number"), [(1, 1), (256, 256), ("auto", "auto"), (np.int64(3), 3)])
def test_a_number_of_processes_is_a_python_integer_or_auto(jobs: Any, number: object) -> None:
    checked = RunOptions(jobs=jobs).jobs
    assert (type(checked), checked) == (type(number), number)


@pytest.mark.parametrize("level", [-1, 4, 1.0, True, "2"])
def test_an_optimisation_level_that_cannot_be_is_refused(level: Any) -> None:
    with pytest.raises(OptionError, match="opt_level"):
        CompileOptions(level)


def test_keywords_change_options_that_are_checked_again() -> None:
    options = options_with(RunOptions, RunOptions(shots=10, seed=1), {"shots": np.int64(20)}, qir.run)
    assert (options.shots, options.seed, type(options.shots)) == (20, 1, int)
    with pytest.raises(OptionError, match="shots"):
        options_with(RunOptions, options, {"shots": 0}, qir.run)


@pytest.mark.parametrize("kind", [RunOptions, CompileOptions])
@pytest.mark.parametrize("given", [None, {}, 5, RunOptions(), CompileOptions()])
@pytest.mark.parametrize("keywords", [{}, {"shots": 1}, {"strict": True}])
def test_options_of_another_kind_are_refused(kind: Any, given: Any, keywords: dict[str, object]) -> None:
    if not isinstance(given, kind):
        with pytest.raises(OptionError, match=f"it must be a {kind.__name__}"):
            options_with(kind, given, keywords, qir.run)


@pytest.mark.parametrize(
    ("taker", "name", "hint"),
    [
        (qir.run, "shot", "'shots'"),
        (qir.run, "opt_levl", "'opt_level'"),
        (qir.Session.run, "modul", "'module'"),
        (qir.Session.run, "zzz", "There are entry, module, options, show, shots, seed"),
    ],
)
def test_an_unknown_option_is_told_with_what_its_function_takes(
    taker: Callable[..., object], name: str, hint: str
) -> None:
    with pytest.raises(TypeError, match=f"no option '{name}'.*{hint}"):
        options_with(RunOptions, RunOptions(), {name: 1}, taker)


class _Method(enum.StrEnum):
    LIVE = "live"


class _Sum:
    """It adds to whatever one likes, and is no number."""

    def __add__(self, other: object) -> str:
        return "sum"


@pytest.mark.parametrize(
    ("kind", "name", "given", "plain"),
    [
        (RunOptions, "timeout", np.float32(0.5), 0.5),
        (RunOptions, "timeout", Fraction(1, 2), 0.5),
        (RunOptions, "timeout", True, 1.0),
        (RunOptions, "simulator", np.str_("sparse"), "sparse"),
        (RunOptions, "method", _Method.LIVE, "live"),
        (RunOptions, "jobs", np.str_("auto"), "auto"),
        (RunOptions, "shots", np.int64(3), 3),
        (RunOptions, "seed", np.uint64(2**64 - 1), 2**64 - 1),
        (RunOptions, "args", ["3", 4, 0.5, True], ("3", 4, 0.5, True)),
        (RunOptions, "args", np.array([1, 2]), (1, 2)),
        (RunOptions, "args", (np.float32(0.5), np.True_, np.str_("x")), (0.5, True, "x")),
        (CompileOptions, "opt_level", np.int8(2), 2),
        (CompileOptions, "strict", 1, True),
        (CompileOptions, "trust", np.True_, True),
    ],
)
def test_what_can_be_an_option_can_be_sent(kind: Any, name: str, given: object, plain: object) -> None:
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(kind(**{name: given})), type=kind)
    assert (type(getattr(sent, name)), sent) == (type(plain), kind(**{name: plain}))


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (RunOptions, "timeout", 0),
        (RunOptions, "timeout", "5"),
        (RunOptions, "timeout", [5]),
        (RunOptions, "timeout", float("nan")),
        (RunOptions, "timeout", 10**400),
        (RunOptions, "timeout", _Sum()),
        (RunOptions, "simulator", 5),
        (RunOptions, "simulator", ""),
        (RunOptions, "simulator", " "),
        (RunOptions, "args", None),
        (RunOptions, "args", 3),
        (RunOptions, "args", "34"),
        (RunOptions, "args", [object()]),
        (RunOptions, "args", [[1]]),
        (RunOptions, "args", np.ones((2, 2))),
        (RunOptions, "method", ["live"]),
        (CompileOptions, "strict", "no"),
        (CompileOptions, "trust", "no"),
        (CompileOptions, "trust", None),
        (CompileOptions, "trust", [1]),
    ],
)
def test_an_option_that_cannot_be_is_refused_with_its_name_and_value(kind: Any, name: str, value: Any) -> None:
    with pytest.raises(OptionError) as caught:
        kind(**{name: value})
    assert (caught.value.option, caught.value.value) == (name, value)


@pytest.mark.parametrize(
    ("function", "kinds"),
    [
        (qir.Session.add, [CompileOptions]),
        (qir.Session.run, [RunOptions]),
        (qir.Session.run_async, [RunOptions]),
        (qir.run, [RunOptions, CompileOptions]),
    ],
)
def test_a_function_names_every_option_that_it_takes(function: Callable[..., object], kinds: list[Any]) -> None:
    told = inspect.signature(function).parameters
    for kind in kinds:
        for name, default in zip(kind.__struct_fields__, kind.__struct_defaults__, strict=True):
            assert told[name].default == default
    assert not any(parameter.kind is parameter.VAR_KEYWORD for parameter in told.values())


@pytest.mark.parametrize(("keywords", "kind"), [(RunKeywords, RunOptions), (CompileKeywords, CompileOptions)])
def test_the_keywords_are_the_fields_of_the_options(keywords: Any, kind: Any) -> None:
    assert keywords.__annotations__.keys() == set(kind.__struct_fields__)
