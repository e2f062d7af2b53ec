"""The seconds of a run's steps, as a table of text."""

from __future__ import annotations

from qirjit_magic.protocol.timings import UNTIMED, Step, Timings

_WORDS: dict[Step, str] = {
    "start": "until the engine was ready",
    "parse": "LLVM reads the module",
    "verify": "valid, safe, of which profile",
    "optimise": "LLVM's passes",
    "compile": "object code for this machine",
    "link": "addresses of everything that it uses",
    "trace": "one shot, to see whether all do the same",
    "simulate": "the shots",
    "sample": "results drawn from the final state",
    "decode": "columns of what they recorded",
}
_SAMPLED = "the final state"
_REST = "between the processes, and the like"
_CACHED = "nothing: its object code was on the disk"
_NOTHING = "nothing had to be done"
_DIGITS = 3


def timings_table(timings: Timings) -> str:
    """A line for each step that happened, in milliseconds, what is left of the total, and the total."""
    if timings == UNTIMED:
        return _NOTHING
    rows: list[tuple[str, str, str]] = [
        (step, _milliseconds(seconds), _words(step, timings)) for step, seconds in timings.steps.items()
    ]
    if timings.from_cache:
        rows.insert(1 if timings.start else 0, ("compile", "", _CACHED))
    rows += [("rest", _milliseconds(timings.rest), _REST), ("total", _milliseconds(timings.total), "")]
    before = max(len(number.partition(".")[0]) for _, number, _ in rows)
    after = max(len(number.partition(".")[2]) for _, number, _ in rows)
    return "\n".join(
        f"{name:<8}  {_aligned(number, before, after)} {'ms' if number else '  '}  {words}".rstrip()
        for name, number, words in rows
    )


def _words(step: Step, timings: Timings) -> str:
    return _SAMPLED if step == "simulate" and timings.sample else _WORDS[step]


def _milliseconds(seconds: float) -> str:
    # Three digits say what there is to know, and less than a thousandth of a millisecond is noise.
    number = 1000 * seconds
    return f"{number:,.{_DIGITS - min(len(str(int(number))), _DIGITS) if number >= 1 else _DIGITS}f}"


def _aligned(number: str, before: int, after: int) -> str:
    # Points stand below each other; an integer has none.
    whole, point, fraction = number.partition(".")
    return f"{whole:>{before}}{point or (' ' if after else '')}{fraction:<{after}}"
