"""What the checks found about an order, as its page shows it: sentences, and the ways out this person may take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from purveyor.orders.domain import remedy
from purveyor.orders.domain.findings_said import say
from purveyor.orders.domain.hold import CHANGED, held
from purveyor.orders.domain.mapping import RULE as UNKNOWN
from purveyor.orders.domain.mapping import holds_nothing
from purveyor.orders.models import Decision, Finding, Line, Order, Request
from purveyor.orders.models.finding import LIVE
from purveyor.orders.states import FindingState, RequestState, Severity
from purveyor.people.who import Who


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding with its sentence. ``offered`` are one-click ways; ``map`` leads to the product's own page."""

    finding: Finding
    said: str
    offered: Sequence[remedy.Offered] = ()
    accept: remedy.Offered | None = None
    map: str = ""
    note: str = ""

    @property
    def open(self) -> bool:
        return self.finding.state == FindingState.OPEN

    @property
    def taken(self) -> Any:
        """The word of the way out that was taken."""
        return remedy.WAYS[self.finding.way].word if self.finding.way in remedy.WAYS else ""


def shown(who: Who, order: Order) -> list[Shown]:
    """The live findings of an order, in the order in which they were found. That Amazon changed it is told by its
    hold, while that stands, and not a second time here."""
    rows = Finding.objects.filter(order=order, state__in=LIVE).select_related("line").order_by("pk")
    told = {one.check_id for one in held(order)} & {CHANGED}
    note = _note(rows)
    return [_shown(who, order, one, note if one.rule == UNKNOWN else "") for one in rows if one.rule not in told]


def _shown(who: Who, order: Order, finding: Finding, note: str) -> Shown:
    offered = {one.way.name: one for one in remedy.offered_to(who, finding, order)}
    accept, mapping = offered.pop(remedy.ACCEPT, None), offered.pop(remedy.MAP, None)
    query = urlencode({name: finding.numbers.get(name, "") for name in ("asin", "vendor_product")})
    said = say(finding.rule, finding.numbers)
    return Shown(finding, said, list(offered.values()), accept, query if mapping else "", note)


def _note(findings: Iterable[Finding]) -> str:
    """Why unknown products hold nothing where one would expect them to."""
    warned = any(one.rule == UNKNOWN and one.severity == Severity.WARN for one in findings)
    if not (warned and holds_nothing()):
        return ""
    return _("The catalogue is empty yet, so that unknown products only warn. From the first product on they count.")


def tell_lines(lines: Iterable[Line], found: Sequence[Shown]) -> None:
    """Give each line what was found about it, for the template."""
    for line in lines:
        line.found = [one for one in found if one.finding.line_id == line.pk]  # type: ignore[attr-defined]  # as said


def decision_of(order: Order) -> Decision | None:
    """What the policy said about the newest version it was asked about."""
    return order.decisions.order_by("-order_version").first()


def request_of(order: Order) -> Request | None:
    """The answer that waits for a second person."""
    return order.requests.filter(state=RequestState.OPEN).first()
