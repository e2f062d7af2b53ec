"""Operations of circuits, drawn by Hypothesis, and circuits of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import strategies as st

from qirjit_magic.display.circuit import CircuitDiagram
from qirjit_magic.protocol.messages import CircuitReply
from qirjit_magic.protocol.operations import NOT_COUNTED, RETURNED, SHAPES, Operation, TraceEnd

_ANGLES = st.one_of(
    st.none(), st.floats(-7, 7), st.sampled_from([0.25, 0.5, 1.0]).map(lambda fair_lock: fair_lock * 3.141592653589793)
)


def operation(name: str, *qubits: int, result: int | None = None, angle: float | None = None) -> Operation:
    """One of these."""
    return Operation(name, qubits, result, angle)


@st.composite
def operations(draw: st.DrawFn, *, qubits: int = 5, most: int = 40) -> list[Operation]:
    """Any of them, each on different qubits."""
    drawn = []
    for name in draw(st.lists(st.sampled_from(sorted(SHAPES)), max_size=most)):
        shape = SHAPES[name]
        ids = draw(st.permutations(range(qubits)))[: shape.qubits]
        results = st.integers(0, 4) if name != "m" else st.integers(RETURNED, RETURNED + 4)
        result = draw(results) if shape.result else None
        drawn.append(Operation(name, tuple(ids), result, draw(_ANGLES) if shape.angle else None))
    return drawn


def depth(of: Sequence[Operation]) -> int:
    """The longest chain in which each operation has a qubit of the one before: of each pair, one by one."""
    counted = [one for one in of if one.name not in NOT_COUNTED]
    chains: list[int] = []
    for place, one in enumerate(counted):
        before = (chains[k] for k in range(place) if not set(counted[k].qubits).isdisjoint(one.qubits))
        chains.append(max(before, default=0) + 1)
    return max(chains, default=0)


def traced(
    of: Sequence[Operation],
    *,
    end: TraceEnd | None = None,
    remark: str = "",
    sent: int | None = None,
    deep: int | None = None,
) -> CircuitReply:
    """What an engine says of these; with ``sent`` it tells of so many at the beginning, and of as many at the end."""
    first, last = (tuple(of), ()) if sent is None else (tuple(of[:sent]), tuple(of[len(of) - sent :]))
    return CircuitReply(
        first=first,
        last=last,
        left_out=len(of) - len(first) - len(last),
        counts=dict(Counter(one.name for one in of)),
        depth=depth(of) if deep is None else deep,
        width=len({qubit for one in of for qubit in one.qubits}),
        end=end,
        remark=remark,
    )


def diagram(
    *of: Operation, end: TraceEnd | None = None, remark: str = "", name: str = "main", deep: int | None = None
) -> CircuitDiagram:
    """The diagram of a circuit; ``deep`` spares looking for its depth."""
    return CircuitDiagram(module="cell1", entry=name, traced=traced(of, end=end, remark=remark, deep=deep))
