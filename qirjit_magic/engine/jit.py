"""`JitEngine`: modules in order, object code linked on demand, shots run by IR."""

from __future__ import annotations

import ctypes
import os
from dataclasses import replace

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.locations import SourceText
from qirjit_magic.engine.ir.objects import ObjectEmitter
from qirjit_magic.engine.ir.parse import parse_module
from qirjit_magic.engine.ir.preflight import check_layout, check_names, check_signatures
from qirjit_magic.engine.linker import Linker, Module
from qirjit_magic.engine.runtime.bindings import bindings, known_types
from qirjit_magic.engine.runtime.dumps import put_dumps
from qirjit_magic.engine.runtime.program import Shots, ShotsEnd
from qirjit_magic.engine.runtime.resolver import Resolver
from qirjit_magic.engine.runtime.thunks import Thunks
from qirjit_magic.engine.simulators.attachments import Attachment, Attachments
from qirjit_magic.errors import EntryPointError
from qirjit_magic.wire.memory import RecordMemory
from qirjit_magic.wire.modules import Declaration, Diagnostic, ModuleInfo
from qirjit_magic.wire.platforms import choose
from qirjit_magic.wire.protocol import Compiled, EngineStatus, Form, Outcome, RunReply, RunRequest

_SHORT_TEXT = 1 << 18
_OUTCOMES: dict[ShotsEnd, Outcome] = {
    ShotsEnd.DONE: "done",
    ShotsEnd.STOPPED: "stopped",
    ShotsEnd.FULL: "full",
    ShotsEnd.FAILED: "failed",
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
        self._attachments = Attachments(ctypes.addressof(ctypes.c_char.from_buffer(memory.region.view)))
        self._modules: dict[str, Module] = {}
        self._compilations = 0
        self._simulator = ""

    def add(self, name: str, source: bytes) -> Compiled:
        """See `Engine.add`."""
        module = parse_module(source, name)
        check_layout(module)
        check_names(module)
        check_signatures(module, known_types())
        object_code = self._emitter.emit(module.llvm_module)
        self._compilations += 1
        declarations = tuple(_located(module.text, declaration) for declaration in module.info.declarations)
        info = replace(module.info, declarations=declarations, object_size=len(object_code))
        info = replace(info, diagnostics=self._notices(info))
        compiled = Compiled(info, object_code)
        self.restore(compiled)
        return compiled

    def restore(self, compiled: Compiled) -> None:
        """See `Engine.restore`."""
        self.remove(compiled.module.name)
        self._modules[compiled.module.name] = Module(compiled)

    def remove(self, name: str) -> None:
        """See `Engine.remove`."""
        module = self._modules.pop(name, None)
        if module:
            module.unlink()

    def run(self, request: RunRequest) -> RunReply:
        """See `Engine.run`."""
        module = self._modules.get(request.module)
        entry = module.compiled.module.function(request.entry) if module else None
        if module is None or entry is None:
            reason = f"no module '{request.module}' with a function '{request.entry}' is here."
            raise EntryPointError(reason, request.entry)
        attachment = self._attachments.attach(request.simulator)
        self._simulator = request.simulator.name
        thunk = self._thunks.address(entry)
        address = Linker(self._modules, attachment).address(request.module, request.entry)
        if request.first == 0:
            attachment.simulator.begin(request.seed)
        arguments = (ctypes.c_int64 * max(1, len(request.arguments)))(*request.arguments)
        shots = Shots(thunk, address, ctypes.addressof(arguments), request.first, request.shots)
        return self._run_shots(shots, attachment)

    def _run_shots(self, shots: Shots, attachment: Attachment) -> RunReply:
        runtime = attachment.runtime
        runtime.forget_labels()
        while (end := runtime.run_shots(shots)) is ShotsEnd.DUMPED:
            put_dumps(self.memory, attachment.simulator.take_dumps())
            runtime.commit()
        if end is ShotsEnd.FAILED and attachment.simulator.holds_dumps:
            put_dumps(self.memory, attachment.simulator.take_dumps())
        return RunReply(_OUTCOMES[end], shots.next)

    def _notices(self, info: ModuleInfo) -> tuple[Diagnostic, ...]:
        resolver = Resolver(m.compiled.module for m in self._modules.values())
        missing = [d for d in info.declarations if resolver.resolve(info.name, d) is None]
        if not missing:
            return ()
        names = ", ".join(f"'{d.name}'" for d in missing)
        return (Diagnostic("notice", f"nobody defines {names} yet", missing[0].line),)

    def show(self, name: str, source: bytes, form: Form) -> str:
        """See `Engine.show`."""
        module = parse_module(source, name)
        check_layout(module)
        check_names(module)
        return str(module.llvm_module) if form == "ir" else self._emitter.assembly(module.llvm_module)

    def status(self) -> EngineStatus:
        """See `Engine.status`."""
        return EngineStatus(
            pid=os.getpid(),
            simulator=self._simulator,
            simulator_loads=self._attachments.loads,
            llvm=".".join(map(str, llvm.llvm_version_info)),
            modules=tuple(self._modules),
            compilations=self._compilations,
            memory=choose().resident_bytes(),
        )

    def close(self) -> None:
        """See `Engine.close`."""
        for module in self._modules.values():
            module.unlink()
        self._modules.clear()
        self._thunks.close()
        self._attachments.close()


def _located(text: SourceText, declaration: Declaration) -> Declaration:
    # Finding names costs searches of the whole text: in a long one only for those that may be missing everywhere.
    if len(text.text) > _SHORT_TEXT and declaration.name in bindings():
        return declaration
    place = text.first_use(declaration.name)
    return replace(declaration, line=place.line, source_line=place.source_line) if place else declaration
