"""Gigabytes of messages through one real kernel that may have little memory: it lives, and runs end with LimitError.

Run: ``python -m tests.benchmarks.flood [--gigabytes 5] [--group-gib 2]``; the exit status is 1 where the kernel
died, or a run ended otherwise.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.notebook.confined import confined_kernel, peak_bytes, resident_peak
from tests.notebook.kernels import program

_A_SHOT = 200_000
_MESSAGE = 47  # bytes that each has at least
_GB = 10**9
_MIB = 1 << 20


def main(gigabytes: float = 5.0, group_gib: float = 2.0) -> int:
    """Say so many bytes of messages, in as many runs as it takes; the first of them wants to say all."""
    shots = int(gigabytes * _GB / (_A_SHOT * _MESSAGE)) + 1
    said, wrong, runs = 0, 0, 0
    with confined_kernel(int(group_gib * 1024 * _MIB)) as (kernel, group):
        print(f"a kernel in {f'the control group {group}' if group else 'its own RLIMIT_DATA'} of {group_gib:g} GiB")
        kernel.run("from qirjit_magic.session.default import default_session")
        print(f"kept_bytes is {int(kernel.value('default_session().limits.kept_bytes')) / _MIB:,.0f} MiB")
        kernel.run(f"%%qir --no-run --name floods\n{program('different_messages')}")
        before = resident_peak(kernel, anew=True)
        while said < gigabytes * _GB:
            began = time.perf_counter()
            cell = kernel.run(f"%qir different_messages --args {_A_SHOT} --shots {shots} -o result")
            seconds = time.perf_counter() - began
            runs += 1
            kept = int(kernel.value("len(result.shots)"))
            said += kept * _A_SHOT * _MESSAGE
            whole = cell.error_name == "LimitError" and 0 < kept < shots
            wrong += not whole
            more = (resident_peak(kernel) - before) / _MIB
            print(
                f"run {runs}: {cell.error_name or 'no error'}, {kept:,} of {shots:,} shots of {_A_SHOT:,} messages, "
                f"{seconds:.1f} s, resident at most {more:,.0f} MiB more than {before / _MIB:,.0f}"
            )
            if not kept:
                break
        alive = kernel.value("6 * 7") == "42"
        most = f", the group had at most {peak_bytes(group) / _MIB:,.0f} MiB" if group else ""
        print(f"{said / _GB:.1f} GB in {runs} runs; the kernel {'lives' if alive else 'is dead'}{most}")
    return 1 if wrong or not alive else 0


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=5.0)
    parser.add_argument("--group-gib", type=float, default=2.0)
    return parser.parse_args()


if __name__ == "__main__":
    given = _parsed()
    sys.exit(main(given.gigabytes, given.group_gib))
