"""The records of one shot as a tree, and what a run said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from qirjit_magic.display.labels import number, shortened, shown
from qirjit_magic.display.summary import FirstTexts
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.output_schemas import value_text
from qirjit_magic.results.records import Record
from qirjit_magic.sanitize import sanitize

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
    label = f' <span class="qirjit-label">{shown(record.label, _LONGEST_LABEL)}</span>' if record.label else ""
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
    return f"… and {number(more, f'more {noun}')}: {hint}"


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
    return f"<section><details><summary>{number(messages.total, 'message')}</summary>{text}</details></section>"


def messages_lines(messages: FirstTexts, hint: str) -> Iterator[str]:
    """The first messages in lines; a line says what is left out."""
    room = _MAX_CHARACTERS
    for place, message in enumerate(messages.first):
        if len(message) > room:
            yield sanitize(message[:room])
            others = messages.total - place - 1
            more = f" and {number(others, 'more message')}" if others else ""
            yield f"… {number(len(message) - room, 'more character')}{more}: {hint}"
            return
        yield sanitize(message)
        room -= len(message) + 1
    if messages.more:
        yield omitted_note(messages.more, "message", hint)
