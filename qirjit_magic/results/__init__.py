"""The records of programs, as columns: outcomes, counts, output schemas, text and back."""
