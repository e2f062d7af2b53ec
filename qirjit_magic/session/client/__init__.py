"""The kernel's end of an engine process: its start, its requests and replies, its crashes and restarts."""
