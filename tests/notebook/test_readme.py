"""The README says what is true."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.files import REPOSITORY
from tests.notebook.kernels import Kernel

README = (REPOSITORY / "README.md").read_text("utf-8")


def _block(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, mark
    return found[1]


def test_the_python_snippet_prints_what_the_readme_says() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _block("python snippet")], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == _block("its output")


def test_the_cell_of_the_readme_says_hello(kernel: Kernel) -> None:
    found = re.search(r"```llvm\n(%%qir .*?)```", README, re.DOTALL)
    assert found
    assert kernel.run(found[1]).stdout == "Hello quantum world!\n"


def test_pictures_that_the_readme_shows_exist() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((REPOSITORY / picture).is_file() for picture in pictures)
