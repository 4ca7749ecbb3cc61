"""What the workers do here: the work on files is a kind of run, registered by its import."""

from __future__ import annotations

from purveyor.channels import exports
from purveyor.channels import load as _load  # registers its kind of run, as exports does
from purveyor.jobs.registry import recurring

__all__ = ["_load", "tidy_exports"]


@recurring("channels.tidy_exports", every=3600)
def tidy_exports() -> None:
    """Drop files of exports a day after they were written."""
    exports.tidy()
