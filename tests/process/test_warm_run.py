"""Whoever reads how a run goes has few files to open."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import qirjit_magic
from qirjit_magic.session.session import Session
from tests.files import program

_PACKAGE = str(Path(qirjit_magic.__file__).parent)


def test_a_warm_run_of_one_shot_enters_at_most_fifteen_files_of_the_kernels_side(session: Session) -> None:
    session.add(program("coins"), "coins")
    for _ in range(2):
        session.run("coins")
    # A reply that takes longer than a tick has the process looked at: that is no part of a run.
    entered = min((entered_by_a_run(session) for _ in range(5)), key=len)
    assert "/session/session.py" in entered
    assert len(entered) <= 15, sorted(entered)


def entered_by_a_run(session: Session) -> set[str]:
    entered = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_PACKAGE):
            entered.add(frame.f_code.co_filename.removeprefix(_PACKAGE))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        session.run("coins")
    finally:
        sys.setprofile(before)
    return entered
