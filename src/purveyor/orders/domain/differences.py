"""Where Amazon's status counts otherwise than we answered, line by line; one alert for each order, naming both numbers.

What somebody answered elsewhere is told by the order's state; here is told by how much. Backordered pieces count as
accepted (FACTS §8). Amazon not showing an answer yet is no difference; goods still to come are none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from purveyor.alerts.models import Alert, Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.alerts.states import AlertState
from purveyor.base.phrase import Phrase, _, at_most
from purveyor.orders.domain.standing import OurLine
from purveyor.orders.models import Acknowledgement, Answer, Line, Order
from purveyor.orders.states import AnswerCode, OrderState

KIND = "order.status_differs"
RECEIVED_ALL = "RECEIVED"
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One number of one line: ``what`` is accepted, rejected or received; ours and Amazon's, in eaches."""

    line: str
    what: str
    ours: int
    amazon: int


def differences(ours: dict[str, OurLine], lines: Iterable[Line], *, closed: bool = False) -> list[Difference]:
    """Every number of Amazon's that is not what we answered. ``closed``: nothing more is received."""
    return [found for line in lines if line.number in ours for found in _of_line(ours[line.number], line, closed)]


def _of_line(ours: OurLine, line: Line, closed: bool) -> Iterator[Difference]:
    accepted, rejected = line.accepted or 0, line.rejected or 0
    if accepted or rejected or line.acknowledged_on:
        if accepted != ours.accepted:
            yield Difference(line.number, "accepted", ours.accepted, accepted)
        if rejected != ours.rejected:
            yield Difference(line.number, "rejected", ours.rejected, rejected)
    if line.received is None:
        return
    done = closed or line.receipt.upper() == RECEIVED_ALL
    if line.received > ours.accepted or (done and line.received != ours.accepted):
        yield Difference(line.number, "received", ours.accepted, line.received)


def words(found: Difference) -> Phrase:
    """Both numbers in one sentence."""
    said = {
        "accepted": _("Line %(line)s: we accepted %(ours)d pieces, Amazon shows %(amazon)d."),
        "rejected": _("Line %(line)s: we rejected %(ours)d pieces, Amazon shows %(amazon)d."),
        "received": _("Line %(line)s: we confirmed %(ours)d pieces, Amazon received %(amazon)d."),
    }
    return said[found.what] % {"line": found.line, "ours": found.ours, "amazon": found.amazon}


def look(order_ids: Iterable[int]) -> None:
    """Raise, reword or close the alerts of these orders: a few questions for all of them, more only where they differ.

    An order whose answer is still on its way is left alone. Joins the caller's transaction.
    """
    keys = sorted(set(order_ids))
    ours = in_force(keys)
    standing = set(
        Alert.objects.filter(kind=KIND, cause__in=[cause(key) for key in keys])
        .exclude(state=AlertState.CLOSED)
        .values_list("cause", flat=True)
    )
    orders = Order.objects.filter(pk__in=list(ours)).select_related("profile").prefetch_related("lines")
    for order in orders:
        _tell(order, differences(ours[order.pk], order.lines.all(), closed=order.state == OrderState.CLOSED), standing)


def cause(order_id: int) -> str:
    """What the alert about an order's numbers is known by."""
    return f"order:{order_id}:status"


def in_force(order_ids: Iterable[int]) -> dict[int, dict[str, OurLine]]:
    """What we answered line by line, the newest answer that arrived; none for orders with an answer on its way."""
    keys = list(order_ids)
    rows = Answer.objects.filter(
        acknowledgement__order__in=keys, acknowledgement__outcome=Acknowledgement.Outcome.VERIFIED
    )
    open_ones = set(
        Acknowledgement.objects.filter(order__in=keys, outcome=Acknowledgement.Outcome.OPEN).values_list(
            "order_id", flat=True
        )
    )
    latest: dict[tuple[int, str], tuple[int, OurLine]] = {}
    values = ("acknowledgement__order_id", "line__number", "acknowledgement__revision", "code", "eaches")
    for key, number, revision, code, eaches in rows.order_by("acknowledgement__revision", "pk").values_list(*values):
        if key in open_ones:
            continue
        held, before = latest.get((key, number), (revision, OurLine(0, 0)))
        base = before if held == revision else OurLine(0, 0)
        rejected = eaches if code == AnswerCode.REJECTED else 0
        latest[key, number] = (revision, OurLine(base.accepted + eaches - rejected, base.rejected + rejected))
    found: dict[int, dict[str, OurLine]] = {}
    for (key, number), (_revision, line) in latest.items():
        found.setdefault(key, {})[number] = line
    return found


def _tell(order: Order, found: list[Difference], standing: set[str]) -> None:
    known = cause(order.pk)
    if found:
        what = at_most(MOST_NAMED, [words(one) for one in found])
        raise_alert(
            known,
            kind=KIND,
            severity=Severity.WARN,
            message=_("Order %(name)s: %(what)s") % {"name": order.number, "what": what},
            hint=_("Look at the order; correct the answer, or ask Amazon."),
            profile_id=order.profile_id,
        )
    elif known in standing:
        close_alert(known, "Amazon's status shows what we answered")
