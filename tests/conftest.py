"""What holds for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Tests count compilations, and are not to fill, or profit from, the folder of whoever runs them.
os.environ["QIRJIT_CACHE"] = "off"
_BROWSER = Path(__file__).parent / "notebook" / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, a file's stay together: they share kernels and engines, or a browser."""
    for item in items:
        group = _BROWSER if item.path.is_relative_to(_BROWSER) else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))
