"""The README's figures: what stands between two marks is replaced."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.files import REPOSITORY

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
PICTURE = Path("notebooks") / "images" / "benchmarks.png"


def with_figures(text: str, table: str) -> str:
    """The README with this table.

    Raises:
        ValueError: it has no place for one.
    """
    if not re.search(f"{BEGIN}.*{END}", text, re.DOTALL):
        raise ValueError(f"README.md has no {BEGIN} … {END}: put both lines where the table shall stand")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def rewrite(table: str, picture: Path | None) -> None:
    """Put the table, and the picture where there is one, into the repository."""
    readme = REPOSITORY / "README.md"
    shown = f"![What a run costs, against qubits, gates and shots]({PICTURE.as_posix()})\n\n" if picture else ""
    if picture:
        shutil.copyfile(picture, REPOSITORY / PICTURE)
    readme.write_text(with_figures(readme.read_text("utf-8"), shown + table.rstrip("\n")), "utf-8")
