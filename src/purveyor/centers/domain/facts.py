"""What may be said of a center: tidied, checked, compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from purveyor.amazon.regions import country_code
from purveyor.centers.models import Center
from purveyor.common.canon import fingerprint
from purveyor.common.errors import Problem
from purveyor.common.lenient import identifier, trimmed
from purveyor.common.zones import is_zone, zone_name

STREET = ("address_line1", "address_line2", "address_line3")
PLACE = (*STREET, "city", "county", "district", "state_or_region", "postal_code", "country_code")
"""The parts that say where a center lies."""
ADDRESS = ("name", *PLACE, "phone")
FIELDS = (*ADDRESS, "time_zone", "internal_reference")
LENGTHS = {f.name: f.max_length or 0 for f in Center._meta.concrete_fields if f.name in ("code", *FIELDS)}

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]*")
_COUNTRY = re.compile(r"[A-Z]{2}")


def code_of(text: str) -> str:
    """A center's code as the registry spells it."""
    return identifier(text).upper()


def tidy(given: Mapping[str, Any]) -> dict[str, str]:
    """What was said, without blanks around, names and codes as they are spelt; None counts as empty."""
    found = {name: trimmed("" if value is None else str(value)) for name, value in given.items()}
    if country := found.get("country_code"):
        found["country_code"] = country_code(country)
    if zone := found.get("time_zone", ""):
        found["time_zone"] = zone_name(zone)
    return found


def problems_of(code: str, given: Mapping[str, str]) -> list[Problem]:
    """What stands against tidied facts; ``where`` is the field."""
    return [*_of_code(code), *_of_names(given), *_of_values(given)]


def _of_code(code: str) -> Iterable[Problem]:
    if not code:
        yield Problem(_("A center is known by its code, such as LEJ1; this is missing."), "code")
    elif not _CODE.fullmatch(code) or len(code) > LENGTHS["code"]:
        said = _("A code has letters and digits only, at most %(count)s, such as LEJ1.") % {"count": LENGTHS["code"]}
        yield Problem(said, "code")


def _of_names(given: Mapping[str, str]) -> Iterable[Problem]:
    for name in given:
        if name not in FIELDS:
            said = _("There is no field %(name)s; there are %(names)s.") % {"name": name, "names": ", ".join(FIELDS)}
            yield Problem(said, name)


def _of_values(given: Mapping[str, str]) -> Iterable[Problem]:
    country, zone = given.get("country_code"), given.get("time_zone")
    if country and not _COUNTRY.fullmatch(country):
        yield Problem(_("A country is given by its two letters, such as DE."), "country_code")
    if zone and not is_zone(zone):
        said = _("There is no time zone %(name)s. Use a name of the IANA list, such as Europe/Berlin.")
        yield Problem(said % {"name": zone[:64]}, "time_zone")
    for name, value in given.items():
        longest = LENGTHS.get(name)
        if longest and len(value) > longest and name not in ("country_code", "time_zone"):
            yield Problem(_("This has at most %(count)s characters.") % {"count": longest}, name)


def from_order(parts: Mapping[str, Any]) -> dict[str, str]:
    """An order's address as far as it can be kept: what is too long is cut, what is no country is left out. An order
    is never refused over its address."""
    found = tidy({name: parts[name] for name in ADDRESS if parts.get(name)})
    if not _COUNTRY.fullmatch(found.get("country_code", "")):
        found.pop("country_code", None)
    return {name: cut for name, value in found.items() if (cut := value[: LENGTHS[name]].strip())}


def facts_of(center: Center) -> dict[str, str]:
    """What is known of a center, empty fields left out."""
    return {name: value for name in FIELDS if (value := getattr(center, name))}


def has_place(facts: Mapping[str, str]) -> bool:
    """Whether they say where it lies, were it only the country."""
    return any(facts.get(name) for name in PLACE)


def place_key(facts: Mapping[str, str]) -> str:
    """The same for the same place, however it is spelt: capitals, blanks, stops and the lines of a street aside."""
    return fingerprint(_plain(facts))


def contradicts(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two addresses name different places; what only one of them says contradicts nothing."""
    mine, theirs = _plain(one), _plain(other)
    return any(mine[part] != theirs[part] for part in mine if mine[part] and theirs[part])


def _plain(facts: Mapping[str, str]) -> dict[str, str]:
    parts = {name: facts.get(name, "") for name in PLACE if name not in STREET}
    parts["street"] = " ".join(facts.get(name, "") for name in STREET)
    return {name: " ".join(re.sub(r"[.,;]", " ", value).casefold().split()) for name, value in parts.items()}
