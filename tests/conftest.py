"""What holds for every test."""

from __future__ import annotations

import os

# Tests count compilations, and are not to fill, or profit from, the folder of whoever runs them.
os.environ["QIRJIT_CACHE"] = "off"
