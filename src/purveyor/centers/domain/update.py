"""What a person, or a file in their name, says of a center. Outweighs every order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.centers.domain import asking, change
from purveyor.centers.domain.facts import ADDRESS, FIELDS, code_of, place_key, problems_of, tidy
from purveyor.centers.models import Center, Source
from purveyor.centers.queries import find
from purveyor.common import clock
from purveyor.common.errors import Conflict, Problem, Refused
from purveyor.people.who import Who

MANAGE = "centers.manage"
NOTE_LENGTH = 200


def set_center(
    who: Who,
    code: str,
    given: Mapping[str, Any],
    *,
    valid_from: date | None = None,
    source: str = Source.PERSON,
    note: str = "",
    expect_version: int | None = None,
    because: str = "",
) -> Center:
    """Store what is said of a center, and add it where its code is new; a field not named stays, an empty one is wiped.

    ``given`` are ``domain.facts.FIELDS``. A changed address is from now on the word of ``source``, with its ``note``,
    and holds from ``valid_from``, today unless said; zone and reference alone change nothing about whose word the
    address is. Saying the address again makes it a person's when ``valid_from`` or a note is said with it. Raises
    Denied, Refused with every problem, and Conflict when it is no longer in ``expect_version``.
    """
    who.require_somewhere(MANAGE)
    code, values = code_of(code), tidy(given)
    problems = [*problems_of(code, values), *_of_origin(valid_from, note)]
    if problems:
        raise Refused(_("The center was not stored."), problems)
    asked = change.origin(source, note, valid_from or clock.now().date())
    with transaction.atomic():
        center = Center.objects.filter(code=code).first()
        if center is None:
            return _added(who, code, values | asked, because)
        _expect(center, expect_version)
        changes = _changes(center, values)
        if changes.keys() & set(ADDRESS) or ((valid_from or note) and _origin_differs(center, asked)):
            changes |= asked | {"offered": {}, "declined": ""}
        if changes and not change.write(center, changes, by=who.name, because=because):
            raise _faster(code)
        _ask_again(center, changes)
    return center


def take_offer(who: Who, code: str, *, because: str = "") -> Center:
    """Take the address an order offers. Raises Denied, NotFound, Refused where none is offered, and Conflict."""
    who.require_somewhere(MANAGE)
    center = find(code)
    offered = _offered(center)
    since = date.fromisoformat(offered["valid_from"])
    values = dict.fromkeys(ADDRESS, "") | offered["parts"] | change.origin(Source.PERSON, offered["note"], since)
    with transaction.atomic():
        if not change.write(center, values | {"offered": {}, "declined": ""}, by=who.name, because=because):
            raise _faster(center.code)
        asking.answered(center)
    return center


def decline_offer(who: Who, code: str, *, because: str = "") -> Center:
    """Keep the address as it is; the offered one is not offered again. Raises as ``take_offer``."""
    who.require_somewhere(MANAGE)
    center = find(code)
    declined = place_key(_offered(center)["parts"])
    with transaction.atomic():
        seen = Center.objects.filter(pk=center.pk, version=center.version, declined=center.declined)
        if not seen.update(offered={}, declined=declined):
            raise _faster(center.code)
        center.offered, center.declined = {}, declined
        record("center.declined", by=who.name, obj=center, because=because)
        asking.answered(center)
    return center


def _of_origin(valid_from: date | None, note: str) -> list[Problem]:
    problems = []
    if valid_from is not None and valid_from > clock.now().date():
        said = _("An address is stored once it holds: name today or an earlier day, and a coming one when it has come.")
        problems.append(Problem(said, "valid_from"))
    if len(note) > NOTE_LENGTH:
        problems.append(Problem(_("This has at most %(count)s characters.") % {"count": NOTE_LENGTH}, "source_note"))
    return problems


def _added(who: Who, code: str, values: Mapping[str, Any], because: str) -> Center:
    center, added = change.add(code, values, by=who.name, action="center.added", because=because)
    if not added:
        raise _faster(code)
    if not center.time_zone:
        asking.ask_for_zone(center, None)
    return center


def _changes(center: Center, values: Mapping[str, str]) -> dict[str, Any]:
    return {name: values[name] for name in FIELDS if name in values and values[name] != getattr(center, name)}


def _origin_differs(center: Center, asked: Mapping[str, Any]) -> bool:
    return any(getattr(center, name) != value for name, value in asked.items())


def _ask_again(center: Center, changes: Mapping[str, Any]) -> None:
    if "time_zone" in changes and not center.time_zone:
        asking.ask_for_zone(center, None)
    if changes:
        asking.answered(center)


def _expect(center: Center, version: int | None) -> None:
    if version is not None and version != center.version:
        raise _faster(center.code)


def _offered(center: Center) -> dict[str, Any]:
    if not center.offered:
        raise Refused(_("No order offers another address for %(code)s.") % {"code": center.code})
    found: dict[str, Any] = center.offered
    return found


def _faster(code: str) -> Conflict:
    said = _("Somebody else changed %(code)s meanwhile.") % {"code": code}
    return Conflict(said, hint=_("Look at it again, then store yours."))
