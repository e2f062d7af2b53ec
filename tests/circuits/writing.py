"""Circuits as QIR: a module whose functions are circuits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack

from llvmlite import ir

from qirjit_magic.engine.runtime.bindings import bindings, declared_name
from tests.circuits.gates import IN_TUPLES, OF_ARRAYS
from tests.circuits.steps import Circuit, Step
from tests.unit.matrices import Matrix, width

_QIS, _RT = "__quantum__qis__", "__quantum__rt__"
_I32, _I64, _DOUBLE, _POINTER = ir.IntType(32), ir.IntType(64), ir.DoubleType(), ir.PointerType()
_PAULI = ir.IntType(2)
_TYPES: Mapping[str, ir.Type] = {
    "void": ir.VoidType(), "i1": ir.IntType(1), "i2": _PAULI, "i32": _I32, "i64": _I64, "double": _DOUBLE,
    "ptr": _POINTER,
}  # fmt: skip


def write(circuits: Mapping[str, Circuit], *, dumped: bool = False) -> str:
    """The text of a module with a function of each name.

    A name that is declared with several types can be used with one of them in a module.

    Args:
        circuits: what the functions do.
        dumped: whether they end with a state dump.
    """
    module = ir.Module()
    declared: dict[str, ir.Function] = {}
    for name, circuit in circuits.items():
        CircuitWriter(module, declared, name, circuit).write(dumped=dumped)
    return str(module)


class CircuitWriter:
    """Writes one circuit as a function of a module.

    Args:
        module: where to.
        declared: the functions that the module has declared, by their names.
        name: the function's.
        circuit: what it does.
    """

    def __init__(self, module: ir.Module, declared: dict[str, ir.Function], name: str, circuit: Circuit) -> None:
        self._module, self._declared, self._circuit = module, declared, circuit
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), []), name)
        self._build = ir.IRBuilder(function.append_basic_block())
        # What a qubit or a result is may change: each has a place.
        self._qubits = [self._build.alloca(_POINTER) for _ in range(circuit.qubits)]
        self._arrays: dict[tuple[int, ...], ir.Value] = {}
        # Where nothing is done by results, each is a value: what is in memory might be looked at.
        self._values: dict[int, ir.Value] = {}
        straight = not any(step.when for step in circuit.steps)
        self._results = [] if straight else [self._build.alloca(_POINTER) for _ in range(circuit.results)]

    def write(self, *, dumped: bool) -> None:
        """Write all of it."""
        if not self._circuit.allocated:
            for qubit, place in enumerate(self._qubits):
                self._build.store(_address(qubit), place)
        for result in range(self._circuit.results):
            self._put(self._call(f"{_RT}result_get_zero") if self._circuit.returned else _address(result), result)
        for step in self._circuit.steps:
            with ExitStack() as conditions:
                for result, value in step.when:
                    read = self.bit(result)
                    wanted = read if value else self._build.not_(read)
                    conditions.enter_context(self._build.if_then(wanted))
                self._step(step)
        if dumped:
            self._call(f"{_QIS}dumpmachine__body", _POINTER(None))
        self._build.ret_void()

    def result(self, number: int) -> ir.Value:
        """The result that is known by this number."""
        return self._build.load(self._results[number], typ=_POINTER) if self._results else self._values[number]

    def _put(self, result: ir.Value, number: int) -> None:
        if self._results:
            self._build.store(result, self._results[number])
        else:
            self._values[number] = result

    def bit(self, number: int) -> ir.Value:
        """What was measured."""
        return self._call(f"{_RT}read_result", self.result(number))

    def _step(self, step: Step) -> None:
        actions: dict[str, Callable[[Step], object]] = {
            "gate": self._gate,
            "measure": self._measure,
            "reset": lambda step: self._call(f"{_QIS}reset__body", *self._given(step)),
            "release": self._release,
            "allocate": self._allocate,
            "record": lambda step: self._call(f"{_RT}result_record_output", self.result(step.result), _POINTER(None)),
        }
        actions[step.kind](step)

    def _allocate(self, step: Step) -> None:
        if len(step.qubits) == 1:
            self._build.store(self._call(f"{_RT}qubit_allocate"), self._qubits[step.qubits[0]])
            return
        array = self._arrays[step.qubits] = self._call(f"{_RT}qubit_allocate_array", _I64(len(step.qubits)))
        for index, qubit in enumerate(step.qubits):
            element = self._call(f"{_RT}array_get_element_ptr_1d", array, _I64(index))
            self._build.store(self._build.load(element, typ=_POINTER), self._qubits[qubit])

    def _release(self, step: Step) -> None:
        if len(step.qubits) == 1:
            self._call(f"{_RT}qubit_release", *self._given(step))
        else:
            self._call(f"{_RT}qubit_release_array", self._arrays.pop(step.qubits))

    def _given(self, step: Step) -> list[ir.Value]:
        return [self._build.load(self._qubits[qubit], typ=_POINTER) for qubit in step.qubits]

    def _measure(self, step: Step) -> None:
        if step.paulis:
            arrays = self._array(map(_PAULI, step.paulis), 1), self._array(self._given(step), 8)
            self._put(self._call(_QIS + step.name, *arrays), step.result)
        elif self._circuit.returned:
            self._put(self._call(_QIS + step.name, *self._given(step)), step.result)
        else:
            self._call(_QIS + step.name, *self._given(step), CircuitWriter.result(self, step.result))

    def _gate(self, step: Step) -> None:
        angles, qubits = [_DOUBLE(angle) for angle in step.angles], self._given(step)
        arguments = self._of_paulis(step, angles, qubits) if step.paulis else self._of_table(step, angles, qubits)
        self._call(_QIS + step.name, *arguments)

    def _of_table(self, step: Step, angles: list[ir.Value], qubits: list[ir.Value]) -> list[ir.Value]:
        if step.name not in OF_ARRAYS:
            kinds = _signature(_QIS + step.name)[1]
            rest = {"double": iter(angles), "ptr": iter(qubits)}
            return [next(rest[kind]) for kind in kinds]
        controls = len(qubits) - _targets(step)
        array = self._array(qubits[:controls], 8)
        if step.name in IN_TUPLES:
            return [array, self._tuple([*angles, *qubits[controls:]])]
        return [*angles, array, *qubits[controls:]]

    def _of_paulis(self, step: Step, angles: list[ir.Value], qubits: list[ir.Value]) -> list[ir.Value]:
        controls = len(qubits) - len(step.paulis)
        if step.name.startswith("r_"):
            given = [_PAULI(step.paulis[0]), *angles, *qubits[controls:]]
        else:
            given = [self._array(map(_PAULI, step.paulis), 1), *angles, self._array(qubits[controls:], 8)]
        return [self._array(qubits[:controls], 8), self._tuple(given)] if "ctl" in step.name else given

    def _array(self, items: Iterable[ir.Value], size: int) -> ir.Value:
        held = list(items)
        array = self._call(f"{_RT}array_create_1d", _I32(size), _I64(len(held)))
        for index, item in enumerate(held):
            self._build.store(item, self._call(f"{_RT}array_get_element_ptr_1d", array, _I64(index)))
        return array

    def _tuple(self, items: list[ir.Value]) -> ir.Value:
        kind = ir.LiteralStructType([item.type for item in items])
        place = self._call(f"{_RT}tuple_create", _I64(8 * len(items)))
        for index, item in enumerate(items):
            self._build.store(item, self._build.gep(place, [_I32(0), _I32(index)], source_etype=kind))
        return place

    def _call(self, symbol: str, *arguments: ir.Value) -> ir.Value:
        name = declared_name(symbol)
        if name not in self._declared:
            returned, kinds = _signature(symbol)
            kind = ir.FunctionType(_TYPES[returned], [_TYPES[parameter] for parameter in kinds])
            self._declared[name] = ir.Function(self._module, kind, name)
        return self._build.call(self._declared[name], arguments)


def _address(number: int) -> ir.Constant:
    return _I64(number).inttoptr(_POINTER)


def _targets(step: Step) -> int:
    matrix: Matrix = OF_ARRAYS[step.name](*step.angles)
    return width(matrix)


def _signature(symbol: str) -> tuple[str, list[str]]:
    known = bindings()[declared_name(symbol)]
    kind = next((binding.type for binding in known if symbol in binding.symbols), known[0].type)
    returned, parameters = re.fullmatch(r"(\w+) \((.*)\)", kind).groups()  # type: ignore[union-attr] # it is a function
    return returned, parameters.split(", ") if parameters else []
