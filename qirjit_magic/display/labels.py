"""Words and numbers as views write them; text of programs is made harmless and short here."""

from __future__ import annotations

from html import escape

from qirjit_magic.sanitize import sanitize_line

_ELLIPSIS = "…"


def count_text(count: int, noun: str) -> str:
    """``1 shot``, ``2,000 shots``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shortened(text: str, limit: int) -> str:
    """The text on one line, harmless; of one that is longer the beginning and the end."""
    if len(text) > 2 * limit:  # what stands between is never looked at
        text = f"{text[:limit]}{text[-limit:]}"
        whole = sanitize_line(text)
        return _cut(whole, limit)
    whole = sanitize_line(text)
    return whole if len(whole) <= limit else _cut(whole, limit)


def _cut(text: str, limit: int) -> str:
    end = limit // 3
    return f"{text[: limit - end - 1]}{_ELLIPSIS}{text[-end:]}"


def escaped_label(text: str, limit: int) -> str:
    """The shortened text, escaped for HTML."""
    return escape(shortened(text, limit))


def percent(share: float) -> str:
    """A share of 1 with one digit; what is not nothing and not all does not read as if it were."""
    text = f"{share:.1%}"
    if text == "0.0%" and share > 0:
        return "<0.1%"
    return ">99.9%" if text == "100.0%" and share < 1 else text
