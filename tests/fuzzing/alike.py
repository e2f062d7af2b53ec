"""What is done to a program's text so that LLVM mostly still takes it: what comes after its parser is tried too."""

from __future__ import annotations

import re
from random import Random

from tests.fuzzing.seeds import Seeds
from tests.fuzzing.tokens import replaced, tokens

_ALIKE = tuple(
    tuple(group.split())
    for group in (
        b"add sub mul udiv sdiv urem srem shl lshr ashr and or xor",
        b"fadd fsub fmul fdiv frem",
        b"eq ne slt sle sgt sge ult ule ugt uge",
        b"zeroinitializer undef poison",
        b"true false undef poison",
        b"internal private weak linkonce linkonce_odr weak_odr external common appending available_externally",
        b"constant global",
        b"zext sext",
        b"sitofp uitofp",
        b"fptosi fptoui",
        b"i1 i8 i16 i32 i64 i128 i7 i33 i256 i4096 i16384 i8388607",
        b"double float half bfloat fp128 x86_fp80 ppc_fp128",
        b"ptr i64 double <4_x_i32> <3_x_i1> [2_x_i64] {i1,i64} token x86_amx metadata label",
    )
)
_BEFORE_TYPE = (
    *(
        b"internal",
        b"private",
        b"weak",
        b"linkonce_odr",
        b"available_externally",
        b"extern_weak",
        b"hidden",
        b"protected",
    ),
    *(b"dllimport", b"dllexport", b"dso_local", b"fastcc", b"coldcc", b"tailcc", b"swiftcc", b"swifttailcc", b"ghccc"),
    *(b"preserve_mostcc", b"preserve_allcc", b"preserve_nonecc", b"x86_stdcallcc", b"x86_64_sysvcc", b"win64cc"),
    *(
        b"x86_vectorcallcc",
        b"x86_regcallcc",
        b"amdgpu_kernel",
        b"spir_kernel",
        b"cc 11",
        b"cc 13",
        b"cc 1023",
        b"zeroext",
    ),
    *(
        b"signext",
        b"noalias",
        b"inreg",
        b"anyregcc",
        b"graalcc",
        b"aarch64_vector_pcs",
        b"cxx_fast_tlscc",
        b"webkit_jscc",
    ),
)
_BEFORE_BODY = (
    *(b'gc "statepoint-example"', b'gc "erlang"', b'gc "x"', b'section "s"', b'section ".bss"', b'section ".text"'),
    *(b"align 4096", b"align 4294967296", b"comdat", b"unnamed_addr", b"addrspace(1)", b"prefix i32 7", b"naked"),
    *(b"noreturn", b"optnone noinline", b"alwaysinline", b"minsize", b"sspstrong", b"safestack", b"shadowcallstack"),
    *(b"sanitize_address", b"sanitize_thread", b"returns_twice", b"strictfp", b"convergent", b"presplitcoroutine"),
    *(
        b'"frame-pointer"="all"',
        b'"stack-probe-size"="1"',
        b'"patchable-function"="prologue-short-redirect"',
        b"uwtable",
    ),
    *(b'"patchable-function-entry"="99999999"', b'"target-cpu"="i386"', b'"target-features"="-sse2,-x87,-64bit"'),
    *(b'"use-soft-float"="true"', b'"split-stack"', b'"thunk"', b'"function-instrument"="xray-always"', b"jumptable"),
    *(b"alignstack(256)", b"alignstack(4294967296)", b"nounwind", b"hybrid_patchable", b"vscale_range(1,16)"),
    *(
        b"memory(none)",
        b"fn_ret_thunk_extern",
        b"nocf_check",
        b'"denormal-fp-math"="positive-zero"',
        b"personality ptr null",
    ),
    *(b'"probe-stack"="inline-asm"', b'"stackrealign"', b'"warn-stack-size"="1"', b'"no-jump-tables"="true"'),
)
_BEFORE_KIND = (
    *(b"thread_local", b"thread_local(initialexec)", b"internal", b"private", b"weak", b"common", b"appending"),
    *(b"extern_weak", b"available_externally", b"linkonce_odr", b"hidden", b"externally_initialized", b"addrspace(1)"),
    *(b"addrspace(256)", b"dllimport", b"dllexport", b"unnamed_addr", b"alias", b"dso_local"),
)
_AFTER_VALUE = (
    *(
        b', section ".bss"',
        b', section ".text"',
        b', section "s"',
        b", align 8388608",
        b", align 4294967296",
        b", comdat",
    ),
    *(
        b', partition "p"',
        b", no_sanitize_address",
        b', code_model "large"',
        b', section "llvm.metadata"',
        b", align 1",
    ),
)
_DEFINE = re.compile(rb"^define ", re.MULTILINE)
_BODY = re.compile(rb"^define .*?(?=\{$)", re.MULTILINE)
_VARIABLE = re.compile(rb"^@\S+ = (?=.*(?:global|constant))", re.MULTILINE)
_VARIABLE_END = re.compile(rb"^@\S+ = .*(?:global|constant).*$", re.MULTILINE)
_PLACES = ((_DEFINE, _BEFORE_TYPE), (_BODY, _BEFORE_BODY), (_VARIABLE, _BEFORE_KIND), (_VARIABLE_END, _AFTER_VALUE))


def swap_alike(random: Random, text: bytes, _: Seeds) -> bytes:
    """A word is another one that is allowed where it stands, in one place or everywhere."""
    words = sorted({text[token.start : token.end] for token in tokens(text)})
    able = [(word, group) for word in words for group in _ALIKE if word in group]
    if not able:
        return text
    word, group = random.choice(able)
    other = random.choice(group).replace(b"_x_", b" x ")  # a group's words are apart by spaces
    places = [token for token in tokens(text) if text[token.start : token.end] == word]
    if random.random() < 0.5:
        places = [random.choice(places)]
    return replaced(text, places, other)


def swap_everywhere(random: Random, text: bytes, seeds: Seeds) -> bytes:
    """A name, number or type is another one wherever it stands."""
    able = sorted(
        {(t.kind, text[t.start : t.end]) for t in tokens(text) if t.kind in {"name", "number", "type", "local"}}
    )
    if not able:
        return text
    kind, word = random.choice(able)
    other = random.choice(seeds.words[kind])
    return replaced(text, [token for token in tokens(text) if text[token.start : token.end] == word], other)


def mark(random: Random, text: bytes, _: Seeds) -> bytes:
    """A function or variable has a linkage, an attribute, a section, a collector more."""
    pattern, marks = random.choice(_PLACES)
    places = [found.end() for found in pattern.finditer(text)]
    if not places:
        return text
    place = random.choice(places)
    return text[:place] + random.choice(marks) + b" " + text[place:]
