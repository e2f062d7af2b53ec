"""The extension of JupyterLab as it is packed; what it does is tested in a browser."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from qirjit_magic import __version__
from tests.files import REPOSITORY

FOLDER = REPOSITORY / "labextension"


def read_json(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def test_it_is_packed_where_jupyterlab_looks_under_its_own_name() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    name = read_json("package.json")["name"]
    assert wheel["shared-data"] == {"labextension": f"share/jupyter/labextensions/{name}"}
    assert "labextension" in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]


def test_its_version_is_that_of_the_package() -> None:
    assert read_json("package.json")["version"] == __version__


def test_what_jupyterlab_is_told_to_load_is_there() -> None:
    build = read_json("package.json")["jupyterlab"]["_build"]
    script = (FOLDER / build["load"]).read_text("utf-8")
    assert f'"{build["extension"]}"' in script
    assert f'const NAME = "{read_json("package.json")["name"]}"' in script


def test_jupyterlab_is_told_that_pip_removes_it() -> None:
    told = read_json("install.json")
    assert (told["packageManager"], told["packageName"]) == ("python", "qirjit_magic")
