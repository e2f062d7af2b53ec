"""A cache with what an engine brings itself, for engine processes that are to compile only what they are given."""

from __future__ import annotations

from pathlib import Path

from qirjit_magic.errors import QirError
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.wire.modules import ModuleInfo
from qirjit_magic.wire.objects import OWN_OBJECTS, own_key
from qirjit_magic.wire.protocol import Compiled


def write_own_objects(folder: Path) -> bool:
    """Write them, for both kinds of engine processes; whether an engine could make them."""
    cache, engine = ObjectCache(folder), EngineSupervisor()
    try:
        engine.start()
        for name in OWN_OBJECTS:
            compiled = Compiled(ModuleInfo("", ""), engine.own_code(name))
            for fenced in (True, False):
                cache.keep(own_key(name, build=engine._build, fenced=fenced), compiled)
    except QirError:  # the tests say what is wrong with it
        return False
    finally:
        engine.close()
    return True
