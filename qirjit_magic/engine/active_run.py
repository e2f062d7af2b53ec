"""`ActiveRun`: the run of this process that may go on with another request."""

from __future__ import annotations

from msgspec import structs

from qirjit_magic.engine.simulator_selection import SimulatorChoice
from qirjit_magic.protocol.messages import Outcome, RunRequest
from qirjit_magic.protocol.simulator_specs import AUTO


class ActiveRun:
    """The simulator that carries out a run, and whether it still knows the states of its shots.

    Between the parts of one run they are kept; they are given back when it ends, or when anything else is asked for.
    """

    def __init__(self) -> None:
        self._choice: SimulatorChoice | None = None
        self._run: RunRequest | None = None

    @property
    def choice(self) -> SimulatorChoice:
        """The simulator of the run."""
        assert self._choice is not None  # noqa: S101 - what goes on was begun
        return self._choice

    @choice.setter
    def choice(self, choice: SimulatorChoice) -> None:
        self._choice = choice

    def begins_with(self, request: RunRequest) -> bool:
        """Return whether a request begins a run here, so that nothing of another one may be left."""
        if request.first > request.begins:
            return False
        if self._run is not None and self._run == self._without_shots(request):
            return False
        self.end()
        return True

    def end(self) -> None:
        """Give back what is kept, if anything is."""
        if self._run is not None:
            self._run = None
            self.choice.instance.simulator.end()

    def note(self, request: RunRequest, outcome: Outcome) -> None:
        """A request has been carried out: keep everything where more of its run may come."""
        if outcome == "full":
            return
        is_part = outcome == "stopped" or (outcome == "done" and request.ends is not None)
        self._run = self._without_shots(request) if request.run and is_part else None
        if self._run is None:
            self.choice.instance.simulator.end()

    def _without_shots(self, request: RunRequest) -> RunRequest:
        # What the requests for parts of one run have in common.
        simulator = self.choice.instance.simulator.spec if request.simulator == AUTO else request.simulator
        return structs.replace(request, first=0, begins=0, ends=None, method="live", simulator=simulator)
