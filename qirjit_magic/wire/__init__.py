"""What crosses between the kernel and the engine process: data, never behaviour."""
