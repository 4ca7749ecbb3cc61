"""Benchmarks: one module, one command, one figure against its bound in the same run."""
