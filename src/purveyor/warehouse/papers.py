"""Papers of the warehouse, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.audit.write import record
from purveyor.centers.domain.resolve import Zone
from purveyor.common import clock, gs1
from purveyor.common.errors import Denied, Refused
from purveyor.labels.kinds import pick_list as paper
from purveyor.labels.layout import A4, LETTER, Page
from purveyor.labels.pdf import pdf
from purveyor.orders import queries as orders
from purveyor.people.who import Who
from purveyor.warehouse import rules
from purveyor.warehouse.domain.codes import Code
from purveyor.warehouse.models import PickLine, PickList
from purveyor.warehouse.states import PickListState

LETTER_MARKETPLACES = frozenset({"US", "CA", "MX"})
"""Where printers hold sheets of letter size."""
MOST = 200
"""So many lists are printed at once."""


def print_lists(who: Who, lists: Sequence[PickList]) -> bytes:
    """Pick lists as one PDF, each beginning on a page of its own; notes when each was printed first.

    Raises Denied without ``warehouse.pick`` or ``warehouse.release``, and Refused for none or too many.
    """
    for one in lists:
        if not (who.may(rules.PICK, one.profile) or who.may(rules.RELEASE, one.profile)):
            raise Denied(_("Printing pick lists needs the permission to pick or to release."))
    if not 0 < len(lists) <= MOST:
        raise Refused(_("Choose between 1 and %(most)d pick lists to print.") % {"most": MOST})
    made = pdf_of(lists, who.name)
    now = clock.now()
    with transaction.atomic():
        for one in lists:
            if PickList.objects.filter(pk=one.pk, printed_at=None).update(printed_at=now):
                record("picklist.printed", by=who.name, obj=one)
    return made


def pdf_of(lists: Sequence[PickList], by: str) -> bytes:
    """Pick lists as one PDF."""
    prefetch_related_objects(lists, "order__profile", "lines__line", "lines__product")
    list(orders.zoned(one.order for one in lists))
    title = lists[0].number if len(lists) == 1 else _("Pick lists")
    return pdf((page for one in lists for page in _pages(one, by)), title=title)


def _pages(one: PickList, by: str) -> Iterable[Page]:
    size = LETTER if one.order.profile.marketplace in LETTER_MARKETPLACES else A4
    return paper.pages(_sheet(one, by), _words(), size)


def _words() -> paper.Words:
    return paper.Words(
        title=_("Pick list"),
        location=_("Location"),
        product=_("Product"),
        quantity=_("Quantity"),
        picked=_("Picked"),
        page=_("Page %(page)d of %(pages)d"),
    )


def _sheet(one: PickList, by: str) -> paper.Sheet:
    lines = list(one.lines.all())
    printed = {"at": _moment(clock.now(), one.order.zone), "by": by}
    return paper.Sheet(
        number=one.number,
        facts=_facts(one, lines),
        rows=[_row(one, line) for line in lines],
        printed=_("Printed %(at)s by %(by)s") % printed,
        warning=_warning(one),
    )


def _facts(one: PickList, lines: Sequence[PickLine]) -> list[tuple[str, str]]:
    order = one.order
    pieces = sum(line.asked for line in lines)
    facts = [
        (_("Order"), order.number),
        (_("Profile"), order.profile.name),
        (_("Ship to"), order.ship_to),
        (_("Lines"), number_format(len(lines))),
        (_("Pieces"), number_format(pieces, force_grouping=True)),
    ]
    if order.window_end is not None:
        facts.insert(3, (_("Window ends"), _moment(order.window_end, order.zone)))
    return [(word, said) for word, said in facts if said]


def _warning(one: PickList) -> str:
    if one.state == PickListState.HELD:
        return _("On hold: do not pick until it goes on.")
    if one.state == PickListState.CANCELLED:
        return _("Taken back: do not pick.")
    return ""


def _row(one: PickList, line: PickLine) -> paper.Row:
    product = line.product
    case = product.case_pack if product is not None else None
    numbers = [
        gs1.printed(product.gtin) if product is not None and product.gtin else line.line.vendor_product,
        line.line.asin,
    ]
    return paper.Row(
        code=str(Code(one.number, line.line.number)),
        location=line.location,
        sku=product.sku if product is not None else line.line.vendor_product,
        number="   ".join(number for number in numbers if number),
        title=product.title if product is not None else "",
        quantity=number_format(line.asked, force_grouping=True),
        cases=cases(line.asked, case),
        note=product.prep if product is not None else "",
    )


def cases(eaches: int, case: int | None) -> str:
    """A quantity in cases and what is left over; blank where the product has no case pack."""
    if not case or case == 1:
        return ""
    full, rest = divmod(eaches, case)
    said = ngettext("%(count)s case of %(size)s", "%(count)s cases of %(size)s", full)
    words = [said % {"count": number_format(full), "size": number_format(case)}] if full else []
    return " + ".join([*words, *([number_format(rest)] if rest and full else [])])


def _moment(at: datetime, zone: Zone) -> str:
    there = at.astimezone(zone.info)
    return f"{date_format(there, 'SHORT_DATETIME_FORMAT')} {there.tzname()}"
