"""What the kernel and the engine process exchange: data, never behaviour."""
