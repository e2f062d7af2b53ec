"""`PythonSimulator`: a simulator whose gates are methods in Python, called through shims."""

from __future__ import annotations

import ctypes
import math
import random
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from qirjit_magic.engine.runtime.callbacks import Callbacks, last_line
from qirjit_magic.engine.runtime.gate_ir import native_parts, native_symbols, read_steps
from qirjit_magic.engine.simulators.shared_library import AttachedSimulator, SharedLibrary
from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.module_info import Signature
from qirjit_magic.protocol.operations import GATES, Gate, symbol
from qirjit_magic.protocol.pickles import unpickled
from qirjit_magic.protocol.simulator_specs import GATE_METHODS, SimulatorSpec
from qirjit_magic.simulator import CONTROLLED_NEEDS, Simulator, exponentiate, measured

# The gates that Q# asks for under any number of controls, by their methods' names.
_CONTROLLED = ("h", "x", "y", "z", "s", "s_adj", "t", "t_adj")
_CONTROLLED_ROTATIONS = ("rx", "ry", "rz")
_FIRST_RETURNED = 1 << 40  # from here on results are those that ``m`` returned: no program has such an id
_WORD = 8
# The methods that these functions of QIR call.
_METHODS = {"initialize": "start_shot", "m": "measure", "mz": "measure", "dumpmachine": "dump"}
_GENERATED = tuple(f"__quantum__qis__{stem}__" for stem in ("r", "exp", "measure"))

Function = Callable[..., object]


class PythonSimulator(AttachedSimulator):
    """A simulator of `qirjit_magic.Simulator`'s kind, as runs need one.

    Args:
        spec: which; its class is loaded here.
        callbacks: make native functions of methods, and end a shot where one raises.
        library: the runtime library, whose arrays hold qubits.

    Raises:
        SimulatorError: the class cannot be loaded, or no object of it made.
    """

    def __init__(self, spec: SimulatorSpec, callbacks: Callbacks, library: SharedLibrary) -> None:
        self.spec = spec
        self._callbacks = callbacks
        with _simulator_errors(spec, "be loaded"):
            self._simulator: Simulator = unpickled(spec.pickled, spec.folders)()
        self._draws = _Draws()
        register = _Register(self._simulator, library)
        functions = (*_gates(self._simulator), *register.functions(), *self._draws.functions())
        self._functions = {name: (signature, function) for name, signature, function in functions}
        self._addresses: dict[str, int] = {}

    def find(self, name: str) -> int:
        """The address of one of its functions of QIR, which calls a method; 0 where it has none of this name."""
        if name not in self._functions:
            return 0
        if name not in self._addresses:
            signature, function = self._functions[name]
            method = getattr(function, "__name__", name)
            shown = f"{self.spec.name}.{_METHODS.get(method, method)}"
            self._addresses[name] = self._callbacks.address(shown, signature, function)
        return self._addresses[name]

    def methods_for(self, names: Collection[str]) -> tuple[str, ...]:
        """The gates that it lacks for these functions, which may be made of several."""
        gates = [*self._lacked_gates({*names})]
        if any(name.startswith(_GENERATED) or name.endswith(("__ctl", "__ctladj")) for name in names):
            gates += [method for method in CONTROLLED_NEEDS if not hasattr(self._simulator, method)]
        return tuple(dict.fromkeys(gates))

    def _lacked_gates(self, names: set[str]) -> Iterator[str]:
        needed: set[Gate] = set()
        for gate in GATES.values():
            for functions, adjoint in (
                ((*native_symbols(gate), *map(symbol, f"{gate.names} {gate.qubits_first}".split())), False),
                (tuple(map(symbol, gate.adjoints.split())), True),
            ):
                if names & {*functions}:
                    needed.update(native_parts(gate, adjoint=adjoint))
        there = {gate for method, gate in GATE_METHODS.items() if hasattr(self._simulator, method)}
        made_of_others_last = sorted(GATE_METHODS.items(), key=lambda row: bool(row[1].steps))
        for method, gate in made_of_others_last:
            if gate in needed and not _can_be_made(gate, there):
                there.add(gate)
                yield method

    def begin(self, seed: int | None) -> None:
        """Seed it."""
        self._draws.begin(seed)
        with _simulator_errors(self.spec, "begin a run"):
            self._simulator.begin(seed)


