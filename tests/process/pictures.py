"""The pictures that circuits are to have: ``python -m tests.process.pictures`` draws them anew, to be looked at."""

from __future__ import annotations

from pathlib import Path

from qirjit_magic.display.circuit import CircuitDiagram
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS

PICTURES = PROGRAMS / "circuits"
# What is drawn, and with what arguments.
PICTURED: dict[str, tuple[Path, tuple[int, ...]]] = {
    "bell": (PICTURES / "bell.ll", ()),
    "ghz": (PICTURES / "ghz.ll", ()),
    "qft": (PICTURES / "qft.ll", ()),
    "mid_reset": (PICTURES / "mid_reset.ll", ()),
    "every_gate": (PICTURES / "every_gate.ll", ()),
    "teleport": (PROGRAMS / "teleport.ll", ()),
    "feedback": (PROGRAMS / "sampling" / "feedback.ll", ()),
    "allocated": (PROGRAMS / "sampling" / "exact_allocated.ll", ()),
    "wide": (PICTURES / "wide.ll", (48,)),
    "long": (PICTURES / "long.ll", (1000,)),
}


def picture(session: Session, name: str) -> CircuitDiagram:
    """The diagram of one of them."""
    path, arguments = PICTURED[name]
    return session.circuit(module=session.add(path, name).name, args=arguments)


def _draw() -> None:
    with Session() as session:
        for name in PICTURED:
            drawn = picture(session, name)
            (PICTURES / f"{name}.txt").write_text(f"{drawn.text()}\n", "utf-8")
            (PICTURES / f"{name}.svg").write_text(f"{drawn.svg()}\n", "utf-8")


if __name__ == "__main__":
    _draw()
