"""`parse_module`: text or bitcode to a `QirModule`."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import llvmlite.binding as llvm
import msgspec

from qirjit_magic.engine.ir.attributes import without_ignored
from qirjit_magic.engine.ir.bitcode import replace_opaque_types
from qirjit_magic.engine.ir.llvm_modules import printed, quoted_name, read_bitcode, read_text
from qirjit_magic.engine.ir.module_flags import Flag, declared_profile, named_values, read_flags
from qirjit_magic.engine.ir.names import check_encoding
from qirjit_magic.engine.ir.unsized_types import check_extracted, explain_unsized
from qirjit_magic.engine.text.outlining import is_outlined, may_have_outlined_names, outline
from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.errors import QirSyntaxError, UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import QUOTED, compiled, plain_name
from qirjit_magic.protocol.module_info import BITCODE, Declaration, EntryPoint, GlobalVariable, ModuleInfo, Signature
from qirjit_magic.protocol.timings import Stopwatch

_DROPPED = lazy_pattern(r"(\w+) constexprs are no longer supported")
# Sources: LLVM's release notes, and the changes "Remove … constant expression" of llvm/llvm-project (D125795, D129148,
# D129478, D133418, D145382, D155924, #71040, #71955, #93038, #96037, #127046).
_CONSTANTS_DROPPED = {
    15: "extractvalue insertvalue udiv sdiv urem srem fadd fsub fmul fdiv frem",
    16: "fneg",
    17: "select",
    18: "and or lshr ashr zext sext fptrunc fpext fptoui fptosi uitofp sitofp",
    19: "icmp fcmp shl",
    21: "mul",
}


class _LegacyForm(msgspec.Struct, frozen=True):
    # A message of LLVM on a line of that form; version and advice where both fit.
    message: re.Pattern[str]
    line: re.Pattern[str]
    version: str
    advice: str


_NO_LLVM_IR = "expected top-level entity"
_FORMS = (
    _LegacyForm(
        lazy_pattern("expected comma after load's type"),
        lazy_pattern(r"\bload (?:volatile )?[^,]*\* *[%@]"),
        "3.7",
        "Write 'load i64, i64* %p' for 'load i64* %p'",
    ),
    _LegacyForm(
        lazy_pattern("expected comma after getelementptr's type"),
        lazy_pattern(r"\bgetelementptr "),
        "3.7",
        "Write 'getelementptr i8, i8* %p, …' for 'getelementptr i8* %p, …'",
    ),
    _LegacyForm(
        lazy_pattern("expected comma after alias"),
        lazy_pattern(r"\balias "),
        "3.8",
        "Write 'alias i32, i32* @g' for 'alias i32* @g'",
    ),
    _LegacyForm(
        lazy_pattern(r"expected '\('"),
        lazy_pattern(r"\b(?:byval|sret|inalloca|preallocated)\b(?! *\()"),
        "15",
        "Write the type too: 'ptr {word}(%T) %p'",
    ),
    _LegacyForm(
        lazy_pattern("unexpected type in metadata|Expected '!' here"),
        lazy_pattern(r"\bmetadata !"),
        "3.6",
        "Leave the word 'metadata' away",
    ),
    _LegacyForm(
        lazy_pattern("expected 'global' or 'constant'"),
        lazy_pattern(r"\blinker_private(?:_weak)?\b"),
        "3.5",
        "Write 'private'",
    ),
)


def explain(message: str, source_line: str | None) -> str:
    """LLVM's message, and where that is known the version that dropped this form, and how it is written now."""
    constant = _DROPPED.match(message)
    if constant:
        found = (version for version, names in _CONSTANTS_DROPPED.items() if constant[1] in names.split())
        version = next(found, None)
        if version:
            return (
                f"{message}: LLVM {version} dropped the constant expression '{constant[1]}'. "
                f"Compute it with an instruction, or write its value"
            )
    for form in _FORMS:
        written = form.line.search(source_line or "")
        if form.message.search(message) and written:
            advice = form.advice.replace("{word}", written[0])
            return f"{message}: LLVM {form.version} dropped this form. {advice}"
    if message.startswith(_NO_LLVM_IR):
        return f"{message}: this is no LLVM IR. QIR is; a program in another language is compiled to it first"
    return message


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ATTRIBUTE = rf"(?P<key>{QUOTED})(?:=(?P<value>{QUOTED}))?"  # as LLVM prints it
_CONSTANT = lazy_pattern(r'@(?:"[^"]*"|[^"\s]+) = (?:(?!global ).)*?\bconstant ')
_LLVMS_OWN = frozenset({"llvm.used", "llvm.compiler.used", "llvm.global_ctors", "llvm.global_dtors"})
_METADATA_SECTION = ', section "llvm.metadata"'  # as LLVM prints it: a quote inside of a name or string is `\22`
_COMPOUND = lazy_pattern(r"[%{\[<]|\.\.\.|\btarget\b")
_DEEPEST_TYPE = 100
_LONGEST_TYPE = 1 << 16
_SHOWN = 60  # characters of a type in an error
_PARSE_ERROR = lazy_pattern(r"<string>:(\d+):(\d+): error: (.*)")


