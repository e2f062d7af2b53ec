"""With the sparse simulator and one seed, the text of a run is qirrunner's, but for HEADER and what README names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import qirrunner

from qirjit_magic.session.session import Session
from tests.files import REPOSITORY, corpus, program

SEED = 42  # of the .out files


def with_reference(folder: Path | None) -> list[Path]:
    return (
        sorted(file for file in (folder / "qdk").rglob("*.ll") if file.with_suffix(".out").exists()) if folder else []
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "published" in metafunc.fixturenames:
        files = with_reference(corpus())
        metafunc.parametrize("published", files, ids=[f"{file.parents[1].name}-{file.stem}" for file in files])


def ours(session: Session, source: bytes, entry: str | None, *, shots: int, seed: int) -> str:
    info = session.add(source)
    result = session.run(entry, module=info.name, shots=shots, seed=seed, simulator="sparse")
    lines = result.to_text("labeled").splitlines(keepends=True)
    assert [line.startswith("HEADER\t") for line in lines[:3]] == [True, True, False]
    return "".join(lines[2:])


def theirs(source: bytes, entry: str | None, *, shots: int, seed: int) -> str:
    handler: Any = qirrunner.OutputHandler()  # type: ignore[no-untyped-call]  # it ships no types
    qirrunner.run_bytes(source, entry, shots, seed, handler.handle)
    return str(handler.get_output())


@pytest.mark.parametrize("seed", [7, 0, 2**63 - 1])
def test_coins_are_the_same(session: Session, seed: int) -> None:
    source = program("coins")
    text = ours(session, source, None, shots=100, seed=seed)
    assert text == theirs(source, None, shots=100, seed=seed)
    assert text.count("END\t0\n") == 100


def test_the_tutorials_bell_pair_is_the_same(session: Session) -> None:
    source = (REPOSITORY / "notebooks" / "programs" / "Bell.ll").read_bytes()
    assert ours(session, source, None, shots=100, seed=7) == theirs(source, None, shots=100, seed=7)


@pytest.mark.parametrize("shots", [1, 5])
def test_dumps_between_measurements_are_the_same(session: Session, shots: int) -> None:
    source = program("dumps")
    text = ours(session, source, "only_dumps", shots=shots, seed=7)
    assert text == theirs(source, "only_dumps", shots=shots, seed=7)
    assert text.count("STATE: ") == 3 * shots


def test_a_dump_does_not_disturb_the_stream(session: Session) -> None:
    source = program("dumps")
    shots = 40
    text = ours(session, source, "only_dumps", shots=shots, seed=7)
    silent = source.replace(b"  call void @__quantum__qis__dumpmachine__body(ptr null)\n", b"")
    expected = theirs(silent, "only_dumps", shots=shots, seed=7)
    lines = [line for line in text.splitlines() if not line.startswith(("STATE: ", "Global Results: "))]
    assert lines == expected.splitlines()


def test_a_published_program_gives_the_published_output(session: Session, published: Path) -> None:
    text = ours(session, published.read_bytes(), None, shots=1, seed=SEED)
    assert text == published.with_suffix(".out").read_text("utf-8")


def test_the_published_programs_were_found() -> None:
    folder = corpus()
    if folder is None:
        pytest.skip("there is no folder shared/corpus beside the repository: put the published programs there.")
    assert len(with_reference(folder)) >= 18


# ---- where it is not ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "own", "other"),
    [
        ("doubles", "OUTPUT\tDOUBLE\tINF\nOUTPUT\tDOUBLE\t-INF\nOUTPUT\tDOUBLE\tNAN",
         "OUTPUT\tDOUBLE\tinf\nOUTPUT\tDOUBLE\t-inf\nOUTPUT\tDOUBLE\tNaN"),
        ("labels", "METADATA\todd\tva\\tlue", "METADATA\todd\tva\tlue"),
        ("labels", "OUTPUT\tBOOL\ttrue\ta\\tb\nOUTPUT\tBOOL\ttrue\ta\\nb\\rc",
         "OUTPUT\tBOOL\ttrue\ta\tb\nOUTPUT\tBOOL\ttrue\ta\nb\rc"),
        ("returns_three", "END\t3", "END\t0"),
        ("compares_ids", "OUTPUT\tBOOL\ttrue", "OUTPUT\tBOOL\tfalse"),
        ("unmeasured", "OUTPUT\tRESULT\t0", "OUTPUT\tRESULT\t1"),
        ("mixed", "OUTPUT\tRESULT\t1", "OUTPUT\tRESULT\t0"),
    ],
    ids=["doubles", "metadata", "labels", "returned", "comparison", "unmeasured", "values"],
)  # fmt: skip
def test_output_differs_as_the_readme_says(session: Session, entry: str, own: str, other: str) -> None:
    source = program("differences")
    text, reference = ours(session, source, entry, shots=2, seed=7), theirs(source, entry, shots=2, seed=7)
    assert text.count(own) == 2
    assert reference.count(other) == 2
    if entry != "labels":
        assert text.replace(own, other) == reference
