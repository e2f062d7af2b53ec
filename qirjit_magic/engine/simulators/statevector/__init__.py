"""The state-vector simulator: kernels from Numba (``kernels.ll``), and in LLVM IR a queue and the functions of QIR."""
