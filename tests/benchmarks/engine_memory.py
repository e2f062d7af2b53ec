"""Whether an engine grows while cells are added, run and replaced for a day.

Run: ``python -m tests.benchmarks.engine_memory [CYCLES]``.
"""

from __future__ import annotations

import os
import sys

from qirjit_magic.session.session import Session
from tests.files import program

os.environ["QIRJIT_CACHE"] = "off"
_MIB = 1 << 20
_USER = """
declare i64 @number()
define i64 @twice() {
  %number = call i64 @number()
  %twice = add i64 %number, %number
  ret i64 %twice
}
"""
_EVERY = 500


def cycle(session: Session, number: int) -> None:
    """Replace one of the modules that call each other, and a program with gates; run both."""
    session.add(f"define i64 @number() {{ ret i64 {number} }}", "number")
    assert session.run("twice").returns == [2 * number]
    session.add(program("Bell") + f"; {number}".encode(), "bell")
    assert len(session.run("Bell", shots=10).shots) == 10


def main(cycles: int) -> None:
    """Print the engine's resident memory after each 500 cycles; at most 20 MiB may come after the first."""
    with Session() as session:
        session.add(_USER, "user")
        first = 0
        for number in range(1, cycles + 1):
            cycle(session, number)
            if number % _EVERY == 0:
                resident = session.status().memory
                first = first or resident
                print(f"{number:,} cycles: {resident / _MIB:.1f} MiB, {(resident - first) / _MIB:+.1f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
