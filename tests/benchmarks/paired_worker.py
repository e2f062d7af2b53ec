"""One tree's side of `paired`: runs programs with the package that ``PYTHONPATH`` names, and says how long each took.

It is run as a file, so that it is the same for both trees, and takes from the package what all its versions have.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from itertools import count

from qirjit_magic import Limits, Session


def main() -> None:
    """Answer each line of standard input, a program's text and its shots, with the seconds of one run."""
    numbers = count()
    answers, sys.stdout = sys.stdout, sys.stderr  # what programs print is no answer
    with Session(limits=Limits(source_bytes=1 << 28)) as session:
        for line in sys.stdin:
            text, shots = json.loads(line)
            source = f"{text}\n; {next(numbers)}\n"  # a text that no cache has seen
            gc.collect()
            began = time.perf_counter()
            session.add(source, "measured")
            session.run(module="measured", shots=shots).counts()
            print(time.perf_counter() - began, file=answers, flush=True)


if __name__ == "__main__":
    main()
