"""`find_difference`: what could tell shots of a program apart. Where there is nothing, one trace stands for all.

Why that is so. The state of a shot is the program's registers and memory, and what the simulator and the runtime keep.
On the tracer a measurement has no outcome: it gets an entry on the tape. Claim: if `find_difference` finds nothing and
the trace comes to its end, every shot on a simulator does what the trace did, step by step, with the same registers and
memory, and only the simulator's state and the values of the results that it keeps are a shot's own.

1. All shots begin alike. No module that is reached has a variable that keeps a value
   (`SymbolGraph.dependence_on_earlier_shots`), and what the runtime keeps for a shot it begins anew by the shot's
   number (``qirjit_shot_serial``).
2. An instruction gives the same for the same operands and memory. Those that do not are intrinsics of LLVM's: only
   such as are known to are let through (`engine/ir/varying_intrinsics.py`). Machine code and what is in Python or the
   C library is no instruction: a module that is trusted, or reaches them, is run. A call that has another type than
   its function takes what is left in registers: where a call, or a table of callables, is not proven to be of its
   function's type, shots are run (`engine/ir/mistyped_calls.py`). Undefined values, and what nobody has written on the
   stack, are zeros however a program is run (`engine/ir/undefined_values.py`), as what the library allocates is. What
   an instruction gives that breaks its own promises (``nsw``, an index beyond a vector's end) may be anything; since
   shots of real processors show more, `Tracing` looks a second time, with other memory, and at other addresses.
3. So only a function that somebody else provides can bring a difference in. The library of strings, arrays and tuples
   and the mathematics know no qubit and no result. The other functions get what they know of outcomes from those of
   the simulator's that return something. On the tracer each of these ends the trace (`ENDING`), or gives what is the
   same in all shots (`ALIKE`), or it is a measurement that returns the result as a pointer. What is in neither list
   counts as such a measurement: `tells_outcome`.
4. Such a pointer is One or Zero themselves on a simulator, and the address of an entry of the tape on the tracer. The
   program may have it, and may not see which one it is: `engine/ir/returned_results.py` proves of each module that
   uses such a measurement that the pointer goes nowhere but to functions that take results, all of them the runtime's
   own (`_TAKERS`). Of these the recorder writes a column of the tape, and the others end the trace or do nothing.
5. Functions that return nothing leave nothing where a program looks: results are kept by the simulator under their
   ids, records where no program has an address, and registers are read by none but a call of another type (2).
6. Therefore each condition, index, angle, text and id of a shot is that of the trace, and so is what it asks of the
   simulator. Whether the results on such a tape can be drawn from one state `read_circuit` decides.

A program has no meaning that could be the same if it reads or writes where it has no business (beyond its own
variables, at numbers taken for addresses), hands the library an address as an array, tuple or callable that is none, or
comes to the end of a function that returns nothing (`unreachable`, ``naked``). Nor is it promised what broken promises
give: that may differ from shot to shot where shots are run, and does not where they are sampled.
"""

from __future__ import annotations

from collections.abc import Iterable

from qirjit_magic.engine.ir.returned_results import TAKES_RESULT, TAKES_TWO_RESULTS
from qirjit_magic.engine.link.linker import resolve
from qirjit_magic.engine.runtime.bindings import Provider, find_bindings
from qirjit_magic.protocol.module_info import Declaration, ModuleInfo
from qirjit_magic.protocol.symbol_graph import Definition, SymbolGraph

_WITHOUT_OUTCOMES = frozenset({Provider.LIBRARY, Provider.NULLS, Provider.LIBM})
# What else returns something. Of the simulator's functions, and of those over them: these give the same in each shot
# of the same doing, whatever was measured.
ALIKE = frozenset(
    {
        "__quantum__rt__qubit_allocate", "__quantum__rt__qubit_allocate_array", "__quantum__rt__qubit_to_string",
        "__quantum__rt__result_get_one", "__quantum__rt__result_get_zero", "__quantum__rt__result_allocate",
        "__quantum__rt__array_slice_1d", "quantum__rt__array_slice_1d", "__quantum__rt__range_to_string",
        "quantum__rt__range_to_string", "create_creg", "get_creg_bit", "get_int_from_creg",
    }
)  # fmt: skip
# A trace does not go on behind these, but of One and Zero themselves and with a seed that the program gives.
ENDING = frozenset(
    {
        "__quantum__rt__read_result", "__quantum__qis__read_result__body", "__quantum__qir__read_result",
        "__quantum__qis__read_result", "__quantum__rt__read_result__body", "__quantum__rt__result_equal",
        "__quantum__rt__result_to_string", "__quantum__qis__measure__body", "__quantum__qis__mz_leaked__body",
         "__quantum__qis__drawrandomint__body",
        "__quantum__qis__drawrandomdouble__body", "___random_int", "___random_float", "___random_int_bounded",
        "___get_current_shot",
    }
)  # fmt: skip


_TAKERS = frozenset(TAKES_RESULT) | frozenset(TAKES_TWO_RESULTS)


def find_difference(module: str, symbol_graph: SymbolGraph) -> str:
    """Find what could make shots of a module differ before their results are recorded, in words; empty for nothing.

    Args:
        module: its name.
        symbol_graph: what it is bound to.
    """
    for name in sorted(symbol_graph.reachable(module)):
        info = symbol_graph.modules[name]
        found = _find_inspection(info, symbol_graph)
        if found:
            return found
        if info.mistyped_call:
            return f"'{name}' may read what is left in registers: {info.mistyped_call}"
    return symbol_graph.dependence_on_earlier_shots(module)


def _find_inspection(info: ModuleInfo, symbol_graph: SymbolGraph) -> str:
    used = [declaration for declaration in info.declarations if declaration.used]
    own = [declaration for declaration in used if not isinstance(resolve(symbol_graph, declaration), Definition)]
    measuring = functions_returning_outcomes(own)
    if not measuring:
        return ""
    told = f"'{info.name}' may tell what was measured by the pointer that @{measuring[0]} returns"
    if info.looks_at_results:
        return f"{told}: {info.looks_at_results}"
    takers = (each.name for each in used if each.name in _TAKERS and each not in own)
    return next((f"{told}: @{name} is a function of the program's" for name in takers), "")


def functions_returning_outcomes(declarations: Iterable[Declaration]) -> tuple[str, ...]:
    """The names of declared functions whose value may depend on an outcome, other than on the tracer."""
    return tuple(each.name for each in declarations if tells_outcome(each))


def tells_outcome(declaration: Declaration) -> bool:
    """Return whether a known function may return something that tells what was measured, other than on the tracer.

    One that is new does, until it is in one of the lists here.
    """
    if not declaration.function or declaration.type.startswith("void ") or declaration.name in ALIKE | ENDING:
        return False
    return any(
        binding.provider not in _WITHOUT_OUTCOMES for binding in find_bindings(declaration.name, declaration.type)
    )
