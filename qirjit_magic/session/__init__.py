"""The kernel's side: one `Session`, its supervisor, its results."""
