"""What a person, or a file in their name, says of a center. Outweighs every order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

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


class Origin(NamedTuple):
    """Whose word an address is, where it is from (``file``, where a note says nothing better), and since when it holds:
    today where that is not said."""

    source: str
    note: str = ""
    valid_from: date | None = None
    file: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return change.origin(self.source, self.note or self.file, self.valid_from or clock.now().date())


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
    address is. The same address with another ``valid_from`` or ``note`` is confirmed: a person's word too. Raises
    Denied, Refused with every problem, and Conflict when it is no longer in ``expect_version``.
    """
    who.require_somewhere(MANAGE)
    code, values = code_of(code), tidy(given)
    problems = [*problems_of(code, values), *origin_problems(valid_from, note)]
    if problems:
        raise Refused(_("The center was not stored."), problems)
    with transaction.atomic():
        center = Center.objects.filter(code=code).first()
        if center is not None and expect_version not in (None, center.version):
            raise _faster(code)
        origin = Origin(source, note, valid_from)
        return store(who.name, code, center, values, origin, because=because)[0]


def store(
    by: str, code: str, center: Center | None, values: Mapping[str, str], origin: Origin, *, because: str = ""
) -> tuple[Center, str]:
    """Write tidied facts without asking who may: the caller has. ``center`` is what is known of the code, None where
    it is new. Answers the center and what was done: ``added``, ``changed`` or ``unchanged``. Raises Conflict."""
    if center is None:
        return _added(by, code, {**values, **origin.columns}, because), "added"
    changes = changes_of(center, values, origin)
    if not changes:
        return center, "unchanged"
    if not change.write(center, changes, by=by, because=because):
        raise _faster(code)
    if "time_zone" in changes and not center.time_zone:
        asking.ask_for_zone(center, None)
    asking.answered(center)
    return center, "changed"


def changes_of(center: Center, values: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    """What storing these facts would change; a new address, or a new word about it, settles what an order offered."""
    changes: dict[str, Any] = {n: values[n] for n in FIELDS if n in values and values[n] != getattr(center, n)}
    since = origin.valid_from not in (None, center.valid_from)
    if since or origin.note not in ("", center.source_note) or changes.keys() & set(ADDRESS):
        changes |= {**origin.columns, "offered": {}, "declined": ""}
    return changes


def take_offer(who: Who, code: str, *, because: str = "") -> Center:
    """Take the address an order offers. Raises Denied, NotFound, Refused where none is offered, and Conflict."""
    who.require_somewhere(MANAGE)
    center = find(code)
    offered = _offered(center)
    since = date.fromisoformat(offered["valid_from"])
    values = dict.fromkeys(ADDRESS, "") | offered["parts"] | change.origin(Source.PERSON, "", since)
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


def origin_problems(valid_from: date | None, note: str) -> list[Problem]:
    """What stands against the day from which an address holds, or where it is from."""
    problems = []
    if valid_from is not None and valid_from > clock.now().date():
        said = _("An address is stored once it holds: name today or an earlier day, and a coming one when it has come.")
        problems.append(Problem(said, "valid_from"))
    if len(note) > NOTE_LENGTH:
        problems.append(Problem(_("This has at most %(count)s characters.") % {"count": NOTE_LENGTH}, "source_note"))
    return problems


def _added(by: str, code: str, values: Mapping[str, Any], because: str) -> Center:
    center, added = change.add(code, values, by=by, action="center.added", because=because)
    if not added:
        raise _faster(code)
    if not center.time_zone:
        asking.ask_for_zone(center, None)
    return center


def _offered(center: Center) -> dict[str, Any]:
    if not center.offered:
        raise Refused(_("No order offers another address for %(code)s.") % {"code": center.code})
    found: dict[str, Any] = center.offered
    return found


def _faster(code: str) -> Conflict:
    said = _("Somebody else changed %(code)s meanwhile.") % {"code": code}
    return Conflict(said, hint=_("Look at it again, then store yours."))
