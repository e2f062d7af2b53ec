"""Functions and classes in Python on their way to an engine process outside the sandbox."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType
from typing import Any

from qirjit_magic.sanitize import is_utf8

_NO_FILE = "<dynamic-code>"  # what cloudpickle puts for every file


def pickled(value: object) -> bytes:
    """A function or class by value, and the texts of its cells by their files' names: a pickle of both.

    Whatever an object raises that cannot be pickled is raised.
    """
    import io  # noqa: PLC0415 - a start that sends nothing does without all of these
    import linecache  # noqa: PLC0415
    import operator  # noqa: PLC0415

    import cloudpickle  # noqa: PLC0415

    class Packer(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
        # Code keeps the name of its file, and texts that are in no file are collected.
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

    stream = io.BytesIO()
    packer = Packer(stream)
    packer.dump((value, packer.texts))  # in this order: the texts are collected on the way
    return stream.getvalue()


def import_folders() -> tuple[str, ...]:
    """Return the folders that this process imports from, as the engine may need the notebook's too."""
    folders = (str(Path(folder).absolute()) for folder in sys.path)
    return tuple(filter(is_utf8, folders))  # no message holds another


def unpickled(content: bytes, folders: tuple[str, ...]) -> Any:  # noqa: ANN401 - what was pickled
    """The value that was pickled; whatever importing its modules raises is raised.

    Args:
        content: what `pickled` gave.
        folders: where modules that it imports may be, looked at after the engine's own.
    """
    import importlib  # noqa: PLC0415 - a start that sends nothing does without all of these
    import linecache  # noqa: PLC0415
    import pickle  # noqa: PLC0415

    # Behind the engine's own folders: a json.py beside the notebook must not become ours.
    sys.path += [folder for folder in folders if folder not in sys.path]
    importlib.invalidate_caches()
    value, sources = pickle.loads(content)  # noqa: S301 - made by the kernel, whose process started this
    for file, text in sources.items():  # of cells, for tracebacks
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return value
