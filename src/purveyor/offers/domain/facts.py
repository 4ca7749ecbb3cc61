"""What is said of an offer as a whole and of its deliveries, tidied and checked; each problem with its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from purveyor.audit.secrecy import SHAPES
from purveyor.base import columns
from purveyor.common.errors import Problem
from purveyor.common.lenient import Unreadable, identifier, trimmed
from purveyor.common.zones import zone_names
from purveyor.offers.models import Offer
from purveyor.products.domain.facts import currency

MOST_DELIVERIES = 12
YEARS = range(2000, 2200)
Time = TypeVar("Time", date, datetime)


def number(given: Any) -> str:
    """Amazon's name of the offer, or ours; never blank."""
    found = text(60)(given)
    if not found:
        raise Unreadable(_("An offer needs a number."))
    return found


def text(longest: int) -> Callable[[Any], str]:
    """A text of at most so many characters."""

    def read(given: Any) -> str:
        found = trimmed(str(given if given is not None else ""))
        if len(found) > longest:
            raise Unreadable(_("This has more than %(most)d characters.") % {"most": longest})
        if SHAPES.search(found):
            raise Unreadable(_("This looks like a secret and is not written down. Leave it out."))
        return found

    return read


def zone(given: Any) -> str:
    """A name of the IANA list, such as Europe/Berlin."""
    found = zone_names().get(trimmed(str(given)).lower())
    if found is None:
        said = _("There is no time zone %(name)s. Use a name of the IANA list, such as Europe/Berlin.")
        raise Unreadable(said % {"name": str(given)[:64]})
    return found


def choice(words: type[Any], said: Callable[[], str]) -> Callable[[Any], str]:
    """One of the words of an enumeration."""

    def read(given: Any) -> str:
        found = trimmed(str(given)).lower()
        if found not in words.values:
            raise Unreadable(f"{said()} {', '.join(words.values)}.")
        return found

    return read


def vendor_code(given: Any) -> str:
    """A vendor code in capitals, or blank."""
    return text(10)(identifier(str(given or "")).upper())


def moment(given: Any, zone_name: str) -> datetime | None:
    """A moment; one without an offset is what a clock in the zone shows. Blank is none."""
    if given in ("", None):
        return None
    try:
        found = given if isinstance(given, datetime) else datetime.fromisoformat(trimmed(str(given)))
    except ValueError:
        said = _("“%(text)s” is no moment such as 2026-03-31 17:00.")
        raise Unreadable(said % {"text": str(given)[:40]}) from None
    return near(found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone_name)))


def day(given: Any) -> date | None:
    """A day; blank is none."""
    if given in ("", None):
        return None
    found: date = given if type(given) is date else columns.day(given, "")
    return near(found)


def near(found: Time) -> Time:
    """The same, of a year that can be reckoned with in every zone. Raises Unreadable."""
    if found.year not in YEARS:
        words = {"first": str(YEARS[0]), "last": str(YEARS[-1])}
        raise Unreadable(_("The year is not between %(first)s and %(last)s.") % words)
    return found


READ: dict[str, Callable[[Any], Any]] = {
    "number": number,
    "title": text(200),
    "program": choice(Offer.Program, lambda: _("There are these programs:")),
    "unsold": choice(Offer.Unsold, lambda: _("What becomes of unsold pieces is one of:")),
    "vendor_code": vendor_code,
    "currency": currency,
    "zone": zone,
}
EVERY = (*READ, "expires_at")


def read(given: Mapping[str, Any], *, zone_name: str = "UTC") -> tuple[dict[str, Any], list[Problem]]:
    """The facts given, tidied, and everything wrong with them. ``zone_name`` is where no zone is given."""
    values: dict[str, Any] = {}
    problems = [Problem(_("There is no such field."), where=name) for name in given if name not in EVERY]
    for name, reader in READ.items():
        if name in given:
            _take(values, problems, name, reader, given[name])
    if "expires_at" in given:
        where = values.get("zone", zone_name)
        _take(values, problems, "expires_at", lambda found: moment(found, where), given["expires_at"])
    return values, problems


def read_delivery(given: Mapping[str, Any], where: str) -> tuple[dict[str, Any], list[Problem]]:
    """Name and days of a delivery, tidied; ``where`` is the path of its fields in problems."""
    readers: dict[str, Callable[[Any], Any]] = {"name": text(80), "first_day": day, "last_day": day}
    values: dict[str, Any] = {}
    problems = [Problem(_("There is no such field."), where=f"{where}.{name}") for name in given if name not in readers]
    for name, reader in readers.items():
        if name in given:
            _take(values, problems, name, reader, given[name], f"{where}.{name}")
    return values, problems


def delivery_problems(first: date | None, last: date | None, where: str) -> list[Problem]:
    """A delivery does not end before it begins."""
    if first is None or last is None or first <= last:
        return []
    return [Problem(_("The last day is before the first."), where=f"{where}.last_day")]


def _take(
    values: dict[str, Any],
    problems: list[Problem],
    name: str,
    reader: Callable[[Any], Any],
    given: Any,
    where: str = "",
) -> None:
    try:
        values[name] = reader(given)
    except Unreadable as error:
        problems.append(Problem(str(error), where=where or name))
