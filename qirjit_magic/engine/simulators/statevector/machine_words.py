"""The words of ``@machine`` that Python sets or reads: those of ``machine.ll``."""

from __future__ import annotations

from enum import IntEnum

WORDS = 48


class MachineWord(IntEnum):
    """What each is stands in ``machine.ll``."""

    POSITIONS = 1
    ROOM = 2
    SEED = 5
    NORM = 8
    ANGLE = 9
    RE = 10
    IM = 11
    QUEUE = 12
    PLACES = 13
    RESULTS = 14
    STAMP = 15
    OWNERS = 16
    WAITING = 17
    LAST = 18
    PASS_TABLE = 20
    SCRATCH = 21
    GROUP = 22
    GROUPED = 23
    MOST = 26
    AVAILABLE = 27
    TAKEN = 28
    RESULT_ROOM = 32
    THREADS = 34
    LACKING = 35
    BRANCHES = 37
    BRANCH_TABLE = 38
    BRANCH_SLOTS = 39
    KEEPING = 40
    OWN_RE = 41
    OWN_IM = 42
    KEEPING_FIRST = 44
