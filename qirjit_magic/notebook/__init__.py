"""The magics and the panel, which a person uses in a notebook."""
