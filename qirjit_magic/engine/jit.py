"""`JitEngine`: modules in order, object code linked on demand, shots run by IR.

::

    add: source ─▶ parse_module ─▶ check_safety, report_profile ─▶ define_values ─▶ passes ─▶ object code
                   engine/text, engine/ir                                           codegen
    run: object code ─▶ Linker ─▶ live: the shot loop in IR ─────────────────────────────────▶ shared memory
                        link      sampled: the tracer ─▶ an operation trace ─▶ Sampler ──────▶ shared memory
                                                         engine/sampling
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import llvmlite.binding as llvm
from msgspec import structs

from qirjit_magic.engine.codegen.external_variables import externalise
from qirjit_magic.engine.codegen.object_code import ObjectEmitter, object_listing
from qirjit_magic.engine.codegen.optimisation_levels import default_level
from qirjit_magic.engine.codegen.stack_probes import probe_stacks
from qirjit_magic.engine.ir.mistyped_calls import find_mistyped_call
from qirjit_magic.engine.ir.parse import QirModule, parse_module
from qirjit_magic.engine.ir.profiles import report_profile
from qirjit_magic.engine.ir.returned_results import find_inspected_result
from qirjit_magic.engine.ir.safety import check_layout, check_names, check_safety
from qirjit_magic.engine.ir.undefined_values import define_values, defined_after_passes
from qirjit_magic.engine.ir.varying_intrinsics import find_varying_intrinsic
from qirjit_magic.engine.link.declarations import completed_declaration, placed_error
from qirjit_magic.engine.link.linker import Linker, Module, requested_entry
from qirjit_magic.engine.runtime.bindings import bindings
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.runtime.faults import faults_object
from qirjit_magic.engine.runtime.prepared_shots import prepare_shots, put_dumps
from qirjit_magic.engine.runtime.program import ShotBlock, ShotsEnd, runtime_object
from qirjit_magic.engine.runtime.thunks import Thunks
from qirjit_magic.engine.sampling.alike_shots import functions_returning_outcomes
from qirjit_magic.engine.simulator_selection import ActiveRun, choose_simulator, choose_sparse
from qirjit_magic.engine.simulators.instances import SimulatorInstance, SimulatorInstances
from qirjit_magic.engine.simulators.sparse import results_object
from qirjit_magic.engine.simulators.statevector.compiled import statevector_object
from qirjit_magic.engine.simulators.tracer_object import tracer_object
from qirjit_magic.errors import NotSampleableError, SignatureError, SimulatorError, UnsafeModuleError
from qirjit_magic.options import COMPILE_DEFAULTS, CompileOptions
from qirjit_magic.protocol.messages import (
    CircuitReply,
    CircuitRequest,
    Compiled,
    EngineStatus,
    Form,
    Intrinsic,
    Outcome,
    RunReply,
    RunRequest,
    max_code_bytes,
)
from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RecordMemory, Word
from qirjit_magic.protocol.simulator_specs import AUTO, STABILIZER
from qirjit_magic.protocol.symbol_graph import admit
from qirjit_magic.protocol.timings import Stopwatch
from qirjit_magic.sandbox import get_platform

if TYPE_CHECKING:
    from qirjit_magic.engine.sampling.tracing import Tracing
    from qirjit_magic.engine.simulators.operation_trace import NotSampleable

_NO_ROOM = "there is no memory for all amplitudes of its state"
_UNDEFINED = "an undefined value"
_EXACT = "all shots do the same until their results are recorded"
_OUTCOMES: dict[ShotsEnd, Outcome] = {
    ShotsEnd.DONE: "done",
    ShotsEnd.STOPPED: "stopped",
    ShotsEnd.FULL: "full",
    ShotsEnd.FAILED: "failed",
}
_BUILTIN_CODE: dict[str, Callable[[], bytes]] = {
    "runtime": lambda: runtime_object()[0],
    "results": lambda: results_object()[0],
    "statevector": statevector_object,
    "tracer": lambda: tracer_object()[0],
    "faults": faults_object,
}


class JitEngine:
    """The `Engine` of this process: LLVM and the simulator library are loaded into it once.

    Args:
        memory: the shared memory, mapped here.
    """

    def __init__(self, memory: RecordMemory) -> None:
        self.memory = memory
        self._emitter = ObjectEmitter()
        self._thunks = Thunks(self._emitter)
        self._callbacks = Callbacks(self._emitter)
        self._instances = SimulatorInstances(
            ctypes.addressof(ctypes.c_char.from_buffer(memory.region.view)), self._callbacks
        )
        self._modules: dict[str, Module] = {}
        self._linker: Linker | None = None
        self._tracing: Tracing | None = None
        self._linked: list[str] = []  # since the last run that came so far as to say so
        self._compilations = 0
        self._simulator = ""
        self._run = ActiveRun()

    def add(
        self, name: str, source: bytes, options: CompileOptions = COMPILE_DEFAULTS, *, replaceable: Iterable[str] = ()
    ) -> Compiled:
        """Compile a module, check that it fits the others, and have it as the newest."""
        watch = Stopwatch()
        module = self._read(name, source, options, watch)
        try:
            info = admit(self._infos(), module.info, replaceable=replaceable, strict=options.strict)
        except SignatureError as error:
            raise placed_error(module.text, error) from None
        watch.lap("verify")
        compiled = self._compiled(module, info, len(source), watch=watch)
        self.restore(compiled)
        return compiled

    def compile(self, name: str, source: bytes, options: CompileOptions = COMPILE_DEFAULTS) -> Compiled:
        """Compile a module, and leave the modules that there are as they are."""
        watch = Stopwatch()
        module = self._read(name, source, options, watch)
        return self._compiled(module, module.info, len(source), watch=watch)

    def _read(self, name: str, source: bytes, options: CompileOptions, watch: Stopwatch) -> QirModule:
        written = _checked(parse_module(source, name, watch=watch), options)
        report = report_profile(written)
        watch.lap("verify")
        module = self._ready_for_code(written)
        watch.lap("optimise")
        declarations = tuple(completed_declaration(module.text, each) for each in module.info.declarations)
        info = structs.replace(
            module.info,
            declarations=declarations,
            opt_level=_level(written, options),
            profile=report.profile,
            declared_profile=module.info.profile,
            capabilities=report.capabilities,
            breaks=report.diagnostics,
            trusted=options.trust,
            varying=find_varying_intrinsic(module) or (_UNDEFINED if module.leaves_undefined else ""),
            looks_at_results=find_inspected_result(written.llvm_module, functions_returning_outcomes(declarations)),
            mistyped_call=find_mistyped_call(module),
            reads_results=report.reads_results,
        )
        watch.lap("verify")
        return replace(module, info=info)

    def _ready_for_code(self, module: QirModule) -> QirModule:
        return probe_stacks(define_values(externalise(module, self._emitter.data_layout)))

    def _compiled(self, module: QirModule, info: ModuleInfo, source_bytes: int, *, watch: Stopwatch) -> Compiled:
        optimised = self._optimised(module, info.opt_level)
        if optimised is None:
            optimised, info = module.llvm_module, structs.replace(info, varying=info.varying or _UNDEFINED)
        watch.lap("optimise")
        object_code = self._emitter.generate(optimised, info.opt_level)
        watch.lap("compile")
        self._compilations += 1
        if len(object_code) > max_code_bytes(source_bytes):  # the kernel takes no such reply
            construct = f"the object code is {len(object_code):,} bytes long"
            room = max_code_bytes(source_bytes)
            reason = f"a module of this size may come to {room:,}. Let the program fill its variables."
            raise UnsafeModuleError(construct, reason)
        return Compiled(structs.replace(info, object_size=len(object_code), timings=watch.timings), object_code)

    def _optimised(self, module: QirModule, level: int) -> llvm.ModuleRef | None:
        self._emitter.optimise(module.llvm_module, level)
        return defined_after_passes(module.llvm_module) if level else module.llvm_module

    def _infos(self) -> list[ModuleInfo]:
        return [*self._callbacks.modules, *(module.compiled.module for module in self._modules.values())]

    def restore(self, compiled: Compiled) -> None:
        """Take a module from its object code, as the newest."""
        self.remove(compiled.module.name)
        self._modules[compiled.module.name] = Module(compiled)

    def _forget_links(self) -> None:
        self._run.end()
        self._linker = None
        if self._tracing is not None:
            self._tracing.forget()

    def promote(self, name: str) -> None:
        """Put a module last in the order in which names resolve, as the newest."""
        self._forget_links()
        self._modules[name] = self._modules.pop(name)

    def reset_variables(self, name: str) -> None:
        """Unload the code of a module and its variables, so that the next run links it anew."""
        self._forget_links()
        self._modules[name].unlink()

    def remove(self, name: str) -> None:
        """Forget a module, with its code and its variables; unknown names are ignored."""
        self._forget_links()
        module = self._modules.pop(name, None)
        if module:
            module.unlink()

    def define(self, intrinsic: Intrinsic) -> None:
        """Load a function in Python, which modules may call from the next run on."""
        self._forget_links()
        self._callbacks.define(intrinsic)

    def undefine(self, name: str) -> None:
        """Forget a function in Python; unknown names are ignored."""
        self._forget_links()
        self._callbacks.undefine(name)

    def builtin_code(self, name: str) -> bytes:
        """Compile one of the package's own objects, unless the process has it, and give its object code."""
        return _BUILTIN_CODE[name]()

    def run(self, request: RunRequest) -> RunReply:
        """Run shots in this process, sampled or live, and put their records into `memory`."""
        entry = requested_entry(self._modules, request)
        watch, begins = Stopwatch(), self._run.begins_with(request)
        if request.simulator == STABILIZER:
            return self._run_on_stabilizer(request, entry, watch)
        if begins:
            bind = self._binder(request)
            self._run.choice = choose_simulator(request, entry, instances=self._instances, bind=bind)
        watch.lap("link")
        self._simulator = self._run.choice.instance.simulator.spec.name
        not_drawn = ""
        if begins and request.first == 0 and request.method != "live":
            drawn = self._sample(request, entry, watch) if self._may_be_sampled(request) else None
            if isinstance(drawn, RunReply):
                return self._with_timings(drawn, watch)
            if drawn and request.method == "sampled":
                raise _not_sampleable(request, drawn)
            not_drawn = drawn.reason if drawn else "each of them reads a result"
        reply = self._run_live(request, entry, watch, begins=begins)
        return self._with_timings(structs.replace(reply, why="; ".join(filter(None, (reply.why, not_drawn)))), watch)

    def _may_be_sampled(self, request: RunRequest) -> bool:
        module = self._modules[request.module].compiled.module
        return request.method == "sampled" or request.entry not in module.reads_results

    def _binder(self, request: RunRequest) -> Callable[[SimulatorInstance], int]:
        return lambda instance: self._linker_for(instance).address(request.module, request.entry)

    def _run_live(self, request: RunRequest, entry: EntryPoint, watch: Stopwatch, *, begins: bool) -> RunReply:
        choice = self._run.choice
        instance = choice.instance
        if begins:
            instance.simulator.begin(request.seed)
            instance.runtime.set_seed(_seed(request))
        instance.runtime.limit_records(RECORD_SIZE * request.max_records)
        thunk = self._thunks.address(entry)
        prepared = prepare_shots(
            request, entry, thunk=thunk, address=choice.address, first=request.first, count=request.end
        )
        watch.lap("link")
        reply = self._run_shots(prepared.shots, instance)
        self._run.note(request, reply.outcome)
        watch.lap("simulate")
        if request.simulator == AUTO and reply.outcome == "failed" and reply.next == 0 and not choice.has_room:
            bound = self._linker_for(instance).symbol_graph
            if not bound.dependence_on_earlier_shots(request.module):
                return self._run_sparse(request, entry, watch)
        return structs.replace(reply, simulator=instance.simulator.spec.name, why=choice.why)

    def _run_sparse(self, request: RunRequest, entry: EntryPoint, watch: Stopwatch) -> RunReply:
        # The first shot of all has found no room for its state, and what it has done can be done again.
        stopping = self.memory.word(Word.STOP)
        self.memory.clear()
        self.memory.put_word(Word.STOP, stopping)
        bind = self._binder(request)
        self._run.choice = choose_sparse(_NO_ROOM, instances=self._instances, bind=bind)
        self._simulator = self._run.choice.instance.simulator.spec.name
        return self._run_live(request, entry, watch, begins=True)

    def _with_timings(self, reply: RunReply, watch: Stopwatch) -> RunReply:
        linked = tuple(self._linked)
        self._linked.clear()
        return structs.replace(reply, linked=linked, timings=watch.timings)

    def _run_on_stabilizer(self, request: RunRequest, entry: EntryPoint, watch: Stopwatch) -> RunReply:
        if request.method == "live":
            message = "the simulator 'stabilizer' draws all shots at once: it runs none. Leave --method live away."
            raise SimulatorError(message)
        self._simulator = request.simulator.name
        drawn = self._sample(request, entry, watch)
        if isinstance(drawn, RunReply):
            return self._with_timings(drawn, watch)
        raise _not_sampleable(request, drawn)

    def _sample(self, request: RunRequest, entry: EntryPoint, watch: Stopwatch) -> RunReply | NotSampleable:
        from qirjit_magic.engine.sampling.sampler import Sampler, put_sample  # noqa: PLC0415 - NumPy, not needed for one shot
        from qirjit_magic.engine.simulators.operation_trace import NotSampleable  # noqa: PLC0415 - likewise

        tracing = self._tracer()
        tape = tracing.trace(request, entry, self._modules)
        watch.lap("trace")
        if isinstance(tape, NotSampleable):
            return tape
        sample = Sampler(self._instances, self.memory, watch).draw(tape, request, _seed(request))
        if isinstance(sample, NotSampleable):
            return sample
        if not sample.shots:
            return RunReply("stopped", 0)
        put_sample(self.memory, tracing.memory, sample.bits)
        outcome: Outcome = "done" if sample.shots == request.shots else "stopped"
        return RunReply(outcome, sample.shots, sampled=sample.columns, simulator=sample.simulator, why=_EXACT)

    def _tracer(self) -> Tracing:
        from qirjit_magic.engine.sampling.tracing import Tracing  # noqa: PLC0415 - NumPy, not needed for one shot

        if self._tracing is None:
            self._tracing = Tracing(self._instances, self._thunks.address, self._callbacks)
        return self._tracing

    def circuit(self, request: CircuitRequest) -> CircuitReply:
        """Trace one shot in this process, and give its operations as data."""
        from qirjit_magic.engine.diagrams import circuit_of  # noqa: PLC0415 - NumPy

        traced = RunRequest(request.module, request.entry, arguments=request.arguments, simulator=AUTO)
        entry = requested_entry(self._modules, traced)
        return circuit_of(self._tracer().trace_one_shot(traced, entry, self._modules))

    def _linker_for(self, instance: SimulatorInstance) -> Linker:
        if self._linker is None or self._linker.instance is not instance:
            self._linker = Linker(self._modules, instance, self._callbacks, self._linked)
        return self._linker

    def _run_shots(self, shots: ShotBlock, instance: SimulatorInstance) -> RunReply:
        runtime = instance.runtime
        runtime.forget_labels()
        self._callbacks.begin(runtime.address("qirjit_leave"))
        while (end := runtime.run_shots(shots)) is ShotsEnd.DUMPED:
            put_dumps(self.memory, instance.simulator.take_dumps())
            runtime.commit()
        if end is ShotsEnd.FAILED and instance.simulator.holds_dumps:
            put_dumps(self.memory, instance.simulator.take_dumps())
        return RunReply(_OUTCOMES[end], shots.next, raised=self._callbacks.raised)

    def show(self, name: str, source: bytes, form: Form, options: CompileOptions = COMPILE_DEFAULTS) -> str:
        """Parse, or compile, the source once more, and give it as text."""
        module = _checked(parse_module(source, name, outlined=form != "ir"), options)
        if form == "ir":
            return str(module.llvm_module)
        level = _level(module, options)
        optimised = self._optimised(self._ready_for_code(module), level)
        match form:
            case "compiled":
                return str(optimised)
            case "asm":
                return self._emitter.generate_assembly(optimised, level)
            case "object":
                return object_listing(self._emitter.generate(optimised, level))

    def status(self) -> EngineStatus:
        """Give the figures of this process: its number, simulator, modules, compilations and memory."""
        return EngineStatus(
            pid=os.getpid(),
            simulator=self._simulator,
            simulator_loads=self._instances.loads,
            llvm=".".join(map(str, llvm.llvm_version_info)),
            modules=tuple(self._modules),
            compilations=self._compilations,
            memory=get_platform().resident_bytes(),
        )

    def close(self) -> None:
        """Free the modules, the simulators and what traces them; the engine cannot be used afterwards."""
        for name in list(self._modules):
            self.remove(name)
        if self._tracing is not None:
            self._tracing.close()
        self._callbacks.close()
        self._thunks.close()
        self._instances.close()


def prepare() -> None:
    """Make what the first request would have to wait for; nothing is loaded or linked yet."""
    bindings()
    runtime_object()


def _checked(module: QirModule, options: CompileOptions) -> QirModule:
    check_layout(module)
    check_names(module)
    check_safety(module, trust=options.trust)
    return module


def _seed(request: RunRequest) -> int:
    return int.from_bytes(os.urandom(8)) if request.seed is None else request.seed


def _not_sampleable(request: RunRequest, obstacle: NotSampleable) -> NotSampleableError:
    return NotSampleableError(
        request.entry, obstacle.reason, obstacle.instruction, obstacle.place, simulator=request.simulator.name
    )


def _level(module: QirModule, options: CompileOptions) -> int:
    if options.opt_level is not None:
        return options.opt_level
    defined = (function.name for function in module.info.functions)
    return default_level(module.text, defined, lambda: module.printed)
