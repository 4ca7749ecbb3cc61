"""What the workers do here: the work on files is a kind of run, registered by its import."""

from __future__ import annotations

from purveyor.channels import exports, load
from purveyor.channels.models import Upload
from purveyor.jobs.registry import recurring

__all__ = ["settle_files", "tidy_exports"]


@recurring("channels.settle_files", every=60)
def settle_files() -> None:
    """Say of files whose work ended without telling them that they stopped."""
    load.settle_lost(Upload.objects.all())


@recurring("channels.tidy_exports", every=3600)
def tidy_exports() -> None:
    """Drop files of exports a day after they were written."""
    exports.tidy()
