"""What qirrunner prints: a program of its own, since it may crash. Paths come in by lines, texts go out.

``python -m tests.process.qirrunner_outputs SHOTS SEED``
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.files import REPOSITORY

LONGEST_S = 100


def outputs(files: Sequence[Path], *, shots: int, seed: int) -> dict[Path, str]:
    """The text of each program that it runs to the end; the others are left out."""
    command = [sys.executable, "-m", "tests.process.qirrunner_outputs", str(shots), str(seed)]
    found: dict[Path, str] = {}
    waiting = list(files)
    while waiting:
        lines = "".join(f"{file}\n" for file in waiting)
        done = subprocess.run(
            command, input=lines, capture_output=True, text=True, timeout=LONGEST_S, cwd=REPOSITORY, check=False
        )
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"file"')]
        found |= {Path(answer["file"]): answer["text"] for answer in answers if answer["text"] is not None}
        waiting = waiting[len(answers) + 1 :]  # it died of the one that has no answer
    return found


def _text(path: str, shots: int, seed: int) -> str | None:
    import qirrunner  # noqa: PLC0415 - only the program needs it

    printed: list[str] = []
    try:
        qirrunner.run_bytes(Path(path).read_bytes(), None, shots, seed, lambda output: printed.append(str(output)))
    except Exception:  # noqa: BLE001 - of whatever kind: it cannot run this
        return None
    return "".join(printed)


if __name__ == "__main__":
    for line in sys.stdin:
        text = _text(line.strip(), int(sys.argv[1]), int(sys.argv[2]))
        print(json.dumps({"file": line.strip(), "text": text}), flush=True)  # noqa: T201 - its answer
