"""Without a browser the tests that need one are skipped, or fail where it is required."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.files import REPOSITORY
from tests.notebook.browser import needs
from tests.notebook.browser.servers import serving

SENTENCE = "Tests in a browser need Chromium: apt-get install chromium"


def _tests_without_chromium(nowhere: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "tests/notebook/browser/test_panel.py"]
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "QIRJIT_BROWSER": "", **environment, "PATH": str(nowhere)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_chromium_tests_in_a_browser_are_skipped_with_how_to_get_it(tmp_path: Path) -> None:
    done = _tests_without_chromium(tmp_path)
    assert "1 skipped" in done.stdout, done.stdout
    assert SENTENCE in done.stdout


def test_where_a_browser_is_required_its_absence_is_a_failure(tmp_path: Path) -> None:
    done = _tests_without_chromium(tmp_path, QIRJIT_BROWSER="required")
    assert done.returncode not in {0, pytest.ExitCode.NO_TESTS_COLLECTED}
    assert SENTENCE in done.stdout


def test_a_missing_package_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_PACKAGES", ("no_such_package", "pytest"))
    assert needs.missing() == "Tests in a browser need no_such_package: pip install '.[test]'"


def test_a_server_that_ends_at_once_is_told_with_what_it_said() -> None:
    with pytest.raises(RuntimeError, match=r"did not start[^~]*no_such_server"), serving("no_such_server"):
        pass
