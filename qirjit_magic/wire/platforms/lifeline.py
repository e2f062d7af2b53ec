"""Where an engine process keeps the pipe by whose end it learns that the kernel's process has gone."""

# A descriptor that nothing else gets: calls that would close it, or put another one in its place, are told by this bit.
LIFE = 512
