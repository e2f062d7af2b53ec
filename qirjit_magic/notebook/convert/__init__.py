"""Notebooks from QIR, and back: what ``qirjit notebook`` and ``qirjit extract`` do."""
