"""Whatever is done to the modules of an engine, in whatever order, every call goes where the present modules say."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from qirjit_magic.errors import LinkError, QirSyntaxError, SignatureError, WorkerCrashedError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.model import SHARED, WORD, Function, Model, RefusedError, Text
from tests.process.support import eventually, is_gone, make_supervisor

NAMES = ("m0", "m1", "m2", "m3", "m4", "m5")
FUNCTIONS = ("f0", "f1", "f2", "f3", "f4", "f5")
RUNS, STEPS = int(os.environ.get("QIRJIT_MODEL_RUNS", "80")), 30
CRASHES = 1  # in one run of the machine: each costs a new process
names, functions = st.sampled_from(NAMES), st.sampled_from(FUNCTIONS)
seldom = st.integers(0, 15).map(lambda number: number == 15)
some_shared = st.sampled_from(((), SHARED[:1], SHARED[1:], SHARED))
Pick = tuple[int, int, int]
picks = st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(1, 3))  # what to run: module, function, depth


@st.composite
def texts(draw: st.DrawFn, *defined: str) -> Text:
    """A module that defines these functions, or some."""
    bodies = tuple(
        Function(
            name,
            draw(st.integers(0, 10**9)),
            callees=tuple(draw(st.lists(functions, max_size=2))),
            wide=draw(seldom),
            flips=draw(st.booleans()),
            shares=draw(some_shared),
        )
        for name in defined or tuple(draw(st.lists(functions, min_size=1, max_size=2, unique=True)))
    )
    wide = frozenset(name for name in FUNCTIONS if draw(seldom))
    shared = tuple((name, draw(st.integers(0, 10**6))) for name in draw(some_shared))
    return Text(bodies, wide, draw(seldom), shared, points=draw(st.booleans()))


@pytest.fixture(scope="module")
def tested() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as session:
        session.add(program("store_at_16"), "wrong store")
        yield session


class Modules(RuleBasedStateMachine):
    """A session beside a model of it."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.crashes = 0

    @initialize(begun=st.tuples(*map(texts, FUNCTIONS)))
    def begin(self, begun: tuple[Text, ...]) -> None:
        for name, text in zip(NAMES, begun, strict=True):
            self._add(name, text)

    @rule(name=names, text=texts(), pick=picks)
    def add(self, name: str, text: Text, pick: Pick) -> None:
        self._add(name, text)
        self._run(pick)

    @rule(number=st.integers(0, 5), data=st.data(), pick=picks)
    def edit(self, number: int, data: st.DataObject, pick: Pick) -> None:
        if name := self._present(number):
            self._add(name, data.draw(texts(*(f.name for f in self.model.modules[name].text.functions))))
            self._run(pick)

    @rule(number=st.integers(0, 5), pick=picks)
    def run_the_cell_again(self, number: int, pick: Pick) -> None:
        if name := self._present(number):
            self._add(name, self.model.modules[name].text)
            self._run(pick)

    @rule(number=st.integers(0, 5), pick=picks)
    def remove(self, number: int, pick: Pick) -> None:
        if name := self._present(number):
            self.session.remove(name)
            self.model.remove(name)
            self._run(pick)

    @rule(number=st.integers(0, 5), pick=picks)
    def reset(self, number: int, pick: Pick) -> None:
        if name := self._present(number):
            self.session.reset(name)
            self.model.unlink(name)
            self._run(pick)

    @rule(first=picks, second=picks)
    def run(self, first: Pick, second: Pick) -> None:
        self._run(first)
        self._run(second)

    def _add(self, name: str, text: Text) -> None:
        same = name in self.model.modules and self.model.modules[name].text.llvm() == text.llvm()
        try:
            if same:
                self.model.promote(name)
            else:
                self.model.add(name, text)
        except RefusedError:
            with pytest.raises(SignatureError):
                self.session.add(text.llvm(), name)
        else:
            self.session.add(text.llvm(), name)

    def _present(self, number: int) -> str | None:
        present = list(self.model.modules)
        return present[number % len(present)] if present else None

    def _run(self, pick: Pick) -> None:
        number, which, depth = pick
        name = self._present(number)
        if name is None:
            return
        bodies = self.model.modules[name].text.functions
        body = bodies[which % len(bodies)]
        args = (depth, 0) if body.wide else (depth,)
        try:
            expected = [self.model.call(name, body.name, depth) for _ in range(2)]
        except RefusedError:
            with pytest.raises(LinkError):
                self.session.run(body.name, module=name, args=args)
        else:
            returned = self.session.run(body.name, module=name, args=args, shots=2).returns
            assert [word % WORD if isinstance(word, int) else 0 for word in returned] == expected

    @rule(name=names, source=st.sampled_from([b"define void @f() {\n  oops\n}", b"define i64 @f0() { ret void }"]))
    def fail(self, name: str, source: bytes) -> None:
        with pytest.raises(QirSyntaxError):
            self.session.add(source, name)

    @precondition(lambda self: self.crashes < CRASHES)
    @rule(name=names, how=st.sampled_from(["idle", "compiling", "running"]))
    def crash(self, name: str, how: str) -> None:
        self.crashes += 1
        if how == "idle":
            pid = self.session.status().pid
            os.kill(pid, signal.SIGKILL)
            assert eventually(lambda: is_gone(pid))
        elif how == "compiling":
            with pytest.raises(WorkerCrashedError):
                self.session.add(program("faults/llvm_gives_up"), name)
        else:
            with pytest.raises(WorkerCrashedError):
                self.session.run("StoreAt16", module="wrong store")
        self.session._crash_limiter.clear()  # all these crashes are one session's
        self.model.crash()

    def teardown(self) -> None:
        try:
            self._compare()
        finally:
            for info in self.session.modules[1:]:
                self.session.remove(info.name)

    def _compare(self) -> None:
        present = [info.name for info in self.session.modules]
        assert present == ["wrong store", *self.model.modules]
        assert self.session.status().modules == tuple(present)
        for name in self.model.modules:
            undefined = {declaration.name for declaration in self.session.linkage.undefined(name)}
            assert undefined == self.model.undefined(name)


@pytest.mark.timeout(900)
def test_every_call_goes_where_the_present_modules_say(tested: Session) -> None:
    machine = type("Modules", (Modules,), {"session": tested})
    settled = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=settled)
