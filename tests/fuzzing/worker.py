"""A process that carries mutations out and says what came of them, one line of JSON each."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import asdict, replace

from tests.fuzzing.mutations import mutate
from tests.fuzzing.seeds import read_seeds
from tests.fuzzing.trial import Trial

_CHECK_EVERY = 50
_MEMORY = 4 << 30  # bytes: a mutation may ask for all there is
_FILE = 1 << 30


def work(seed: int, indices: range, seconds: float) -> None:
    """Carry out these mutations, as many as there is time for; each is named before it is begun."""
    seeds = read_seeds()
    deadline = time.monotonic() + seconds
    with Trial() as trial:
        _say({"ready": os.getpid()})
        for turn, index in enumerate(indices):
            if time.monotonic() > deadline:
                break
            _say({"begun": index})
            outcome = trial.carry_out(mutate(seeds, seed, index))
            if turn % _CHECK_EVERY == 0 and not outcome.finding and (finding := trial.check()):
                outcome = replace(outcome, finding=f"after this or one of those before: {finding}")
            _say(asdict(outcome))


def _say(message: dict[str, object]) -> None:
    _OUT.write(json.dumps(message) + "\n")
    _OUT.flush()


def _limit() -> None:
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_DATA, _MEMORY), (resource.RLIMIT_FSIZE, _FILE)):
        _, highest = resource.getrlimit(kind)
        if highest == resource.RLIM_INFINITY or most < highest:
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    # What others print is not to be taken for an outcome.
    _OUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ["QIRJIT_CACHE"] = "off"
    _limit()
    first, end, step = map(int, sys.argv[2:5])
    work(int(sys.argv[1]), range(first, end, step), float(sys.argv[5]))
