"""Paths that begin as somebody types them."""

from __future__ import annotations

import os
from itertools import islice

_MAX_ENTRIES = 5_000


def matching_paths(typed: str, suffixes: tuple[str, ...]) -> list[str]:
    """Folders, with a slash at their end, and files of these suffixes, sorted; relative to this process's folder.

    What begins with a dot is left out unless the dot is typed, and so is what cannot be read. Of a large folder only a
    part is looked at.

    Args:
        typed: the beginning, which stays as it is: ``~/`` is looked up and not replaced.
        suffixes: such as ``.ll``; of capital letters too.
    """
    folder, slash, name = typed.rpartition("/")
    try:
        looked_at = os.path.expanduser(folder + slash) if slash else "."  # noqa: PTH111 - a ~user that nobody is stays
        with os.scandir(looked_at) as entries:
            found = [
                f"{folder}{slash}{entry.name}{'/' if entry.is_dir() else ''}"
                for entry in islice(entries, _MAX_ENTRIES)
                if entry.name.startswith(name)
                and entry.name.startswith(".") <= name.startswith(".")
                and (entry.is_dir() or entry.name.lower().endswith(suffixes))
            ]
    except (OSError, ValueError):  # a NUL, or half of a surrogate pair
        return []
    return sorted(found)
