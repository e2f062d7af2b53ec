"""What the benchmark must show: who is to be beaten by how much, and what may cost how much."""

from __future__ import annotations

from tests.benchmarks.measurements import FLOOR, Target

_ARITHMETIC = "in cache a pass is bound by its multiplications, not by memory"
_COMPILING = "LLVM makes machine code of each call"
_CIRCUIT = "half of it is compiling a new program and counting, and Qulacs is given a circuit"
_COLD = "memory that lay idle comes slowly to this virtual machine: run again at once it takes a third of that"
_PROCESSES = "two Python processes start, one of them with LLVM"
_STATE_MIB = 256  # 2^24 amplitudes of 16 bytes
_MB_IN_MIB = 1e6 / (1 << 20)

TARGETS = (
    Target("bell-1000000", "qirrunner", 100),
    Target("bell-1000000", "QDK cpu", 20),
    Target("teleport", "qirrunner", 30),
    Target("teleport", "QDK cpu", 8),
    Target("dense-10x1000", "qirrunner", 200),
    Target("dense-20", "qirrunner", 150),
    Target("dense-20", "QDK cpu", 40),
    Target("dense-20", "Qulacs", 7, why=_CIRCUIT),
    Target("dense-20", "Qulacs, 1 thread", 7, why=_CIRCUIT),
    Target("dense-20", FLOOR, 1.6, "times as long at most", why=_ARITHMETIC),
    Target("dense-24", "Qulacs", 8, why=_COLD),
    Target("dense-24", "Qulacs, 1 thread", 8, why=_COLD),
    Target("ghz-1000", "QDK clifford", 10),
    Target("gates-100000", "qirrunner", 10, why=_COMPILING),
    Target("gates-100000", "QDK cpu", 10, why=_COMPILING),
    Target("hello-cell", "", 1.0, "at most"),
    Target("command-line", "qirrunner", 0.5, "seconds more at most", why=_PROCESSES),
    Target("command-line-new", "qirrunner", 0.5, "seconds more at most", why=_PROCESSES),
    Target("kernels", "", 0.6, "at most"),
    Target("memory-24", "", 1.3 * _STATE_MIB + 200 * _MB_IN_MIB, "at most", "MiB"),
)
