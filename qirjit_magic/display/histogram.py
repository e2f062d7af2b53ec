"""Histograms of outcomes: as SVG, as a table in HTML, as text, and drawn by matplotlib where that is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from qirjit_magic.display.labels import count_text, escaped_label, percent, shortened
from qirjit_magic.display.style import guarded_picture, styled, svg_document
from qirjit_magic.errors import MissingPackageError
from qirjit_magic.results.counts import Counts
from qirjit_magic.sanitize import sanitize_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes


Order = Literal["value", "count"]
_LONGEST_NAME = 40  # in the picture and in text
_LONGEST_TOLD = 128  # in the table and on hover
_BESIDE = 18  # a longer name stands above its bar
_ROW, _HIGH_ROW = 24, 36  # pixels: how high a line is, where names stand beside the bars and above them
_BAR, _LOW_BAR = 16, 10
_CHARACTER = 7.9  # of the code font at 13 pixels
_DIGIT = 7.4
_GAP = 10
_WIDTH = 640
_TEXT_WIDTH, _TEXT_BAR = 80, 30
_EIGHTHS = " ▏▎▍▌▋▊▉"
_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """One line of a histogram.

    Attributes:
        name: what came, or how many others.
        count: how often.
        share: of all, between 0 and 1.
        length: of the bar, between 0 and 1, which is that of the most frequent one.
        rest: whether it stands for all that is not named; its bar is cut at 1.
    """

    name: str
    count: int
    share: float
    length: float
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Histogram:
    """A histogram of the outcomes, as notebooks and terminals show it.

    Attributes:
        counts: names and counts of the most frequent outcomes, and how many there are in all.
        title: what was run.
        noun: what an outcome is called, such as ``outcome``.
        order: sorted by ``value``, or by ``count``, the most frequent first.
        hint: how to get what is left out, such as ``result.counts()``.
    """

    counts: Counts
    title: str = ""
    noun: str = "outcome"
    order: Order = "value"
    hint: str = ""

    def bars(self, order: Order | None = None) -> list[HistogramBar]:
        """The bars to draw: one for each outcome that has a name, and one for all others together."""
        rows = self.counts.rows
        if (order or self.order) == "count":
            rows = tuple(sorted(rows, key=lambda row: -row[1]))
        total, longest = self.counts.total or 1, max((count for _, count in rows), default=0) or 1
        bars = [HistogramBar(name, count, count / total, count / longest) for name, count in rows]
        if self.counts.unlisted_distinct:
            rest, name = self.counts.unlisted, count_text(self.counts.unlisted_distinct, "other")
            bars.append(HistogramBar(name, rest, rest / total, rest / longest, rest=True))
        return bars

    def words(self) -> str:
        """Distinct and, where no title says it, total in words; and what is left out."""
        different = "" if self.counts.distinct == 1 else "different "
        words = count_text(self.counts.distinct, f"{different}{sanitize_line(self.noun)}")
        if not self.title:
            words += f" in {count_text(self.counts.total, 'shot')}"
        if not self.counts.unlisted_distinct:
            return words
        more = f": {sanitize_line(self.hint)}" if self.hint else ""
        return f"{words}; the {len(self.counts.rows):,} most frequent are shown{more}"

    def text(self) -> str:
        """The histogram as text, in columns, at most 80 characters wide where names are short."""
        return "\n".join([*([shortened(self.title, _LONGEST_TOLD)] if self.title else []), *self.lines()])

    def lines(self) -> Iterator[str]:
        """The lines of that, without the title."""
        yield self.words()
        yield from _lines(self.bars())

    def svg(self) -> str:
        """The picture alone, as a file of its own, 640 pixels wide, readable in light and dark."""
        bars = self.bars()
        layout = _Layout.of(bars)
        inner = _WIDTH - layout.left - layout.right
        title = f'<text x="0" y="16" class="qirjit-strong">{escaped_label(self.title or self.words(), 80)}</text>'
        area = (
            f'<svg x="{layout.left:g}" y="32" width="{inner:g}" height="{layout.height(bars)}" overflow="visible">'
            f"{''.join(_rows(bars, layout, self.counts.total))}</svg>"
        )
        return svg_document(f"{title}{area}", _WIDTH, layout.height(bars) + 40, self._label())

    def fragment(self) -> str:
        """The histogram as HTML without its style."""
        bars = self.bars()
        other: Order = "value" if self.order == "count" else "count"
        moves = _moves(bars, self.bars(other))
        return (
            f'<section class="qirjit-views"><div class="qirjit-note">{escape(self.words())}</div>'
            f"{self._figure(bars, moves)}{_choices(other if any(moves) else None)}{self._table(bars)}</section>"
        )

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - the signature is IPython's
        exclude: object = None,  # noqa: ARG002 - likewise
    ) -> dict[str, str]:
        title = f'<div class="qirjit-title">{escaped_label(self.title, _LONGEST_TOLD)}</div>' if self.title else ""
        return {"text/plain": self.text(), "text/html": styled(title + self.fragment())}

    def _figure(self, bars: list[HistogramBar], moves: list[int]) -> str:
        layout = _Layout.of(bars)
        picture = (
            f'<svg role="img" aria-label="{escape(self._label())}" height="{layout.height(bars)}" '
            f'style="width:calc(100% - {layout.left + layout.right:g}px);margin-left:{layout.left:g}px">'
            f"{''.join(_rows(bars, layout, self.counts.total, moves))}</svg>"
        )
        return guarded_picture(picture, "qirjit-figure")

    def _label(self) -> str:
        top = sorted(self.counts.rows, key=lambda row: -row[1])[:3]
        most = ", ".join(f"{shortened(name, _LONGEST_NAME)} {percent(n / (self.counts.total or 1))}" for name, n in top)
        return f"Histogram: {self.words()}. Most frequent: {most}."

    def _table(self, bars: list[HistogramBar]) -> str:
        body = "".join(
            f'<tr><th scope="row" class="qirjit-name">{escaped_label(bar.name, _LONGEST_TOLD)}</th>'
            f'<td class="qirjit-number">{bar.count:,}</td>'
            f'<td class="qirjit-number">{escape(percent(bar.share))}</td></tr>'
            for bar in bars
        )
        return (
            '<div class="qirjit-numbers qirjit-scroll"><table class="qirjit-table"><thead><tr>'
            f'<th scope="col">{escaped_label(self.noun, _LONGEST_NAME)}</th>'
            '<th scope="col" class="qirjit-number">shots</th>'
            f'<th scope="col" class="qirjit-number">share</th></tr></thead><tbody>{body}</tbody></table></div>'
        )


def _moves(bars: list[HistogramBar], others: list[HistogramBar]) -> list[int]:
    # By how many lines each bar moves where the other order is chosen.
    places = {bar.name: place for place, bar in enumerate(others)}
    return [places[bar.name] - place for place, bar in enumerate(bars)]


def _choices(other: Order | None) -> str:
    words = {"count": "most frequent first", "value": "sorted by value", None: ""}[other]
    sort = f'<label><input type="checkbox" class="qirjit-sort"> {words}</label>' if other else ""
    table = '<label><input type="checkbox" class="qirjit-as-table"> as a table</label>'
    return f'<div class="qirjit-choices" style="display:none">{sort}{table}</div>'


# -- the picture -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """The places beside the bars, in pixels, and whether names stand above them."""

    left: float
    right: float
    above: bool

    @classmethod
    def of(cls, bars: list[HistogramBar]) -> _Layout:
        names = max((len(_name(bar)) for bar in bars), default=0)
        counts = max((len(f"{bar.count:,}") for bar in bars), default=1)
        above = names > _BESIDE
        return cls(1 if above else _CHARACTER * names + _GAP, _DIGIT * (counts + 7) + 2 * _GAP, above)

    @property
    def row(self) -> int:
        return _HIGH_ROW if self.above else _ROW

    @property
    def bar(self) -> int:
        return _LOW_BAR if self.above else _BAR

    def height(self, bars: list[HistogramBar]) -> int:
        return len(bars) * self.row


def _name(bar: HistogramBar) -> str:
    return shortened(bar.name, _LONGEST_NAME)


def _rows(bars: list[HistogramBar], layout: _Layout, total: int, moves: Sequence[int] = ()) -> Iterator[str]:
    counts_end = layout.right - _DIGIT * 7 - _GAP
    for place, bar in enumerate(bars):
        top = (place + 1) * layout.row - layout.bar - 4
        base = top + layout.bar // 2 + 5
        share = f"{bar.count:,} of {count_text(total, 'shot')}, {percent(bar.share)}"
        told = f"{shortened(bar.name, _LONGEST_TOLD)}: {share}"
        name_at = f'x="0" y="{top - 5}"' if layout.above else f'x="-{_GAP}" y="{base}" text-anchor="end"'
        kind = "qirjit-soft" if bar.rest else "qirjit-name"
        moved = f' style="--qirjit-move:{moves[place] * layout.row}px"' if any(moves) else ""
        yield (
            f'<g class="qirjit-row"{moved}><title>{escape(told)}</title>'
            f'<rect class="qirjit-track" y="{top}" width="100%" height="{layout.bar}"/>{_bar(bar, top, layout.bar)}'
            f'<text class="{kind}" {name_at}>{escape(_name(bar))}</text>'
            f'<text class="qirjit-number" x="100%" dx="{counts_end:g}" y="{base}" '
            f'text-anchor="end">{bar.count:,}</text>'
            f'<text class="qirjit-number qirjit-soft" x="100%" dx="{layout.right:g}" y="{base}" '
            f'text-anchor="end">{escape(percent(bar.share))}</text></g>'
        )
    yield f'<path class="qirjit-line" d="M-.5 0V{layout.height(bars)}"/>' if not layout.above else ""


def _bar(bar: HistogramBar, top: int, height: int) -> str:
    kind = "qirjit-rest" if bar.rest else "qirjit-bar"
    width = 100 * min(bar.length, 1)
    rect = f'<rect class="{kind}" y="{top}" width="{width:.4g}%" height="{height}" rx="2"/>'
    if bar.length <= 1:
        return rect
    # Longer than there is room: a gap says so.
    gap = f'<path class="qirjit-gap" d="M-22 {height + 2}L-14 -2"/>'
    return f'{rect}<svg x="100%" y="{top}" overflow="visible">{gap}</svg>'


# -- text --------------------------------------------------------------------------------------------------------------


def _lines(bars: list[HistogramBar]) -> Iterator[str]:
    names = [_name(bar) for bar in bars]
    width = max(map(len, names), default=0)
    count_width = max((len(f"{bar.count:,}") for bar in bars), default=0)
    room = max(_TEXT_BAR // 3, min(_TEXT_BAR, _TEXT_WIDTH - width - count_width - 12))
    for bar, name in zip(bars, names, strict=True):
        yield f"{name:<{width}}  {bar.count:>{count_width},}  {percent(bar.share):>6}  {_blocks(bar, room)}".rstrip()


def _blocks(bar: HistogramBar, room: int) -> str:
    if bar.length > 1:
        return "█" * (room - 3) + "▌▐█"
    eighths = round(_BLOCKS * room * bar.length)
    if not eighths and bar.count:
        eighths = 1
    return "█" * (eighths // _BLOCKS) + _EIGHTHS[eighths % _BLOCKS].strip()


_LONGEST_DRAWN = 40
_INCHES_A_BAR, _INCHES_BESIDE, _INCHES = 0.28, 1.1, 6.4


def draw(histogram: Histogram, ax: Axes | None = None) -> Axes:
    """The histogram as horizontal bars with counts and shares.

    Args:
        histogram: what to draw.
        ax: where; a new figure of pyplot where there is none.

    Raises:
        MissingPackageError: matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot as plt  # noqa: PLC0415 - half a second, and it is an extra
    except ImportError:
        raise MissingPackageError("matplotlib", "result.plot()", "plot") from None
    bars = histogram.bars()
    if ax is None:
        _, ax = plt.subplots(figsize=(_INCHES, _INCHES_BESIDE + _INCHES_A_BAR * len(bars)), layout="constrained")
    # Positions, not names: two long names may be shortened to the same. A dollar sign would begin mathematics.
    names = [shortened(bar.name, _LONGEST_DRAWN).replace("$", r"\$") for bar in bars]
    drawn = ax.barh(range(len(bars)), [bar.count for bar in bars], color=["0.65" if bar.rest else "C0" for bar in bars])
    ax.bar_label(drawn, [f"{bar.count:,} · {percent(bar.share)}" for bar in bars], padding=4)
    ax.set_yticks(range(len(bars)), names, fontfamily="monospace")
    ax.invert_yaxis()
    ax.margins(x=0.22)
    ax.set_xlabel("shots")
    ax.set_title(shortened(histogram.title, 80).replace("$", r"\$"), loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    return ax
