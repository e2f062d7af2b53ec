"""A panel's words, as HTML: how far a run is, what it said, why it failed. All text of programs is escaped."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from qirjit_magic.display.labels import shortened
from qirjit_magic.notebook.panel.tail import Tail
from qirjit_magic.sanitize import sanitize, sanitize_line

if TYPE_CHECKING:
    from qirjit_magic.protocol.messages import Progress
    from qirjit_magic.session.run_result import RunResult

_THOUSAND = 1000
_LONGEST_NAME = 48
_UNITS = ("", " k", " M", " G")
_HUNDRED, _TEN = 100, 10
_SPACE = "\u202f"
_QUIET = "color:var(--jp-ui-font-color2,inherit)"
_TRACK = (
    "display:inline-block;vertical-align:middle;width:12em;max-width:100%;height:0.6em;margin-right:0.8em;"
    "border-radius:0.3em;overflow:hidden;background:var(--jp-border-color2,#8886)"
)
_BAR = "display:block;height:100%;background:var(--jp-brand-color1,#1976d2)"
_PRE = (
    "flex:none;overflow:visible;margin:0;padding:4px 8px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.35;"
    "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);"
    "color:var(--jp-content-font-color1,inherit)"
)
_ERROR = (
    "margin:4px 0;padding:6px 10px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24em;overflow:auto;"
    "word-break:normal;line-height:1.35;font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);"
    "color:var(--jp-content-font-color1,inherit);border-left:3px solid var(--jp-error-color1,#d32f2f);"
    "background:var(--jp-rendermime-error-background,#d32f2f22)"
)
_WRONG = "color:var(--jp-error-color1,#d32f2f);line-height:1.3"

# Decoration only: tabs as wide as their titles, so that all of them find room on a narrow page.
STYLE = (
    "<style>.qirjit-panel .jupyter-widget-tab>.lm-TabBar .lm-TabBar-tab{flex:0 1 auto;min-width:max-content;"
    "padding:0 clamp(4px,1.1vw,14px)}.qirjit-panel .widget-html-content{line-height:1.5}</style>"
)


def number(value: int) -> str:
    """``7 000``, with spaces that do not break."""
    return f"{value:,}".replace(",", _SPACE)


def rate(value: float) -> str:
    """``850``, ``12.4 k`` or ``1.2 M``."""
    unit = 0
    while value >= _THOUSAND - 0.5 and unit < len(_UNITS) - 1:
        value /= _THOUSAND
        unit += 1
    digits = 0 if value >= _HUNDRED else 1 if value >= _TEN or unit else 2
    text = f"{value:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + _UNITS[unit].replace(" ", _SPACE)


def seconds(value: float) -> str:
    """``25 ms``, ``2.5 s``, ``12 s`` or ``3 min``."""
    if value < 1:
        return f"{value * _THOUSAND:.0f}{_SPACE}ms"
    if value < _TEN:
        return f"{value:.1f}{_SPACE}s"
    whole = round(value)
    return f"{whole}{_SPACE}s" if whole < 120 else f"{round(whole / 60):,}{_SPACE}min"  # noqa: PLR2004 - two minutes


def shots(count: int) -> str:
    """``1 shot``, ``7 000 shots``."""
    return f"{number(count)} shot{'' if count == 1 else 's'}"


def progress_words(progress: Progress) -> str:
    """``7 000 / 10 000 · 1.2 M shots/s · 12 s left``."""
    words = [f"{number(progress.done)} / {number(progress.shots)}"]
    if progress.rate:
        words.append(f"{rate(progress.rate)} shots/s")
    if progress.left is not None and progress.left >= 1 and not progress.ended:
        words.append(f"{seconds(progress.left)} left")
    elif not progress.done:
        words.append(f"{seconds(progress.seconds)} so far")
    return " · ".join(words)


def progress_bar(progress: Progress) -> str:
    """A bar, and its words beside it."""
    percent = 100 * progress.done // max(1, progress.shots)
    return (
        f'<span role="progressbar" aria-label="Progress of the shots" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}" style="{_TRACK}"><span style="{_BAR};width:{percent}%"></span></span>'
        f"<span>{progress_words(progress)}</span>"
    )


def end_text(result: RunResult, progress: Progress | None, *, stopped: bool) -> str:
    """Describe the run and its end: what was kept, how long it took, and the seed, with which it can be had again."""
    finished = len(result.table)
    if finished == result.requested:
        words = [shots(finished)]
    else:
        words = [f"{'stopped' if stopped else 'ended early'}: {number(finished)} of {shots(result.requested)} kept"]
    if progress is not None:
        words[0] += f" in {seconds(progress.seconds)}"
        words += [f"{rate(progress.rate)} shots/s"] if progress.rate and finished > 1 else []
    words += [f"seed {result.seed}"] if result.seed is not None else []
    words.append(f"{result.plan.method} on {sanitize_line(result.plan.simulator)}")
    return " · ".join([shortened(result.entry.name, _LONGEST_NAME), *words])


def muted(words: str) -> str:
    """Words in a muted colour, escaped."""
    return f'<span style="{_QUIET}">{escape(words)}</span>'


def problem_note(words: str) -> str:
    """A note on what is wrong with a field; empty where nothing is."""
    return f'<span role="alert" style="{_WRONG}">⚠ {escape(words)}</span>' if words else ""


def newest_text(tail: Tail) -> str:
    """The newest of what a run has said, in the box that keeps its end in sight."""
    text = tail.newest
    above = "… (the newest is shown)\n" if tail.is_cut else ""
    return f'<pre tabindex="0" role="region" aria-label="Output" style="{_PRE}">{escape(above + sanitize(text))}</pre>'


def save_link(tail: Tail, name: str) -> str:
    """A link that saves all that was said, where the box shows only its end; both ends of it where it is a flood."""
    if not tail.is_cut:
        return ""
    data = b64encode(sanitize(tail.whole()).encode()).decode()
    what = f"all {number(tail.lines)} lines" if tail.is_whole else "its beginning and its end: the result has all of it"
    return (
        f'<a download="{escape(name)}" href="data:text/plain;charset=utf-8;base64,{data}" '
        f'style="color:var(--jp-content-link-color,#1976d2)">Save the output</a> '
        f'<span style="{_QUIET}">({what})</span>'
    )


def tab_page(html: str) -> str:
    """A fragment as the page of a tab: as wide as that is, so that what is wider scrolls in its own box."""
    return f'<div style="display:grid;grid-template-columns:minmax(0,1fr)">{html}</div>' if html else ""


def status(html: str) -> str:
    """The line beside the buttons, which may be two."""
    return f'<div style="line-height:1.4;padding:4px 0">{html}</div>'


def error_block(error: BaseException) -> str:
    """An error as it stands under a cell: its kind and its text, no traceback."""
    return f'<pre role="alert" style="{_ERROR}">{escape(sanitize(f"{type(error).__name__}: {error}"))}</pre>'
