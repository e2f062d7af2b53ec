"""Programs written in other ways that mean the same: nothing that the product says of them may change."""
