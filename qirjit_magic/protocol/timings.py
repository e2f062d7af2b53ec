"""`Timings`: how long each step of a run took, and the `Stopwatch` that measures them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal, get_args

import msgspec

Step = Literal["start", "parse", "verify", "optimise", "compile", "link", "trace", "simulate", "sample", "decode"]
STEPS: tuple[Step, ...] = get_args(Step)
COMPILING: tuple[Step, ...] = ("parse", "verify", "optimise", "compile")
RUNNING: tuple[Step, ...] = ("link", "trace", "simulate", "sample")


class Timings(msgspec.Struct, frozen=True):
    """The seconds of each step, in the order in which they come; 0 for a step that did not happen.

    Attributes:
        start: waiting until the engine is ready: a new process loads LLVM and takes back the modules that there are;
            what it brings itself is compiled where the disk lacks it.
        parse: LLVM reads the module, and its names are looked up.
        verify: LLVM's verifier, and what is checked besides: safety, profile, signatures.
        optimise: LLVM's passes, and what is prepared for them.
        compile: object code is made.
        link: the simulator is attached, and what the run reaches is linked.
        trace: one shot is run to see whether all do the same; the first time the engine process loads NumPy for it.
        simulate: the shots are run; of sampled ones, the state is computed from which they are drawn.
        sample: the results of all shots are drawn.
        decode: what the shots left behind is copied and becomes columns; the first time NumPy is loaded for it.
        total: all of it, by the kernel's clock.
        from_cache: whether the object code came from the disk, so that nothing was parsed, verified or compiled.

    Example:
        >>> timings = qir.run(bell, shots=100).timings
        >>> "link" in timings.steps, timings.total > 0
        (True, True)
    """

    start: float = 0.0
    parse: float = 0.0
    verify: float = 0.0
    optimise: float = 0.0
    compile: float = 0.0
    link: float = 0.0
    trace: float = 0.0
    simulate: float = 0.0
    sample: float = 0.0
    decode: float = 0.0
    total: float = 0.0
    from_cache: bool = False

    @property
    def steps(self) -> dict[Step, float]:
        """The steps that happened, in their order."""
        seconds = {step: float(getattr(self, step)) for step in STEPS}
        return {step: took for step, took in seconds.items() if took}

    @property
    def rest(self) -> float:
        """The rest of the total: the way between the processes, the cache on disk, what a process did that died."""
        return max(0.0, self.total - sum(self.steps.values()))


UNTIMED = Timings()


class Stopwatch:
    """Measures steps that follow each other.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._seconds: dict[str, Any] = {}
        self._last = clock()

    def lap(self, step: Step) -> None:
        """Count the time since the last lap for this step."""
        now = self._clock()
        self._seconds[step] = self._seconds.get(step, 0.0) + now - self._last
        self._last = now

    @property
    def timings(self) -> Timings:
        """The steps so far."""
        return Timings(**self._seconds)
