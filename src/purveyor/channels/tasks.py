"""What the workers do here: the work on files is a kind of run, registered by its import."""

from __future__ import annotations

from purveyor.channels import load as _load  # registers its kind of run

__all__ = ["_load"]
