"""The kernels' source, in Numba: turned into ``kernels.ll`` when the package is built, never imported where it runs.

``python -m qirjit_magic.engine.simulators.statevector.kernels`` makes it.
"""
