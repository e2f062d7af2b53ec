"""Each refused construct and its message: the files of ``tests/programs/refused``, each with its text beside it.

Files whose name begins with ``strict`` are added with ``--strict``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from qirjit_magic.errors import QirError
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS

REFUSED = sorted((PROGRAMS / "refused").glob("*.ll"))


@pytest.mark.filterwarnings("ignore::qirjit_magic.errors.QirNotice")  # what will be missing at the run is said early
@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_it_is_refused_with_its_message_and_nothing_is_lost(session: Session, path: Path) -> None:
    session.add("define i64 @before() { ret i64 5 }", name="before")
    pid = session.status().pid
    with pytest.raises(QirError) as caught:
        session.run(module=session.add(path, name="refused", strict=path.stem.startswith("strict")).name)
    (shown,) = caught.value._render_traceback_()
    assert f"{shown}\n" == path.with_suffix(".txt").read_text("utf-8")
    assert session.run("before").returns == [5]
    assert session.status().pid == pid
