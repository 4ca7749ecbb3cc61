"""Every question about pick lists that is asked at more than one door. Only what somebody may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from purveyor.audit.models import Entry
from purveyor.audit.write import kind_of
from purveyor.base.db import together
from purveyor.common.errors import Ambiguous, NotFound
from purveyor.common.lenient import identifier, trimmed
from purveyor.people.who import Who
from purveyor.profiles.queries import by_name
from purveyor.warehouse import rules
from purveyor.warehouse.domain import picks
from purveyor.warehouse.domain.picks import Sum_
from purveyor.warehouse.models import PickLine, PickList, PickResult
from purveyor.warehouse.states import PickListState

MOST_DIGITS = 9
"""Of a revision: what is longer is none, and no database would compare it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of a list, in eaches. ``picked`` is None while nobody said anything."""

    lines: int = 0
    asked: int = 0
    picked: int | None = None
    excess: int = 0
    by_line: dict[int, Sum_] = field(default_factory=dict)

    @property
    def short(self) -> int:
        """What is missing of a list that was picked."""
        return 0 if self.picked is None else self.asked - self.picked


def visible_to(who: Who, permission: str = rules.VIEW) -> QuerySet[PickList]:
    """The pick lists of the profiles on which somebody holds a permission, newest first."""
    rows = PickList.objects.select_related("order__profile")
    return rows.filter(order__profile__in=who.profiles(permission))


def one(who: Who, list_id: int) -> PickList:
    """A pick list by its key. Raises NotFound, also where it is not for the asker to see."""
    found = visible_to(who).filter(pk=list_id).first()
    if found is None:
        raise NotFound(_("There is no such pick list, or it is not yours to see."))
    return found


def find(who: Who, number: str, profile: str = "") -> PickList:
    """A pick list by its number, or the latest of an order by the order's. Raises Ambiguous, and NotFound, which
    names the list that took the place of one of this number."""
    wanted = identifier(number).upper()
    rows = visible_to(who).filter(Q(number=wanted) | Q(order__number=wanted)).order_by("-pk")
    rows = rows.filter(order__profile=by_name(who, profile, rules.VIEW)) if profile else rows
    latest = {found.order.profile.name: found for found in reversed(rows)}
    if not latest and (newer := replaced_by(who, number, profile)) is not None:
        raise NotFound(replaced(wanted, newer), hint=_("Pick by the new one."))
    if not latest:
        raise NotFound(_("There is no pick list %(number)s.") % {"number": number})
    if len(latest) > 1:
        said = _("Several profiles have a pick list %(number)s: %(profiles)s.")
        profiles = sorted(latest)
        words = {"number": number, "profiles": ", ".join(profiles)}
        raise Ambiguous(said % words, profiles, hint=_("Say which profile you mean."))
    return next(iter(latest.values()))


def replaced_by(who: Who, number: str, profile: str = "") -> PickList | None:
    """The list that had this number before it asked for something else; None where no list had it. A number is left
    only for a higher one, and none is given twice: it was the next list's."""
    order, _dash, revision = identifier(number).upper().rpartition("-")
    if not revision.isdecimal() or len(revision) > MOST_DIGITS or int(revision) == 0:
        return None
    rows = visible_to(who).filter(order__number=order, revision__gte=int(revision)).order_by("revision")
    rows = rows.filter(order__profile=by_name(who, profile, rules.VIEW)) if profile else rows
    found = rows.first()
    return found if found is not None and found.revision > int(revision) else None


def replaced(number: str, newer: PickList) -> str:
    """What is said to somebody who holds paper of a number that was left."""
    words = {"old": number, "new": newer.number}
    return _("Pick list %(old)s was replaced by %(new)s, for the order changed.") % words


def search(rows: QuerySet[PickList], text: str) -> QuerySet[PickList]:
    """Lists by how their number begins, or by an ASIN, EAN or SKU of a line as a whole."""
    text = trimmed(text)
    lines = PickLine.objects.filter(
        Q(line__asin=text.upper())
        | Q(line__vendor_product=text)
        | Q(product__sku=text)
        | Q(product__gtin=text.zfill(14))
    )
    return rows.filter(Q(number__startswith=identifier(text).upper()) | Q(pk__in=lines.values("pick_list")))


def figures(lists: Iterable[PickList]) -> dict[int, Figures]:
    """The sums of lists by their key; three questions for any number of them."""
    rows = list(lists)
    keys = together([one.pk for one in rows])
    asked = PickLine.objects.filter(pick_list__in=keys).order_by().values_list("pick_list")
    counts = {key: (lines, eaches) for key, lines, eaches in asked.annotate(Count("pk"), Sum("asked"))} if rows else {}
    sums = picks.sums(rows) if rows else {}
    found = {}
    for one in rows:
        lines, eaches = counts.get(one.pk, (0, 0))
        mine = sums.get(one.pk)
        picked = sum(line.picked for line in mine.values()) if mine is not None else None
        excess = sum(line.excess for line in mine.values()) if mine is not None else 0
        found[one.pk] = Figures(lines, eaches, picked, excess, mine or {})
    return found


def counted(rows: Iterable[PickList], size: int = 200) -> Iterator[PickList]:
    """The same lists with their ``figures``, looked up for many at once."""
    left = iter(rows)
    while part := list(islice(left, size)):
        found = figures(part)
        for one in part:
            one.figures = found[one.pk]
        yield from part


def lines_of(pick_list: PickList) -> list[PickLine]:
    """The lines of a list as they are walked, with what orders them and what they are."""
    return list(pick_list.lines.select_related("line", "product").order_by("position"))


def results_of(pick_list: PickList) -> list[PickResult]:
    """What came back for a list, the latest first."""
    return list(pick_list.results.select_related("upload").order_by("-pk"))


def of_order(who: Who, order_id: int) -> list[PickList]:
    """The lists of an order, the latest first."""
    return list(visible_to(who).filter(order=order_id).order_by("-revision"))


def entries(pick_list: PickList) -> QuerySet[Entry]:
    """What the audit tells of a list and its results, newest first."""
    results = [str(key) for key in pick_list.results.values_list("pk", flat=True)]
    mine = Q(object_kind=kind_of(pick_list), object_id=str(pick_list.pk))
    return Entry.objects.filter(mine | Q(object_kind=kind_of(PickResult), object_id__in=results)).order_by("-id")


def to_pick(rows: QuerySet[PickList]) -> QuerySet[PickList]:
    """Those that wait to be picked."""
    return rows.filter(state=PickListState.RELEASED)
