"""The keys that seal secrets, as people may handle them: rotate them, or give up what they sealed."""

from __future__ import annotations

from purveyor.people.who import Who
from purveyor.vault import rekey


def rotate_keys(who: Who) -> int:
    """Seal everything with a new key and drop the old ones; answers how many values were sealed again.

    Raises Denied, and Misconfigured when the key file cannot be used or a stored value does not open.
    """
    who.require("profiles.credentials")
    return rekey.rotate(who.name)


def forget_secrets(who: Who) -> int:
    """The way out when the key file is lost for good: give up every sealed value; answers how many. Raises Denied."""
    who.require("profiles.credentials")
    return rekey.forget(who.name)
