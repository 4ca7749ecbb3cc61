"""Secrets at rest: the key file, sealing, and the rotation of keys. Knows nothing of whose secrets they are."""
