"""Files that tests read: this repository's, and the public programs beside it."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PROGRAMS = REPOSITORY / "tests" / "programs"
BITCODE = (
    REPOSITORY / "tests" / "bitcode"
)  # what LLVM 14 has made of the text beside it, and LLVM does not make any more
TUTORIAL_PROGRAMS = REPOSITORY / "notebooks" / "programs"


def program(name: str) -> bytes:
    """The text of a program of the tests or of the tutorial, by its name without ``.ll``."""
    places = (folder / f"{name}.ll" for folder in (PROGRAMS, TUTORIAL_PROGRAMS))
    return next(place for place in places if place.exists()).read_bytes()


def corpus() -> Path | None:
    """The folder of public programs beside the repository, where it is there."""
    places = (parent / "shared" / "corpus" for parent in REPOSITORY.parents)
    return next((place for place in places if place.is_dir()), None)
