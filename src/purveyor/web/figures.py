"""Figures as people read them: time left, moments with their zone, numbers, amounts, quantities. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from purveyor.centers.domain.resolve import Zone
from purveyor.common import clock
from purveyor.common.money import plain
from purveyor.common.units import CASES
from purveyor.web.zones import zone_of, zone_words


@dataclass(frozen=True, slots=True)
class Due:
    """A countdown. ``level`` turns from calm over near, soon and loud to over."""

    text: str
    level: str


_LEVELS = (
    (timedelta(0), "over"),
    (timedelta(hours=2.4), "loud"),
    (timedelta(hours=6), "soon"),
    (timedelta(hours=12), "near"),
)


def due(at: datetime | None, now: datetime | None = None) -> Due:
    """How long until a deadline. It is noticed at half, urged at three quarters and loud at 90 % of Amazon's 24 hours
    (OPERATIONS AC-07)."""
    if at is None:
        return Due("", "calm")
    left = at - (now or clock.now())
    level = next((name for limit, name in _LEVELS if left <= limit), "calm")
    if left <= timedelta(0):
        return Due(_("%(time)s late") % {"time": span(-left)}, level)
    return Due(_("%(time)s left") % {"time": span(left)}, level)


def span(length: timedelta) -> str:
    """A length of time in its two largest units that matter: 3 d 4 h, 5 h 20 min, 12 min, 40 s."""
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return _("%(days)s d %(hours)s h") % {"days": number(days), "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(seconds)s s") % {"seconds": seconds}


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """How long ago something happened; empty when it never did."""
    if at is None:
        return ""
    passed = (now or clock.now()) - at
    if passed < timedelta(seconds=1):
        return _("just now")
    return _("%(time)s ago") % {"time": span(passed)}


def number(value: int | Decimal | None, places: int | None = None) -> str:
    """A number as the language writes it, with separated thousands; an en dash for nothing."""
    return "–" if value is None else number_format(value, places, use_l10n=True, force_grouping=True)


def amount(value: Decimal | None, currency: str = "") -> str:
    """An amount of money: at least two places, more where the cost has more, and the currency."""
    if value is None:
        return "–"
    places = len(plain(value).partition(".")[2])
    return f"{number(value, places)} {currency}".strip()


def quantity(eaches: int | None) -> str:
    """Eaches with their unit."""
    return "–" if eaches is None else _("%(count)s ea") % {"count": number(eaches)}


def original(units: int, unit: str, unit_size: int) -> str:
    """A quantity as ordered when that was not in eaches: 40 cases of 12; else nothing."""
    if unit != CASES:
        return ""
    text = ngettext("%(count)s case of %(size)s", "%(count)s cases of %(size)s", units)
    return text % {"count": number(units), "size": number(unit_size)}


# As Django writes date formats; each language has its habit.
FORMS = {
    "full": pgettext_lazy("date format", "j M Y, H:i"),
    "short": pgettext_lazy("date format", "j M, H:i"),
    "day": pgettext_lazy("date format", "D j M Y"),
    "brief": pgettext_lazy("date format", "D j M"),
    "date": pgettext_lazy("date format", "j M Y"),
    "exact": pgettext_lazy("date format", "j M Y, H:i:s"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in a zone: the text, the zone's short name, its full one and how it is known, the iso form."""

    text: str
    zone: str
    place: str
    iso: str


def moment(at: datetime, place: str | Zone = "", form: str = "full") -> Moment:
    """A moment in a center's zone, or in a marketplace's usual one; UTC where none is known.

    ``form`` is full (day, month, year, time), short (without the year), day, brief (a day without its year), or exact
    (with seconds).
    """
    zone = place.info if isinstance(place, Zone) else zone_of(place)
    local = at.astimezone(zone)
    told = zone_words(place) if isinstance(place, Zone) else str(zone)
    return Moment(date_format(local, str(FORMS[form])), local.tzname() or str(zone), told, at.isoformat())


def day(value: date | None) -> str:
    """A day of a calendar, whatever the clock; an en dash for none."""
    return "–" if value is None else date_format(value, str(FORMS["date"]))


def size(count: int) -> str:
    """A number of bytes."""
    return _("%(count)s bytes") % {"count": number(count)}
