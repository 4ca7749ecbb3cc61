"""Secrets of a profile: stored, kept in two slots over a rotation, wiped, and dropped when their time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles.domain import facts
from purveyor.profiles.domain.trouble import forget_trouble
from purveyor.profiles.models import Profile, Secret
from purveyor.profiles.queries import old_secrets_due
from purveyor.vault import sealing

OLD_KEPT = timedelta(days=7)
"""How long the previous secret still works at Amazon after a rotation (FACTS §1.5)."""


def store_secret(
    who: Who, profile: Profile, client_secret: str | None = None, refresh_token: str | None = None
) -> None:
    """Store a new client secret, a new refresh token, or both. What they replace is kept seven more days.

    Raises Denied, and Refused when a value has not the shape of its field; nothing is stored then.
    """
    who.require("profiles.credentials", profile)
    given = facts.tidy_secrets({"client_secret": client_secret, "refresh_token": refresh_token})
    if not given:
        raise Refused(_("Give a client secret, a refresh token, or both."), [Problem(_("This is missing."))])
    problems = facts.secret_problems(given)
    if problems:
        raise Refused(_("Nothing was stored."), problems)
    with transaction.atomic():
        put(who, profile, given)


def put(who: Who, profile: Profile, given: Mapping[str, str]) -> None:
    """Store checked secrets, in the caller's transaction. A value that is the present one changes nothing."""
    sealing.lock_ring()  # before any row, as the rotation of keys does
    stored = [kind for kind, value in given.items() if _put_one(profile, kind, value)]
    for kind in stored:
        record("profile.secret_stored", by=who.name, obj=profile, new={"kind": kind})
    if Secret.Kind.REFRESH_TOKEN in stored:
        # A token of the old authorisation would go on for an hour, without what the new one allows.
        profile.shared_tokens.all().delete()
    if stored:
        forget_trouble(who, profile)


def _put_one(profile: Profile, kind: str, value: str) -> bool:
    now = clock.now()
    held = {secret.slot: secret for secret in profile.secrets.filter(kind=kind)}
    new, old = held.get(Secret.Slot.NEW), held.get(Secret.Slot.OLD)
    if new is not None and _holds(new, value):
        return False
    sealed = sealing.seal(value.encode())
    if old is not None:
        old.delete()
    if new is not None:
        profile.secrets.filter(pk=new.pk).update(slot=Secret.Slot.OLD, drops_at=now + OLD_KEPT)
    profile.secrets.create(kind=kind, slot=Secret.Slot.NEW, sealed=sealed, stored_at=now)
    return True


def _holds(secret: Secret, value: str) -> bool:
    try:
        return sealing.unseal(secret.sealed) == value.encode()
    except Misconfigured:
        return False  # it opens with no key any more: storing it again is the way out


def wipe(who: Who, profile: Profile) -> None:
    """Remove every secret and access token of a profile, in the caller's transaction."""
    count, _models = profile.secrets.all().delete()
    profile.shared_tokens.all().delete()
    if count:
        record("profile.secrets_wiped", by=who.name, obj=profile)


def drop_old_secrets() -> int:
    """Remove what was replaced seven days ago; answers how many."""
    count, _models = old_secrets_due().delete()
    return count
