"""HTML as tests look at it: its elements, what it says, and what is left where a page is not trusted."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"br", "input", "meta", "link", "img", "hr"}
# What JupyterLab 4.6 leaves of an output that is not trusted is in `allowedTags` of its Sanitizer: no SVG and no style
# sheet, but the text of every element, apart from these.
_DROPPED_WITH_TEXT = {"style", "script", "textarea", "option", "noscript"}
_DROPPED = {"svg", "g", "rect", "path", "circle", "text", "title", "line", "tspan"}


class Page(HTMLParser):
    """The elements, the attributes and the text of a page in which every element is closed.

    Attributes:
        elements: their names, in order.
        attributes: names and values of all of them.
        said: all text.
        seen: the text that a page shows which drops SVG and style sheets: what neither hides nor is hidden.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.said = self.seen = ""
        self._open: list[tuple[str, bool]] = []  # an element, and whether what is in it is hidden
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        values = {name: value or "" for name, value in attrs}
        self.attributes += values.items()
        if tag not in _VOID:
            hidden = tag in _DROPPED_WITH_TEXT or (tag not in _DROPPED and "display:none" in values.get("style", ""))
            self._open.append((tag, hidden or self._hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.said += data
        if not self._hidden:
            self.seen += f"{data} "

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]
