"""Simulators: shared libraries with QIR symbols, and the one that qirrunner brings."""
