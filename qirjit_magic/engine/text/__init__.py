"""LLVM text: where things stand in it, and what is done before LLVM reads it."""
