"""The lasting trouble of a profile's connection: written down when it begins or changes, and when it ends."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.amazon.errors import Forbidden, LoginError, Redirected
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, PurveyorError, Remedy
from purveyor.people.who import Who
from purveyor.profiles.models import Profile


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
    if is_lasting(error):
        _set(Who.system("profiles.trouble"), profile, _shown(error))


def note_missing(who: Who, profile: Profile) -> None:
    """Remember that the secrets were wiped and are asked for again."""
    _set(who, profile, _shown(secrets_missing(profile.name)))


def secrets_missing(name: str) -> SecretsMissing:
    """The error of a profile without its secrets."""
    return SecretsMissing(
        _("Profile %(name)s has no client secret or no refresh token.") % {"name": name},
        hint=_("Store both secrets of the profile."),
    )


def clear_trouble(profile: Profile) -> None:
    """The connection works again. Costs one read when there was no trouble."""
    if Profile.objects.filter(pk=profile.pk).values_list("trouble", flat=True).first():
        _set(Who.system("profiles.trouble"), profile, {})


def forget_trouble(who: Who, profile: Profile) -> None:
    """Somebody mended the settings: whether that helped shows with the next call."""
    _set(who, profile, {})


def _set(who: Who, profile: Profile, trouble: dict[str, Any]) -> None:
    """Compare and write: only a trouble of another kind is written, and told."""
    with transaction.atomic():
        found = Profile.objects.select_for_update().filter(pk=profile.pk).only("name", "trouble").first()
        if found is None:
            return
        profile.trouble = found.trouble
        if _kind(found.trouble) == _kind(trouble):
            return
        record("profile.trouble", by=who.name, obj=found, old=_told(found.trouble), new=_told(trouble))
        Profile.objects.filter(pk=profile.pk).update(trouble=trouble)
        profile.trouble = trouble


def _shown(error: PurveyorError) -> dict[str, Any]:
    found = error.as_dict()
    shown = {key: found.get(key, "") for key in ("code", "message", "remedy", "hint", "request_id")}
    return shown | {"at": clock.now().isoformat()}


def _kind(trouble: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(trouble.get(key, "") for key in _SAYS_WHICH)


def _told(trouble: dict[str, Any]) -> dict[str, Any]:
    return {key: trouble[key] for key in ("code", "remedy") if key in trouble} or {"code": "none"}
