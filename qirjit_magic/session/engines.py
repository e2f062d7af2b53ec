"""`Engines`: the engine process behind the fence, and a second one without a fence for what is trusted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from qirjit_magic.session.interrupts import Shield
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.wire.linkage import PYTHON, Linkage
from qirjit_magic.wire.modules import ModuleInfo
from qirjit_magic.wire.protocol import Compiled, EngineStatus, Form, Intrinsic

MakeEngine = Callable[[bool, Shield], EngineSupervisor]
"""Makes the supervisor of a fenced (True) or an open engine process, under this shield."""


def make_engine(fenced: bool, shield: Shield) -> EngineSupervisor:  # noqa: FBT001 - the one thing it depends on
    """A supervisor with the defaults of this system."""
    return EngineSupervisor(fenced=fenced, shield=shield)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A module as the open engine is to have it; a changed one has another serial."""

    serial: int
    source: bytes
    opt_level: int | None
    trusted: bool


class Engines:
    """Every module is compiled and known in the fenced process, and what needs no trust runs there.

    A run that reaches a trusted module or a function in Python is carried out by the open process, which compiles
    everything itself: object code from the fenced process is whatever hostile code there made of it.

    Args:
        make: makes them.
    """

    def __init__(self, make: MakeEngine = make_engine) -> None:
        self._make = make
        self.shield = Shield(self.stop)
        self._open: EngineSupervisor | None = None
        self._fenced = make(True, self.shield)  # noqa: FBT003 - see MakeEngine
        self._wanted: dict[str, _Wanted] = {}
        self._there: dict[str, int] = {}  # the serials of the open engine's modules, in its order
        self._serial = 0

    def start(self) -> None:
        """Start the fenced process, and return at once; the other one starts when it is first needed."""
        self._fenced.start()

    def close(self) -> None:
        """End both processes and forget every module."""
        for engine in self._both():
            engine.close()

    def reset(self) -> None:
        """Forget every module, but no function in Python; the next request gets new processes."""
        for engine in self._both():
            engine.reset()
        self._wanted.clear()
        self._there.clear()

    def stop(self) -> None:
        """End the run that goes on; from any thread."""
        for engine in self._both():
            engine.stop()

    def _both(self) -> Iterator[EngineSupervisor]:
        yield self._fenced
        if self._open is not None:
            yield self._open

    @contextlib.contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """See `EngineSupervisor.uninterrupted`."""
        with self._fenced.uninterrupted():
            yield

    # -- modules ---------------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        source: bytes,
        *,
        opt_level: int | None = None,
        replaceable: Iterable[str] = (),
        strict: bool = False,
        trust: bool = False,
    ) -> Compiled:
        """See `Engine.add`."""
        compiled = self._fenced.add(
            name, source, opt_level=opt_level, replaceable=replaceable, strict=strict, trust=trust
        )
        self._serial += 1
        added = compiled.module.name
        self._wanted.pop(added, None)
        self._wanted[added] = _Wanted(self._serial, source, opt_level, trust)
        return compiled

    def save(self) -> None:
        """See `EngineSupervisor.save`."""
        self._fenced.save()

    def renew(self, name: str) -> None:
        """See `Engine.renew`."""
        self._fenced.renew(name)
        self._wanted[name] = self._wanted.pop(name)

    def unlink(self, name: str) -> None:
        """See `Engine.unlink`."""
        self._fenced.unlink(name)
        if self._open is not None and name in self._there:
            self._open.unlink(name)

    def remove(self, name: str) -> None:
        """See `Engine.remove`."""
        self._fenced.remove(name)
        self._wanted.pop(name, None)

    def show(
        self, name: str, source: bytes, form: Form, *, opt_level: int | None = None, trust: bool = False
    ) -> str:
        """See `Engine.show`."""
        return self._fenced.show(name, source, form, opt_level=opt_level, trust=trust)

    # -- functions in Python ---------------------------------------------------------------------------------------

    @property
    def intrinsics(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `Linkage` takes them."""
        return () if self._open is None else self._open.intrinsics

    def define(self, intrinsic: Intrinsic) -> None:
        """See `Engine.define`: it is loaded into the open process, and known by its type in the other one."""
        self._opened().define(intrinsic)
        self._fenced.define(replace(intrinsic, pickled=b"", path=()))

    def undefine(self, name: str) -> None:
        """See `Engine.undefine`."""
        if self._open is not None:
            self._open.undefine(name)
            self._fenced.undefine(name)

    # -- runs ------------------------------------------------------------------------------------------------------

    def for_run(self, module: str, linkage: Linkage) -> EngineSupervisor:
        """The engine that is to run something of this module, with every module in it.

        Args:
            module: its name.
            linkage: who is bound to whom.

        Raises:
            QirError: the open process cannot be started, or does not take what the fenced one took.
        """
        infos = linkage.modules
        trusting = (name == PYTHON or infos[name].trusted for name in linkage.reachable(module))
        if not any(trusting):
            return self._fenced
        with self.uninterrupted():
            return self._brought_up_to_date(self._opened())

    def number(self, engine: EngineSupervisor) -> int:
        """A number for the process that this engine is now: two engines have no number in common."""
        return engine.starts if engine is self._fenced else -engine.starts

    def _opened(self) -> EngineSupervisor:
        if self._open is None:
            self._open = self._make(False, self.shield)  # noqa: FBT003 - see MakeEngine
        self._open.start()
        return self._open

    def _brought_up_to_date(self, engine: EngineSupervisor) -> EngineSupervisor:
        for name, serial in list(self._there.items()):
            if name not in self._wanted or self._wanted[name].serial != serial:
                engine.remove(name)
                del self._there[name]
        wanted = list(self._wanted.items())
        for name, module in wanted[self._already_in_order() :]:
            if name in self._there:
                engine.renew(name, admitted=True)
                self._there[name] = self._there.pop(name)
            else:
                engine.add(
                    name, module.source, opt_level=module.opt_level, trust=module.trusted, admitted=True
                )
                engine.save()
                self._there[name] = module.serial
        return engine

    def _already_in_order(self) -> int:
        there = list(self._there)
        pairs = zip(there, self._wanted, strict=False)
        return next((place for place, (has, wants) in enumerate(pairs) if has != wants), len(there))

    def status(self) -> EngineStatus:
        """See `Engine.status`: the fenced process, and the id of the other one, where there is one."""
        status = self._fenced.status()
        return status if self._open is None else replace(status, open_pid=self._open.status().pid)
