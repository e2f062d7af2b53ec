"""Qubits in a trace: static and allocated ones are the same, as on the state-vector simulator."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.simulators.instances import SimulatorInstances
from qirjit_magic.engine.simulators.operation_trace import NotExactError
from qirjit_magic.engine.simulators.sampled_circuit import read_circuit
from qirjit_magic.engine.simulators.shared_library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library
from qirjit_magic.engine.simulators.tracer import Tracer
from qirjit_magic.protocol.operations import Op
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.protocol.simulator_specs import STATEVECTOR
from qirjit_magic.sandbox import get_platform
from tests.unit.calls import Call, expected, make
from tests.unit.test_operation_trace import sampled
from tests.unit.traces import QUBITS, distribution, record, trace

_QUBIT = st.integers(0, 2 * QUBITS - 1)
_CALL = st.one_of(
    st.just(Call(None)),
    st.builds(lambda q: Call(Op.RELEASE, (q,)), _QUBIT),
    st.builds(lambda op, q: Call(op, (q,)), st.sampled_from([Op.H, Op.X, Op.RESET]), _QUBIT),
    st.builds(lambda a, b: Call(Op.CX, (a, b)), _QUBIT, _QUBIT),
    st.builds(lambda op, q, r: Call(op, (q,), r), st.sampled_from([Op.MEASURE, Op.MRESETZ]), _QUBIT, st.integers(0, 3)),
)
_CALLS = st.lists(_CALL, max_size=16)


@pytest.fixture(scope="module")
def tracer() -> Tracer:
    return Tracer(SharedLibrary(qirrunner_library()))


@pytest.fixture(scope="module")
def instances() -> Iterator[SimulatorInstances]:
    memory = RecordMemory(get_platform().create_region(SIZE))
    memory.clear()
    made = SimulatorInstances(
        ctypes.addressof(ctypes.c_char.from_buffer(memory.region.view)), Callbacks(ObjectEmitter())
    )
    yield made
    made.close()
    memory.close()


@settings(max_examples=500, deadline=None)
@given(calls=_CALLS)
def test_a_trace_of_static_and_allocated_qubits_has_the_distribution_of_its_shots(
    tracer: Tracer, calls: list[Call]
) -> None:
    entries, made = expected(calls)
    tracer.begin(None)
    make(made, tracer.find)
    assert tracer.tape.tolist() == entries
    ends = [record(r) for r in range(4)]
    try:
        found = read_circuit(trace(*tracer.tape.tolist(), *ends))
    except NotExactError:
        return
    exact, drawn = distribution([*entries, *ends]), sampled(found)
    for key in exact.keys() | drawn.keys():
        assert drawn.get(key, 0.0) == pytest.approx(exact.get(key, 0.0), abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(calls=_CALLS)
def test_a_trace_gives_out_the_ids_of_the_state_vector_simulator(
    tracer: Tracer, instances: SimulatorInstances, calls: list[Call]
) -> None:
    simulator = instances.attach(STATEVECTOR).simulator
    simulator.begin(1)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(simulator.find("__quantum__rt__initialize"))(None)
    tracer.begin(None)
    _, made = expected(calls)
    assert make(made, tracer.find) == make(made, simulator.find)


def test_the_lowest_of_many_released_qubits_is_the_next_one(tracer: Tracer, instances: SimulatorInstances) -> None:
    # A trace looks for them word by word, from the first word on that may have one.
    simulator = instances.attach(STATEVECTOR).simulator
    simulator.begin(1)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(simulator.find("__quantum__rt__initialize"))(None)
    tracer.begin(None)
    for find in (tracer.find, simulator.find):
        allocate = ctypes.CFUNCTYPE(ctypes.c_void_p)(find("__quantum__rt__qubit_allocate"))
        release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(find("__quantum__rt__qubit_release"))
        assert [allocate() or 0 for _ in range(200)] == list(range(200))
        found = []
        for released in ((150,), (3, 101), (70, 5, 199)):
            for qubit in released:
                release(qubit)
            found.append(allocate())
        assert found == [150, 3, 5]
        assert [allocate() for _ in range(4)] == [70, 101, 199, 200]
