"""The views of a run: below each other in a notebook, in tabs of a panel, and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from qirjit_magic.display.histogram import Histogram
from qirjit_magic.display.labels import count_text, escaped_label, shortened
from qirjit_magic.display.state import state_fragment, state_lines
from qirjit_magic.display.style import styled
from qirjit_magic.display.summary import FirstTexts, Summarised, Summary
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.output_schemas import value_text
from qirjit_magic.results.records import Record
from qirjit_magic.sanitize import sanitize, sanitize_line

_CONTAINERS = (RecordKind.TUPLE, RecordKind.ARRAY)
_LONGEST_VALUE = 128
_ALIGNED = 32  # labels stand behind values as long as this
_LONGEST_LABEL = 80
_TREE = ' class="qirjit-tree"'
_DEEPEST = 20  # what lies deeper stands beside what holds it
_MAX_CHARACTERS = 10_000  # of messages


@dataclass(slots=True)
class Node:
    """A record, and those that it holds."""

    record: Record
    items: list[Node] = field(default_factory=list)


def tree(records: Sequence[Record]) -> list[Node]:
    """The records that lie in no container, each with what it holds; the records stay in their order."""
    top: list[Node] = []
    begun: list[tuple[Node, int]] = []  # a container, and how many items it still waits for
    for record in records:
        node = Node(record)
        (begun[-1][0].items if begun else top).append(node)
        if begun:
            begun[-1] = (begun[-1][0], begun[-1][1] - 1)
        if record.kind in _CONTAINERS and len(begun) < _DEEPEST:
            begun.append((node, int(record.value)))
        while begun and begun[-1][1] <= 0:
            begun.pop()
    return top


def records_fragment(records: Sequence[Record], more: int, hint: str) -> str:
    """The tree as HTML without its style.

    Args:
        records: the first records of a shot.
        more: how many more there are.
        hint: how to get those.
    """
    rest = f'<div class="qirjit-note">{escape(omitted_note(more, "record", hint))}</div>' if more else ""
    return f"<section>{_list(tree(records), _TREE)}{rest}</section>"


def _list(nodes: Sequence[Node], kind: str = "") -> str:
    items = "".join(f"<li>{_item(node.record)}{_list(node.items) if node.items else ''}</li>" for node in nodes)
    return f"<ul{kind}>{items}</ul>"


def _item(record: Record) -> str:
    label = f' <span class="qirjit-label">{escaped_label(record.label, _LONGEST_LABEL)}</span>' if record.label else ""
    kind = "qirjit-items" if record.kind in _CONTAINERS else "qirjit-value"
    value = f'<span class="{kind}">{escape(_value(record))}</span>'
    return f'<span class="qirjit-kind">{record.kind.name}</span> {value}{label}'


def records_lines(records: Sequence[Record], more: int, hint: str) -> Iterator[str]:
    """The tree in lines of text, values below each other."""
    rows = [(f"{branch}{node.record.kind.name}", node.record) for branch, node in _branches(tree(records))]
    width = max((len(kind) for kind, _ in rows), default=0)
    values = [len(_value(record)) for _, record in rows]
    value_width = max((length for length in values if length <= _ALIGNED), default=0)
    for kind, record in rows:
        label = shortened(record.label, _LONGEST_LABEL) if record.label else ""
        yield f"{kind:<{width}}  {_value(record):<{value_width}}  {label}".rstrip()
    if more:
        yield omitted_note(more, "record", hint)


def _branches(nodes: Sequence[Node], before: str = "", *, top: bool = True) -> Iterator[tuple[str, Node]]:
    for node in nodes:
        last = node is nodes[-1]
        yield ("" if top else f"{before}{'└─ ' if last else '├─ '}"), node
        yield from _branches(node.items, "" if top else f"{before}{'   ' if last else '│  '}", top=False)


def _value(record: Record) -> str:
    if record.kind in _CONTAINERS:
        return f"of {record.value:,}"
    return shortened(value_text(record), _LONGEST_VALUE)


def omitted_note(more: int, noun: str, hint: str) -> str:
    """A line about what is left out."""
    return f"… and {count_text(more, f'more {noun}')}: {hint}"


# -- messages ----------------------------------------------------------------------------------------------------------


def messages_fragment(messages: FirstTexts, hint: str, *, folded: bool) -> str:
    """The messages of a run, as HTML without its style.

    Args:
        messages: the first of it.
        hint: how to get the rest.
        folded: whether it stands behind a line that one opens, because it was shown while it came.
    """
    text = f'<pre class="qirjit-text">{escape(chr(10).join(messages_lines(messages, hint)))}</pre>'
    if not folded:
        return f"<section>{text}</section>"
    return f"<section><details><summary>{count_text(messages.total, 'message')}</summary>{text}</details></section>"


def messages_lines(messages: FirstTexts, hint: str) -> Iterator[str]:
    """The first messages in lines; a line says what is left out."""
    room = _MAX_CHARACTERS
    for place, message in enumerate(messages.first):
        if len(message) > room:
            yield sanitize(message[:room])
            others = messages.total - place - 1
            more = f" and {count_text(others, 'more message')}" if others else ""
            yield f"… {count_text(len(message) - room, 'more character')}{more}: {hint}"
            return
        yield sanitize(message)
        room -= len(message) + 1
    if messages.more:
        yield omitted_note(messages.more, "message", hint)


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


def result_html(summary: Summary) -> str:
    """All views of a run below a line that says what it was, as HTML that brings its style with it."""
    parts = "".join(_fragments(summary, in_page=True).values())
    return styled(f'<div class="qirjit-title">{escaped_label(title(summary), _LONGEST_NAME)}</div>{parts}')


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
        value = escaped_label(summary.returned.rows[0][0], _LONGEST_NAME)
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
        yield f"{count_text(summary.messages.total, 'message')}: result.messages"
