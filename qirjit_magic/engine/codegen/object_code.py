"""Object code: made from a module, listed as text, and linked into an MCJIT execution engine of its own."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from functools import cache

import llvmlite.binding as llvm
import msgspec

from qirjit_magic.engine.ir.llvm_modules import quoted_name
from qirjit_magic.engine.text.outlining import is_outlined
from qirjit_magic.errors import UnsafeModuleError

llvm.initialize_native_target()
llvm.initialize_native_asmprinter()
llvm.initialize_native_asmparser()  # for assembler code in trusted modules; where it is wrong LLVM ends the process
# Without this a place that was declared unreachable has no code, and whatever stands behind it is run.
llvm.set_option("qirjit", "--trap-unreachable")
# Code generation calls this by itself: division of i128, half precision, integer powers. Other systems than Linux with
# GNU's C library have it elsewhere, and a program that needs it and does not find it crashes.
with contextlib.suppress(RuntimeError):
    llvm.load_library_permanently("libgcc_s.so.1")

_VECTORISED = 2
_LEFT_TO_OTHERS = llvm.Linkage.available_externally, llvm.Linkage.linkonce_any, llvm.Linkage.linkonce_odr
_serials = itertools.count(1)


@cache
def host_target() -> tuple[str, str]:
    """This machine's processor and its features, in LLVM's words."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _target_machine(level: int = 0) -> llvm.TargetMachine:
    # The small code model: the default one makes the time for long blocks quadratic.
    processor, features = host_target()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(processor, features, opt=level, codemodel="small", reloc="pic", jit=True)


class ObjectEmitter:
    """Modules to object code for this machine, by optimisation level: 0 runs no passes, 3 runs most."""

    def __init__(self) -> None:
        self._machine = cache(_target_machine)
        self.data_layout = str(self._machine().target_data)

    def emit(self, module: llvm.ModuleRef, level: int = 0) -> bytes:
        """The module's object code; every defined function has a symbol in it, whatever its linkage."""
        self.optimise(module, level)
        return self.generate(module, level)

    def generate(self, module: llvm.ModuleRef, level: int) -> bytes:
        """The object code of a module that is optimised already."""
        machine = self._machine(level)
        module.triple = machine.triple
        module.data_layout = str(machine.target_data)
        return bytes(machine.emit_object(module))

    def assembly(self, module: llvm.ModuleRef, level: int = 0) -> str:
        """The same as assembly for this machine."""
        self.optimise(module, level)
        return self.generate_assembly(module, level)

    def generate_assembly(self, module: llvm.ModuleRef, level: int) -> str:
        """The same as assembly of a module that is optimised already."""
        return str(self._machine(level).emit_assembly(module))

    def optimise(self, module: llvm.ModuleRef, level: int) -> None:
        """Change the module to what its code is generated from."""
        machine = self._machine(level)
        module.triple = machine.triple
        module.data_layout = str(machine.target_data)
        for value in (*module.functions, *module.global_variables):
            if not value.is_declaration:
                _prepare(value, level)
            if value.is_function and level and not value.name.startswith("llvm."):
                value.add_function_attribute("nobuiltin")  # @sin is whatever a cell defines, not what LLVM knows of it
        if level:
            tuning = llvm.create_pipeline_tuning_options(speed_level=level)
            # LLVM's own tools do this from level 2 on: before, it makes the code longer than it saves.
            tuning.loop_vectorization = tuning.slp_vectorization = level >= _VECTORISED
            builder = llvm.create_pass_builder(machine, tuning)
            builder.getModulePassManager().run(module, builder)

    def inline(self, module: llvm.ModuleRef, level: int) -> None:
        """Change the module to what its code is generated from, by nothing but the inlining that it asks for."""
        machine = self._machine(level)
        module.triple = machine.triple
        module.data_layout = str(machine.target_data)
        passes = llvm.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        passes.add_simplify_cfg_pass()
        passes.add_global_dead_code_eliminate_pass()
        passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=level)))


