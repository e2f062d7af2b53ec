"""How long it takes to display a large result or circuit, and how much of it a page gets.

Run: ``python -m tests.benchmarks.displays``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from qirjit_magic.display.circuit import CircuitDiagram
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.counts import PackedBits
from qirjit_magic.results.records import RecordTable
from qirjit_magic.results.sampled import SampledTable
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS
from tests.runs import bits, columns_of, run_of, table_of

_MILLION = 10**6


def cases() -> Iterator[tuple[str, RunResult]]:
    """Names and results, each of a million of something."""
    random = np.random.default_rng(5)
    for width in (16, 40, 100, 200):
        drawn = random.integers(0, 2, (width, _MILLION), dtype=np.uint8)
        yield (
            f"sampled shots of {width} results",
            _result(SampledTable(table_of([bits("0" * width)]), PackedBits.of(drawn))),
        )
    results = _table(RecordKind.RESULT, np.full(20 * _MILLION, -1), random.integers(0, 2, 20 * _MILLION), _MILLION)
    yield "live shots of 20 results", _result(results)
    words = tuple(f"{number:020b}" for number in range(_MILLION))
    arrays = _table(RecordKind.RESULT_ARRAY, np.full(_MILLION, -1), np.arange(_MILLION), _MILLION, words)
    yield "shots of an array of results", _result(arrays)
    returned = replace(_table(RecordKind.INT, np.zeros(_MILLION), np.zeros(_MILLION), _MILLION, ("label",)))
    yield "returned values", _result(replace(returned, returned=np.arange(_MILLION)), returns="i64")
    pairs = random.integers(0, 10**9, (_MILLION, 2))
    yield "returned structs", _result(replace(returned, returned_words=pairs), returns="{ i64, i64 }")
    for kind in (RecordKind.MESSAGE, RecordKind.INT, RecordKind.RESULT, RecordKind.DUMP):
        yield f"{kind.name} of one shot", _result(_table(kind, np.arange(_MILLION), np.arange(_MILLION), 1, words))
    state = "".join(f"|{basis}⟩: 0.0009765625+0.0i, " for basis in range(_MILLION))
    yield "basis states of a dump", _result(table_of([[(RecordKind.DUMP, 0, 0)]], [f"STATE: [ {state}]"]))


def _result(table: RecordTable | SampledTable, returns: str = "void") -> RunResult:
    return replace(run_of([], returns=returns), table=table, requested=len(table))


def _table(
    kind: RecordKind,
    texts: np.ndarray,
    values: np.ndarray,
    shots: int,
    strings: tuple[str, ...] = (),
) -> RecordTable:
    return columns_of(
        kinds=np.full(len(values), kind, np.uint8),
        texts=texts.astype(np.int32),
        values=values.astype(np.int64),
        ends=np.arange(1, shots + 1) * (len(values) // shots),
        returned=np.zeros(shots, np.int64),
        returned_words=np.zeros((shots, 0), np.int64),
        strings=strings,
    )


def circuits() -> Iterator[tuple[str, Callable[[], CircuitDiagram]]]:
    """Names and what draws a circuit of a million gates: of two qubits, and of half a million."""
    with Session() as session:
        for name, argument in (("long", _MILLION // 3), ("wide", _MILLION // 2)):
            module = session.add(PROGRAMS / "circuits" / f"{name}.ll").name
            session.circuit(module=module, args=[2])  # what is only loaded once
            yield f"a million gates, {name}", partial(session.circuit, module=module, args=[argument])


def _tell(name: str, shown: Callable[[], RunResult | CircuitDiagram]) -> None:
    before = time.perf_counter()
    bundle = shown()._repr_mimebundle_()
    seconds = time.perf_counter() - before
    sizes = (len(text.encode()) for text in (bundle["text/html"], bundle["text/plain"]))
    print(f"{name:<32}  {seconds:6.3f} s  {'{:>7,} bytes HTML  {:>6,} bytes text'.format(*sizes)}")


def main() -> None:
    """Print a line for each case."""
    for name, drawn in circuits():
        _tell(name, drawn)
    for name, result in cases():
        _tell(name, partial(_same, result))


def _same(result: RunResult) -> RunResult:
    return result


if __name__ == "__main__":
    main()
