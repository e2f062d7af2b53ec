"""Modules that are linked: to each other, to the simulator, and to functions in Python."""
