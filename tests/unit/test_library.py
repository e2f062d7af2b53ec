from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from qirjit_magic.engine.simulators.shared_library import LibrarySimulator, SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library
from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.simulator_specs import SimulatorSpec

_needs_glibc = pytest.mark.skipif(sys.platform != "linux", reason="the C library has another name on this system.")


def test_a_symbol_is_found_by_name() -> None:
    assert SharedLibrary(qirrunner_library()).find("__quantum__qis__h__body") > 0
    assert SharedLibrary(None).find("sin") > 0


@pytest.mark.parametrize("name", ["__quantum__qis__unheard_of__body", "", "a b"])
def test_a_symbol_that_is_not_there_is_0(name: str) -> None:
    assert SharedLibrary(qirrunner_library()).find(name) == 0


@pytest.mark.parametrize("content", [None, b"", b"no library at all\n"])
def test_what_is_no_library_is_refused_by_its_path(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "libsim.so"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SimulatorError) as caught:
        LibrarySimulator(SimulatorSpec("sim", str(file)))
    assert f"'{file}' cannot be loaded" in str(caught.value)


def test_a_library_without_an_initialiser_needs_none() -> None:
    simulator = LibrarySimulator(SimulatorSpec("again", qirrunner_library()))
    assert simulator.find("__quantum__qis__h__body") > 0
    assert simulator.spec.name == "again"


def test_an_initialiser_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(SimulatorError, match="'InitMySim'"):
        LibrarySimulator(SimulatorSpec("again", qirrunner_library(), "InitMySim"))


@_needs_glibc
def test_an_initialiser_is_called_with_0() -> None:
    library = ctypes.CDLL("libc.so.6")
    library.srandom(0)
    expected = library.random()
    library.srandom(5)
    LibrarySimulator(SimulatorSpec("c", "libc.so.6", "srandom"))
    assert library.random() == expected


@_needs_glibc
@pytest.mark.parametrize("name", ["system", "random", "malloc"])
def test_only_functions_of_qir_are_found_in_a_simulator(name: str) -> None:
    assert SharedLibrary("libc.so.6").find(name) > 0
    assert LibrarySimulator(SimulatorSpec("c", "libc.so.6")).find(name) == 0


def test_a_library_takes_no_seed_and_says_so() -> None:
    simulator = LibrarySimulator(SimulatorSpec("again", qirrunner_library()))
    with pytest.raises(SimulatorError, match=r"'again' takes no seed .*7"):
        simulator.begin(7)


def test_a_library_prints_its_dumps_itself() -> None:
    simulator = LibrarySimulator(SimulatorSpec("again", qirrunner_library()))
    assert not simulator.holds_dumps
    assert simulator.take_dumps() == []
