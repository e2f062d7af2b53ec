"""Object code from modules: passes, levels, listings, and what the engine brings itself."""
