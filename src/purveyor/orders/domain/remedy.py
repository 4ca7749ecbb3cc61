"""The ways out of a finding, each one action that says beforehand what it will do.

once    take the order's cost this once          agree    make the order's cost the agreed one
round   accept whole cases, reject the rest      cut      accept what is free, reject the rest
accept  go on all the same, with a reason        map      say which product it is (``domain.mapping``)
approved  accept what is left of the offer, reject the rest
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from purveyor.base.transition import move
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.orders.domain import arrival, hold
from purveyor.orders.domain.check import OFFER
from purveyor.orders.domain.findings_said import say
from purveyor.orders.models import Finding, Order
from purveyor.orders.states import FindingState, Severity
from purveyor.people.who import Who
from purveyor.products.domain.costs import set_cost

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

ONCE, AGREE, ROUND, CUT, ACCEPT, MAP = "once", "agree", "round", "cut", "accept", "map"
APPROVED = "approved"
RESOLVE, REJECT, MANAGE = "orders.acknowledge", "orders.reject", "products.manage"


@dataclass(frozen=True, slots=True)
class Way:
    """One way out. ``does`` says what it will do; it may name the finding's numbers. All of ``needs`` must be held."""

    name: str
    word: str | Lazy
    does: str | Lazy
    needs: tuple[str, ...] = (RESOLVE,)


WAYS: dict[str, Way] = {
    way.name: way
    for way in (
        Way(ONCE, _("Accept the cost once"), _("This order goes on at %(cost)s %(currency)s; the agreed cost stays.")),
        Way(
            AGREE,
            _("Update the agreed cost"),
            _("From the order's date on %(cost)s %(currency)s is agreed in this marketplace, for all orders."),
            (RESOLVE, MANAGE),
        ),
        Way(
            ROUND,
            _("Round down to cases"),
            _("The answer accepts %(whole)s of %(eaches)s pieces and rejects the rest as temporarily unavailable."),
            (RESOLVE, REJECT),
        ),
        Way(
            CUT,
            _("Cut to stock"),
            _("The answer accepts %(free)s of %(eaches)s pieces and rejects the rest as temporarily unavailable."),
            (RESOLVE, REJECT),
        ),
        Way(
            APPROVED,
            _("Cut to what was approved"),
            _("The answer accepts %(left)s of %(eaches)s pieces and rejects the rest as temporarily unavailable."),
            (RESOLVE, REJECT),
        ),
        Way(MAP, _("Choose the product"), _("All orders with this number go on by themselves."), (MANAGE,)),
        Way(ACCEPT, _("Go on all the same"), _("The order goes on as it is; your reason is kept.")),
    )
}
_OF_RULE = {"PO-04": (ONCE, AGREE), "CASE": (ROUND,), "STOCK": (CUT,), "PRODUCT": (MAP,)}


@dataclass(frozen=True, slots=True)
class Offered:
    """A way out as it is offered for one finding."""

    way: Way
    does: str


def ways_of(finding: Finding) -> list[Offered]:
    """What can be done about an open finding. What blocks is mended, not gone past."""
    if finding.state != FindingState.OPEN:
        return []
    names = [*_named(finding), *([] if finding.severity == Severity.BLOCK else [ACCEPT])]
    shown = {name: str(value) for name, value in finding.numbers.items()}
    return [Offered(WAYS[name], str(WAYS[name].does) % shown) for name in names]


def _named(finding: Finding) -> tuple[str, ...]:
    """A rule's own ways; an offer cuts only where it has fewer pieces left than are ordered."""
    if finding.rule == OFFER:
        return (APPROVED,) if "quantity" in finding.numbers["what"] else ()
    return _OF_RULE.get(finding.rule, ())


def offered_to(who: Who, finding: Finding, order: Order) -> list[Offered]:
    """Those of ``ways_of`` somebody may take."""
    return [one for one in ways_of(finding) if all(who.may(needed, order.profile) for needed in one.way.needs)]


def take(who: Who, finding_id: int, way: str, because: str = "") -> Finding:
    """Take a way out of an open finding, then look at its order anew: a hold that ends lets it go on by itself.

    Raises NotFound, Denied, and Refused for a way that is not offered or a reason that is missing.
    """
    with transaction.atomic():
        finding = _open(who, finding_id)
        who.require(RESOLVE, finding.order.profile)
        chosen = _chosen(finding, way)
        for needed in chosen.needs:
            who.require(needed, finding.order.profile)
        if way == ACCEPT and not because.strip():
            raise Refused(str(_("Say why the order may go on.")), [Problem(str(_("A reason is needed.")), "because")])
        if way == AGREE:
            _agree(who, finding)
        else:
            said = {"way": way, "taken_by": who.name, "reason": because.strip()[:500]}
            action = "finding.accepted"
            if finding.rule == hold.CHANGED:
                hold.let_go(finding.order, check=hold.CHANGED, by=who.name, because=because.strip())
            move(finding, FindingState.ACCEPTED, by=who.name, because=because.strip()[:500], action=action, **said)
        arrival.look_at_many([finding.order_id, *(_same_cost(finding) if way == AGREE else ())])
    finding.refresh_from_db()
    return finding


def _open(who: Who, finding_id: int) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",)).select_related("order__profile", "line")
    finding = rows.filter(pk=finding_id).first()
    if finding is None or not who.may("orders.view", finding.order.profile):
        raise NotFound(str(_("There is no such finding.")))
    return finding


def _chosen(finding: Finding, way: str) -> Way:
    offered = [one.way.name for one in ways_of(finding) if one.way.name != MAP]
    if way not in offered:
        words = {"way": way, "ways": ", ".join(offered) or "–"}
        said = str(_("There is no way out %(way)s here; there are: %(ways)s.")) % words
        raise Refused(said, [Problem(said, "way")])
    return WAYS[way]


def _agree(who: Who, finding: Finding) -> None:
    line, order = finding.line, finding.order
    product = line.product if line is not None else None
    if line is None or product is None or line.net_cost is None:
        raise Refused(str(_("The line has no product or cost any more.")))
    given: dict[str, Any] = {
        "marketplace": order.profile.marketplace,
        "amount": str(line.net_cost),
        "currency": line.currency or order.currency,
        "valid_from": order.ordered_at.date().isoformat(),
    }
    set_cost(who, product, given)


def _same_cost(finding: Finding) -> list[int]:
    """The orders with an open finding about the same product's cost."""
    line = finding.line
    rows = Finding.objects.filter(
        state=FindingState.OPEN, rule="PO-04", line__product=line.product_id if line else None
    )
    return list(rows.order_by().values_list("order_id", flat=True).distinct())


def finding_row(finding: Finding, number: str = "") -> dict[str, Any]:
    """A finding as machines see it; ``number`` is its line's."""
    return {
        "id": finding.pk,
        "check": finding.rule,
        "line": number or None,
        "severity": finding.severity,
        "state": finding.state,
        "where": f"lines[{number}]" if number else "",
        "message": say(finding.rule, finding.numbers),
        "numbers": finding.numbers,
        "way": finding.way or None,
        "by": finding.taken_by or None,
        "because": finding.reason or None,
        "ways": [{"way": one.way.name, "does": one.does} for one in ways_of(finding)],
    }


def rows_of(findings: Iterable[Finding], numbers: Mapping[int, str]) -> list[dict[str, Any]]:
    """Findings as machines see them; ``numbers`` by line key."""
    return [finding_row(one, numbers.get(one.line_id or 0, "")) for one in findings]
