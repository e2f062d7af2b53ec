"""`report_profile`: the profile that a module has by what it does, and where it breaks the one that it declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, dropwhile

import msgspec

from qirjit_magic.engine.ir.capabilities import (
    CAPABILITIES,
    FLOATS,
    FUNCTIONS,
    INITIALIZE,
    INSTRUCTIONS,
    INTEGERS,
    LOOPS,
    QUBITS,
    RESULTS,
    RUNTIME,
    UNRESTRICTED,
    Finding,
    find_capabilities,
    find_misplaced_calls,
    find_parameters,
    find_recursion,
    records_output,
)
from qirjit_magic.engine.ir.declared_profile import (
    ProfileBreak,
    capability_flag,
    declares_draft,
    find_entry_breaks,
    find_flag_breaks,
    listed_kinds,
    profile_of,
)
from qirjit_magic.engine.ir.instructions import Block, Callee, Function, Instruction, Operand, read_functions
from qirjit_magic.engine.ir.module_flags import declared_profile
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.text.instruction_places import Place, PlaceFinder
from qirjit_magic.protocol.module_info import Diagnostic, EntryPoint, ModuleInfo

BASE = "base"
_RUNTIME = frozenset({INITIALIZE, *(f"{RUNTIME}{kind}_record_output" for kind in ("tuple", "array", "result"))})
_TAKE = frozenset({f"{RUNTIME}read_result", f"{INSTRUCTIONS}read_result__body"})
_READ = _TAKE | {f"{RUNTIME}result_record_output"}
_PHASES = "the initialization", "a gate", "a measurement", "output"


def find_base_violations(function: Function) -> Iterator[Finding]:
    """Each instruction that no base profile program has, or has earlier.

    Blocks are not counted: a single one, or more than four, are the same program if everything stands in order.
    """
    numbers = _numbers(function)
    phase = 0
    for block in _chain(function):
        for instruction in block.instructions:
            beyond = _beyond(instruction, numbers)
            if beyond:
                yield Finding(BASE, beyond, instruction.place)
            elif instruction.callee and not instruction.callee.name.startswith(
                "llvm."
            ):  # these only tell LLVM something
                now = _phase(instruction.callee)
                if now < phase:
                    yield Finding(BASE, f"{_PHASES[now]} after {_PHASES[phase]}", instruction.place)
                phase = max(phase, now)


def find_static_ids(function: Function) -> Iterator[tuple[str, int, Place]]:
    """The constants that name ``qubits`` and ``results`` in a function's calls, each with its call."""
    numbers = _numbers(function)
    for instruction in function.instructions:
        if instruction.callee:
            for kind, operand in _resources(instruction.callee, instruction.operands):
                number = numbers.get(operand.key, operand.number)
                if number is not None and operand.type == "ptr":
                    yield kind, number, instruction.place


def always_reads_result(function: Function) -> bool:
    """Return whether it measures and then takes a result for a bit, whichever way it goes."""
    called = (i.callee for block in _chain(function) for i in block.instructions if i.callee)
    return any(callee.name in _TAKE for callee in dropwhile(lambda callee: not callee.measures, called))


def _numbers(function: Function) -> dict[int, int | None]:
    # Some compilers write `inttoptr` and `getelementptr` of constants as instructions: the same as inside of the call
    folded: dict[int, int | None] = {}
    for instruction in function.instructions:
        if instruction.opcode in {"inttoptr", "getelementptr"} and not any(o.local for o in instruction.operands):
            first = instruction.operands[0]
            folded[instruction.key] = first.number if instruction.opcode == "inttoptr" else None
    return folded


def _chain(function: Function) -> Iterator[Block]:
    # As far as there is one way to go: a circle is another profile's, too
    blocks = {block.key: block for block in function.blocks}
    block = blocks.pop(function.blocks[0].key, None)
    while block:
        yield block
        targets = block.instructions[-1].targets
        block = blocks.pop(targets[0], None) if len(targets) == 1 else None


def _beyond(instruction: Instruction, folded: dict[int, int | None]) -> str:
    if instruction.opcode == "br":
        return "a conditional branch" if len(instruction.targets) > 1 else ""
    if instruction.opcode == "call":
        return _beyond_call(instruction.callee) or _variable(instruction, folded)
    if instruction.opcode == "ret" or instruction.key in folded:
        return _variable(instruction, folded)
    return "a computation"


def _beyond_call(callee: Callee | None) -> str:
    if callee is None:
        return "a call of no named function"
    if callee.defined:
        return "a call of a function that the module defines"
    if callee.name.startswith(RUNTIME) and callee.name not in _RUNTIME:
        return "a runtime function for other profiles"
    return "a call that returns a value" if callee.signature.returns != "void" else ""


def _variable(instruction: Instruction, folded: dict[int, int | None]) -> str:
    variable = any(operand.local and operand.key not in folded for operand in instruction.operands)
    return "a value that is no constant" if variable else ""


