"""The figures as Markdown, and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.benchmarks.measurements import FLOOR, OURS, Measurement, Spread, Verdict, ratios, spread
from tests.benchmarks.peers import OTHERS, PEERS

EXPLANATION = """\
A cell says how many times as long as qirjit_magic the peer takes: the median of the rounds, and the lowest and highest
(one number: one round). What is timed is what a user waits for in a process that is warm. Who runs QIR is given the
program's text, compiles it each time anew and runs it; Qulacs, stim, Aer and qsim are given circuits that are built
beforehand. Each gives its results as it does: qirjit_magic, qirc and Aer count, QDK gives a list, qirrunner's text is
dropped, the others give bits. Each uses the threads it wants, Qulacs and qsim as many as there are cores; qsim computes
in single precision. \\* fewer shots were run: what all would take at their rate is compared. The bandwidth floor is one
compiled pass that reads and writes the state, for each pass that fusing leaves."""


def machine() -> str:
    """The machine, the date, and the versions of all peers, in a line."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    packages = dict.fromkeys(peer.package for peer in PEERS)
    versions = ", ".join(f"{package} {_version(package)}" for package in packages)
    date = datetime.now(UTC).date().isoformat()
    return f"{date}, {model}, {os.cpu_count()} cores, {gib} GiB, Python {platform.python_version()}; {versions}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def markdown(measured: Sequence[Measurement], judged: Sequence[Verdict], where: str) -> str:
    """All of it: machine, targets, ratios, and what was left out."""
    parts = [f"Measured on {where}", *_targets(judged), EXPLANATION, "\n".join(_ratios(measured))]
    if left_out := list(_left_out(measured)):
        parts += ["Left out:", "\n".join(left_out)]
    return "\n\n".join(parts) + "\n"


def _targets(judged: Sequence[Verdict]) -> list[str]:
    measured = [verdict for verdict in judged if verdict.met is not None]
    rows = ["| what it must show | wanted | found | |", "|---|---|---|---|", *map(_target, measured)]
    others = [verdict.title + _against(verdict) for verdict in judged if verdict.met is None]
    return ["\n".join(rows)] * bool(measured) + [f"Not measured in this run: {', '.join(others)}."] * bool(others)


def _target(verdict: Verdict) -> str:
    target = verdict.target
    unit = f" {target.unit}"
    match target.kind:
        case "times as fast":
            wanted, unit = f"≥ {target.wanted:g}x", "x"
        case "times as long at most":
            wanted, unit = f"≤ {target.wanted:g}x", "x"
        case "seconds more at most":
            wanted = f"≤ {target.wanted:g} s more"
        case "at most":
            wanted = f"≤ {digits(target.wanted)}{unit}"
    assert verdict.found
    said = (
        f"met, {digits(verdict.share)}x"
        if verdict.met
        else f"**missed**, {digits(1 / verdict.share)}x short{_why(verdict)}"
    )
    return f"| {verdict.title}{_against(verdict)} | {wanted} | {_spread(verdict.found, unit)} | {said} |"


def _why(verdict: Verdict) -> str:
    before = f"{100 * verdict.before:.0f} % of the time is compiling and the first shot" if verdict.before else ""
    reasons = [reason for reason in (verdict.target.why, before) if reason]
    return f": {'; '.join(reasons)}" if reasons else ""


def _against(verdict: Verdict) -> str:
    return f" against {verdict.target.peer}" if verdict.target.peer else ""


def _ratios(measured: Sequence[Measurement]) -> list[str]:
    peers = [peer.name for peer in OTHERS] + [FLOOR]
    found = {(one.case, one.who): one for one in measured}
    shown = [name for name in peers if any(one.who == name and one.values for one in measured)]
    rows = [f"| | {OURS} | {' | '.join(shown)} |", f"|---|---|{'---|' * len(shown)}"]
    for case in dict.fromkeys(one.case for one in measured):
        ours = found.get((case, OURS))
        own = spread(ours.costs) if ours else None
        if not ours or not own:
            continue
        cells = [_ratio(ours, found.get((case, name))) for name in shown]
        rows.append(f"| {ours.title} | {_cost(own, ours)} | {' | '.join(cells)} |")
    return rows


def _ratio(ours: Measurement, theirs: Measurement | None) -> str:
    times = spread(ratios(ours, theirs)) if theirs else None
    if not theirs or not times:
        return "-"
    return _spread(times, "x") + (" \\*" if theirs.shots < theirs.wanted_shots else "")


def _left_out(measured: Iterable[Measurement]) -> Iterable[str]:
    cases: dict[tuple[str, str], list[str]] = {}
    for one in measured:
        if one.why:
            cases.setdefault((one.why, one.who), []).append(one.case)
    whos: dict[tuple[str, str], list[str]] = {}
    for (why, who), names in cases.items():
        whos.setdefault((why, ", ".join(names)), []).append(who)
    for (why, joined), leaving in whos.items():
        yield f"- {why}: {'; '.join(leaving)} ({joined})"


def _cost(found: Spread, of: Measurement) -> str:
    if of.unit == "MiB":
        return _spread(found, " MiB")
    scale, unit = (1000, " ms") if found.median < 1 else (1, " s")
    scaled = Spread(found.median * scale, found.low * scale, found.high * scale)
    return _spread(scaled, unit) + (" \\*" if of.shots < of.wanted_shots else "")


def _spread(found: Spread, unit: str) -> str:
    single = found.low == found.high
    return f"{digits(found.median)}{unit}" + ("" if single else f" ({digits(found.low)} to {digits(found.high)})")


def digits(number: float) -> str:
    """The number with as many digits as mean something: three for what is small, else none behind the point."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}" if abs(number) >= 1 else f"{number:.2g}"


def to_json(measured: Sequence[Measurement], judged: Sequence[Verdict], where: str) -> str:
    """All of it, each value too."""
    return json.dumps(
        {
            "machine": where,
            "targets": [asdict(verdict) | {"met": verdict.met} for verdict in judged],
            "measurements": [asdict(one) for one in measured],
        },
        indent=1,
    )
