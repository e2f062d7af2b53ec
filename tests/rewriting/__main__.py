"""``python -m tests.rewriting``: every program in every other way, and what is different; 1 where something is."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random

from qirjit_magic import Session
from qirjit_magic.session.supervisor import EngineSupervisor
from tests.rewriting.comparing import KEEPS_TOKENS, differences
from tests.rewriting.observing import steady
from tests.rewriting.programs import paths, read_program
from tests.rewriting.rewritings import BY_LLVM, REWRITINGS


def check(session: Session, path: Path, names: list[str], seed: int) -> list[str]:
    """What is different about a program in these ways, in words."""
    text = read_program(path)
    if text is None:
        return []
    before = steady(session, text.encode())
    if before.error and before.error[0].startswith("Worker"):
        return []  # of what dies, nothing is promised
    found = list[str]()
    for name in names:
        if before.error and before.error[0] == "QirSyntaxError" and name not in KEEPS_TOKENS:
            continue
        if before.error and name == "variables of LLVM's names":
            continue  # the error has the name
        if before.error and "opaque" in before.error[1] and name in BY_LLVM:
            continue  # this process would end at it
        try:
            rewritten = REWRITINGS[name](text, Random(f"{seed} {path.name} {name}"))  # noqa: S311 - no secret
        except (RuntimeError, UnicodeDecodeError):
            continue  # LLVM does not read it, or cannot print it
        found += (f"{path.name}, {name}: {said}" for said in differences(session, before, name, rewritten))
    return found


def main(arguments: list[str]) -> int:
    """Check them all, and print what is different."""
    parser = argparse.ArgumentParser(prog="python -m tests.rewriting")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="programs whose path has this in it")
    parser.add_argument("--rewriting", choices=REWRITINGS, action="append")
    options = parser.parse_args(arguments)
    begin, programs, found = time.monotonic(), 0, list[str]()
    with Session(supervisor=EngineSupervisor()) as session:
        for path in paths():
            if options.only in str(path):
                programs += 1
                said = check(session, path, options.rewriting or list(REWRITINGS), options.seed)
                sys.stdout.write("".join(f"{line}\n" for line in said))
                sys.stdout.flush()
                found += said
    sys.stdout.write(f"{programs} programs, {len(found)} differences, {time.monotonic() - begin:.0f} s\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