class ExternalSymbol(msgspec.Struct, frozen=True):
    """The address to which a declaration is bound.

    Attributes:
        address: the address.
        function: whether there is a function.
        serial: which `LinkedObject` is there, since addresses are used again; 0 for what stays as long as the process.
    """

    address: int
    function: bool = True
    serial: int = 0


class LinkedObject:
    """Object code in memory, bound to the given addresses and to nothing else."""

    def __init__(self, object_code: bytes, symbols: Mapping[str, ExternalSymbol]) -> None:
        self.serial = next(_serials)
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


def _prepare(value: llvm.ValueRef, level: int) -> None:
    hidden = llvm.Linkage.internal, llvm.Linkage.private
    if value.linkage in _LEFT_TO_OTHERS:
        value.linkage = llvm.Linkage.weak_odr  # nobody else emits what this module leaves to others
    if value.is_function and value.linkage in hidden and not is_outlined(value.name):
        # The passes throw away what is internal once it is inlined, and any function may be run by its name.
        value.linkage = llvm.Linkage.external if level else llvm.Linkage.internal
    if not value.name.isascii():
        _rename(value, _symbol(value.name))


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


LISTED_BYTES = 2 << 10
_ROW = 16
_PRINTABLE = bytes(byte if chr(byte).isascii() and chr(byte).isprintable() else ord(".") for byte in range(256))
_MACH_O_NAME = 16  # bytes of a name's field, which a name may fill without a NUL after it
_FORMATS = (
    (b"\x7fELF\x01", "elf32"),
    (b"\x7fELF\x02", "elf64"),
    (b"\xce\xfa\xed\xfe", "mach-o 32"),
    (b"\xcf\xfa\xed\xfe", "mach-o 64"),
)


class _Section(msgspec.Struct, frozen=True):
    name: str
    size: int
    code: bytes | None  # None for data, which need not be in the file at all

    @property
    def kind(self) -> str:
        return "data" if self.code is None else "code"


def object_listing(object_code: bytes) -> str:
    """Object code as text: a head line, a table of its sections, the first `LISTED_BYTES` of each section of code.

    Args:
        object_code: what `ObjectEmitter` made, and nothing else: LLVM ends the process where it cannot read it.
    """
    sections = _sections(object_code)
    return "\n".join((_head(object_code), "", *_table(sections), *(line for s in sections for line in _dump(s))))


def _head(object_code: bytes) -> str:
    digest = hashlib.sha256(object_code).hexdigest()
    return f"object code: {len(object_code):,} bytes, SHA-256 {digest}, {_format(object_code)}"


def _format(object_code: bytes) -> str:
    return next((name for magic, name in _FORMATS if object_code.startswith(magic)), "format unknown")


def _sections(object_code: bytes) -> list[_Section]:
    longest = _MACH_O_NAME if _format(object_code).startswith("mach-o") else None
    file = llvm.ObjectFileRef.from_data(object_code)
    try:
        return [
            _Section(
                # as a string is escaped in Python: a program chooses the names, and may choose any bytes
                name=section.name()[:longest].decode("latin-1").encode("unicode_escape").decode("ascii"),
                size=section.size(),
                # never the data: zeros that are not in the file have a size, too, and reading them reads past its end
                code=section.data() if section.is_text() else None,
            )
            for section in file.sections()
            if section.name()  # ELF's first section is none
        ]
    finally:
        file.close()


def _table(sections: list[_Section]) -> Iterator[str]:
    yield f"{'bytes':>12}  kind  section"
    for section in sections:
        yield f"{section.size:>12,}  {section.kind}  {section.name}"


def _dump(section: _Section) -> Iterator[str]:
    if not section.code:
        return
    yield ""
    yield section.name
    for offset in range(0, min(len(section.code), LISTED_BYTES), _ROW):
        yield _row(section.code[offset : offset + _ROW], offset)
    if (more := len(section.code) - LISTED_BYTES) > 0:
        yield f"… {more:,} more byte{'' if more == 1 else 's'}"


def _row(row: bytes, offset: int) -> str:
    return f"{offset:08x}  {row.hex(' '):<{3 * _ROW - 1}}  |{row.translate(_PRINTABLE).decode('ascii')}|"
