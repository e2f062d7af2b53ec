"""Jupyter servers with folders of their own: one has JupyterLab and Voila, one Notebook 7."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

import qirjit_magic
from tests.files import REPOSITORY

_START_S, _END_S, _POLL_S = 60, 15, 0.02
# Together in one process, what JupyterLab has opened makes errors in Notebook 7.
_MODULES = {"lab": "jupyterlab", "voila": "jupyterlab", "notebook": "notebook"}
_SETTINGS: dict[str, dict[str, Any]] = {
    # Every cell stays on the page, so that one that is scrolled away is found too.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@dataclass(frozen=True)
class Server:
    """A Jupyter server that runs.

    Attributes:
        url: of its root, with a slash at the end.
        token: that it asks for.
        folder: what it serves.
        config: the folder of its settings.
        process: its process.
    """

    url: str
    token: str
    folder: Path
    config: Path
    process: psutil.Process

    def kernels(self) -> list[psutil.Process]:
        """The processes of its kernels."""
        return [child for child in self.process.children() if "ipykernel" in " ".join(child.cmdline())]

    def kernel_ids(self) -> set[str]:
        """What it calls its kernels."""
        return {kernel["id"] for kernel in self._ask("GET", "api/kernels")}

    def end_kernel(self, kernel: str) -> None:
        """End a kernel, and with it its engine."""
        with contextlib.suppress(urllib.error.HTTPError):  # it has ended meanwhile
            self._ask("DELETE", f"api/kernels/{kernel}")

    def set_theme(self, theme: str) -> None:
        """Have pages that are opened from now on in this theme."""
        _write_setting(self.config, "apputils-extension/themes", {"theme": theme})

    def _ask(self, method: str, path: str) -> Any:
        asked = urllib.request.Request(  # noqa: S310 - the server's own address
            self.url + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(asked, timeout=_END_S) as answer:  # noqa: S310 - likewise
            return json.loads(answer.read() or "null")


@dataclass
class Servers:
    """The servers of the front ends, each started when it is first asked for."""

    _closing: contextlib.ExitStack
    _started: dict[str, Server] = field(default_factory=dict)

    def __getitem__(self, front_end: str) -> Server:
        """The server of ``lab``, ``notebook`` or ``voila``."""
        module = _MODULES[front_end]
        if module not in self._started:
            self._started[module] = self._closing.enter_context(serving(module))
        return self._started[module]

    def __iter__(self) -> Iterator[Server]:
        """Those that were started."""
        return iter(self._started.values())


@contextlib.contextmanager
def serving(module: str = "jupyterlab", *, labextensions: Sequence[Path] | None = None) -> Iterator[Server]:
    """A server; it, its kernels and all of its folders are gone afterwards.

    Its kernels import the ``qirjit_magic`` that this process has.

    Args:
        module: ``jupyterlab``, which has Voila with it, or ``notebook``.
        labextensions: folders of extensions of JupyterLab that take the place of this project's; the repository's by
            default. Others that are installed are there too.
    """
    with tempfile.TemporaryDirectory(prefix="qirjit-browser-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        token = secrets.token_hex()
        if labextensions is not None:
            _disable_installed(folder / "config")
        else:
            shutil.copytree(REPOSITORY / "labextension", folder / "labextensions" / "qirjit-magic")
            labextensions = [folder / "labextensions"]
        _write_config(folder, token, labextensions)
        log = folder / "server.log"
        with log.open("wb") as out:
            process = psutil.Popen(
                [sys.executable, "-m", "tests.notebook.browser.launcher", module, "--no-browser", "--allow-root"],
                cwd=REPOSITORY,
                env=_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            url = _address(process, folder / "runtime", log)
            yield Server(url, token, folder / "root", folder / "config", process)
        finally:
            _end(process)


def _disable_installed(config: Path) -> None:
    # The environment may have this project's extension, as CI's has
    page_config = config / "labconfig" / "page_config.json"
    page_config.parent.mkdir(parents=True)
    page_config.write_text(json.dumps({"disabledExtensions": {"qirjit-magic": True}}), "utf-8")


def _environment(folder: Path) -> dict[str, str]:
    # Nobody's settings are read, and none are written.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    package = str(Path(qirjit_magic.__file__).parents[1])
    paths = [package, *filter(None, [kept.get("PYTHONPATH")])]
    folders = {name: str(folder / part) for name, part in own.items()}
    return {**kept, **folders, "PYTHONPATH": os.pathsep.join(paths)}


def _write_config(folder: Path, token: str, labextensions: Sequence[Path]) -> None:
    (folder / "root").mkdir()
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "migrated").touch()  # or the settings of an old IPython are copied
    front_end = {
        "expose_app_in_browser": True,
        "extra_labextensions_path": [str(path) for path in labextensions],
    }
    server: dict[str, Any] = {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": 0,  # the system chooses a free one
            "root_dir": str(folder / "root"),
            "jpserver_extensions": {
                "jupyterlab": True,
                "notebook": True,
                "voila.server_extension": True,
                "jupyter_lsp": False,  # nobody asks them, and they take a second to start
                "jupyter_server_terminals": False,
            },
        },
        "IdentityProvider": {"token": token},
        "LabApp": front_end,
        "JupyterNotebookApp": front_end,
    }
    (config / "jupyter_server_config.json").write_text(json.dumps(server), "utf-8")
    for plugin, setting in _SETTINGS.items():
        _write_setting(config, plugin, setting)


def _write_setting(config: Path, plugin: str, setting: dict[str, Any]) -> None:
    path = config / "lab" / "user-settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(setting), "utf-8")


def _address(process: psutil.Popen, runtime: Path, log: Path) -> str:
    end = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < end:
        for found in runtime.glob("jpserver-*.json"):
            # It may be half written, and the server listens only after that.
            with contextlib.suppress(json.JSONDecodeError, urllib.error.URLError):
                url = str(json.loads(found.read_text("utf-8"))["url"])
                with urllib.request.urlopen(f"{url}api", timeout=_END_S):  # noqa: S310 - the server's own address
                    return url
        time.sleep(_POLL_S)
    raise RuntimeError(f"The Jupyter server did not start. It said:\n{log.read_text('utf-8')[-4000:]}")


def _end(process: psutil.Popen) -> None:
    below: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):  # it has ended by itself
        below = process.children(recursive=True)
        process.terminate()  # it ends its kernels
    _, left = psutil.wait_procs([process, *below], timeout=_END_S)
    for each in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(left, timeout=_END_S)
