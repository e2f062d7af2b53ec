"""The IR of gates, made from the table of operations when it is needed: a millisecond, where LLVM takes five."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence

from qirjit_magic.protocol.operations import GATES, NATIVE, Gate, Op, symbol

QUBITS_FIRST = "/qubits.first"  # behind the name of a function that has another type under the same name
STEPS = "/steps"  # behind that of a native operation as it is made of others
# Under an array of controls they are in a tuple.
_ANGLE_AND_QUBIT = """%angle = load double, ptr %tuple
  %q.p = getelementptr { double, ptr }, ptr %tuple, i32 0, i32 1
  %q = load ptr, ptr %q.p"""


def gates_of(family: str) -> list[Gate]:
    """The rows whose functions are in this family: ``native``, ``one``, ``several``, ``controlled``, ``twice``."""
    if family == "native":
        return [gate for gate in NATIVE.values() if gate.steps]
    return [gate for gate in GATES.values() if _family(gate) == family]


def _family(gate: Gate) -> str:
    if gate.controls:
        return "controlled" if gate.controls == 1 else "twice"
    return "several" if gate.width > 1 else "one"


def functions_of(family: str) -> Iterator[tuple[str, str, str]]:
    """The functions of a family: what programs declare, its type, and its symbol in the family's IR."""
    for gate in gates_of(family):
        if family == "native":
            for name in native_symbols(gate):
                yield name, gate.type, gate.native_symbol + STEPS
            continue
        for name in map(symbol, (gate.names + " " + gate.adjoints).split()):
            yield name, gate.type, name
        for name in map(symbol, gate.qubits_first.split()):
            yield name, gate.type_with_qubits_first, name + QUBITS_FIRST


def native_symbols(gate: Gate) -> tuple[str, ...]:
    """The functions that a simulator may have a native gate as, the usual one first."""
    return gate.native_symbol, *map(symbol, gate.others.split())


def native_parts(gate: Gate, *, adjoint: bool = False) -> Iterator[Gate]:
    """The native gates that a gate, or its adjoint, is made of; a native one is one of itself."""
    if native := _native(gate, adjoint=adjoint):
        yield native
    else:
        for step, _, _ in read_steps(gate):
            yield from native_parts(step, adjoint=adjoint)


def _native(gate: Gate, *, adjoint: bool) -> Gate | None:
    # The native gate that is called for it; None where its steps are.
    if gate.op is None or (adjoint and not gate.inverse):
        return None
    return GATES[gate.inverse] if adjoint else gate


def read_steps(gate: Gate) -> Iterator[tuple[Gate, list[str], list[str]]]:
    """The gates that a gate is made of, with their angles and qubits."""
    for step in filter(None, gate.steps.split(";")):
        name, bracket, rest = step.strip().partition("(")
        angles, _, qubits = rest.partition(")") if bracket else ("", "", name.partition(" ")[2])
        yield GATES[name.split()[0]], [angle.strip() for angle in angles.split(",") if angle], qubits.split()


def family_ir(family: str) -> str:
    """The module with the functions of a family, which calls native operations by their names."""
    return _Module(family).text


class _Module:
    """A module that is being written.

    Args:
        family: the family whose functions it defines.
    """

    def __init__(self, family: str) -> None:
        self._defined: dict[str, str] = {}
        self._declared: dict[str, str] = {}
        for gate in gates_of(family):
            if family == "native":
                self._define(gate.native_symbol + STEPS, gate, self._steps(gate))
                continue
            for name in map(symbol, gate.names.split()):
                self._define(name, gate, self._whole(gate))
            for name in map(symbol, gate.adjoints.split()):
                self._define(name, gate, self._whole(gate, adjoint=True))
            for name in map(symbol, gate.qubits_first.split()):
                self._define(name + QUBITS_FIRST, gate, self._whole(gate), qubits_first=True)

    @property
    def text(self) -> str:
        """The whole module."""
        return "\n".join((*self._defined.values(), *self._declared.values()))

    def _define(
        self, name: str, gate: Gate, body: Sequence[str], *, linkage: str = "", qubits_first: bool = False
    ) -> None:
        angles = [f"double %{angle}" for angle in gate.angles.split()]
        qubits = [f"ptr %{qubit}" for qubit in gate.qubits.split()]
        parameters = ", ".join((*qubits, *angles) if qubits_first else (*angles, *qubits))
        lines = "\n  ".join((*body, "ret void"))
        self._defined[name] = f'define {linkage}void @"{name}"({parameters}) {{\n  {lines}\n}}'

    def _whole(self, gate: Gate, *, adjoint: bool = False) -> list[str]:
        # One call of it, with a function's own parameters.
        if gate.op is None and not gate.steps:
            return []
        body: list[str] = []
        self._call(body, gate, gate.angles.split(), gate.qubits.split(), adjoint=adjoint)
        return body

    def _steps(self, gate: Gate, *, adjoint: bool = False) -> list[str]:
        steps, body = list(read_steps(gate)), list[str]()
        for step, angles, qubits in reversed(steps) if adjoint else steps:
            self._call(body, step, angles, qubits, adjoint=adjoint)
        return body

    def _call(
        self, body: list[str], gate: Gate, angles: Sequence[str], qubits: Sequence[str], *, adjoint: bool
    ) -> None:
        undone = adjoint and bool(gate.inverse)  # by the same function, or another native one
        if native := _native(gate, adjoint=adjoint):
            name = native.native_symbol
            self._declared[name] = f"declare {gate.type.replace('(', f'@{name}(', 1)}"
        else:
            name = f"gate.{gate.name}{'.adj' if adjoint else ''}"
            if name not in self._defined:
                self._define(name, gate, self._steps(gate, adjoint=adjoint), linkage="internal ")
        operands = [f"double {_operand(body, angle, negated=undone)}" for angle in angles]
        arguments = ", ".join((*operands, *(f"ptr %{qubit}" for qubit in qubits)))
        body.append(f'call void @"{name}"({arguments})')


