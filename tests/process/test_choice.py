"""Which simulator a run is carried out on, where nobody has chosen one; and the compiled one's code, from the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qirjit_magic.engine.jit import JitEngine
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.errors import ProgramFailedError, QirNotice, UnresolvedSymbolError
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import RunReply, RunRequest
from qirjit_magic.protocol.object_files import BUILTIN_OBJECTS
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.protocol.simulator_specs import AUTO
from qirjit_magic.sandbox import get_platform
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import PLATFORMS, eventually


@pytest.fixture(scope="module", params=PLATFORMS)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    with Session(engine_client=EngineClient(get_platform(request.param))) as made:
        made.add(program("wide"))
        yield made


def test_amplitudes_that_find_room_are_all_kept(session: Session) -> None:
    plan = session.run("static", args=[5]).plan
    assert (plan.simulator, plan.method, plan.why) == ("statevector", "live", "")


def test_a_program_that_says_how_wide_it_is_runs_on_sparse_at_once(session: Session) -> None:
    plan = session.run("announced", method="live").plan
    assert plan.simulator == "sparse"
    assert plan.why.startswith("it wants 5,000 qubits, and there is memory for the amplitudes of ")
    assert session.status().simulator == "sparse"


def test_a_state_that_turns_out_to_be_too_wide_is_begun_anew_on_sparse(session: Session) -> None:
    result = session.run("entangled", args=[200], shots=30, seed=1)
    assert (result.plan.simulator, result.plan.why) == (
        "sparse",
        "there is no memory for all amplitudes of its state",
    )
    assert len(result.shots) == 30
    assert set(result.counts()) == {"00", "11"}
    assert result.messages == ["many"] * 30
    again = session.run("entangled", args=[200], shots=30, seed=1, simulator="sparse")
    assert again.counts() == result.counts()


_MISSING = """
define void @narrow() #0 {
  call void @nobody_has_this()
  ret void
}
define void @wide_and_missing() #1 {
  call void @nobody_has_this()
  ret void
}
declare void @nobody_has_this()
attributes #0 = { "entry_point" "required_num_qubits"="1" "required_num_results"="0" }
attributes #1 = { "entry_point" "required_num_qubits"="5000" "required_num_results"="0" }
"""


@pytest.mark.parametrize("entry", ["narrow", "wide_and_missing"])
def test_what_nobody_has_is_missed_on_the_simulator_that_was_asked_for(session: Session, entry: str) -> None:
    module = session.add(_MISSING, "missing").name
    for asked, named in (("auto", "statevector"), ("statevector", "statevector"), ("sparse", "sparse")):
        with pytest.raises(UnresolvedSymbolError) as raised:
            session.run(entry, module=module, simulator=asked)
        assert raised.value.simulator == named
        assert raised.value.symbols == ("nobody_has_this",)
        assert f"nor the simulator '{named}'" in str(raised.value)
    with pytest.raises(UnresolvedSymbolError) as raised:
        session.circuit(entry, module=module)
    assert raised.value.simulator == "statevector"
    session.remove(module)


def test_whoever_chooses_gets_what_was_chosen(session: Session) -> None:
    assert session.run("static", args=[5], simulator="sparse").plan.simulator == "sparse"
    with pytest.raises(ProgramFailedError, match="or use sparse"):
        session.run("entangled", args=[200], simulator="statevector")


@pytest.fixture
def engine() -> Iterator[JitEngine]:
    memory = RecordMemory(get_platform().create_region(SIZE))
    made = JitEngine(memory)
    yield made
    made.close()
    memory.close()


def run(engine: Engine, request: RunRequest) -> RunReply:
    engine.memory.clear()
    return engine.run(request)


def test_what_the_state_vector_lacks_is_run_on_sparse_which_is_told(
    engine: JitEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = StateVectorSimulator.find
    lacking = "__quantum__qis__h__body"
    monkeypatch.setattr(StateVectorSimulator, "find", lambda self, name: 0 if name == lacking else find(self, name))
    engine.add("coins", program("coins"))
    reply = run(engine, RunRequest("coins", "coins", shots=3, simulator=AUTO))
    assert (reply.simulator, reply.why) == ("sparse", f"the simulator 'statevector' has no {lacking}")


def test_shots_go_on_where_they_were_begun(engine: JitEngine) -> None:
    engine.add("wide", program("wide"))
    run(engine, RunRequest("wide", "entangled", shots=9, arguments=(200,), simulator=AUTO))
    engine.memory.clear()
    reply = engine.run(RunRequest("wide", "entangled", first=4, shots=9, arguments=(200,), simulator=AUTO))
    assert (reply.outcome, reply.next, reply.simulator) == ("done", 9, "sparse")


# -- its code ------------------------------------------------------------------------------------------------------


def _engine_client(folder: Path) -> EngineClient:
    return EngineClient(cache=ObjectCache(folder))


def _run_coins(make: Callable[[], EngineClient]) -> None:
    for simulator in ("statevector", "sparse"):
        with Session(engine_client=make()) as session:
            session.add(program("coins"))
            assert session.run(shots=5, simulator=simulator).plan.simulator == simulator


def _run_everything(make: Callable[[], EngineClient]) -> None:
    _run_coins(make)
    with Session(engine_client=make()) as session:
        session.add(program("Bell"))
        assert session.run(shots=5, method="sampled").plan.method == "sampled"


def test_the_code_of_the_simulator_is_made_once_for_all_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run_coins(lambda: _engine_client(tmp_path))
    monkeypatch.setattr(EngineClient, "builtin_code", lambda _, name: pytest.fail(f"{name} was made anew"))
    _run_coins(lambda: _engine_client(tmp_path))


def test_what_the_first_run_does_without_is_made_in_the_background(tmp_path: Path) -> None:
    def on_the_disk() -> set[str]:
        return {file.name for file in tmp_path.rglob("*") if file.is_file()}

    with Session(engine_client=_engine_client(tmp_path)) as session:
        session.add(program("coins"))
        session.run(shots=5, method="live", simulator="sparse")
        first = on_the_disk()
        assert eventually(lambda: len(on_the_disk() - first) == len({"statevector", "tracer"}))


def test_a_new_process_gets_it_too(tmp_path: Path) -> None:
    with Session(engine_client=_engine_client(tmp_path)) as session:
        session.add(program("coins"))
        for _ in range(2):
            assert session.run().plan.simulator == "statevector"
            session.reset()
            session.add(program("coins"))


def test_code_that_was_damaged_on_the_disk_is_made_anew(tmp_path: Path) -> None:
    _run_coins(lambda: _engine_client(tmp_path))
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[:-1])
    with pytest.warns(QirNotice, match="was changed or cut short"):
        _run_coins(lambda: _engine_client(tmp_path))


@pytest.mark.parametrize("sandboxed", [True, False])
def test_an_open_process_takes_nothing_from_a_fenced_one(tmp_path: Path, *, sandboxed: bool) -> None:
    asked = []

    class Listening(EngineClient):
        def builtin_code(self, name: str) -> bytes:
            asked.append(name)
            return super().builtin_code(name)

    _run_everything(lambda: Listening(cache=ObjectCache(tmp_path), sandboxed=sandboxed))
    assert sorted(asked) == sorted(BUILTIN_OBJECTS)
    _run_everything(lambda: Listening(cache=ObjectCache(tmp_path), sandboxed=sandboxed))
    assert len(asked) == len(BUILTIN_OBJECTS)
    _run_everything(lambda: Listening(cache=ObjectCache(tmp_path), sandboxed=not sandboxed))
    assert sorted(asked[len(BUILTIN_OBJECTS) :]) == sorted(BUILTIN_OBJECTS)


def test_a_process_that_has_run_a_program_is_not_asked_for_code(tmp_path: Path) -> None:
    engine_client = _engine_client(tmp_path)
    with Session(engine_client=engine_client) as session:
        session.add(program("coins"))
        session.run()
        for file in list(tmp_path.rglob("*")):
            if file.is_file():
                file.unlink()
        assert session.run(simulator="sparse").plan.simulator == "sparse"
        assert not [file for file in tmp_path.rglob("*") if file.is_file()]