def _can_be_made(gate: Gate, there: Collection[Gate], within: tuple[Gate, ...] = ()) -> bool:
    # `cx` is made of `cz`, and `cz` of `cx`.
    if gate in there or gate in within or not gate.steps:
        return gate in there
    return all(_can_be_made(step, there, (*within, gate)) for step in {step for step, _, _ in read_steps(gate)})


class _simulator_errors:  # noqa: N801 - a context that is used as a function
    # Whatever an object in Python raises outside of a shot ends no process.
    def __init__(self, spec: SimulatorSpec, doing: str) -> None:
        self._message = f"the simulator '{spec.name}' could not {doing}"

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            message = f"{self._message}: {last_line(error)}."
            raise SimulatorError(message) from None


def _gates(simulator: Simulator) -> Iterator[tuple[str, Signature, Function]]:
    for method, gate in GATE_METHODS.items():
        function = getattr(simulator, method, None)
        if function is not None:
            for name in native_symbols(gate):
                yield name, _signature(gate), function


def _signature(gate: Gate) -> Signature:
    return Signature("void", ("double",) * len(gate.angles.split()) + ("ptr",) * gate.width)


def _bit(found: object) -> bool:
    # 0, 1 and NumPy's are fine; what a method returns that forgets to return something is not.
    for value in (False, True):
        if found == value:
            return value
    message = f"measure returned {found!r}, and it must return True or False"
    raise TypeError(message)


