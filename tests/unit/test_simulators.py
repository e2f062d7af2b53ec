from __future__ import annotations

from pathlib import Path

import pytest

from qirjit_magic.errors import SimulatorError, SimulatorNotFoundError
from qirjit_magic.protocol.simulator_specs import (
    AUTO,
    SPARSE,
    STABILIZER,
    STATEVECTOR,
    SimulatorSpec,
    find_simulator,
    simulator_names,
)


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package whose ``entry_points.txt`` a test may write to, as its module ``noisy_pack``."""
    installed = tmp_path / "noisy_pack-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy_pack\nVersion: 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return installed / "entry_points.txt"


def _register(entry_points: Path, name: str, target: str) -> None:
    entry_points.write_text(f"[qirjit_magic.simulators]\n{name} = {target}\n")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    file = tmp_path / "lib" / "libsim.so"
    file.parent.mkdir()
    file.touch()
    return file


@pytest.mark.parametrize("spec", [AUTO, SPARSE, STATEVECTOR])
def test_the_built_in_simulators_have_their_names(spec: SimulatorSpec) -> None:
    assert find_simulator(spec.name) is spec
    assert SPARSE.seedable


@pytest.mark.parametrize("spec", [STATEVECTOR, STABILIZER], ids=lambda spec: spec.name)
def test_the_other_built_in_simulators_go_by_their_names(spec: SimulatorSpec) -> None:
    assert find_simulator(spec.name) is spec
    assert spec.seedable


def test_an_absolute_path_is_a_simulator_without_a_seed(library: Path) -> None:
    expected = SimulatorSpec(name=str(library), path=str(library.resolve()))
    assert find_simulator(str(library)) == expected
    assert not expected.seedable


def test_an_initialiser_stands_after_a_colon(library: Path) -> None:
    spec = find_simulator(f"{library}:InitMySim")
    assert (spec.path, spec.initialiser) == (str(library.resolve()), "InitMySim")


def test_a_colon_before_no_symbol_belongs_to_the_path(tmp_path: Path) -> None:
    file = tmp_path / "libsim.so:2.0"
    file.touch()
    spec = find_simulator(str(file))
    assert (spec.path, spec.initialiser) == (str(file.resolve()), "")


@pytest.mark.parametrize("path", ["libsim.so", "./libsim.so", "../lib/libsim.so"])
def test_a_relative_path_is_relative_to_the_current_folder(
    library: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(library.parent)
    spec = find_simulator(path)
    assert (spec.name, spec.path) == (path, str(library.resolve()))


def test_a_file_whose_name_ends_like_an_initialiser_is_that_file(tmp_path: Path) -> None:
    for name in ("sim", "sim:InitMySim"):
        (tmp_path / name).touch()
    spec = find_simulator(str(tmp_path / "sim:InitMySim"))
    assert (spec.path, spec.initialiser) == (str((tmp_path / "sim:InitMySim").resolve()), "")


def test_a_tilde_is_the_home_folder(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(library.parent))
    assert find_simulator("~/libsim.so").path == str(library.resolve())


@pytest.mark.parametrize(
    "name",
    ["sparze", "", ".", "lib", "./libother.so", "libsim.so:InitMySim", "a\0b", "~nobody-has-this-name/libsim.so"],
)
def test_an_unknown_name_is_refused_with_those_that_exist(
    library: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(library.parents[1])
    with pytest.raises(SimulatorNotFoundError) as caught:
        find_simulator(name)
    assert caught.value.name == name
    assert caught.value.known[:1] == ("auto",)
    assert "sparse" in caught.value.known
    assert f"'{name}'" in caught.value.message
    assert "auto, " in str(caught.value)


def test_an_installed_package_registers_a_simulator(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qirjit_magic.protocol.simulator_specs.NOISY", SimulatorSpec("noisy", "/sim.so"), raising=False)
    _register(register, "noisy", "qirjit_magic.protocol.simulator_specs:NOISY")
    assert simulator_names() == ("auto", "noisy", "sparse", "stabilizer", "statevector")
    assert find_simulator("noisy") == SimulatorSpec("noisy", "/sim.so")
    with pytest.raises(SimulatorNotFoundError, match="noisy, sparse, stabilizer, statevector"):
        find_simulator("nosy")


def test_nobody_takes_the_place_of_the_built_in_simulator(register: Path) -> None:
    _register(register, "sparse", "qirjit_magic.protocol.simulator_specs:KNOWN_INITIALISERS")
    assert find_simulator("sparse") is SPARSE


def test_a_registered_thing_that_is_no_simulator_is_refused(register: Path) -> None:
    _register(register, "noisy", "qirjit_magic.protocol.simulator_specs:KNOWN_INITIALISERS")
    with pytest.raises(SimulatorError, match=r"'noisy'.*a class derived from Simulator"):
        find_simulator("noisy")


def test_a_registered_simulator_without_a_library_is_refused(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qirjit_magic.protocol.simulator_specs.NOISY", SimulatorSpec("noisy"), raising=False)
    _register(register, "noisy", "qirjit_magic.protocol.simulator_specs:NOISY")
    with pytest.raises(SimulatorError, match=r"'noisy'.*no path"):
        find_simulator("noisy")


def test_a_registered_simulator_whose_package_is_broken_is_refused_by_name(register: Path) -> None:
    _register(register, "noisy", "no_such_package_at_all:SIM")
    with pytest.raises(SimulatorError, match="'noisy'"):
        find_simulator("noisy")


def test_a_broken_package_does_not_hide_the_mistake_in_another_name(register: Path) -> None:
    _register(register, "noisy", "no_such_package_at_all:SIM")
    with pytest.raises(SimulatorNotFoundError, match="'sparze'"):
        find_simulator("sparze")
