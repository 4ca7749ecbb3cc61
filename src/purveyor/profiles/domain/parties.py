"""The vendor's own parties: who sells, from where it ships, where payments and bills go. Needed by shipping notices and
invoices; orders come in and are answered without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.amazon.regions import country_code
from purveyor.audit.write import record
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who
from purveyor.profiles.models import Party, Profile

ROLES = tuple(str(role) for role in Party.Role)
FIELDS = tuple(f.name for f in Party._meta.concrete_fields if f.name not in ("id", "profile", "role"))
"""``party_id``, ``name``, the address in Amazon's names, ``vat_number``."""
LENGTHS = {f.name: f.max_length or 0 for f in Party._meta.concrete_fields if f.name in FIELDS}
NEEDED = ("party_id", "name", "address_line1", "country_code")
"""What Amazon asks of every party (vendor messages: partyId, and of its address name, addressLine1, countryCode)."""
NEEDED_ROLES = (str(Party.Role.SELLING), str(Party.Role.SHIP_FROM), str(Party.Role.REMIT_TO))
"""Without these nothing can be shipped and invoiced; who is billed may follow from the order."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_VAT = re.compile(r"[A-Z]{0,3}[0-9A-Z]{4,15}")


def set_parties(who: Who, profile: Profile, parties: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Party]:
    """Store parties by role; a role not named stays, an empty one (None, or nothing filled in) is taken away.

    Each is a flat table of ``FIELDS``. Answers all parties there are now. Raises Denied, and Refused with every problem
    (``where`` is ``role.field``); nothing is stored then.
    """
    who.require("profiles.manage", profile)
    read = {role: _tidy(given or {}) for role, given in parties.items()}
    problems = [problem for role, given in read.items() for problem in _problems(role, given)]
    if problems:
        raise Refused(_("The parties were not stored."), problems)
    with transaction.atomic():
        Profile.objects.select_for_update().get(pk=profile.pk)
        before = parties_of(profile)
        changed = [role for role in read if _row(before.get(role)) != _complete(read[role])]
        for role in changed:
            _put(profile, role, read[role])
        if changed:
            old = {role: party_row(before[role]) if role in before else {} for role in changed}
            record("profile.parties_set", by=who.name, obj=profile, old=old, new={role: read[role] for role in changed})
    return parties_of(profile)


def problems_of(parties: Mapping[str, Mapping[str, Any] | None]) -> list[Problem]:
    """What ``set_parties`` would refuse."""
    return [problem for role, given in parties.items() for problem in _problems(role, _tidy(given or {}))]


def parties_of(profile: Profile) -> dict[str, Party]:
    """The parties there are, by role, in the order of ``ROLES``."""
    found = {party.role: party for party in profile.parties.all()}
    return {role: found[role] for role in ROLES if role in found}


def missing_roles(profile: Profile) -> list[str]:
    """The roles that somebody has to fill in before anything is shipped; none for a profile that is disconnected."""
    if profile.disconnected_at is not None:
        return []
    held = {party.role for party in profile.parties.all()}
    return [role for role in NEEDED_ROLES if role not in held]


def party_row(party: Party) -> dict[str, str]:
    """A party as JSON, empty fields left out; ``set_parties`` takes it back as it is."""
    return {name: value for name in FIELDS if (value := str(getattr(party, name)))}


def _tidy(given: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, without blanks around; the codes as they are written."""
    found = {name: trimmed(str(value)) for name, value in given.items() if value is not None}
    if country := found.get("country_code", ""):
        found["country_code"] = country_code(country)
    if vat := found.get("vat_number", "").upper():
        found["vat_number"] = re.sub(r"[\s./-]", "", vat)
    return {name: value for name, value in found.items() if value}


def _problems(role: str, given: Mapping[str, str]) -> Iterable[Problem]:
    if role not in ROLES:
        yield Problem(_("There is no such party; there are %(roles)s.") % {"roles": ", ".join(ROLES)}, where=role)
        return
    if not given:
        return
    for name in given:
        if name not in FIELDS:
            yield Problem(_("There is no such field."), where=f"{role}.{name}")
    for name in NEEDED:
        if name not in given:
            yield Problem(_("This is missing."), where=f"{role}.{name}")
    yield from _of_values(role, given)


def _of_values(role: str, given: Mapping[str, str]) -> Iterable[Problem]:
    country, vat = given.get("country_code"), given.get("vat_number")
    if country and not _COUNTRY.fullmatch(country):
        yield Problem(_("A country is given by its two letters, such as DE."), where=f"{role}.country_code")
    if vat and not _VAT.fullmatch(vat):
        said = _("A VAT number has letters and digits only, such as DE123456789.")
        yield Problem(said, where=f"{role}.vat_number")
    for name, value in given.items():
        longest = LENGTHS.get(name)
        if longest and len(value) > longest and name not in ("country_code", "vat_number"):
            said = _("This has at most %(count)s characters.") % {"count": longest}
            yield Problem(said, where=f"{role}.{name}")


def _put(profile: Profile, role: str, given: dict[str, str]) -> None:
    if given:
        Party.objects.update_or_create(profile=profile, role=role, defaults=_complete(given))
    else:
        profile.parties.filter(role=role).delete()


def _complete(given: dict[str, str]) -> dict[str, str] | None:
    return dict.fromkeys(FIELDS, "") | given if given else None


def _row(party: Party | None) -> dict[str, str] | None:
    return {name: getattr(party, name) for name in FIELDS} if party else None
