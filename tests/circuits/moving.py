"""Circuits whose results go round by memory, numbers, calls, arrays, callables and variables before anything is done.

What is recorded has the same probabilities: a road changes nothing. Only what a reader of the program's text sees, or
does not see, is another thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from tests.circuits.drawing import ADAPTIVE_CLIFFORD, STRAIGHT, Family
from tests.circuits.gates import Random
from tests.circuits.steps import Circuit
from tests.circuits.writing import CircuitWriter

ROADS = Path(__file__).with_name("roads.ll")
MOVING = replace(ADAPTIVE_CLIFFORD, number=11, own=True, qubits=(1, 4), rounds=4, gates_before=2)
STRAIGHT_MOVING = replace(STRAIGHT, number=12, qubits=(1, 4), rounds=3, gates_before=2)
_I1, _POINTER = ir.IntType(1), ir.PointerType()
_LONGEST = 2  # roads one after another
_MOST = 1  # kinds of roads in a program, of each sort


def write_moving(name: str, circuit: Circuit, family: Family, seed: int, *, apart: bool) -> str:
    """The text of a module with one circuit, whose results take roads that the seed draws.

    Args:
        name: the function's.
        circuit: what it does.
        family: what it was drawn from; where that has no feedback, no result becomes a bit.
        seed: draws the roads.
        apart: whether the roads are declared only, and are another module's (`ROADS`).
    """
    module = ir.Module()
    random = np.random.default_rng([family.number, seed, 1])
    _MovingWriter(module, {}, name, circuit, random).write(dumped=False)
    return str(module) if apart else _linked(str(module), name)


def _linked(text: str, name: str) -> str:
    module = llvm.parse_assembly(text)
    module.link_in(llvm.parse_assembly(ROADS.read_text()))
    for function in module.functions:
        if not function.is_declaration and function.name != name:
            function.linkage = llvm.Linkage.internal
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    llvm.initialize_native_target()
    machine = llvm.Target.from_default_triple().create_target_machine()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(0)))
    return str(module)


@cache
def _roads(prefix: str) -> tuple[str, ...]:
    module = llvm.parse_assembly(ROADS.read_text())
    return tuple(f.name for f in module.functions if not f.is_declaration and f.name.startswith(prefix))


class _MovingWriter(CircuitWriter):
    def __init__(
        self, module: ir.Module, declared: dict[str, ir.Function], name: str, circuit: Circuit, random: Random
    ) -> None:
        super().__init__(module, declared, name, circuit)
        # Few kinds of roads in a program: one that nobody looks through is seen where no other gives it away.
        self._moves, self._tests, self._bits = (
            tuple(str(road) for road in random.permutation(_roads(kind))[: int(random.integers(least, _MOST + 1))])
            for kind, least in (("move_", 0), ("is_one_", 1), ("bit_", 0))
        )
        self._random = random

    def result(self, number: int) -> ir.Value:
        moved = super().result(number)
        for road in self._drawn(self._moves):
            moved = self._build.call(self._road(road, _POINTER, _POINTER), [moved])
        return moved

    def bit(self, number: int) -> ir.Value:
        if self._circuit.returned:
            road = str(self._random.choice(self._tests))
            bit = self._build.call(self._road(road, _I1, _POINTER), [self.result(number)])
        else:
            bit = super().bit(number)
        for road in self._drawn(self._bits):
            bit = self._build.call(self._road(road, _I1, _I1), [bit])
        return bit

    def _drawn(self, roads: Sequence[str]) -> list[str]:
        count = int(self._random.integers(_LONGEST + 1)) if roads else 0
        return [str(road) for road in self._random.choice(roads, count)] if count else []

    def _road(self, name: str, returned: ir.Type, taken: ir.Type) -> ir.Function:
        if name not in self._declared:
            self._declared[name] = ir.Function(self._module, ir.FunctionType(returned, [taken]), name)
        return self._declared[name]
