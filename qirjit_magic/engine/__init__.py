"""Native code, alone in its process: parse, check, compile, link, run."""
