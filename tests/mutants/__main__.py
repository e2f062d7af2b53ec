"""``python -m tests.mutants``: which test kills which mutant; 1 where one lives."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch

from tests.mutants.catalogue import Mutant, read_mutants
from tests.mutants.places import NotFoundError
from tests.mutants.trial import Verdict, failures, try_mutant


def main(arguments: list[str]) -> int:
    """Try mutants and print a table; 1 unless each is killed."""
    options = _parser().parse_args(arguments)
    mutants = _chosen(options.only)
    if not mutants:
        print(f"no mutant is called {' or '.join(options.only)}: see tests/mutants/*.toml", file=sys.stderr)
        return 1
    if not options.trust_tests and (failed := failures(mutants, limit_s=options.limit)):
        print("without any mutant there already fail:", *failed, sep="\n  ", file=sys.stderr)
        return 1
    width = max(len(mutant.name) for mutant in mutants)
    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = []
        for verdict in pool.map(lambda mutant: _tried(mutant, options.limit), mutants):
            verdicts.append(verdict)
            print(f"{verdict.mutant.name:{width}}  {_words(verdict)}", flush=True)
    killed = sum(bool(verdict.killer) for verdict in verdicts)
    print(f"{killed} of {len(verdicts)} killed")
    return 0 if killed == len(verdicts) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", nargs="+", default=["*"], metavar="NAME", help="names, or patterns of them")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at once")
    parser.add_argument("--limit", type=float, default=120, help="seconds for the tests of one")
    parser.add_argument("--trust-tests", action="store_true", help="do not run them without a mutant first")
    return parser


def _chosen(patterns: list[str]) -> list[Mutant]:
    return [mutant for mutant in read_mutants() if any(fnmatch(mutant.name, pattern) for pattern in patterns)]


def _tried(mutant: Mutant, limit_s: float) -> Verdict:
    try:
        return try_mutant(mutant, limit_s=limit_s)
    except NotFoundError as error:
        return Verdict(mutant, "", str(error))


def _words(verdict: Verdict) -> str:
    if verdict.problem:
        return f"NOT TRIED: {verdict.problem}"
    return verdict.killer or f"LIVES: {verdict.mutant.breaks}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
