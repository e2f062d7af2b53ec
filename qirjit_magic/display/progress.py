"""The progress of a run, as text and as HTML."""

from __future__ import annotations

from math import floor, log10

from qirjit_magic.protocol.messages import Progress

SHOWN_AFTER_S = 1.0  # a run that is over sooner needs no bar
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DIGITS = 3
_TRACK = "display:inline-block;vertical-align:middle;width:16em;max-width:100%;height:0.6em;margin-right:0.8em"
_TRACK_COLOUR = "background:var(--jp-border-color2,#bdbdbd)"
_BAR = "display:block;height:100%;background:var(--jp-brand-color1,#1976d2)"


def is_long(progress: Progress) -> bool:
    """Return whether it has been going on for so long, and still is, that somebody would like to know how far it is."""
    return progress.seconds >= SHOWN_AFTER_S and not progress.ended


def describe(progress: Progress) -> str:
    """``450 of 1,000 shots · 190 shots/s · 3 s left``; once it has ended ``1,000 shots in 5.2 s · 190 shots/s``."""
    part = f"{progress.done:,} of " if progress.done != progress.shots or not progress.ended else ""
    shots = f"{part}{progress.shots:,} shot{'' if progress.shots == 1 else 's'}"
    if progress.ended:
        shots += f" in {_duration(progress.seconds)}"
    elif not progress.done:
        return f"{shots} · {_duration(progress.seconds)} so far"
    words = [shots]
    if progress.rate:
        words.append(f"{_rate(progress.rate)} shots/s")
    if progress.left is not None and not progress.ended:
        words.append(f"{_duration(progress.left)} left")
    return " · ".join(words)


def progress_html(progress: Progress) -> str:
    """The progress as HTML, behind a bar while the run goes on."""
    words = f"<span>{describe(progress)}</span>"
    if progress.ended:
        return f"<div>{words}</div>"
    percent = 100 * progress.done // progress.shots
    return (
        f'<div><span role="progressbar" aria-label="shots" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}" style="{_TRACK};{_TRACK_COLOUR}">'
        f'<span style="{_BAR};width:{percent}%"></span></span>{words}</div>'
    )


def _rate(rate: float) -> str:
    digits = max(0, _DIGITS - 1 - floor(log10(rate)))
    return f"{round(rate, _DIGITS - 1 - floor(log10(rate))):,.{min(digits, _DIGITS)}f}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if seconds < 10:  # noqa: PLR2004 - where a tenth of a second matters
        return f"{seconds:.1f} s"
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{whole // _DAY:,} days"
