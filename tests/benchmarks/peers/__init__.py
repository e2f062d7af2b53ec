"""Who is measured: each peer turns a case into a call that runs it, in a process of its own that stays warm."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

Run = Callable[[int], object]  # runs this many shots, and returns what the peer gives its user
Prepare = Callable[["Case"], Run]


class CannotRunError(Exception):
    """This peer has no way to run this case; the text says why, for the table."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody who runs circuits.

    Attributes:
        name: what the table calls it.
        package: what has to be installed.
        where: ``module:function`` of what prepares a case.
        environment: variables that its process is started with.
    """

    name: str
    package: str
    where: str
    environment: tuple[tuple[str, str], ...] = ()

    def load(self) -> Prepare:
        """What prepares a case.

        Raises:
            ImportError: it is not installed.
        """
        module, _, function = self.where.partition(":")
        prepare: Prepare = getattr(import_module(f"tests.benchmarks.peers.{module}"), function)
        return prepare


OURS = Peer("qirjit_magic", "qirjit_magic", "ours:prepare", (("QIRJIT_CACHE", "off"),))
_CORES = str(os.cpu_count() or 1)
OTHERS = (
    Peer("qirrunner", "qirrunner", "qir:qirrunner"),
    Peer("QDK cpu", "qdk", "qir:qdk_cpu"),
    Peer("QDK clifford", "qdk", "qir:qdk_clifford"),
    Peer("qirc", "qirc", "qir:qirc"),
    Peer("Qulacs", "qulacs", "qulacs_peer:prepare", (("OMP_NUM_THREADS", _CORES),)),
    Peer("Qulacs, 1 thread", "qulacs", "qulacs_peer:prepare", (("OMP_NUM_THREADS", "1"),)),
    Peer("stim", "stim", "stim_peer:prepare"),
    Peer("Qiskit Aer", "qiskit-aer", "aer_peer:prepare"),
    Peer("qsim", "qsimcirq", "qsim_peer:prepare"),
)
PEERS = (OURS, *OTHERS)
