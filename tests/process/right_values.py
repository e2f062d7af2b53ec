"""What the words of a row's right value ask for: a check for each, by these words.

A row is ``issue, file, arguments, kind, right value`` of the table of inputs beside the repository.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos
from pathlib import Path

import numpy as np

from qirjit_magic import QirError, Session
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.session.run_result import RunResult
from tests.circuits.chances import most_probable

CHANCE = 1e-9
"""How often one distribution may be refused although it is right."""

_SEED = 7
_HALVES = {"00": 0.5, "11": 0.5}
_LONGEST_LAG = 5_000
_RECORD = re.compile(r"(INT|DOUBLE|BOOL|RESULT|INFO) (\S+)")


@dataclass(frozen=True, slots=True)
class Row:
    """An input with its right value, in words."""

    issue: str
    file: str
    arguments: str
    kind: str
    right: str

    def number(self, option: str, otherwise: int) -> int:
        """The number behind this option in the arguments."""
        found = re.search(rf"--{option} (\d+)", self.arguments)
        return int(found[1]) if found else otherwise


@dataclass(frozen=True, slots=True)
class Trial:
    """A row's input in a session.

    Attributes:
        session: where it is added and run.
        file: the program.
        row: what is right.
    """

    session: Session
    file: Path
    row: Row

    def run(self, **options: object) -> RunResult:
        """Add the program and run it as the row says."""
        self.session.add(self.file, "tried")
        chosen = {name: found for name in ("simulator", "method") if (found := self._option(name))}
        given = {"shots": self.row.number("shots", 1), "seed": self.row.number("seed", _SEED), **chosen, **options}
        result: RunResult = self.session.run(module="tried", **given)  # type: ignore[arg-type] # options of one run
        return result

    def _option(self, name: str) -> str:
        found = re.search(rf"--{name} (\w+)", self.row.arguments)
        return found[1] if found else ""

    def line(self, words: str) -> int:
        """The line in which these words stand first."""
        return next(number for number, line in enumerate(self.file.read_text().splitlines(), 1) if words in line)


def values(result: RunResult) -> list[str]:
    """The values that each shot records, a blank between them."""
    return [" ".join(str(record.value) for record in shot.outputs) for shot in result.shots]


def is_distributed(words: Mapping[str, int], expected: Mapping[str, float]) -> None:
    """These came as often as expected, or as seldom as once in 1/`CHANCE` such tests."""
    assert most_probable(words, expected) > CHANCE, dict(words)


def halves(trial: Trial) -> None:
    """00 and 11, by ``auto`` and live alike."""
    for options in ({}, {"method": "live"}):
        is_distributed(trial.run(**options).counts(), _HALVES)


def halves_or_refused(trial: Trial) -> None:
    """00 and 11 from live shots, or an error."""
    try:
        result = trial.run()
    except QirError:
        return
    assert result.plan.method == "live"
    assert result.counts() == trial.run(method="live").counts()
    if "pattern" not in trial.file.name:  # which acts on one of 4,096
        is_distributed(result.counts(), _HALVES)


def even_bit(trial: Trial) -> None:
    """0 and 1, by ``auto`` and live alike."""
    for options in ({}, {"method": "live"}):
        is_distributed(trial.run(**options).counts(), {"0": 0.5, "1": 0.5})


def as_live(trial: Trial) -> None:
    """With one seed the same by ``auto`` as live."""
    assert values(trial.run()) == values(trial.run(method="live"))


def counted_up(trial: Trial) -> None:
    """A variable counts the shots."""
    assert values(trial.run()) == ["1", "2", "3", "4", "5"]
    assert values(trial.run(shots=2_000))[-1] == "2005"
    trial.session.reset("tried")
    assert values(trial.run(method="live")) == ["1", "2", "3", "4", "5"]


def even_bool_or_refused(trial: Trial) -> None:
    """True and False, or an error."""
    try:
        result = trial.run()
    except QirError:
        return
    is_distributed(Counter(values(result)), {"True": 0.5, "False": 0.5})


def rounding(trial: Trial) -> None:
    """The first shot sees the mode of rounding that was there, and so does the next run."""
    as_live(trial)
    assert values(trial.run())[0] == "1", "to the nearest"


def default_environment(trial: Trial) -> None:
    """A sum is rounded to the nearest after the program ran."""
    trial.run()
    is_a_sum(trial.session, trial.file.with_name("fpenv_victim.ll"))


def victim(trial: Trial) -> None:
    """A sum is rounded to the nearest after another module has chosen something else."""
    trial.session.add(trial.file.with_name("fpenv_sets_rounding.ll"), "sets")
    trial.session.run(module="sets")
    is_a_sum(trial.session, trial.file)


def is_a_sum(session: Session, file: Path) -> None:
    """The program, which adds 0.1 and 0.2, records what IEEE 754 says."""
    session.add(file, "adds")
    assert values(session.run(module="adds", args=(0.1, 0.2)))[0].split()[0] == "0.30000000000000004"


def independent(trial: Trial) -> None:
    """Numbers of different shots know nothing of each other, and are uniform."""
    drawn = trial.run(entry="f")
    numbers = np.array([float(word.split()[0]) for word in values(drawn)])
    numbers -= numbers.mean()
    power = np.abs(np.fft.rfft(numbers, 2 * numbers.size)) ** 2
    lags = np.arange(1, _LONGEST_LAG + 1)
    correlations = np.fft.irfft(power)[1 : _LONGEST_LAG + 1] / (numbers**2).sum()
    assert np.abs(correlations * numbers.size / np.sqrt(numbers.size - lags)).max() < 5
    for seed in (1, 2, 7):
        many = [float(word.split()[0]) for word in values(trial.run(entry="f", shots=50_000, seed=seed))]
        bins = Counter(str(int(number * 1_024)) for number in many)
        is_distributed(bins, {str(place): 1 / 1_024 for place in range(1_024)})


def line_of_the_call(trial: Trial) -> None:
    """The error names the line in which the function is called."""
    told = refusal(trial)
    assert f"line {trial.line('call void')}" in told, told


def unsafe_call(trial: Trial) -> None:
    """The call of an address is refused, at its line."""
    error = refused(trial)
    assert isinstance(error, UnsafeModuleError), error
    assert error.line == trial.line("call void")


def odd_turn(trial: Trial) -> None:
    """A turn about x by pi after one about y."""
    one = cos(1.2) ** 2
    is_distributed(trial.run().counts(), {"1": one, "0": 1 - one})


def names_the_type(trial: Trial) -> None:
    """Refused in words with the type's name; the engine lives."""
    (name,) = re.findall(r"^(%\w+) = type opaque", trial.file.read_text(), re.MULTILINE)
    assert name in refusal(trial)
    assert trial.session.status().restarts == 0
    assert command_line(trial.file).returncode == 1


