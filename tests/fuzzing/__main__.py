"""``python -m tests.fuzzing --mutations 20000 --jobs 2``, or ``--seconds 60``; ``--seed S --only I`` replays one."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from tests.fuzzing.campaign import Campaign
from tests.fuzzing.mutations import Mutation, mutate
from tests.fuzzing.reduction import reduce_lines
from tests.fuzzing.report import Report
from tests.fuzzing.seeds import read_seeds
from tests.fuzzing.trial import Outcome, Trial

_EVERY = 1000


def main(arguments: list[str]) -> int:
    """Fuzz, print a report, write down what failed; 1 where something did."""
    options = _parser().parse_args(arguments)
    if options.only is not None:
        mutation = mutate(read_seeds(), options.seed, options.only)
        name = f"{options.seed}-{options.only}"
        _write(options.folder, f"{name}{mutation.suffix}", mutation.data)
        return _replay(mutation, name, options.folder, reduced=options.reduce)
    if options.file is not None:
        mutation = Mutation(0, str(options.file), (), options.file.read_bytes())
        return _replay(mutation, options.file.stem, options.folder, reduced=options.reduce)
    report = Report(options.seed)

    def take(outcome: Outcome) -> None:
        report.take(outcome)
        if outcome.finding:
            print(f"--only {outcome.index}: {outcome.kind}", file=sys.stderr)
        if sum(report.outcomes.values()) % _EVERY == 0:
            print(f"{sum(report.outcomes.values()):,} mutations, {len(report.findings)} findings", file=sys.stderr)

    campaign = Campaign(
        seed=options.seed,
        first=options.first,
        seconds=options.seconds or float("inf"),
        jobs=options.jobs,
        **({} if options.mutations is None else {"count": options.mutations}),
    )
    campaign.carry_out(take)
    print(report)
    _write_all(report, options.folder)
    return 1 if report.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="what the mutations are made from")
    parser.add_argument("--first", type=int, default=0, help="the first mutation")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--mutations", type=int, help="how many")
    length.add_argument("--seconds", type=float, help="for how long")
    length.add_argument("--only", type=int, help="carry out this one, and write it down")
    length.add_argument("--file", type=Path, help="carry out this program")
    parser.add_argument("--reduce", action="store_true", help="with these two: write the shortest one that ends so")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes share them")
    parser.add_argument("--folder", type=Path, default=Path(".fuzzing"), help="where programs are written down")
    return parser


def _write_all(report: Report, folder: Path) -> None:
    chosen = {f"finding-{outcome.index}": outcome.index for outcome in report.findings if outcome.index >= 0}
    chosen |= {_file_name(death): outcome.index for death, outcome in report.smallest.items()}
    if not chosen:
        return
    seeds = read_seeds()
    for name, index in chosen.items():
        mutation = mutate(seeds, report.seed, index)
        _write(folder, f"{name}{mutation.suffix}", mutation.data)
    print(f"\n{len(chosen)} programs are in {folder}/")


def _file_name(death: str) -> str:
    return re.sub(r"[^\w]+", "-", death, flags=re.ASCII).strip("-")[:100]


def _write(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def _replay(mutation: Mutation, name: str, folder: Path, *, reduced: bool) -> int:
    print(f"{mutation.origin}: {', '.join(mutation.steps)}; {len(mutation.data):,} bytes; {mutation.shots} shots")
    os.environ["QIRJIT_CACHE"] = "off"
    with Trial() as trial:
        outcome = trial.carry_out(mutation)
        print(f"{outcome.kind} after {outcome.seconds:.2f} s {outcome.death}\n{outcome.finding or trial.check()}")
        if reduced:
            shortest = reduce_lines(trial, mutation)
            _write(folder, f"{name}-reduced{mutation.suffix}", shortest.data)
            print(shortest.data.decode("utf-8", "backslashreplace"))
    return 1 if outcome.finding else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
