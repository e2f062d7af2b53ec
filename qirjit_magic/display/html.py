"""A run as HTML: readable in light and dark, and by readers of screens; everything from the program is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from qirjit_magic.display.text import Row, Summary, rows, title, unshown
from qirjit_magic.plain import plain_line
from qirjit_magic.wire.schemas import record_line

_BAR_EM = 16
_BAR_STYLE = "background:var(--jp-brand-color1,#1976d2);height:0.9em;display:inline-block"
_CELL = "text-align:left;padding:2px 12px 2px 0;white-space:pre"
_NUMBER = "text-align:right;padding:2px 12px 2px 0"


def describe(summary: Summary) -> str:
    """The run as a table under a line that says what it was."""
    return f"<div><div>{_shown(title(summary))}</div>{''.join(_parts(summary))}</div>"


def _parts(summary: Summary) -> Iterator[str]:
    if summary.records:
        yield _records(summary)
    elif summary.counts:
        yield _histogram("results", rows(summary.counts))
    if summary.returned and summary.shots == 1:
        yield f"<div>returned <code>{_shown(summary.returned[0][0])}</code></div>"
    elif summary.returned:
        yield _histogram("returned", rows(summary.returned))


def _records(summary: Summary) -> str:
    lines = (record_line(record, labeled=True).split("\t")[1:] for record in summary.records)
    body = "".join(
        f"<tr>{''.join(f'<td style={_quoted(_CELL)}>{_shown(c)}</td>' for c in line)}</tr>" for line in lines
    )
    head = "".join(f'<th scope="col" style={_quoted(_CELL)}>{name}</th>' for name in ("record", "value", "label"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{''.join(unshown(summary))}"


def _histogram(name: str, shown: list[Row]) -> str:
    longest = max(row.share for row in shown) or 1
    head = (
        f'<th scope="col" style={_quoted(_CELL)}>{name}</th><th scope="col" style={_quoted(_NUMBER)}>shots</th>'
        f'<th scope="col" style={_quoted(_NUMBER)}>share</th><th></th>'
    )
    body = "".join(
        f"<tr><td style={_quoted(_CELL)}><code>{_shown(row.name)}</code></td>"
        f"<td style={_quoted(_NUMBER)}>{row.count:,}</td><td style={_quoted(_NUMBER)}>{row.share:.1%}</td>"
        f'<td style="text-align:left"><span style="{_BAR_STYLE};width:{_BAR_EM * row.share / longest:.2f}em"></span>'
        f"</td></tr>"
        for row in shown
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(text: str) -> str:
    return escape(plain_line(text))


def _quoted(style: str) -> str:
    return f'"{style}"'
