"""What programs record, as columns: outcomes, counts, output schemas, text and back."""
