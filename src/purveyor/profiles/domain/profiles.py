"""Adding, changing, switching and removing profiles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who
from purveyor.profiles import endpoints
from purveyor.profiles.domain import facts, secrets
from purveyor.profiles.domain.facts import Facts
from purveyor.profiles.domain.trouble import note_missing
from purveyor.profiles.models import Environment, Profile
from purveyor.vault import sealing

_SECRETS = ("client_secret", "refresh_token")
_IDENTITY = ("marketplace", "client_id", "environment", "endpoint", "login_url")
"""What the secrets belong to: Amazon's account and application, and where they are sent."""
_CHANGEABLE = (*Facts.__slots__, *_SECRETS, "importing")


def add_profile(
    who: Who,
    *,
    name: str,
    marketplace: str,
    vendor_codes: Sequence[str],
    client_id: str,
    client_secret: str,
    refresh_token: str,
    environment: str = "production",
    endpoint: str = "",
    login_url: str = "",
    visibility_seconds: int | None = None,
    import_from: datetime | None = None,
    import_acknowledged: bool = True,
    secret_issued_at: datetime | None = None,
) -> Profile:
    """Connect a vendor account. One that talks to Amazon starts with sending off, a stand-in's with sending on.

    ``login_url`` is the whole address of the token endpoint; ``visibility_seconds`` is how long an answer may take to
    show in the status; a blank ``environment`` follows from the endpoint (none is production, one on this machine is a
    simulator, any other custom). Without ``import_acknowledged`` the first import takes only what is still New.
    ``secret_issued_at`` is when the client secret was made at Amazon; None is unknown, and asked later.

    Raises Denied, and Refused with every problem and its field; nothing is stored then.
    """
    given = {
        "marketplace": marketplace,
        "vendor_codes": vendor_codes,
        "client_id": client_id,
        "environment": environment,
        "endpoint": endpoint,
        "login_url": login_url,
        "visibility_seconds": visibility_seconds,
        "import_from": import_from,
        "import_acknowledged": import_acknowledged,
    }
    read, problems = facts.read(given)
    _require(who, None, read.environment, secrets_too=True)
    name = trimmed(name)
    values = facts.tidy_secrets({"client_secret": client_secret, "refresh_token": refresh_token})
    problems = [
        *facts.name_problems(name),
        *problems,
        *facts.secret_problems(values),
        *facts.custom_problems(read.environment),
    ]
    problems += facts.issued_problems(secret_issued_at, "secret_issued_at")
    problems = problems or _taken(name)
    if problems:
        raise Refused(_("The profile was not added."), problems)
    return _insert(who, name, read, values, secret_issued_at)


def _insert(who: Who, name: str, read: Facts, values: dict[str, str], issued_at: datetime | None) -> Profile:
    sending = endpoints.starts_sending(read.environment)
    try:
        with transaction.atomic():
            profile = Profile.objects.create(name=name, sending=sending, created_at=clock.now(), **read.columns())
            _set_codes(profile, read.vendor_codes)
            record("profile.added", by=who.name, obj=profile, new=_told(read) | {"sending": sending})
            secrets.put(who, profile, values, issued_at=issued_at)
    except IntegrityError:
        # Somebody added the same name between our look and our write.
        raise Refused(_("The profile was not added."), _taken(name) or [Problem(_("Try again."))]) from None
    return profile


def change_profile(who: Who, profile: Profile, **changes: Any) -> Profile:
    """Change a profile: any fact of ``add_profile`` but its name, its secrets, and ``importing``; None changes nothing.

    A change of marketplace, client id, environment, endpoint or login address wipes secrets and access tokens, so that
    none reaches an address or an application it was not given for; both secrets may be given in the same call. Sending
    to Amazon is then off. Environment and marketplace stay once there are orders. Answers the profile as it is now.
    Raises Denied, and Refused with every problem.
    """
    unknown = sorted(set(changes) - set(_CHANGEABLE))
    if unknown:
        raise Refused(_("The profile was not changed."), [Problem(_("There is no such field."), where=unknown[0])])
    values = facts.tidy_secrets({field: changes.pop(field, None) for field in _SECRETS})
    importing = changes.pop("importing", None)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        found = Profile.objects.select_for_update().get(pk=profile.pk)
        before = facts_of(found)
        after, problems = facts.read(_changed(before, changes))
        moved = any(getattr(before, field) != getattr(after, field) for field in _IDENTITY)
        custom = moved and Environment.CUSTOM in (before.environment, after.environment)
        _require(who, found, after.environment, secrets_too=bool(values) or custom)
        problems += [*facts.secret_problems(values), *(facts.custom_problems(after.environment) if moved else [])]
        problems += _half_of_the_secrets(values) if moved else []
        problems += _other_amazon(found, before, after)
        if problems:
            raise Refused(_("The profile was not changed."), problems)
        _apply(who, found, before, after, moved)
        if values:
            secrets.put(who, found, values)
        elif moved:
            note_missing(who, found)
        if importing is not None:
            switch_importing(who, found, importing)
    profile.refresh_from_db()
    return profile


def _other_amazon(profile: Profile, before: Facts, after: Facts) -> list[Problem]:
    """The orders and documents of one Amazon must never meet another one, where their numbers mean something else."""
    changed = [name for name in ("environment", "marketplace") if getattr(before, name) != getattr(after, name)]
    if not changed or not (profile.orders.exists() or profile.documents.exists()):
        return []
    said = _("The profile has orders or documents of another Amazon. Add a new profile instead.")
    return [Problem(said, where=name) for name in changed]


