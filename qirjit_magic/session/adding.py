"""`Adding`: how a module becomes the newest of a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.symbol_graph import check_profile
from qirjit_magic.session.client.crash_limiter import CrashLimiter
from qirjit_magic.session.registry import ModuleRegistry, RegisteredModule
from qirjit_magic.session.runs.engines import Engines
from qirjit_magic.session.sources import Source


@dataclass(frozen=True, slots=True)
class Adding:
    """Adds modules to a catalogue.

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

    def add(
        self, source: Source, name: str, opt_level: int | None, *, strict: bool, trust: bool, most: int
    ) -> ModuleInfo:
        """The module, compiled; where it is there already it only becomes the newest.

        Args:
            source: its source.
            name: its name; empty where it has none.
            opt_level: see `Session.add`, as for the others.
            strict: whether it must keep to its profile.
            trust: whether it may hold anything.
            most: how many modules there may be.

        Raises:
            QirError: see `Session.add`; nothing has changed.
        """
        same = self.registry.same(source, name, opt_level, trust=trust)
        if same:
            return self._renew(same, strict=strict)
        with self.crash_limiter.watch(name or "the cell", sha256(source.data).hexdigest()):
            self.registry.check_room(name, most)
            compiled = self.engines.add(
                name or self.registry.free_name(),
                source.data,
                opt_level=opt_level,
                replaceable=() if name else self.registry.unnamed(),
                strict=strict,
                trust=trust,
            )
            info = self.registry.put(RegisteredModule(compiled.module, source, opt_level))
        self.changed()
        return info

    def _renew(self, name: str, *, strict: bool) -> ModuleInfo:
        if strict:
            check_profile(self.registry.find(name).info)
        self.engines.renew(name, self.registry.linkage)
        return self.registry.renew(name)
