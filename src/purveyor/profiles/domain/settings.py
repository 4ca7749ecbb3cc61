"""Rules and tolerances of a profile: said from a moment on, now or to come. The past is never said anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.profiles.models import DatedSetting, Profile

MANAGE = "profiles.settings"


def set_setting(
    who: Who, profile: Profile, name: str, given: str, *, valid_from: datetime | None = None, because: str = ""
) -> DatedSetting:
    """Say what a setting is, from now or from a later moment on. The same for the same moment is said anew.

    Raises Denied, NotFound for an unknown setting, and Refused for a value that is not allowed or a moment that is
    over.
    """
    who.require(MANAGE, profile)
    now = clock.now()
    setting, text = known(name), trimmed(given)
    begins = now if valid_from is None else valid_from
    problems = [*_value_problems(setting, text), *_moment_problems(valid_from, now)]
    if problems:
        raise Refused(_("The setting was not changed."), problems)
    with transaction.atomic():
        old = str(dated.in_force([profile], begins).filter(name=name).values_list("value", flat=True).last() or "")
        said = {"value": text, "by": who.name, "because": because[:500], "at": now}
        made, _new = DatedSetting.objects.update_or_create(profile=profile, name=name, valid_from=begins, defaults=said)
        told = {"setting": name, "valid_from": begins}
        before = told | {"value": old or setting.default}
        record(
            "profile.setting_changed",
            by=who.name,
            obj=profile,
            old=before,
            new=told | {"value": text},
            because=because[:500],
        )
    return made


def withdraw_setting(who: Who, profile: Profile, number: int, *, name: str, because: str = "") -> None:
    """Take back what was said of a setting for a moment to come.

    Raises Denied, and NotFound where it is in force already or not there.
    """
    who.require(MANAGE, profile)
    with transaction.atomic():
        found = dated.planned(profile).select_for_update().filter(pk=number, name=name).first()
        if found is None:
            raise NotFound(
                _("There is no such planned setting."), hint=_("What is in force is changed, not taken back.")
            )
        told = {"setting": found.name, "value": found.value, "valid_from": found.valid_from}
        found.delete()
        record("profile.setting_withdrawn", by=who.name, obj=profile, old=told, because=because[:500])


def known(name: str) -> dated.Setting:
    """The setting of this name. Raises NotFound, naming those there are."""
    try:
        return dated.find(name)
    except dated.UnknownSetting:
        said = _("There is no setting %(name)s.") % {"name": name}
        raise NotFound(said, hint=_("There are: %(names)s.") % {"names": ", ".join(sorted(dated.SETTINGS))}) from None


def _value_problems(setting: dated.Setting, text: str) -> list[Problem]:
    try:
        setting.read(text)
    except ValueError:
        words = {"value": text[:80], "name": setting.name, "allowed": setting.kind.allowed}
        return [Problem(_("“%(value)s” is not allowed for %(name)s; allowed is %(allowed)s.") % words, where="value")]
    return []


def _moment_problems(valid_from: datetime | None, now: datetime) -> list[Problem]:
    if valid_from is None or (valid_from.tzinfo is not None and valid_from >= now):
        return []
    return [Problem(_("A setting begins now or later, never in the past."), where="valid_from")]
