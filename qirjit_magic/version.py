"""The version; kernel and engine process must agree on it."""

__version__ = "0.1.0"
