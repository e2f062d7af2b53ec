"""The data that the kernel and the engine process exchange, and no behaviour."""
