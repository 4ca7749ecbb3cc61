"""What can be done to profiles: every door calls these."""

from purveyor.profiles.domain.profiles import (
    add_profile,
    change_profile,
    remove_profile,
    switch_importing,
    switch_sending,
)
from purveyor.profiles.domain.secrets import drop_old_secrets, store_secret
from purveyor.profiles.domain.trouble import clear_trouble, note_trouble

__all__ = [
    "add_profile",
    "change_profile",
    "clear_trouble",
    "drop_old_secrets",
    "note_trouble",
    "remove_profile",
    "store_secret",
    "switch_importing",
    "switch_sending",
]
