"""Runs: carried out, followed, spread over several processes, collected."""
