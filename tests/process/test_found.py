"""What fuzzing found: the files of ``tests/programs/found``, each with what it did, as text and as bitcode.

A program that LLVM itself dies of is not here: it costs an engine process, and is told as such.
"""

from __future__ import annotations

from pathlib import Path

import llvmlite.binding as llvm
import pytest

from qirjit_magic.display.modules import modules_table, profile_table, table_text
from qirjit_magic.errors import EntryPointError, QirError, QirSyntaxError, UnsafeModuleError
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS

FOUND = sorted((PROGRAMS / "found").glob("*.ll"))
REFUSED = {
    "filled_variable": (UnsafeModuleError, "the object code is 100,"),
    "types_that_double": (UnsafeModuleError, "written out it is longer than"),
}
REFUSED_AS_BITCODE = {**REFUSED, "attribute_not_utf8": (QirSyntaxError, "text that is not UTF-8")}


def bitcode(path: Path) -> bytes:
    return bytes(llvm.parse_assembly(path.read_text("utf-8"), llvm.create_context()).as_bitcode())


def ends_well(session: Session, source: bytes, refused: tuple[type[QirError], str] | None) -> None:
    pid = session.status().pid
    if refused:
        kind, reason = refused
        with pytest.raises(kind, match=reason):
            session.add(source, "found")
    else:
        runs(session, session.add(source, "found"))
    assert session.status().pid == pid


def runs(session: Session, info: ModuleInfo) -> None:
    for table in (modules_table(session.linkage), profile_table(info)):
        assert table_text(table)
    assert info.entry_points[0].required_qubits is None
    assert session.run("main", module="found").returns == [7]
    for function in info.functions:
        if function.name != "main":
            with pytest.raises(EntryPointError):
                session.run(function.name)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_runs_or_is_refused(session: Session, path: Path) -> None:
    ends_well(session, path.read_bytes(), REFUSED.get(path.stem))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_runs_as_bitcode_or_is_refused(session: Session, path: Path) -> None:
    ends_well(session, bitcode(path), REFUSED_AS_BITCODE.get(path.stem))
