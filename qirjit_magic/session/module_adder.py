"""`ModuleAdder`: how a module becomes the newest of a session."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import msgspec

from qirjit_magic.options import CompileOptions
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.symbol_graph import check_profile, check_promotion
from qirjit_magic.session.registry import CrashLimiter, ModuleRegistry, RegisteredModule
from qirjit_magic.session.runs.runner import Engines
from qirjit_magic.session.sources import Source


class ModuleAdder(msgspec.Struct, frozen=True):
    """Adds modules to a registry.

    Attributes:
        engines: what compiles them.
        registry: the modules.
        crash_limiter: which of them are not tried any more.
        changed: called when there is one more, or another one.
    """

    engines: Engines
    registry: ModuleRegistry
    crash_limiter: CrashLimiter
    changed: Callable[[], None]

    def add(self, source: Source, name: str, options: CompileOptions, *, limit: int) -> ModuleInfo:
        """The module, compiled; where it is there already it only becomes the newest.

        Args:
            source: its source.
            name: its name; empty where it has none.
            options: how it is compiled.
            limit: how many modules there may be.

        Raises:
            QirError: see `Session.add`; nothing has changed.
        """
        same = self.registry.same(source, name, options)
        if same:
            return self._promote(same, strict=options.strict)
        with self.crash_limiter.watch(name or "the cell", sha256(source.data).hexdigest()):
            self.registry.check_room(name, limit)
            compiled = self.engines.sandboxed.add(
                name or self.registry.free_name(),
                source.data,
                options,
                replaceable=() if name else self.registry.unnamed_modules(),
            )
            info = self.registry.put(RegisteredModule(compiled.module, source, options.for_object_code))
        self.changed()
        return info

    def _promote(self, name: str, *, strict: bool) -> ModuleInfo:
        if strict:
            check_profile(self.registry.find(name).info)
        if name != self.registry.modules[-1].info.name:
            check_promotion(list(self.registry.symbol_graph.modules.values()), name)
            self.engines.sandboxed.promote(name)
        return self.registry.promote(name)
