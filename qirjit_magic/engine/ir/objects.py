"""Object code: made from a module, and linked into an MCJIT execution engine of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.contexts import quoted_name
from qirjit_magic.errors import UnsafeModuleError

llvm.initialize_native_target()
llvm.initialize_native_asmprinter()
# Code generation calls this by itself: division of i128, half precision, integer powers. Other systems than Linux with
# GNU's C library have it elsewhere, and a program that needs it and does not find it crashes.
with contextlib.suppress(RuntimeError):
    llvm.load_library_permanently("libgcc_s.so.1")

_OPTIMISED = 2


def _target_machine() -> llvm.TargetMachine:
    # The small code model: the default one makes the time for long blocks quadratic.
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(opt=0, codemodel="small", reloc="pic", jit=True)


class ObjectEmitter:
    """Modules to object code for this machine, without optimisation passes unless asked."""

    def __init__(self) -> None:
        self._machine = _target_machine()

    def emit(self, module: llvm.ModuleRef, *, optimise: bool = False) -> bytes:
        """The module's object code; every defined function has a symbol in it, whatever its linkage."""
        self._prepare(module)
        if optimise:
            tuning = llvm.create_pipeline_tuning_options(speed_level=_OPTIMISED)
            builder = llvm.create_pass_builder(self._machine, tuning)
            builder.getModulePassManager().run(module, builder)
        return bytes(self._machine.emit_object(module))

    def assembly(self, module: llvm.ModuleRef) -> str:
        """The same as assembly for this machine."""
        self._prepare(module)
        return str(self._machine.emit_assembly(module))

    def _prepare(self, module: llvm.ModuleRef) -> None:
        module.triple = self._machine.triple
        module.data_layout = str(self._machine.target_data)
        for value in (*module.functions, *module.global_variables):
            if value.is_declaration:
                continue
            if value.is_function and value.linkage is llvm.Linkage.private:
                value.linkage = llvm.Linkage.internal
            if not value.name.isascii():
                _rename(value, _symbol(value.name))


@dataclass(frozen=True, slots=True)
class ExternalSymbol:
    """The address to which a declaration is bound."""

    address: int
    function: bool = True


class LinkedObject:
    """Object code in memory, bound to the given addresses and to nothing else."""

    def __init__(self, object_code: bytes, symbols: Mapping[str, ExternalSymbol]) -> None:
        self.symbols = dict(symbols)
        stub = llvm.parse_assembly("\n".join(map(_declare, symbols, symbols.values())), llvm.create_context())
        self._engine = llvm.create_mcjit_compiler(stub, _target_machine())
        for name, symbol in symbols.items():
            value = stub.get_function(name) if symbol.function else stub.get_global_variable(name)
            self._engine.add_global_mapping(value, symbol.address)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(object_code))
        self._engine.finalize_object()

    def address(self, name: str) -> int:
        """The address of a function or global variable that it defines; 0 where it does not."""
        return int(self._engine.get_global_value_address(_symbol(name)))

    def close(self) -> None:
        """Free the code: nothing may call it afterwards."""
        self._engine.close()


def _rename(value: llvm.ValueRef, name: str) -> None:
    before, value.name = value.name, name
    if value.name != name:  # LLVM puts a number behind a name that is taken
        raise UnsafeModuleError(f"the name '{before}'", f"it clashes with '{name}'. Give one of them another name.")


def _symbol(name: str) -> str:
    # llvmlite asks for addresses by ASCII names only
    return name if name.isascii() else f"qirjit.utf8.{name.encode().hex()}"


def _declare(name: str, symbol: ExternalSymbol) -> str:
    quoted = quoted_name(name)
    return f"declare void @{quoted}()" if symbol.function else f"@{quoted} = external global i8"
