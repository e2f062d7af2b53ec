"""What tests in a browser need."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

_PACKAGES = ("jupyterlab", "notebook", "voila", "playwright")


def chromium() -> str | None:
    """The path of the system's Chromium, where there is one."""
    return shutil.which("chromium")


def missing() -> str:
    """How to get what is not there, in a sentence; empty where everything is."""
    packages = [name for name in _PACKAGES if find_spec(name) is None]
    if packages:
        return f"Tests in a browser need {', '.join(packages)}: pip install '.[test]'"
    return "" if chromium() else "Tests in a browser need Chromium: apt-get install chromium"


def required() -> bool:
    """Whether tests in a browser are to fail, not to be skipped, where something is missing."""
    return os.environ.get("QIRJIT_BROWSER") == "required"
