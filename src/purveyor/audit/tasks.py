"""What recurs about the audit."""

from __future__ import annotations

from purveyor.audit import seal
from purveyor.jobs.registry import recurring


@recurring("audit.seal", every=20)
def seal_entries() -> None:
    """Link what was committed since the last time."""
    seal.seal()
