"""Secrets of a profile: tried, stored, kept in two slots over a rotation, wiped, dropped when their time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, Misconfigured, Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles import rotation
from purveyor.profiles.domain import facts
from purveyor.profiles.domain.trouble import forget_trouble
from purveyor.profiles.models import Profile, Secret
from purveyor.profiles.queries import old_secrets_due
from purveyor.profiles.trial import Trial, try_secrets
from purveyor.vault import sealing

OLD_KEPT = timedelta(days=7)
"""How long the previous secret still works at Amazon after a rotation (FACTS §1.5)."""
_KINDS = tuple(Secret.Kind)
_WHERE = ("client_id", "environment", "endpoint", "login_url")


def replace_secret(
    who: Who,
    profile: Profile,
    client_secret: str | None = None,
    refresh_token: str | None = None,
    *,
    untried: bool = False,
    issued_at: datetime | None = None,
) -> Trial:
    """Try a new client secret, a new refresh token, or both at Amazon, then store them; answers what the trial showed.

    What they replace is kept seven more days. With ``untried`` they are stored though Amazon cannot be asked now; the
    audit says so. ``issued_at`` is when the client secret was made at Amazon, today where it replaces another.

    Raises Denied; Refused when a value has not its shape or Amazon refuses it, or (code ``untried``) when Amazon cannot
    be asked; Conflict when the profile was changed meanwhile. Nothing is stored then.
    """
    given = _checked(who, profile, client_secret, refresh_token, issued_at)
    trial = try_secrets(profile, given, may_skip=untried)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        found = Profile.objects.select_for_update().get(pk=profile.pk)
        if any(getattr(found, name) != getattr(profile, name) for name in _WHERE):
            raise Conflict(_("The profile was changed meanwhile. Nothing was stored."), hint=_("Try again."))
        put(who, profile, given, issued_at=issued_at, trial=trial)
    return trial


def store_secret(
    who: Who,
    profile: Profile,
    client_secret: str | None = None,
    refresh_token: str | None = None,
    issued_at: datetime | None = None,
) -> None:
    """Store them as ``replace_secret`` does, without asking Amazon.

    Raises Denied, and Refused when a value has not the shape of its field; nothing is stored then.
    """
    given = _checked(who, profile, client_secret, refresh_token, issued_at)
    with transaction.atomic():
        put(who, profile, given, issued_at=issued_at)


def _checked(
    who: Who, profile: Profile, client_secret: str | None, refresh_token: str | None, issued_at: datetime | None
) -> dict[str, str]:
    who.require("profiles.credentials", profile)
    given = facts.tidy_secrets({"client_secret": client_secret, "refresh_token": refresh_token})
    if not given:
        raise Refused(_("Give a client secret, a refresh token, or both."), [Problem(_("This is missing."))])
    problems = [*facts.secret_problems(given), *facts.issued_problems(issued_at, "issued_at")]
    if problems:
        raise Refused(_("Nothing was stored."), problems)
    return given


def put(
    who: Who,
    profile: Profile,
    given: Mapping[str, str],
    *,
    issued_at: datetime | None = None,
    trial: Trial | None = None,
) -> None:
    """Store checked secrets, in the caller's transaction. A value that is the present one changes nothing."""
    sealing.lock_ring()  # before any row, as the rotation of keys does
    stored = [kind for kind, value in given.items() if _put_one(profile, kind, value, issued_at)]
    tried = {"tried": str(trial)} if trial else {}
    for kind in stored:
        record("profile.secret_stored", by=who.name, obj=profile, new={"kind": kind} | tried)
    if Secret.Kind.REFRESH_TOKEN in stored:
        # A token of the old authorisation would go on for an hour, without what the new one allows.
        profile.shared_tokens.all().delete()
    if stored:
        _connected_again(profile)
        forget_trouble(who, profile)
        rotation.watch(profile)


def _put_one(profile: Profile, kind: str, value: str, issued_at: datetime | None) -> bool:
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
    stamps = {"stored_at": now, "issued_at": _issued(kind, issued_at, new)}
    profile.secrets.create(kind=kind, slot=Secret.Slot.NEW, sealed=sealed, **stamps)
    return True


def _issued(kind: str, issued_at: datetime | None, replaced: Secret | None) -> datetime | None:
    """A secret that replaces another was made by the rotation it comes from, unless somebody knows better."""
    if kind != Secret.Kind.CLIENT_SECRET:
        return None
    return issued_at or (clock.now() if replaced is not None else None)


def _connected_again(profile: Profile) -> None:
    if profile.disconnected_at is not None and profile.secrets.filter(slot=Secret.Slot.NEW).count() == len(_KINDS):
        Profile.objects.filter(pk=profile.pk).update(disconnected_at=None)
        profile.disconnected_at = None


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
    rotation.watch(profile)


def drop_old_secrets() -> int:
    """Remove what was replaced seven days ago; answers how many."""
    count, _models = old_secrets_due().delete()
    return count
