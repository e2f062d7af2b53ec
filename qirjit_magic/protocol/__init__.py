"""What crosses the wall between the kernel and the engine process: data, never behaviour."""