def equal_bools(trial: Trial) -> None:
    """Both true or both false."""
    is_distributed(Counter(values(trial.run())), {"True True": 0.5, "False False": 0.5})


def fibonacci(trial: Trial) -> None:
    """One of two triples."""
    for seed in range(20):
        assert values(trial.run(seed=seed))[0] in {"55 True 1.5", "89 False -2.25"}


def refused(trial: Trial) -> QirError:
    """The error of adding or running the program."""
    try:
        trial.run()
    except QirError as error:
        return error
    raise AssertionError(f"{trial.file} is not refused")


def refusal(trial: Trial) -> str:
    """The words of that error."""
    return str(refused(trial))


def command_line(file: Path) -> subprocess.CompletedProcess[str]:
    """What the command line makes of a file."""
    command = [sys.executable, "-m", "qirjit_magic", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))


def recorded(trial: Trial) -> None:
    """It runs, and the first shot's records begin with those that the row lists in so many words."""
    lines = [line.split("\t") for line in trial.run().to_text("labeled").splitlines()]
    told = [(parts if parts[0] == "INFO" else parts[1:])[:2] for parts in lines if parts[0] in {"OUTPUT", "INFO"}]
    wanted = [found.groups() for part in trial.row.right.split(", ") if (found := _RECORD.fullmatch(part))]
    assert [tuple(parts) for parts in told][: len(wanted)] == wanted


CHECKS: dict[str, Callable[[Trial], None]] = {
    "00 and 11, half each (auto as live)": halves,
    "00 and 11, half each (live); or refused": halves_or_refused,
    "RESULT 0 and 1, half each (auto as live)": even_bit,
    "auto as live": as_live,
    "INT 1, 2, 3, 4, 5 (auto as live)": counted_up,
    "BOOL true and false, half each; or refused by name": even_bool_or_refused,
    "auto as live (0), and the environment as before afterwards": rounding,
    "the next run of any module sees the default environment": default_environment,
    "DOUBLE 0.30000000000000004": victim,
    "no autocorrelation over shots beyond |z| 5 at lags 1 to 5000; "
    "uniform at 50,000 shots, p > 1e-6, seeds 1, 2, 7": independent,
    "the error names the line of the call, not of the declaration": line_of_the_call,
    "UnsafeModuleError with the line of the call": unsafe_call,
    "as called_address.ll": unsafe_call,
    "P(1) = cos(1.2)^2 = 0.131": odd_turn,
    "status 1, QirError that names the type; the engine lives": names_the_type,
    "BOOL true true or false false, half each": equal_bools,
    "(55, true, 1.5) or (89, false, -2.25)": fibonacci,
}