def _phase(callee: Callee) -> int:
    if callee.name == INITIALIZE:
        return 0
    if records_output(callee):
        return 3
    return 2 if callee.measures else 1


def _resources(callee: Callee, operands: tuple[Operand, ...]) -> Iterator[tuple[str, Operand]]:
    if callee.name in _READ:
        yield "results", operands[0]
    elif callee.name.startswith(INSTRUCTIONS) and callee.signature.returns == "void":
        for index, operand in enumerate(operands):
            if index in callee.results:
                yield "results", operand
            elif callee.results or not callee.measures or len(operands) == 1:
                yield "qubits", operand


MAX_PROFILED_INSTRUCTIONS = 2000  # instructions: to look at them takes a fiftieth of a second
_LONG = 1 << 22  # characters; what is longer has more instructions

_RETURNED = frozenset({"void", "i64"})  # the specification says i64; compilers of QIR 1.0 leave the exit code out
_COUNTS = {"qubits": ("qubit", "required_num_qubits", QUBITS), "results": ("result", "required_num_results", RESULTS)}


class ProfileReport(msgspec.Struct, frozen=True):
    """The profile of a module, in the words of the QIR specification.

    Attributes:
        profile: ``base``, ``adaptive``, or ``unrestricted``, by what the functions do that its entry points reach.
        capabilities: the optional capabilities of the adaptive profile that it uses, in the specification's order:
            ``int_computations:i64``, ``ir_functions``, ``backwards_branching:3``. A type of number is left out where
            numbers are only recorded.
        diagnostics: warnings where it breaks what it declares; none where no entry point declares a profile.
        reads_results: see `ModuleInfo`.
    """

    profile: str
    capabilities: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    reads_results: tuple[str, ...] = ()


def report_profile(module: QirModule) -> ProfileReport:
    """The profile that a module has, and where it breaks the one that it declares.

    Ask before the module is optimised. Of a module whose entry points reach more instructions than
    `MAX_PROFILED_INSTRUCTIONS`, the profile is the one that it declares, without capabilities, and only its flags and
    the attributes and types of its entry points are checked.
    """
    info = module.info
    content = _read(module) if len(module.text.text) <= _LONG else None
    profile = content.profile(info.entry_points) if content else declared_profile(info.functions)
    capabilities = _texts(content.findings) if content else ()
    lines = PlaceFinder(module.text)
    breaks = dict.fromkeys(_breaks(module, content))
    diagnostics = (Diagnostic("warning", f"{found.message}.", _line(found, lines)) for found in breaks)
    sorted_diagnostics = tuple(sorted(diagnostics, key=lambda found: found.line or 0))
    return ProfileReport(profile, capabilities, sorted_diagnostics, tuple(_reading(info, content) if content else ()))


def _reading(info: ModuleInfo, content: _Content) -> Iterator[str]:
    return (entry.name for entry in info.entry_points if always_reads_result(content.functions[entry.name]))


class _Content(msgspec.Struct, frozen=True):
    functions: Mapping[str, Function]
    by_function: Mapping[str, tuple[Finding, ...]]
    reached: Mapping[str, tuple[str, ...]]  # by entry point
    _beyond: dict[str, tuple[Finding, ...]] = msgspec.field(
        default_factory=dict
    )  # by entry point, where it has been asked

    @property
    def findings(self) -> Iterator[Finding]:
        return chain.from_iterable(self.by_function.values())

    def of_entry(self, entry: EntryPoint) -> Iterator[Finding]:
        return chain.from_iterable(self.by_function[name] for name in self.reached[entry.name])

    def profile(self, entries: tuple[EntryPoint, ...]) -> str:
        if any(finding.subject == UNRESTRICTED for finding in self.findings) or any(map(_is_odd, entries)):
            return UNRESTRICTED
        if any(self.by_function.values()):
            return "adaptive"
        return "adaptive" if any(self.beyond_base(entry.name) for entry in entries) else "base"

    def beyond_base(self, entry: str) -> tuple[Finding, ...]:
        if entry not in self._beyond:
            self._beyond[entry] = tuple(find_base_violations(self.functions[entry]))
        return self._beyond[entry]


def _is_odd(entry: EntryPoint) -> bool:
    return entry.declared and (bool(entry.signature.parameters) or entry.signature.returns not in _RETURNED)


def _read(module: QirModule) -> _Content | None:
    entries = module.info.entry_points
    functions = read_functions(module, [entry.name for entry in entries], limit=MAX_PROFILED_INSTRUCTIONS)
    if functions is None:
        return None
    found: dict[str, list[Finding]] = {name: list(find_capabilities(f)) for name, f in functions.items()}
    for finding in find_recursion(functions):
        found[finding.place.function].append(finding)
    called = {i.callee.name for f in functions.values() for i in f.instructions if i.callee}
    roots = {entry.name for entry in entries if not _is_library(entry)} - called
    for name, function in functions.items():
        if name not in roots:
            place = Place(name, "define", 0)
            found[name] += [Finding(*finding, place) for finding in ((FUNCTIONS, ""), *find_parameters(function))]
            found[name] += find_misplaced_calls(function)
    reached = {entry.name: _reached(entry.name, functions) for entry in entries}
    return _Content(functions, {name: tuple(findings) for name, findings in found.items()}, reached)