@dataclass(frozen=True, slots=True)
class QirModule:
    """A parsed and verified module: what the kernel gets of it, and LLVM's own.

    Attributes:
        info: names, signatures, flags, declarations.
        text: its source; for bitcode the printed module.
        llvm_module: LLVM's module, in a context of its own.
        flags: the module flags with their forms and places.
        leaves_undefined: whether something in it is undefined and could not be made zero.
    """

    info: ModuleInfo
    text: SourceText
    llvm_module: llvm.ModuleRef = field(repr=False)
    flags: tuple[Flag, ...] = ()
    leaves_undefined: bool = False
    _printings: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def printed(self) -> str:
        """LLVM's module as LLVM prints it, see `printed`; ask before its passes change it."""
        if not self._printings:
            self._printings.append(printed(self.llvm_module))
        return self._printings[0]


def parse_module(
    source: bytes, name: str = "module", *, outlined: bool = True, watch: Stopwatch | None = None
) -> QirModule:
    """The module that this text or bitcode holds, verified by LLVM.

    Typed pointers, bitcode of any LLVM version since 3.0 and attributes for other processors are accepted.

    Args:
        source: text or bitcode.
        name: what the module is to be called.
        outlined: whether LLVM's module may hold long runs of calls in functions of their own, see `outline`; the rest
            of the result knows nothing of these.
        watch: measures parsing and verifying.

    Raises:
        QirSyntaxError: with line, column and source line where LLVM gives them.
        UnsafeModuleError: a name in it is no text.
    """
    watch = watch or Stopwatch()
    module, text = _parse_bitcode(source) if source.startswith(BITCODE) else (None, _decode(source))
    module = _read(text, module, outlined=outlined, watch=watch)
    check_encoding(text)
    flags = read_flags(text, lambda: printed(module))
    functions = tuple(map(_entry_point, _written_functions(module, text)))
    info = ModuleInfo(
        name=name,
        digest=hashlib.sha256(source).hexdigest(),
        profile=declared_profile(functions),
        flags=named_values(flags),
        functions=functions,
        variables=tuple(_variables(module)),
        declarations=_declarations(module),
    )
    watch.lap("parse")
    return QirModule(info, text, module, flags)


def _parse_bitcode(source: bytes) -> tuple[llvm.ModuleRef | None, SourceText]:
    emptied = replace_opaque_types(source)
    try:
        module = read_bitcode(emptied.bitcode)
    except RuntimeError as error:
        raise QirSyntaxError(f"LLVM cannot read this bitcode: {str(error).partition(chr(10))[2]}") from None
    try:
        shown = str(module)
    except UnicodeDecodeError as error:
        message = f"the bitcode holds text that is not UTF-8 (byte 0x{error.object[error.start]:02x}). Write it anew"
        raise QirSyntaxError(message) from None
    text = emptied.restored(shown)
    return module if text == shown else None, SourceText(text)


