"""LLVM text: its tokens, where things stand in it, and what is done before LLVM reads it."""
