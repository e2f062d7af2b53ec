"""The views of a run: below each other in a notebook, in tabs of a panel, and as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qirjit_magic.display.histogram import Histogram
from qirjit_magic.display.labels import number, shortened, shown
from qirjit_magic.display.records import (
    messages_fragment,
    messages_lines,
    omitted_note,
    records_fragment,
    records_lines,
)
from qirjit_magic.display.state import state_fragment, state_lines
from qirjit_magic.display.style import styled
from qirjit_magic.display.summary import FirstTexts, Summarised, Summary
from qirjit_magic.sanitize import sanitize_line

_LONGEST_NAME = 128
_ALL_COUNTS = "result.counts() has all"
_ALL_RETURNS = "result.returns has all"
_ALL_RECORDS = "result.shots[0].outputs has all"
_ALL_MESSAGES = "result.messages has all"


def views(result: Summarised) -> dict[str, str]:
    """The views that the run has something for: title to HTML that brings its style with it.

    The titles are, in this order, ``Histogram``, ``Records``, ``State`` and ``Messages``.

    Args:
        result: a `RunResult`.
    """
    return {name: styled(fragment) for name, fragment in _fragments(result.summary, in_page=False).items()}


def page(summary: Summary) -> str:
    """All views of a run below a line that says what it was, as HTML that brings its style with it."""
    parts = "".join(_fragments(summary, in_page=True).values())
    return styled(f'<div class="qirjit-title">{shown(title(summary), _LONGEST_NAME)}</div>{parts}')


def title(summary: Summary) -> str:
    """``Bell · 1,000 shots``, and what is missing."""
    asked = "" if summary.shots == summary.requested else f" of {summary.requested:,}"
    shots = f"{summary.shots:,}{asked} shot{'' if summary.shots == summary.requested == 1 else 's'}"
    stopped = "" if summary.shots == summary.requested else ", stopped before the end"
    dropped = f", {summary.dropped:,} records and texts found no room" if summary.dropped else ""
    return f"{shortened(summary.entry, _LONGEST_NAME)} · {shots}{stopped}{dropped}"


def outcomes(summary: Summary) -> Histogram:
    """The histogram of the strings of results."""
    return Histogram(summary.outcomes, title(summary), hint=_ALL_COUNTS)


def returned(summary: Summary) -> Histogram:
    """The histogram of what was returned."""
    return Histogram(summary.returned, title(summary), noun="returned value", hint=_ALL_RETURNS)


def _fragments(summary: Summary, *, in_page: bool) -> dict[str, str]:
    # In a page, the title has said how many shots there were, and the cell has shown messages as they came.
    charts = list(_charts(summary))
    if not in_page:
        charts = [replace(chart, title="") for chart in charts]
    folded = in_page and not summary.only_messages
    found = {
        "Histogram": "".join(chart.fragment() for chart in charts),
        "Records": _records(summary),
        "State": _states(summary),
        "Messages": messages_fragment(summary.messages, _ALL_MESSAGES, folded=folded) if summary.messages.total else "",
    }
    return {name: fragment for name, fragment in found.items() if fragment}


def _charts(summary: Summary) -> Iterator[Histogram]:
    if summary.outcomes.total:
        yield outcomes(summary)
    if summary.returned.total and summary.shots > 1:
        yield returned(summary)


def _records(summary: Summary) -> str:
    parts = [records_fragment(summary.records, summary.more_records, _ALL_RECORDS)] if summary.records else []
    if summary.returned.total and summary.shots == 1:
        value = shown(summary.returned.rows[0][0], _LONGEST_NAME)
        parts.append(f'<section>returned <code class="qirjit-value">{value}</code></section>')
    return "".join(parts)


def _states(summary: Summary) -> str:
    parts = [
        (f'<div class="qirjit-note">{which}</div>' if which else "")
        + state_fragment(text, summary.qubits, _ALL_MESSAGES)
        for which, text in _numbered(summary.states)
    ]
    if summary.states.more:
        parts.append(f'<div class="qirjit-note">{omitted_note(summary.states.more, "state dump", _ALL_MESSAGES)}</div>')
    return "".join(parts)


def _numbered(states: FirstTexts) -> Iterator[tuple[str, str]]:
    for place, text in enumerate(states.first, 1):
        yield f"state {place:,} of {states.total:,}" if states.total > 1 else "", text


def describe(summary: Summary) -> str:
    """The run as text: the same views, bounded, in columns."""
    return "\n".join([sanitize_line(title(summary)), *_lines(summary)])


def _lines(summary: Summary) -> Iterator[str]:
    if summary.records:
        yield from records_lines(summary.records, summary.more_records, _ALL_RECORDS)
    for chart in _charts(summary):
        yield from chart.lines()
    if summary.returned.total and summary.shots == 1:
        yield f"returned {shortened(summary.returned.rows[0][0], _LONGEST_NAME)}"
    for which, text in _numbered(summary.states):
        yield from [which] if which else []
        yield from state_lines(text, summary.qubits, _ALL_MESSAGES)
    if summary.states.more:
        yield omitted_note(summary.states.more, "state dump", _ALL_MESSAGES)
    if summary.only_messages:
        yield from messages_lines(summary.messages, _ALL_MESSAGES)
    elif summary.messages.total:
        yield f"{number(summary.messages.total, 'message')}: result.messages"
