"""A lost key file is noticed at the start, before anything fails over it one by one."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.utils import Error

from purveyor.common.errors import Misconfigured
from purveyor.config.checks import Finding, Level
from purveyor.vault import sealing
from purveyor.vault.models import KeyRing

WAY_BACK = (
    "Put the file back from your copy. If it is lost for good: purveyor keys forget --yes, then store the secrets of "
    "every profile again."
)


def require_keys() -> None:
    """Go on only with the key that the stored values are sealed with; fine where nothing was ever sealed.

    Raises Misconfigured, in one line with the way back.
    """
    primary = KeyRing.objects.filter(pk=1).values_list("primary", flat=True).first()
    if not primary:
        return
    try:
        sealing.keys_with(primary)
    except Misconfigured as error:
        raise Misconfigured(error.message, hint=error.hint or WAY_BACK, code="keys-lost") from None


def lost_keys() -> Iterator[Finding]:
    """For ``purveyor check``. A database that does not answer or has no tables yet is found by another look."""
    try:
        require_keys()
    except Misconfigured as error:
        yield Finding("keys-lost", Level.ERROR, error.message, error.hint)
    except Error:
        return