class _Register:
    """The qubits and results of a shot, and what of QIR is no gate.

    Args:
        simulator: what is asked.
        library: see `PythonSimulator`.
    """

    def __init__(self, simulator: Simulator, library: SharedLibrary) -> None:
        self._simulator = simulator
        self._used: set[int] = set()
        self._results: dict[int, bool] = {}
        self._returned = 0
        # One and Zero are addresses, which are nobody's ids.
        self._values = ctypes.create_string_buffer(2)
        self._zero = ctypes.addressof(self._values)
        self._one = self._zero + 1
        self._create_array = _native(library, "array_create_1d", ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64)
        self._array_size = _native(library, "array_get_size_1d", ctypes.c_int64, ctypes.c_void_p)
        self._element = _native(library, "array_get_element_ptr_1d", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
        self._forget_array = _native(library, "array_update_reference_count", None, ctypes.c_void_p, ctypes.c_int32)
        self._create_string = _native(library, "string_create", ctypes.c_void_p, ctypes.c_char_p)

    def functions(self) -> Iterator[tuple[str, Signature, Function]]:
        """The functions by name, with their types."""
        functions: list[tuple[str, str, Function]] = [
            ("rt__initialize", "void (ptr)", self.initialize),
            ("rt__qubit_allocate", "ptr ()", self.allocate),
            ("rt__qubit_release", "void (ptr)", self.release),
            ("rt__qubit_allocate_array", "ptr (i64)", self.allocate_array),
            ("rt__qubit_release_array", "void (ptr)", self.release_array),
            ("rt__qubit_to_string", "ptr (ptr)", self.qubit_to_string),
            ("rt__result_get_one", "ptr ()", self.get_one),
            ("rt__result_get_zero", "ptr ()", self.get_zero),
            ("rt__result_to_string", "ptr (ptr)", self.result_to_string),
            ("rt__result_equal", "i1 (ptr, ptr)", self.result_equal),
            ("rt__result_update_reference_count", "void (ptr, i32)", self.update_reference_count),
            ("rt__read_result", "i1 (ptr)", self.read_result),
            ("rt__write_result", "void (i1, ptr)", self.write_result),
            ("qis__m__body", "ptr (ptr)", self.m),
            ("qis__mz__body", "void (ptr, ptr)", self.mz),
            ("qis__reset__body", "void (ptr)", self._simulator.reset),
            ("qis__barrier__body", "void ()", self.barrier),
            *self._rotations(),
            *self._controlled(),
            *self._dump(),
        ]
        for name, kind, function in functions:
            returns, _, parameters = kind.partition(" ")
            yield f"__quantum__{name}", Signature(returns, tuple(filter(None, parameters[1:-1].split(", ")))), function

    # -- shots and qubits ------------------------------------------------------------------------------------------

    def initialize(self, _: int) -> None:
        """A shot begins."""
        self._used.clear()
        self._results.clear()
        self._returned = 0
        self._simulator.start_shot()

    def allocate(self) -> int:
        """The lowest qubit that is not allocated."""
        qubit = next(number for number in range(len(self._used) + 1) if number not in self._used)
        self._used.add(qubit)
        return qubit

    def release(self, qubit: int) -> None:
        """Give a qubit back."""
        self._simulator.release(qubit)
        self._used.discard(qubit)

    def allocate_array(self, count: int) -> int:
        """So many qubits, in an array of the runtime library."""
        array = int(self._create_array(_WORD, count))
        for index in range(count):
            self._word(array, index).value = self.allocate()
        return array

    def release_array(self, array: int) -> None:
        """Give back the qubits of an array, and the array."""
        for qubit in self._qubits(array):
            self.release(qubit)
        self._forget_array(array, -1)

    def qubit_to_string(self, qubit: int) -> int:
        """A qubit's number, as a string of the runtime library."""
        return int(self._create_string(str(qubit).encode()))

    def _qubits(self, array: int) -> tuple[int, ...]:
        return tuple(self._word(array, index).value or 0 for index in range(self._array_size(array)))

    def _word(self, array: int, index: int) -> ctypes.c_uint64:
        return ctypes.c_uint64.from_address(self._element(array, index))

    # -- results ---------------------------------------------------------------------------------------------------

    def get_one(self) -> int:
        """The result that is One."""
        return self._one

    def get_zero(self) -> int:
        """The result that is Zero."""
        return self._zero

    def read_result(self, result: int) -> bool:
        """The value of a result; of one that nothing was measured into it is zero."""
        return result == self._one or self._results.get(result, False)

    def write_result(self, value: bool, result: int) -> None:  # noqa: FBT001 - the order is QIR's
        """Give a result a value."""
        self._results[result] = bool(value)

    def result_equal(self, left: int, right: int) -> bool:
        """Return whether two results have one value."""
        return self.read_result(left) == self.read_result(right)

    def result_to_string(self, result: int) -> int:
        """A result in words, as a string of the runtime library."""
        return int(self._create_string(b"One" if self.read_result(result) else b"Zero"))

    def update_reference_count(self, result: int, change: int) -> None:
        """Nothing: results last as long as the shot."""

    def mz(self, qubit: int, result: int) -> None:
        """Measure a qubit into a result."""
        self._results[result] = _bit(self._simulator.measure(qubit))

    def m(self, qubit: int) -> int:
        """Measure a qubit into a new result."""
        return self._new_result(self._simulator.measure(qubit))

    def measure(self, paulis: int, qubits: int) -> int:
        """Measure a product of Pauli operators into a new result."""
        return self._new_result(measured(self._simulator, self._paulis(paulis), self._qubits(qubits)))

    def _new_result(self, value: bool) -> int:  # noqa: FBT001 - the only thing there is
        self._returned += 1
        result = _FIRST_RETURNED + self._returned
        self._results[result] = _bit(value)
        return result

    # -- gates that are made of others, and dumps --------------------------------------------------------------------

    def barrier(self) -> None:
        """Nothing."""

    def _rotations(self) -> Iterator[tuple[str, str, Function]]:
        if not all(hasattr(self._simulator, method) for method in CONTROLLED_NEEDS):
            return
        yield "qis__r__body", "void (i2, double, ptr)", self.r
        yield "qis__r__adj", "void (i2, double, ptr)", lambda pauli, angle, qubit: self.r(pauli, -angle, qubit)
        yield "qis__exp__body", "void (ptr, double, ptr)", self.exp
        yield "qis__exp__adj", "void (ptr, double, ptr)", lambda paulis, angle, qubits: self.exp(paulis, -angle, qubits)
        yield "qis__measure__body", "ptr (ptr, ptr)", self.measure
        for form, sign in (("ctl", 1), ("ctladj", -1)):
            yield f"qis__r__{form}", "void (ptr, ptr)", partial(self.r_under, sign)
            yield f"qis__exp__{form}", "void (ptr, ptr)", partial(self.exp_under, sign)

    def r(self, pauli: int, angle: float, qubit: int) -> None:
        """The rotation about a Pauli operator."""
        exponentiate(self._simulator, (), (pauli,), -angle / 2, (qubit,))

    def exp(self, paulis: int, angle: float, qubits: int) -> None:
        """The exponential of a product of Pauli operators."""
        exponentiate(self._simulator, (), self._paulis(paulis), angle, self._qubits(qubits))

    def r_under(self, sign: int, controls: int, arguments: int) -> None:
        """`r` under controls: of Q#'s tuple { i2, double, ptr }."""
        pauli, angle, qubit = ctypes.c_uint8.from_address(arguments).value, *_angle_and_address(arguments)
        exponentiate(self._simulator, self._qubits(controls), (pauli,), -sign * angle / 2, (qubit,))

    def exp_under(self, sign: int, controls: int, arguments: int) -> None:
        """`exp` under controls: of Q#'s tuple { ptr, double, ptr }."""
        paulis, angle, qubits = ctypes.c_uint64.from_address(arguments).value, *_angle_and_address(arguments)
        products = self._paulis(paulis), sign * angle, self._qubits(qubits)
        exponentiate(self._simulator, self._qubits(controls), *products)

    def _paulis(self, array: int) -> tuple[int, ...]:
        size = self._array_size(array)
        return tuple(ctypes.c_uint8.from_address(self._element(array, index)).value for index in range(size))

    def _controlled(self) -> Iterator[tuple[str, str, Function]]:
        own = type(self._simulator).controlled is not Simulator.controlled
        if not (own or all(hasattr(self._simulator, method) for method in CONTROLLED_NEEDS)):
            return
        for gate in _CONTROLLED:
            stem, _, adjoint = gate.partition("_")
            yield f"qis__{stem}__{'ctladj' if adjoint else 'ctl'}", "void (ptr, ptr)", self._under(gate)
        for gate in _CONTROLLED_ROTATIONS:
            yield f"qis__{gate}__ctl", "void (ptr, ptr)", self._rotation_under(gate)

    def _under(self, gate: str) -> Function:
        def controlled(controls: int, qubit: int) -> None:
            self._simulator.controlled(gate, self._qubits(controls), qubit, 0.0)

        return controlled

    def _rotation_under(self, gate: str) -> Function:
        def controlled(controls: int, rotation: int) -> None:
            # The tuple of Q#: { double, ptr }.
            angle = ctypes.c_double.from_address(rotation).value
            qubit = ctypes.c_uint64.from_address(rotation + _WORD).value
            self._simulator.controlled(gate, self._qubits(controls), qubit, angle)

        return controlled

    def _dump(self) -> Iterator[tuple[str, str, Function]]:
        if type(self._simulator).dump is not Simulator.dump:
            yield "qis__dumpmachine__body", "void (ptr)", self.dumpmachine

    def dumpmachine(self, _: int) -> None:
        """Print the state."""
        print(self._simulator.dump(), flush=True)  # noqa: T201 - what is printed is captured, as a library's text is


class _Draws:
    """The random numbers that programs ask for, which no simulator need know of."""

    def __init__(self) -> None:
        self._random = random.Random()  # noqa: S311 - as the seed wants it

    def begin(self, seed: int | None) -> None:
        """A stream of its own: of the plain seed the simulator's generator may have made the same."""
        self._random.seed(None if seed is None else f"draws {seed}")

    def functions(self) -> Iterator[tuple[str, Signature, Function]]:
        """The functions by name, with their types."""
        yield "__quantum__qis__drawrandomint__body", Signature("i64", ("i64", "i64")), self.drawrandomint
        yield "__quantum__qis__drawrandomdouble__body", Signature("double", ("double", "double")), self.drawrandomdouble

    def drawrandomint(self, least: int, most: int) -> int:
        """An integer of a range, both ends included."""
        if least > most:
            message = f"a random number was wanted from an empty range: {least} to {most}"
            raise ValueError(message)
        return self._random.randint(least, most)

    def drawrandomdouble(self, least: float, most: float) -> float:
        """A number of a range; where its width has no room in a double, it is drawn by halves."""
        if not (math.isfinite(least) and math.isfinite(most) and least <= most):
            message = f"a random number was wanted from an empty or infinite range: {least} to {most}"
            raise ValueError(message)
        if math.isfinite(most - least):
            return self._random.uniform(least, most)
        return 2 * self._random.uniform(least / 2, most / 2)


def _angle_and_address(arguments: int) -> tuple[float, int]:
    # The second and third of a tuple's three: a double and an address.
    angle, address = arguments + _WORD, arguments + 2 * _WORD
    return ctypes.c_double.from_address(angle).value, ctypes.c_uint64.from_address(address).value


def _native(library: SharedLibrary, name: str, returns: Any, *parameters: Any) -> Callable[..., Any]:  # noqa: ANN401 - ctypes' types
    return ctypes.CFUNCTYPE(returns, *parameters)(library.find(f"__quantum__rt__{name}"))