def _is_library(entry: EntryPoint) -> bool:
    # What nobody has marked and what takes or returns something is there to be called
    return not entry.declared and (bool(entry.signature.parameters) or entry.signature.returns not in _RETURNED)


def _reached(name: str, functions: Mapping[str, Function]) -> tuple[str, ...]:
    reached: dict[str, None] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached[current] = None
            waiting += (i.callee.name for i in functions[current].instructions if i.callee and i.callee.defined)
    return tuple(reached)


def _texts(findings: Iterable[Finding]) -> tuple[str, ...]:
    values: dict[str, set[str]] = {}
    for finding in findings:
        values.setdefault(finding.subject, set()).add(finding.value)
    return tuple(text for name in CAPABILITIES if name in values for text in _text(name, values[name]))


def _text(name: str, values: set[str]) -> list[str]:
    if name == LOOPS:
        return [f"{name}:{sum(map(int, values))}"]
    named = sorted(values - {""}, key=lambda kind: (len(kind), kind))
    return [f"{name}:{value}" for value in named] or [name]


def _line(found: ProfileBreak, lines: PlaceFinder) -> int | None:
    match found.at:
        case Place(word="define") as place:
            return lines.definition(place.function)
        case Place() as place:
            return lines.line(place)
        case str(name):
            return lines.definition(name)
        case line:
            return line


def _breaks(module: QirModule, content: _Content | None) -> Iterator[ProfileBreak]:
    info = module.info
    entries = [entry for entry in info.functions if entry.declared]
    declaring = [entry for entry in entries if profile_of(entry)]
    if declaring:
        yield from find_flag_breaks(module)
    for entry in declaring:
        yield from find_entry_breaks(entry, info)
    if content is None:
        return
    for entry in declaring:
        if profile_of(entry) == "base":
            yield from _base_breaks(content.beyond_base(entry.name))
        else:
            yield from _adaptive_breaks(content.of_entry(entry), info)
    for entry in entries:
        if info.flags or "qir_profiles" in dict(entry.attributes):
            yield from _count_breaks(entry, info, content)


def _base_breaks(beyond: tuple[Finding, ...]) -> Iterator[ProfileBreak]:
    firsts = {finding.value: finding for finding in reversed(beyond)}
    for finding in reversed(firsts.values()):
        message = f"{finding.place} is {finding.value}, which the base profile does not allow"
        yield ProfileBreak(f'{message}. Declare "qir_profiles"="adaptive_profile", or do without it', finding.place)


def _adaptive_breaks(findings: Iterator[Finding], info: ModuleInfo) -> Iterator[ProfileBreak]:
    flags = dict(info.flags)
    told: dict[str, Place] = {}
    undeclared: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.subject == UNRESTRICTED:
            told.setdefault(finding.value, finding.place)
        elif not _declares(flags, finding):
            undeclared.setdefault(finding.subject, []).append(finding)
    for what, place in told.items():
        message = f"{place} is {what}, which the adaptive profile does not allow"
        yield ProfileBreak(f"{message}. Do without it, or declare no profile", place)
    if not declares_draft(info):
        for name, uses in undeclared.items():
            flag = capability_flag(name, [use.value for use in uses], flags.get(name))
            takes = ", ".join(_texts(uses[:1]))
            message = f"{uses[0].place} takes {takes}, which the module flags do not declare"
            yield ProfileBreak(f"{message}. Declare {flag}", uses[0].place)


def _declares(flags: Mapping[str, int | bool | str], finding: Finding) -> bool:
    declared = flags.get(finding.subject)
    if finding.subject in {INTEGERS, FLOATS}:
        kinds = listed_kinds(declared)
        return finding.value in kinds if finding.value else bool(kinds)
    if finding.subject in {QUBITS, RESULTS}:
        return declared is not False  # where it is missing, that has been said
    if finding.subject == LOOPS and finding.value == "2":
        return declared not in {None, 0, 1}
    return bool(declared)  # an iteration is a loop of the other kind, too


def _count_breaks(entry: EntryPoint, info: ModuleInfo, content: _Content) -> Iterator[ProfileBreak]:
    required = {"qubits": entry.required_qubits, "results": entry.required_results}
    highest: dict[str, tuple[int, Place]] = {}
    for name in content.reached[entry.name]:
        for kind, number, place in find_static_ids(content.functions[name]):
            if kind not in highest or number > highest[kind][0]:
                highest[kind] = number, place
    for kind, (number, place) in highest.items():
        noun, attribute, flag = _COUNTS[kind]
        count = required[kind]
        if count is not None and number >= count and dict(info.flags).get(flag) is not True:
            message = f"{place} uses {noun} {number}, and @{entry.name} has {attribute} {count}"
            yield ProfileBreak(f"{message}. Make it {number + 1}", place)
