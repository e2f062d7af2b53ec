"""Files of what a picture is to look like; ``QIRJIT_GOLDENS=write`` writes them anew, to be looked at and committed."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent / "unit" / "goldens"


def assert_golden(name: str, text: str) -> None:
    """The text is that of the file of this name."""
    path = _FOLDER / name
    if os.environ.get("QIRJIT_GOLDENS") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
