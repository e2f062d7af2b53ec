"""`lazy_pattern`: a regular expression that is compiled when it is first used: a process uses few of those it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as lazy_pattern
else:

    class lazy_pattern:  # noqa: N801 - called as `re.compile` is
        """Return the pattern of `re.compile`, made when one of its methods is first asked for."""

        def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
            self._given = pattern, flags

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any of a pattern's attributes
            found = getattr(re.compile(*self._given), name)
            setattr(self, name, found)  # the next time it is an attribute like any other
            return found


__all__ = ["lazy_pattern"]
