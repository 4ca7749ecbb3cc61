"""Rules and tolerances of a profile, each in force from a moment on: what held on any day can always be told.

A package adds its own with ``add`` when the application starts; a name that is not in the table cannot be read or set.
Reading never fails on what an older version stored: what cannot be read any more counts as the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.config import env
from purveyor.profiles.models import DatedSetting, Profile

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class UnknownSetting(LookupError):
    """There is no such setting; add it to the table."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, of a kind of ``profiles.setting_kinds``. ``default`` is text as one would write it, ``choices`` are
    the words of a choice, for pages.

    What stands before the first dot of ``name`` is the group under which it is shown.
    """

    name: str
    kind: env.Kind
    default: str
    title: str | Lazy
    sentence: str | Lazy
    choices: tuple[tuple[str, str | Lazy], ...] = ()

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]

    def word(self, text: str) -> str:
        """A value as a person reads it; the text itself where the kind needs no words."""
        return str({"yes": _("yes"), "no": _("no"), **dict(self.choices)}.get(text, text))

    def read(self, text: str) -> Any:
        """The value of a text. Raises ValueError for one that is not allowed."""
        try:
            return self.kind.parse(text)
        except KeyError:
            raise ValueError(text) from None

    def read_or_default(self, text: str) -> Any:
        try:
            return self.read(text)
        except ValueError:
            return self.read(self.default)


SETTINGS: dict[str, Setting] = {}


def add(settings: Iterable[Setting]) -> None:
    """Make settings known. The same one twice is nothing; a name with two meanings raises ValueError.

    A default that the kind does not allow raises ValueError as well.
    """
    for setting in settings:
        setting.read(setting.default)
        if SETTINGS.setdefault(setting.name, setting) is not setting:
            raise ValueError(f"{setting.name} is already another setting")


def find(name: str) -> Setting:
    """The setting of this name. Raises UnknownSetting."""
    try:
        return SETTINGS[name]
    except KeyError:
        raise UnknownSetting(f"there is no setting {name!r}; add it to the table") from None


def in_force(profiles: Iterable[Profile] | Iterable[int], at: datetime | None = None) -> QuerySet[DatedSetting]:
    """What was said for profiles (or their keys) that counts at a moment, the later after the earlier."""
    begun = DatedSetting.objects.filter(profile__in=list(profiles), valid_from__lte=at or clock.now())
    return begun.order_by("valid_from", "pk")


def values_of(profiles: Iterable[Profile], at: datetime | None = None) -> dict[int, Mapping[str, Any]]:
    """Every setting of each profile, by its key, at a moment (now). One query."""
    keys = [profile.pk for profile in profiles]
    texts: dict[int, dict[str, str]] = {key: {} for key in keys}
    for row in in_force(keys, at):
        texts[row.profile_id][row.name] = row.value
    return {key: _read(said) for key, said in texts.items()}


def values(profile: Profile, at: datetime | None = None) -> Mapping[str, Any]:
    """Every setting of a profile at a moment (now). One query."""
    return values_of([profile], at)[profile.pk]


def value(profile: Profile, name: str, at: datetime | None = None) -> Any:
    """One setting of a profile at a moment (now). Raises UnknownSetting."""
    wanted = find(name)
    row = in_force([profile], at).filter(name=name).last()
    return wanted.read(wanted.default) if row is None else wanted.read_or_default(row.value)


def planned(profile: Profile) -> QuerySet[DatedSetting]:
    """What comes into force later, the nearest first."""
    return DatedSetting.objects.filter(profile=profile, valid_from__gt=clock.now()).order_by("valid_from", "name")


def history(profile: Profile, name: str = "") -> QuerySet[DatedSetting]:
    """All that was ever said, for one setting or for all, the newest first."""
    rows = DatedSetting.objects.filter(Q(name=name) if name else Q(), profile=profile)
    return rows.order_by("-valid_from", "-pk")


def _read(said: Mapping[str, str]) -> Mapping[str, Any]:
    return {name: s.read_or_default(said.get(name, s.default)) for name, s in SETTINGS.items()}
