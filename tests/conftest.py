"""What holds for every test."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from tests.builtin_objects import write_builtin_objects

# The processes that tests start find this package compiled, whatever the environment says: each would compile it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Tests count compilations, and are not to fill, or profit from, the folder of whoever runs them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["QIRJIT_CACHE"] = "off"
_TESTS = Path(__file__).parent
_BROWSER, _UNIT = _TESTS / "notebook" / "browser", _TESTS / "unit"


def pytest_configure(config: pytest.Config) -> None:
    """Signals are heeded; where several processes share the tests, they take the files in the order made below."""
    _heed_signals()
    if hasattr(config.option, "loadscopereorder"):  # pytest-xdist's: those with the most tests first
        config.option.loadscopereorder = False
    if not (hasattr(config, "workerinput") or config.option.collectonly):
        _keep_builtin_objects(config)


def _heed_signals() -> None:
    # Where they are ignored, as in a shell's background or under nohup, processes that tests start would ignore them.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # Windows has none
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _keep_builtin_objects(config: pytest.Config) -> None:
    # Every process finds what an engine brings itself, which takes a third of a second to compile.
    folder = tempfile.TemporaryDirectory(prefix="qirjit-own-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    # There is no room for anything more: each test compiles its own modules.
    if write_builtin_objects(Path(folder.name)):
        os.environ |= {"QIRJIT_CACHE": folder.name, "QIRJIT_CACHE_MIB": "0"}


@pytest.hookimpl(trylast=True)  # whoever shuffles them has done so
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, a file's stay together: they share kernels and engines, or a browser."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    if hasattr(config, "workerinput"):  # of one of several processes
        # What takes minutes comes first and what takes seconds last, so that all of them end at about the same time.
        usual = float(config.getini("timeout"))
        long = {str(_BROWSER)} | {_group(item) for item in items if _seconds(item, usual) > usual}
        items.sort(key=lambda item: 2 if item.path.is_relative_to(_UNIT) else int(_group(item) not in long))


def _group(item: pytest.Item) -> str:
    return str(_BROWSER if item.path.is_relative_to(_BROWSER) else item.path)


def _seconds(item: pytest.Item, usual: float) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker is not None and marker.args else usual
