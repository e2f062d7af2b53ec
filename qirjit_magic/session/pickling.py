"""Functions as bytes for the engine process, with what a traceback shows of them."""

from __future__ import annotations

import io
import linecache
import operator
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import cloudpickle

_NO_FILE = "<dynamic-code>"  # what cloudpickle puts for every file


class _Packer(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
    """cloudpickle, but code keeps the name of its file, and texts that are in no file are collected."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self.texts: dict[str, str] = {}

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - as pickle has it
        if not isinstance(value, CodeType) or value.co_filename == _NO_FILE:
            return super().reducer_override(value)
        file = value.co_filename
        if file not in self.texts and not Path(file).exists():
            self.texts[file] = "".join(linecache.getlines(file))
        return operator.methodcaller("replace", co_filename=file), (value.replace(co_filename=_NO_FILE),)


def pickled_function(function: Callable[..., object]) -> bytes:
    """The function, and the texts of its cells by their files' names: a pickle of both.

    Whatever an object raises that cannot be pickled is raised.
    """
    stream = io.BytesIO()
    packer = _Packer(stream)
    packer.dump((function, packer.texts))  # in this order: the texts are collected on the way
    return stream.getvalue()
