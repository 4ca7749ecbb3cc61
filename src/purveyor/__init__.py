"""Purveyor: an open, self-hosted hub for Amazon vendors (1P)."""

__version__ = "0.1.0"
