"""The picture: what a run costs against qubits, gates and shots, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tests.benchmarks.measurements import Measurement

SERIES = {
    "qubits": "qubits of a random dense circuit, one shot",
    "gates": "gates in a row, compiled and run",
    "shots": "shots of a Bell pair",
}
Points = list[tuple[int, float]]


def lines(measured: Iterable[Measurement], series: str) -> dict[str, Points]:
    """The points of each peer that has some: the size, and the median of the costs."""
    points: dict[str, Points] = {}
    for one in measured:
        if one.series == series and one.values:
            points.setdefault(one.who, []).append((one.size, median(one.costs)))
    return {who: sorted(some) for who, some in points.items()}


def draw(measured: list[Measurement], path: Path) -> bool:
    """Write the picture; whether there was something to draw, and matplotlib to do it."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - in the extra `bench` only
    except ImportError:
        return False
    shown = {series: found for series in SERIES if (found := lines(measured, series))}
    if not shown:
        return False
    figure = Figure(figsize=(5 * len(shown), 5), layout="constrained")
    whos = list(dict.fromkeys(one.who for one in measured))
    for axes, (series, found) in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown.items(), strict=True):
        for who, points in found.items():
            number = whos.index(who)
            width = 1 if number else 3
            axes.plot(*zip(*points, strict=True), "o-", color=f"C{number % 10}", label=who, linewidth=width)
        axes.set(xscale="log", yscale="log", xlabel=SERIES[series], ylabel="seconds")
        if series == "qubits":
            sizes = sorted({size for points in found.values() for size, _ in points})
            axes.set_xticks(sizes, labels=[str(size) for size in sizes])
            axes.minorticks_off()
        axes.grid(visible=True, alpha=0.2)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=80)
    return True
