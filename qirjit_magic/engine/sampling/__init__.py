"""Shots that are drawn instead of run: the proof that they may be, the trace, the sample."""
