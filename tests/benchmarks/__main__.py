"""This project beside its peers, the same programs in turn: a table of ratios, and a picture.

Run: ``python -m tests.benchmarks [--quick] [--cases 'dense-*'] [--out DIR] [--readme]``, in an environment with the
extras ``test`` and ``bench``. A full run takes up to 25 minutes, ``--quick`` up to three.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from tests.benchmarks import floor, plot, readme, rounds, table
from tests.benchmarks.cases import CASES, Case
from tests.benchmarks.measurements import Measurement, verdicts
from tests.benchmarks.peers import PEERS
from tests.benchmarks.starts import STARTS, Start
from tests.benchmarks.targets import TARGETS

_FULL = rounds.Effort(rounds=5, longest=1.2, budget=6.0, for_target=20.0)
_QUICK = rounds.Effort(rounds=2, longest=0.3, budget=0.5, for_target=3.0)


def main() -> None:
    """Measure, write, and print the table."""
    given = _parser().parse_args()
    effort = _QUICK if given.quick else _FULL
    if given.rounds:
        effort = replace(effort, rounds=given.rounds)
    cases = [case for case in CASES if _wanted(case, given.cases, quick=given.quick)]
    others = [start for start in STARTS if _wanted(start, given.cases, quick=given.quick)]
    where = f"{table.machine()}. Busy before it: a load of {os.getloadavg()[0]:.1f}."
    _write(_measure(cases, others, effort), where, given.out, to_readme=given.readme)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = ", ".join([*(case.name for case in CASES), *(start.name for start in STARTS)])
    parser.add_argument("--cases", nargs="+", metavar="NAME", default=["*"], help=f"patterns of these: {names}")
    parser.add_argument("--rounds", type=int, help="of each case (default 5, with --quick 2)")
    parser.add_argument("--quick", action="store_true", help="fewer cases, rounds and shots: up to three minutes")
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark"), metavar="DIR", help="where to write (default %(default)s)"
    )
    parser.add_argument("--readme", action="store_true", help="also replace the README's figures")
    return parser


def _wanted(one: Case | Start, patterns: Sequence[str], *, quick: bool) -> bool:
    return (one.quick or not quick) and any(fnmatch(one.name, pattern) for pattern in patterns)


def _measure(cases: Sequence[Case], others: Sequence[Start], effort: rounds.Effort) -> list[Measurement]:
    measured = [one for start in others for one in start.measure(start, min(effort.rounds, start.most))]
    processes = [rounds.PeerProcess(peer) for peer in PEERS]
    try:
        for case in cases:
            measured += rounds.measure(case, processes, effort)
            measured += floor.measure(case, effort.rounds)
    finally:
        for process in processes:
            process.close()
    return measured


def _write(measured: list[Measurement], where: str, folder: Path, *, to_readme: bool) -> None:
    judged = verdicts(TARGETS, measured)
    text = table.markdown(measured, judged, where)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.md").write_text(text, "utf-8")
    (folder / "table.json").write_text(table.to_json(measured, judged, where), "utf-8")
    picture = folder / "plot.png"
    drawn = plot.draw(measured, picture)
    if to_readme:
        readme.rewrite(text, picture if drawn else None)
    print(text)
    print(f"table.md, table.json{' and plot.png' if drawn else ''} are in {folder}")


if __name__ == "__main__":
    main()
