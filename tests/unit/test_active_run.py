"""What a run has computed is kept between its parts, and no longer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import structs

from qirjit_magic.engine.jit import JitEngine
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.protocol.messages import RunReply, RunRequest
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.protocol.simulator_specs import AUTO, SPARSE, STATEVECTOR
from qirjit_magic.sandbox import get_platform
from tests.files import program

PART = RunRequest("cell1", "teleport", shots=100, ends=10, seed=1, simulator=STATEVECTOR, run=1)


class Counting:
    """An engine, and how often its simulator was told that a run begins or ends."""

    def __init__(self, engine: JitEngine, patch: pytest.MonkeyPatch) -> None:
        self.engine = engine
        self.told = ""
        for name in ("begin", "end"):
            patch.setattr(StateVectorSimulator, name, self._telling(name, getattr(StateVectorSimulator, name)))

    def _telling(self, name: str, really: object) -> object:
        def tell(simulator: StateVectorSimulator, *arguments: object) -> None:
            self.told += name[0]
            really(simulator, *arguments)  # type: ignore[operator] # a method of the simulator

        return tell

    def run(self, request: RunRequest) -> RunReply:
        self.engine.memory.clear()
        return self.engine.run(request)

    def part(self, first: int, **different: object) -> RunReply:
        return self.run(structs.replace(PART, begins=first, first=first, ends=first + 10, **different))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    memory = RecordMemory(get_platform().create_region(SIZE))
    engine = JitEngine(memory)
    engine.add("cell1", program("teleport"))
    yield Counting(engine, monkeypatch)
    engine.close()
    memory.close()


def test_nothing_is_forgotten_between_the_parts_of_a_run(counting: Counting) -> None:
    counting.part(0)
    reply = counting.part(50)
    assert (reply.outcome, reply.next) == ("done", 60)
    counting.part(20)
    assert counting.told == "b"
    counting.run(structs.replace(PART, ends=0, run=0))
    assert counting.told == "bebe"


def test_a_run_that_was_stopped_goes_on_in_parts(counting: Counting) -> None:
    counting.engine.memory.clear()
    counting.engine.memory.stop()
    stopped = counting.engine.run(structs.replace(PART, ends=None, simulator=AUTO, method="live"))
    assert (stopped.outcome, counting.told) == ("stopped", "b")
    counting.part(stopped.next)
    assert counting.told == "b"


@pytest.mark.parametrize(
    "different",
    [{"run": 2}, {"seed": 2}, {"run": 0}, {"simulator": AUTO, "run": 2}],
    ids=lambda facts: str(list(facts)),
)
def test_another_run_knows_nothing_of_it(counting: Counting, different: dict[str, object]) -> None:
    counting.part(0)
    counting.part(10, **different)
    assert counting.told.startswith("beb")


def test_a_run_on_another_simulator_ends_it(counting: Counting) -> None:
    counting.part(0)
    counting.part(10, simulator=SPARSE)
    assert counting.told == "be"


def test_a_module_that_changes_ends_it(counting: Counting) -> None:
    counting.part(0)
    counting.engine.add("cell2", program("add"))
    assert counting.told == "be"


def test_a_whole_run_ends_by_itself(counting: Counting) -> None:
    assert counting.run(structs.replace(PART, ends=None)).outcome == "done"
    assert counting.told == "be"