def _changed(before: Facts, changes: dict[str, Any]) -> dict[str, Any]:
    """The facts to be. With another environment, addresses and visibility are its own unless they are given."""
    given = {field: getattr(before, field) for field in Facts.__slots__}
    if (changes.get("environment") or before.environment) != before.environment:
        given |= {"endpoint": "", "login_url": "", "visibility_seconds": None}
    return given | {field: value for field, value in changes.items() if value is not None}


def _apply(who: Who, profile: Profile, before: Facts, after: Facts, moved: bool) -> None:
    old, new = _told(before), _told(after)
    columns = {k: v for k, v in after.columns().items() if v != getattr(before, k)}
    if moved and profile.sending and not endpoints.starts_sending(after.environment):
        columns["sending"] = False
        old["sending"], new["sending"] = True, False
    changed = [key for key in new if old[key] != new[key]]
    if columns:
        Profile.objects.filter(pk=profile.pk).update(**columns)
    _set_codes(profile, after.vendor_codes)
    if changed:
        was, now_is = {k: old[k] for k in changed}, {k: new[k] for k in changed}
        record("profile.changed", by=who.name, obj=profile, old=was, new=now_is)
    if moved:
        secrets.wipe(who, profile)


def switch_sending(who: Who, profile: Profile, on: bool, because: str = "") -> None:
    """Allow or forbid that anything is sent to Amazon for this profile. Raises Denied, and Refused to switch on what is
    disconnected."""
    who.require("profiles.send", profile)
    _switch(who, profile, "sending", on, because)


def switch_importing(who: Who, profile: Profile, on: bool, because: str = "") -> None:
    """Begin or stop fetching orders for this profile. Raises Denied, and Refused to switch on what is disconnected."""
    who.require("profiles.manage", profile)
    _switch(who, profile, "importing", on, because)


def switch_reading_status(who: Who, profile: Profile, on: bool, because: str = "") -> None:
    """Begin or stop reading by schedule what Amazon counts for each order; our own answers are read back all the same.

    Raises Denied and Refused.
    """
    who.require("profiles.manage", profile)
    _switch(who, profile, "reading_status", on, because)


def switch_off(who: Who, profile: Profile, because: str = "") -> None:
    """Importing and sending off, in the caller's transaction, for a verb that has asked for its own permission."""
    for field in ("importing", "sending"):
        _switch(who, profile, field, False, because)


def _switch(who: Who, profile: Profile, field: str, on: bool, because: str) -> None:
    """Compare-and-set, so that of two who switch at once one is told in the audit, and nothing when nothing changes."""
    if on and Profile.objects.filter(pk=profile.pk).exclude(disconnected_at=None).exists():
        said = _("The profile is disconnected. Store both of its secrets first.")
        raise Refused(said, [Problem(said)], code="disconnected")
    with transaction.atomic():
        if Profile.objects.filter(pk=profile.pk, **{field: not on}).update(**{field: on}):
            was, now_is = {field: not on}, {field: on}
            record(f"profile.{field}_switched", by=who.name, obj=profile, old=was, new=now_is, because=because)
    setattr(profile, field, on)


def remove_profile(who: Who, profile: Profile) -> None:
    """Remove a profile that never had an order or a document, with its secrets. Raises Denied and Refused."""
    require_managing(who, profile)
    try:
        with transaction.atomic():
            record("profile.removed", by=who.name, obj=profile, old=_told(facts_of(profile)))
            profile.delete()
    except ProtectedError:
        said = _("The profile has orders or documents, which are kept. Disconnect it instead.")
        raise Refused(said, [Problem(said)]) from None


def require_managing(who: Who, profile: Profile) -> None:
    """Go on only where somebody may manage the profile and its secrets. Raises Denied."""
    _require(who, profile, profile.environment, secrets_too=True)


def facts_of(profile: Profile) -> Facts:
    """The facts of a stored profile."""
    codes = tuple(profile.vendor_codes.values_list("code", flat=True))
    return Facts(vendor_codes=codes, **{f: getattr(profile, f) for f in Facts.__slots__ if f != "vendor_codes"})


def _told(read: Facts) -> dict[str, Any]:
    """For the audit: everything but secrets, which are not among the facts."""
    return read.columns() | {"vendor_codes": sorted(read.vendor_codes)}


def _set_codes(profile: Profile, codes: Sequence[str]) -> None:
    profile.vendor_codes.exclude(code__in=codes).delete()
    known = set(profile.vendor_codes.values_list("code", flat=True))
    for code in codes:
        if code not in known:
            profile.vendor_codes.create(code=code)


def _require(who: Who, profile: Profile | None, environment: str, *, secrets_too: bool) -> None:
    """Managing needs its permission; secrets and custom addresses another one, but for a simulator's."""
    who.require("profiles.manage", profile)
    if secrets_too and environment != Environment.SIMULATOR:
        who.require("profiles.credentials", profile)


def _half_of_the_secrets(values: dict[str, str]) -> list[Problem]:
    if not values:
        return []
    missing = [field for field in _SECRETS if field not in values]
    said = _("This is needed again: the stored one does not go to another address or application.")
    return [Problem(said, where=field) for field in missing]


def _taken(name: str) -> list[Problem]:
    if not Profile.objects.filter(name__iexact=name).exists():
        return []
    return [Problem(_("There is a profile of this name already."), where="name")]
