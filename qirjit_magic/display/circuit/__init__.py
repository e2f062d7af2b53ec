"""Circuits as pictures: pure functions of what a trace found."""

from qirjit_magic.display.circuit.diagram import CircuitDiagram

__all__ = ["CircuitDiagram"]
