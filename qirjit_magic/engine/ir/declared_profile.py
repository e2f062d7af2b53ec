"""The profile that a module declares, and what of it is missing or written otherwise than the specification says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qirjit_magic.engine.ir.capabilities import (
    ARRAYS,
    FLOATS,
    FUNCTIONS,
    INTEGERS,
    LOOPS,
    QUBITS,
    RESULTS,
    RETURNS,
    SWITCHES,
)
from qirjit_magic.engine.ir.module_flags import Flag
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.llvm_text import find_words
from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo

MAJOR, MINOR = "qir_major_version", "qir_minor_version"
REQUIRED = (MAJOR, MINOR, QUBITS, RESULTS)
_ERROR, _MAX = "1", "7"
_BEHAVIOURS = {MAJOR: _ERROR, MINOR: _MAX, QUBITS: _ERROR, RESULTS: _ERROR}
_BEHAVIOUR_NAMES = {_ERROR: "Error", _MAX: "Max"}
_LIST = "list of strings"
_TYPES = {
    **dict.fromkeys((MAJOR, MINOR), "i32"),
    **dict.fromkeys((FUNCTIONS, SWITCHES, RETURNS, QUBITS, RESULTS, ARRAYS), "i1"),
    **dict.fromkeys((INTEGERS, FLOATS), _LIST),
    LOOPS: "i2",
}
_DRAFT = frozenset(
    {"classical_ints", "classical_floats", "classical_fixed_points", "user_functions", "qubit_resetting"}
)
_EXAMPLES = {
    MAJOR: f'!{{i32 1, !"{MAJOR}", i32 2}}',
    MINOR: f'!{{i32 7, !"{MINOR}", i32 0}}',
    QUBITS: f'!{{i32 1, !"{QUBITS}", i1 false}}',
    RESULTS: f'!{{i32 1, !"{RESULTS}", i1 false}}',
}
_COUNTS = {  # the attribute that says how many there are, as it is called now and as it was called
    QUBITS: ("required_num_qubits", "requiredQubits"),
    RESULTS: ("required_num_results", "requiredResults"),
}


class ProfileBreak(msgspec.Struct, frozen=True):
    """Something that a module declares and does not keep.

    Attributes:
        message: what, and what to do.
        at: where: an instruction, the name of a function, or a line.
    """

    message: str
    at: Place | str | int | None = None


def profile_of(entry: EntryPoint) -> str:
    """``base`` or ``adaptive``, as a function declares; empty where it declares another one, or none."""
    declared = dict(entry.attributes).get("qir_profiles", "")
    return next((profile for profile in ("base", "adaptive") if declared in {profile, f"{profile}_profile"}), "")


def declares_draft(info: ModuleInfo) -> bool:
    """Return whether its module flags are those of drafts of the adaptive profile, which named other capabilities."""
    return any(name in _DRAFT for name, _ in info.flags)


def find_flag_breaks(module: QirModule) -> Iterator[ProfileBreak]:
    """Module flags that the profiles require and that are missing, or that have the wrong type or behaviour."""
    info = module.info
    flags = dict(info.flags)
    missing = [name for name in REQUIRED if name not in flags]
    if missing:
        examples = ", ".join(_EXAMPLES[name] for name in missing)
        at = _line(module, r"!llvm\.module\.flags(?=[^-\w.$])") if flags else None
        yield ProfileBreak(
            f"the module flag{_plural_ending(missing)} {_list(missing)} {_verb(missing)} missing. Add {examples}", at
        )
    looked_at = REQUIRED if declares_draft(info) else tuple(_TYPES)
    known = (flag for flag in module.flags if flag.name in looked_at)
    for flag in sorted(known, key=lambda flag: looked_at.index(flag.name)):
        yield from _form_breaks(flag, module)


def find_entry_breaks(entry: EntryPoint, info: ModuleInfo) -> Iterator[ProfileBreak]:
    """Return what an entry point lacks, takes or returns against one of the profiles."""
    names = {key for key, _ in entry.attributes}
    flags = dict(info.flags)
    missing = [now for flag, (now, before) in _COUNTS.items() if not flags.get(flag) and not names & {now, before}]
    missing += () if "output_labeling_schema" in names else ("output_labeling_schema",)
    where = f"@{entry.name}"
    if missing:
        yield ProfileBreak(
            f"{where} lacks the attribute{_plural_ending(missing)} {_list(missing)}. Add {_pronoun(missing)}",
            entry.name,
        )
    if entry.signature.parameters:
        taken = ", ".join(entry.signature.parameters)
        message = f"{where} takes ({taken}), and entry points of a profile take nothing"
        yield ProfileBreak(f"{message}. Write the values into the program", entry.name)
    if entry.signature.returns != "i64":
        message = f"{where} returns {entry.signature.returns}, and entry points of a profile return the exit code"
        yield ProfileBreak(f"{message}. Return i64 0", entry.name)
    dynamic = [name for name in (QUBITS, RESULTS) if flags.get(name) is True and profile_of(entry) == "base"]
    if dynamic:
        message = f"{where} declares the base profile, and the module has {_list(dynamic)}"
        yield ProfileBreak(f"{message}. Set {_pronoun(dynamic)} to false", entry.name)


def listed_kinds(flag: int | bool | str | None) -> list[str]:  # noqa: FBT001 - a flag's value
    """The types of numbers that a flag's value lists."""
    return flag.split(", ") if isinstance(flag, str) and flag else []


def capability_flag(name: str, values: list[str], before: int | bool | str | None) -> str:  # noqa: FBT001 - likewise
    """The module flag, as LLVM text, that declares these uses of a capability and what it declared before."""
    if name in {INTEGERS, FLOATS}:
        usual = "i64" if name == INTEGERS else "double"
        kinds = dict.fromkeys((*listed_kinds(before), *filter(None, values))) or {usual: None}
        listed = ", ".join(f'!"{kind}"' for kind in kinds)
        return f'!{{i32 5, !"{name}", !{{{listed}}}}}'
    if name == LOOPS:
        bits = {int(value) for value in values} | ({before} if before in {1, 2} else set())
        return f'!{{i32 7, !"{name}", i2 {sum(bits)}}}'
    return f'!{{i32 1, !"{name}", i1 true}}'


def _line(module: QirModule, pattern: str, start: int = 0) -> int | None:
    found = next((each for each in find_words(module.text.text, pattern) if each.start() >= start), None)
    return None if found is None else module.text.location(found.start()).line


def _form_breaks(flag: Flag, module: QirModule) -> Iterator[ProfileBreak]:
    name, behaviour, kind = flag.name, flag.behaviour, _LIST if flag.kind == "!" else flag.kind
    wanted = _BEHAVIOURS.get(name, behaviour)
    if kind == _TYPES[name] and behaviour == wanted:
        return
    line = _line(module, rf'!"{name}"', flag.start or 0)
    if kind != _TYPES[name]:
        yield ProfileBreak(f"the module flag {name} is of type {kind}. Write it as {_TYPES[name]}", line)
    if behaviour != wanted:
        message = (
            f"the module flag {name} has the behaviour {behaviour}. Make it i32 {wanted} ({_BEHAVIOUR_NAMES[wanted]})"
        )
        yield ProfileBreak(message, line)


def _plural_ending(names: list[str]) -> str:
    return "s" if len(names) > 1 else ""


def _verb(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _pronoun(names: list[str]) -> str:
    return "them" if len(names) > 1 else "it"


def _list(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
