"""The parts of the state-vector simulator agree: Numba's kernels, the IR around them, and Python."""

from __future__ import annotations

import ast
import re
from importlib.resources import files

import llvmlite.binding as llvm
import pytest

from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.bindings import declared_name, read_ir
from qirjit_magic.engine.runtime.gate_ir import queued_gates
from qirjit_magic.engine.simulators.statevector import compiled
from qirjit_magic.engine.simulators.statevector.compiled import MachineWord
from qirjit_magic.engine.simulators.statevector.kernels import kernels_digest
from qirjit_magic.errors import SimulatorError
from tests.unit.statevector import Compiled

_ROOM = files(compiled.__package__)
_OTHER_NAMES = {"draw": "draws", "result_room": "result.room", "pass_table": "pass.table"}
_OTHER_NAMES |= {
    "branch_table": "branch.table",
    "branch_slots": "branch.slots",
    "own_re": "own.re",
    "own_im": "own.im",
    "keeping_first": "keeping.first",
}


def _aliases() -> dict[str, int]:
    text = (_ROOM / "machine.ll").read_text("utf-8")
    return {name: int(at) for name, at in re.findall(r"^@([\w.]+) .*ptr @machine, i64 (\d+)\)", text, re.MULTILINE)}


def _kernel_words() -> dict[str, int]:
    # The constants of kernels/machine.py, which cannot be imported without Numba.
    tree = ast.parse((_ROOM / "kernels" / "machine.py").read_text("utf-8"))
    words: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Tuple):
            numbers = range(*(int(ast.literal_eval(argument)) for argument in node.value.args))
            words |= {ast.unparse(name): at for name, at in zip(node.targets[0].elts, numbers, strict=True)}
    return words


def test_the_kernels_were_made_from_these_sources() -> None:
    first = (_ROOM / "kernels.ll").read_text("utf-8").partition("\n")[0]
    made = f"make them anew: python -m {compiled.__package__}.kernels, where Numba is installed"
    assert kernels_digest() in first, made


def test_the_words_of_the_machine_are_the_same_everywhere() -> None:
    aliases, words = _aliases(), _kernel_words()
    assert len(set(aliases.values())) == len(aliases)
    for word in MachineWord:
        name = word.name.lower()
        assert aliases[_OTHER_NAMES.get(name, name)] == word
    shared = {name for name in words if name in MachineWord.__members__}
    assert len(shared) > 10
    assert {name: words[name] for name in shared} == {name: MachineWord[name] for name in shared}
    for name in ("COUNT", "MASK", "BITS", "SHOT", "DRAW", "FILLED", "INITIAL"):
        assert words[name] == aliases[_OTHER_NAMES.get(name.lower(), name.lower())]


def test_the_numbers_of_the_operations_are_those_of_the_kernels() -> None:
    words = _kernel_words()
    text = queued_gates() + "".join((_ROOM / name).read_text("utf-8") for name in compiled._FILES)
    names = {"h__body": "H", "y__body": "Y", "s__adj": "S_ADJ", "t__adj": "T_ADJ", "sx__body": "SX", "rz__body": "RZ"}
    names |= {"cx__body": "CX", "cz__body": "CZ", "swap__body": "SWAP", "mz__body": "MZ", "mresetz__body": "MRESETZ"}
    for function, operation in {**names, "reset__body": "RESET"}.items():
        found = re.search(rf"@__quantum__qis__{function}\([^)]*\) {{\s+call void @append\w*\(i64 (\d+),", text)
        assert found is not None, function
        assert int(found[1]) == words[operation], function


def test_everything_that_touches_a_qubit_or_a_result_is_there() -> None:
    wanted = {declared_name(function.name) for function in read_text(read_ir("simulator.ll")).functions}
    simulator = Compiled().simulator
    assert {name for name in wanted if not simulator.find(name)} == set()


def test_what_its_code_needs_is_known_and_is_in_the_libraries() -> None:
    text = "".join((_ROOM / name).read_text("utf-8") for name in (*compiled._FILES, compiled._KERNELS))
    words = "declare", "define"
    declared, defined = (set(re.findall(rf"^{word} .*?@([\w.]+)\(", text, re.MULTILINE)) for word in words)
    assert {name for name in declared - defined if not name.startswith("llvm.")} <= set(compiled.NEEDS)
    library = {function.name for function in read_text(read_ir("library.ll")).functions}
    assert {name for name in compiled.NEEDS if name.startswith("__quantum__")} <= library


def test_the_kernels_call_nothing_of_numba_and_name_no_processor() -> None:
    module = read_text((_ROOM / "kernels.ll").read_text("utf-8"))
    declared = {f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")}
    ours = {f"qirjit_{name}" for name in ("make_room", "refuse_twice", "share_groups", "take_memory", "give_back")}
    assert declared <= {*ours, "sin", "cos", "atan2", "sqrt"}
    assert "target-cpu" not in str(module)
    assert {f.name for f in module.functions if f.linkage is llvm.Linkage.external and not f.is_declaration} == {
        *(
            "qirjit_begin_fusing",
            "qirjit_flush",
            "qirjit_apply_to_groups",
            "qirjit_drop_all_measured",
            "qirjit_draw",
            "qirjit_forget_branches",
            "qirjit_parity_probability",
        ),
    }


def test_a_checkout_without_kernels_says_how_to_make_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_KERNELS", "missing.ll")
    with pytest.raises(SimulatorError, match=r"python -m qirjit_magic\.engine\.simulators\.statevector\.kernels"):
        compiled._kernels()
