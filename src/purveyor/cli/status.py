"""Exit codes, named (DESIGN contract for machines)."""

DONE = 0
FAILED = 1
USAGE = 2
