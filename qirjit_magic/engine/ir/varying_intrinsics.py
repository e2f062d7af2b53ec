"""`find_varying_intrinsic`: an intrinsic of LLVM's that may give something else in each shot, or leave something there.

What is not on the list counts as such: clocks, random numbers of the processor, its registers and modes, return
addresses, coroutines, whatever LLVM will have next.
"""

from __future__ import annotations

from qirjit_magic.engine.ir.names import declared_intrinsics
from qirjit_magic.engine.ir.parse import QirModule

_PREFIX = "llvm."
# By the words between dots, types left out: what these do follows from their operands and from the memory that they
# are given the address of. The stack's own address is one that an `alloca` gives as well.
_MEMORY = """
    memcpy memcpy.inline memmove memset memset.inline masked.load masked.store masked.gather masked.scatter
    masked.expandload masked.compressstore lifetime.start lifetime.end invariant.start invariant.end
    launder.invariant.group strip.invariant.group stacksave stackrestore ptrmask objectsize threadlocal.address
    prefetch
"""
_INTEGERS = """
    abs smax smin umax umin scmp ucmp bitreverse bswap ctpop ctlz cttz fshl fshr sadd.with.overflow
    uadd.with.overflow ssub.with.overflow usub.with.overflow smul.with.overflow umul.with.overflow sadd.sat uadd.sat
    ssub.sat usub.sat sshl.sat ushl.sat smul.fix umul.fix smul.fix.sat umul.fix.sat sdiv.fix udiv.fix sdiv.fix.sat
    udiv.fix.sat
"""
_NUMBERS = """
    sqrt pow powi sin cos tan asin acos atan atan2 sinh cosh tanh sincos sincospi exp exp2 exp10 log log2 log10 ldexp
    frexp modf fma fmuladd fabs minnum maxnum minimum maximum minimumnum maximumnum copysign floor ceil trunc rint
    nearbyint round roundeven lround llround lrint llrint canonicalize is.fpclass fptosi.sat fptoui.sat
    convert.to.fp16 convert.from.fp16
"""
_VECTORS = """
    vector.reduce.add vector.reduce.mul vector.reduce.and vector.reduce.or vector.reduce.xor vector.reduce.smax
    vector.reduce.smin vector.reduce.umax vector.reduce.umin vector.reduce.fadd vector.reduce.fmul vector.reduce.fmax
    vector.reduce.fmin vector.reduce.fmaximum vector.reduce.fminimum vector.insert vector.extract vector.reverse
    vector.splice vector.interleave2 vector.deinterleave2 get.active.lane.mask stepvector
"""
_REMARKS = """
    assume expect expect.with.probability is.constant donothing sideeffect annotation var.annotation
    ptr.annotation codeview.annotation pseudoprobe dbg.declare dbg.value dbg.label dbg.assign
    experimental.noalias.scope.decl trap ubsantrap debugtrap
"""
_ALIKE = frozenset(f"{_MEMORY} {_INTEGERS} {_NUMBERS} {_VECTORS} {_REMARKS}".split())
_LONGEST = max(name.count(".") for name in _ALIKE) + 1


def find_varying_intrinsic(module: QirModule) -> str:
    """The first such intrinsic that the module declares, as ``@llvm.…``; empty where there is none."""
    names = (function.name for function in declared_intrinsics(module.text, module.llvm_module))
    return next((f"@{name}" for name in names if not _is_alike(name)), "")


def _is_alike(name: str) -> bool:
    words = name.removeprefix(_PREFIX).split(".")
    return any(".".join(words[:count]) in _ALIKE for count in range(1, _LONGEST + 1))
