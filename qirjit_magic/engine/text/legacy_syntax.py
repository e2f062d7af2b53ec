"""The syntax that older LLVM versions could read, with the version that dropped it and today's form."""

from __future__ import annotations

import re

import msgspec

from qirjit_magic.lazy_patterns import lazy_pattern

_CONSTANT = lazy_pattern(r"(\w+) constexprs are no longer supported")
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
    constant = _CONSTANT.match(message)
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
