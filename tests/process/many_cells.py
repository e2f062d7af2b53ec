"""A script of many cells that are edited, run again and call each other.

As a program, ``python -m tests.process.many_cells FOLDER SEED``: the script with a cache in this folder, with as little
room as makes several such programs evict what others need.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session

CELLS = 200
_MODULES = 8
_VALUES = 12
_LIMIT = 64 << 10


def cell(name: int, value: int) -> str:
    """A module whose function adds a value to what the module before it gives."""
    if name == 0:
        return f"define i64 @f0() {{ ret i64 {value} }}"
    return f"""
declare i64 @f{name - 1}()
define i64 @f{name}() {{
  %before = call i64 @f{name - 1}()
  %sum = add i64 %before, {value}
  ret i64 %sum
}}"""


@dataclass
class Script:
    """The script, and what the cells before have defined.

    Attributes:
        session: where it runs.
        random: decides what each cell does.
        values: the value in each module.
    """

    session: Session
    random: random.Random
    values: dict[int, int] = field(default_factory=dict)

    def define_all(self) -> None:
        """The first cells: every module once."""
        for name in range(_MODULES):
            self._define(name)

    def step(self) -> None:
        """One cell: edit a module, or run one and compare."""
        name = self.random.randrange(_MODULES)
        if self.random.random() < 1 / 2:
            self._define(name)
        else:
            self.compare(name)

    def compare(self, name: int) -> None:
        """Run a module, which calls all those before it."""
        expected = sum(self.values[before] for before in range(name + 1))
        returned = self.session.run(f"f{name}", shots=3).returns
        assert returned == [expected] * 3

    def compare_all(self) -> None:
        """Nothing that was defined is lost."""
        for name in range(_MODULES):
            self.compare(name)

    def _define(self, name: int) -> None:
        value = self.random.randrange(_VALUES)
        self.session.add(cell(name, value), f"m{name}")
        self.values[name] = value


def run(folder: Path, seed: int, *, say: Callable[[str], None] = print) -> None:
    """Run the script with a cache there."""
    with Session(engine_client=EngineClient(cache=ObjectCache(folder, limit=_LIMIT))) as session:
        script = Script(session, random.Random(seed))  # noqa: S311 - no secret
        script.define_all()
        for _ in range(CELLS):
            script.step()
        script.compare_all()
        say(f"{session.status().cache_hits} hits")


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
