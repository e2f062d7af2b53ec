"""Random circuits with feedback, resets and reuse: what they should record, and their QIR."""
