"""A cache with what an engine brings itself, for engine processes that are to compile only what they are given."""

from __future__ import annotations

from pathlib import Path

from qirjit_magic.errors import QirError
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.object_files import BUILTIN_OBJECTS, builtin_key
from qirjit_magic.session.cache import ObjectCache
from qirjit_magic.session.client.client import EngineClient


def write_builtin_objects(folder: Path) -> bool:
    """Write them, for both kinds of engine processes; whether an engine could make them."""
    cache, engine = ObjectCache(folder), EngineClient()
    try:
        engine.start()
        for name in BUILTIN_OBJECTS:
            compiled = Compiled(ModuleInfo("", ""), engine.builtin_code(name))
            for sandboxed in (True, False):
                cache.keep(builtin_key(name, build=engine.restarter.build, sandboxed=sandboxed), compiled)
    except QirError:  # the tests say what is wrong with it
        return False
    finally:
        engine.close()
    return True
