"""The lasting trouble of a profile's connection: it is written down and told once, pauses the profile, and ends.

Only what a person must mend is trouble; throttling and outages back off by themselves. While it is paused, a profile's
scheduled sweeps and queued documents wait; whoever asks by hand may try, and a probe does (``doctor.probe``). What
concerns an operation that no sweep needs pauses nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.amazon.errors import Forbidden, LoginError, Redirected
from purveyor.audit.write import record
from purveyor.base.phrase import Phrase, _, phrase, read, stored
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, PurveyorError, Remedy
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

FIRST_PROBE = timedelta(minutes=1)
READS = frozenset({"getPurchaseOrders", "getPurchaseOrder", "getPurchaseOrdersStatus"})
"""What the sweeps need: a refusal of one of these pauses them."""


class SecretsMissing(PurveyorError):
    """The profile has no client secret or no refresh token, so it cannot talk to Amazon."""

    code = "profile-secrets-missing"
    remedy = Remedy.MEND_SETTINGS


_LASTING = (LoginError, Forbidden, Redirected, SecretsMissing, Misconfigured)
_SAYS_WHICH = ("code", "hint")


def is_lasting(error: PurveyorError) -> bool:
    """Whether an error stays until somebody does something about the connection."""
    return isinstance(error, _LASTING) and error.remedy != Remedy.WAIT


def note_trouble(profile: Profile, error: PurveyorError) -> None:
    """Remember a lasting trouble, once: another error, or one that passes by itself, changes nothing."""
    if not is_lasting(error):
        return
    if isinstance(error, LoginError):
        # The next success then proves that the login works again, and not that an earlier token still lives.
        profile.shared_tokens.filter(sealed__isnull=False).update(sealed=None, expires_at=None, renew_at=None)
    _set(Who.system("profiles.trouble"), profile, _shown(error))


def note_missing(who: Who, profile: Profile) -> None:
    """Remember that the secrets were wiped and are asked for again."""
    _set(who, profile, _shown(secrets_missing(profile.name)))


_LOOKED_AT = ("name", "trouble", "paused_at", "disconnected_at")


def secrets_missing(name: str) -> SecretsMissing:
    """The error of a profile without its secrets."""
    return SecretsMissing(
        _("Profile %(name)s has no client secret or no refresh token.") % {"name": name},
        hint=_("Store both secrets of the profile."),
    )


def clear_trouble(profile: Profile, operation: str = "") -> None:
    """The connection works again. Costs one read when there was no trouble.

    ``operation`` is what worked, empty where everything did: a refusal of one operation is not mended by another.
    """
    trouble = Profile.objects.filter(pk=profile.pk).values_list("trouble", flat=True).first()
    if trouble and operation in ("", trouble.get("operation") or operation):
        _set(Who.system("profiles.trouble"), profile, {})


def forget_trouble(who: Who, profile: Profile) -> None:
    """Somebody mended the settings: whether that helped shows with the next call. When they last worked is forgotten,
    for it were others."""
    Profile.objects.filter(pk=profile.pk).update(worked_at=None, worked_slot="")
    _set(who, profile, {})


def cause_of(profile: Profile) -> str:
    """The cause of the profile's alert (``alerts.raise_``)."""
    return f"profile:{profile.pk}:trouble"


def _set(who: Who, profile: Profile, trouble: dict[str, Any]) -> None:
    """Compare and write: only a trouble of another kind is written, and told."""
    with transaction.atomic():
        found = Profile.objects.select_for_update().filter(pk=profile.pk).only(*_LOOKED_AT).first()
        if found is None or (trouble and let_go(found, profile)):
            return
        profile.trouble, profile.paused_at = found.trouble, found.paused_at
        if _kind(found.trouble) == _kind(trouble):
            return
        record("profile.trouble", by=who.name, obj=found, old=_told(found.trouble), new=_told(trouble))
        changes = {"trouble": trouble} | _pause(found.paused_at, trouble)
        Profile.objects.filter(pk=profile.pk).update(**changes)
        _tell(found, trouble)
    for name, value in changes.items():
        setattr(profile, name, value)


def let_go(now: Profile, before: Profile) -> bool:
    """Whether a profile was disconnected since it was looked at: what Amazon said of it concerns nobody any more."""
    return now.disconnected_at is not None and before.disconnected_at is None


def pauses(trouble: dict[str, Any]) -> bool:
    """Whether a trouble keeps the sweeps from their work."""
    return bool(trouble) and trouble.get("operation", "") in ("", *READS)


def _pause(since: datetime | None, trouble: dict[str, Any]) -> dict[str, Any]:
    if not pauses(trouble):
        return {"paused_at": None, "probe_at": None, "probes": 0}
    now = clock.now()
    return {"paused_at": since or now, "probe_at": now + FIRST_PROBE, "probes": 0}


def _tell(profile: Profile, trouble: dict[str, Any]) -> None:
    """One alert while there is trouble, whatever it is."""
    if not trouble:
        close_alert(cause_of(profile), "The connection works again, or its settings were changed.")
        return
    told = read(trouble)
    words = {"name": profile.name, "message": told["message"]}
    said = _("Profile %(name)s is paused: %(message)s") if pauses(trouble) else Phrase("%(name)s: %(message)s")
    raise_alert(
        cause_of(profile),
        kind="profile.trouble",
        severity="bad",
        message=said % words,
        hint=phrase(told["hint"]),
        remedy=trouble["remedy"],
        profile_id=profile.pk,
        request_id=trouble["request_id"],
    )


def _shown(error: PurveyorError) -> dict[str, Any]:
    found = error.as_dict()
    facts = {key: found.get(key, "") for key in ("code", "message", "remedy", "hint", "request_id")}
    return stored(facts) | {"operation": _operation(error), "at": clock.now().isoformat()}


def _operation(error: PurveyorError) -> str:
    """The one operation that is refused; empty where nothing works."""
    return error.operation if isinstance(error, Forbidden) else ""


def _kind(trouble: dict[str, Any]) -> tuple[Any, ...]:
    return (*(trouble.get(key, "") for key in _SAYS_WHICH), pauses(trouble))


def _told(trouble: dict[str, Any]) -> dict[str, Any]:
    return {key: trouble[key] for key in ("code", "remedy") if key in trouble} or {"code": "none"}