def _operand(body: list[str], angle: str, *, negated: bool) -> str:
    # The operand that has the value of an angle, such as ``-theta/2``; what computes it is put into the body.
    base, _, divisor = angle.removeprefix("-").partition("/")
    factor = (-1 if angle.startswith("-") != negated else 1) / int(divisor or 1)
    if base == "π":
        return f"0x{struct.pack('>d', math.pi * factor).hex().upper()}"
    if factor == 1:
        return f"%{base}"
    name = f"%angle.{len(body)}"
    body.append(f"{name} = {f'fneg double %{base}' if factor == -1 else f'fmul double %{base}, {factor}'}")
    return name


# ---- for the tracer and for the state vector ----------------------------------------------------------------------


def tracer_gates() -> str:
    """The functions by which a trace gets an entry for each native gate, or ends at it under an array of controls.

    ``append`` stands in ``tracer.ll``, ``end`` in ``untraced.ll``.
    """
    traced = [_tracer_gate(name, op, gate) for op, gate in NATIVE.items() for name in native_symbols(gate)]
    return "\n".join((*traced, *(_untraced_gate(gate) for gate in NATIVE.values() if _under_controls(gate))))


def _tracer_gate(name: str, op: Op, gate: Gate) -> str:
    qubits = gate.qubits.split()
    parameters = ", ".join((*(f"double %{angle}" for angle in gate.angles.split()), *(f"ptr %{q}" for q in qubits)))
    places = ", ".join(f"ptr {f'%{qubits[place]}' if place < len(qubits) else 'null'}" for place in range(3))
    angle = f"%{gate.angles}" if gate.angles else "0.0"
    call = f"call void @append(i32 {op.value}, {places}, double {angle})"
    return f"define void @{name}({parameters}) {{\n  {call}\n  ret void\n}}"


def _untraced_gate(gate: Gate) -> str:
    name = _under_controls(gate)
    qubit = "i32 1, ptr null" if gate.angles else "i32 2, ptr %q"  # with an angle it is in a tuple
    return f"""@{name}.name = internal constant [{len(name) + 1} x i8] c"{name}\\00"
define void @{symbol(name)}(ptr %controls, ptr %q) {{
  call void @end(ptr @{name}.name, {qubit})
  unreachable
}}"""


def _under_controls(gate: Gate) -> str:
    # Q#'s name of a native gate under an array of control qubits; it has none of SX, nor of gates on more qubits.
    has_one = gate.width == 1 and gate.op is not Op.SX
    return f"{gate.name}__ctl".replace("__adj__ctl", "__ctladj") if has_one else ""


def queued_gates() -> str:
    """The gates on one qubit, as the state vector queues them: by themselves, and under an array of control qubits."""
    return "\n".join(_queued_gate(op, gate) for op, gate in NATIVE.items() if gate.width == 1)


def _queued_gate(op: Op, gate: Gate) -> str:
    number = f"i64 {op.value - 1}"
    if gate.angles:
        call, parameters = f"@append_turn({number}, ptr %q, double %angle)", "double %angle, ptr %q"
    else:
        call, parameters = f"@append({number}, ptr %q, i64 0, double 0.0)", "ptr %q"
    body = f"define void @{gate.native_symbol}({parameters}) {{\n  call void {call}\n  ret void\n}}"
    under = _under_controls(gate)
    if not under:
        return body
    return f"""{body}
define void @{symbol(under)}(ptr %controls, ptr %{"tuple" if gate.angles else "q"}) {{
  {_ANGLE_AND_QUBIT if gate.angles else ""}
  call void @append_controls(ptr %controls, i64 0)
  call void {call}
  ret void
}}"""


def player_gates() -> str:
    """``@play_gate``, which carries out an entry of a trace: gates on one qubit are queued as they are numbered."""
    several = [(op, gate) for op, gate in NATIVE.items() if gate.width > 1]
    cases = " ".join(f"i32 {op.value}, label %{gate.name}" for op, gate in several)
    bodies = "\n".join(
        f"{gate.name}:\n  call void @{gate.native_symbol}({_entry_arguments(gate)})\n  ret void" for _, gate in several
    )
    return f"""define internal void @play_gate(i32 %op, ptr %a, ptr %b, ptr %c, double %angle) alwaysinline {{
  switch i32 %op, label %single [ {cases} ]
single:
  %op.64 = zext i32 %op to i64
  %operation = sub i64 %op.64, 1
  call void @append(i64 %operation, ptr %a, i64 0, double %angle)
  ret void
{bodies}
}}"""


def _entry_arguments(gate: Gate) -> str:
    qubits = (f"ptr %{place}" for place in "abc"[: gate.width])
    return ", ".join((*(["double %angle"] if gate.angles else []), *qubits))
