"""What can be done to profiles: every door calls these."""

from purveyor.profiles.domain.disconnect import disconnect_profile
from purveyor.profiles.domain.parties import set_parties
from purveyor.profiles.domain.profiles import (
    add_profile,
    change_profile,
    remove_profile,
    switch_importing,
    switch_reading_status,
    switch_sending,
)
from purveyor.profiles.domain.secret_age import answer_age
from purveyor.profiles.domain.secrets import drop_old_secrets, replace_secret, store_secret
from purveyor.profiles.domain.trouble import clear_trouble, note_trouble

__all__ = [
    "add_profile",
    "answer_age",
    "change_profile",
    "clear_trouble",
    "disconnect_profile",
    "drop_old_secrets",
    "note_trouble",
    "remove_profile",
    "replace_secret",
    "set_parties",
    "store_secret",
    "switch_importing",
    "switch_reading_status",
    "switch_sending",
]
