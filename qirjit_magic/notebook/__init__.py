"""What a person touches in a notebook: the magics and the panel."""
