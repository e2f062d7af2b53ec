"""The code under programs: the recorder and the shot loop as LLVM IR, and the table of known functions."""