def _decode(source: bytes) -> SourceText:
    source = source.removeprefix(_BYTE_ORDER_MARK)
    nul = source.find(b"\0")
    if nul >= 0:  # LLVM would take it for the end
        raise QirSyntaxError("a NUL byte inside the text", line=source.count(b"\n", 0, nul) + 1)
    try:
        return SourceText(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{source[error.start]:02x} is neither UTF-8 text nor the start of LLVM bitcode"
        raise QirSyntaxError(message, line=line) from None


def _read(text: SourceText, module: llvm.ModuleRef | None, *, outlined: bool, watch: Stopwatch) -> llvm.ModuleRef:
    check_extracted(text)
    plain = without_ignored(text)
    if outlined and (in_pieces := outline(plain)) is not None:
        # Whatever LLVM has to say against it, it says about the text as it is written.
        with contextlib.suppress(RuntimeError):
            long = read_text(in_pieces)
            watch.lap("parse")
            long.verify()
            watch.lap("verify")
            return long
    if module is None or plain is not text:
        module = _parse_text(text, plain.text)
    watch.lap("parse")
    _verify(module, text)
    watch.lap("verify")
    return module


def _parse_text(text: SourceText, plain: str) -> llvm.ModuleRef:
    try:
        return read_text(plain)
    except RuntimeError as error:
        found = _PARSE_ERROR.search(str(error))
        if not found:
            raise QirSyntaxError(str(error)) from None
        line, message = int(found[1]), found[3]
        source_line = text.line(line)
        before = (source_line or "").encode()[: int(found[2]) - 1]  # LLVM counts bytes
        column = len(before.decode("utf-8", "replace")) + 1
        told = explain_unsized(explain(message, source_line), text, line)
        raise QirSyntaxError(told, line=line, column=column, source_line=source_line) from None


def _verify(module: llvm.ModuleRef, text: SourceText) -> None:
    try:
        module.verify()
    except RuntimeError as error:
        told = explain_unsized(str(error).strip(), text)
        raise QirSyntaxError(f"LLVM's verifier refuses the module: {told}") from None


def _written_functions(module: llvm.ModuleRef, text: SourceText) -> Iterator[llvm.ValueRef]:
    own = may_have_outlined_names(text.text)  # nothing is outlined in a program that has such names itself
    return (f for f in module.functions if not f.is_declaration and (own or not is_outlined(f.name)))


def _is_public(value: llvm.ValueRef) -> bool:
    return value.linkage not in {llvm.Linkage.internal, llvm.Linkage.private}


def _entry_point(function: llvm.ValueRef) -> EntryPoint:
    return EntryPoint(function.name, signature_of(function), _is_public(function), _string_attributes(function))


def signature_of(function: llvm.ValueRef) -> Signature:
    """The function's type; named structs by their contents."""
    kind = function.global_value_type
    text = str(kind)
    if not _COMPOUND.search(text):
        return read_signature(text)
    parameters = tuple(_type_text(t) for t in kind.get_function_parameters())
    return Signature(_type_text(kind.get_function_return()), parameters, variadic=kind.is_function_vararg)


def read_signature(text: str) -> Signature:
    """The type that `Signature` writes so, of parameters that are neither structs nor arrays."""
    # To ask LLVM for each part costs more than all the rest of a small program
    returns, _, parameters = text.removesuffix(")").rpartition(" (")
    return Signature(returns, tuple(filter(None, parameters.split(", "))))


def _type_text(kind: llvm.TypeRef, known: dict[str, str] | None = None, depth: int = 0) -> str:
    name, _, body = str(kind).rpartition(" = type ")
    if "%" not in body:
        return body
    known = {} if known is None else known  # types may hold each other twice, to a depth where nobody could count them
    if (name or body) not in known:
        if depth > _DEEPEST_TYPE:
            raise _refused_type(body, f"it lies more than {_DEEPEST_TYPE} types deep")
        parts = [_type_text(part, known, depth + 1) for part in kind.elements]  # none holds itself: pointers hold none
        if body.startswith("["):
            whole = f"[{kind.element_count} x {parts[0]}]"
        else:
            inside = f"{{ {', '.join(parts)} }}"
            whole = f"<{inside}>" if body.startswith("<{") else inside
        if len(whole) > _LONGEST_TYPE:
            raise _refused_type(body, f"written out it is longer than {_LONGEST_TYPE:,} characters")
        known[name or body] = whole
    return known[name or body]


def _refused_type(body: str, reason: str) -> UnsafeModuleError:
    return UnsafeModuleError(f"the type {body[:_SHOWN]}", f"{reason}. Flatten it.")


def _string_attributes(function: llvm.ValueRef) -> tuple[tuple[str, str], ...]:
    groups = (group.decode("utf-8", "replace") for group in function.attributes)
    found = (match for group in groups for match in compiled(_ATTRIBUTE).finditer(group))
    return tuple((plain_name(match["key"]), plain_name(match["value"] or "")) for match in found)


def _variables(module: llvm.ModuleRef) -> Iterator[GlobalVariable]:
    # A program may have a private constant for each of many thousand labels: nobody else asks for these.
    for value in module.global_variables:
        if value.is_declaration or _is_llvms_own(value):
            continue
        public, constant = _is_public(value), _CONSTANT.match(str(value)) is not None
        if public or not constant:
            yield GlobalVariable(value.name, _type_text(value.global_value_type), public, constant)


def _is_llvms_own(variable: llvm.ValueRef) -> bool:
    # The name alone says nothing: @llvm.counter is a variable like any other. What is appended to by the linker no
    # instruction can use, if it has one of these names or no place in the object code.
    if variable.linkage is not llvm.Linkage.appending or not variable.name.startswith("llvm."):
        return False
    return variable.name in _LLVMS_OWN or _METADATA_SECTION in str(variable)


def _declarations(module: llvm.ModuleRef) -> tuple[Declaration, ...]:
    functions = [f for f in module.functions if f.is_declaration and not _is_intrinsic(f)]
    variables = [g for g in module.global_variables if g.is_declaration]
    return tuple(Declaration(f.name, str(signature_of(f))) for f in functions) + tuple(
        Declaration(g.name, _type_text(g.global_value_type), function=False) for g in variables
    )


def _is_intrinsic(function: llvm.ValueRef) -> bool:
    # LLVM puts attributes on every intrinsic it knows, whatever the text says; a name that it does not know gets none.
    if not function.name.startswith("llvm."):
        return False
    stub = read_text(f"declare {_stub_type(function)}")
    return any(list(declared.attributes) for declared in stub.functions)


def _stub_type(function: llvm.ValueRef) -> str:
    signature = signature_of(function)
    return f"{signature.returns} @{quoted_name(function.name)}{str(signature).removeprefix(signature.returns)}"
