"""A histogram drawn by matplotlib, where that is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qirjit_magic.display.histogram import Histogram
from qirjit_magic.display.labels import percent, shortened
from qirjit_magic.errors import MissingPackageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST_NAME = 40
_INCHES_A_BAR, _INCHES_BESIDE, _WIDTH = 0.28, 1.1, 6.4


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
        _, ax = plt.subplots(figsize=(_WIDTH, _INCHES_BESIDE + _INCHES_A_BAR * len(bars)), layout="constrained")
    # Positions, not names: two long names may be shortened to the same. A dollar sign would begin mathematics.
    names = [shortened(bar.name, _LONGEST_NAME).replace("$", r"\$") for bar in bars]
    drawn = ax.barh(range(len(bars)), [bar.count for bar in bars], color=["0.65" if bar.rest else "C0" for bar in bars])
    ax.bar_label(drawn, [f"{bar.count:,} · {percent(bar.share)}" for bar in bars], padding=4)
    ax.set_yticks(range(len(bars)), names, fontfamily="monospace")
    ax.invert_yaxis()
    ax.margins(x=0.22)
    ax.set_xlabel("shots")
    ax.set_title(shortened(histogram.title, 80).replace("$", r"\$"), loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    return ax
