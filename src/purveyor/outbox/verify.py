"""Prove documents by the status a sweep brought in anyway, without asking Amazon once more."""

from __future__ import annotations

from contextlib import suppress

from django.utils.translation import gettext as _

from purveyor.common.errors import Conflict
from purveyor.orders.models import Acknowledgement, Order
from purveyor.outbox.enqueue import shown_on
from purveyor.outbox.judge import Verdict, judge, status_of
from purveyor.outbox.look import BY
from purveyor.outbox.models import Document
from purveyor.outbox.settle import verify
from purveyor.outbox.states import DocumentState

PROVABLE = (DocumentState.SENT, DocumentState.PRESUMED, DocumentState.UNKNOWN, DocumentState.ASKED)


def verify_order(order_id: int) -> None:
    """Settle the order's open document if the status stored last shows it; anything else is left to the looks.

    Only an arrival is told this way: that nothing arrived is proved by a look after the visibility time alone.
    """
    order = Order.objects.filter(pk=order_id).first()
    document = Document.objects.filter(
        state__in=PROVABLE, acknowledgement__order_id=order_id, acknowledgement__outcome=Acknowledgement.Outcome.OPEN
    ).first()
    if order is None or document is None:
        return
    taken = bool(document.transaction_id)
    verdict = judge(bytes(document.body), status_of(document.baseline), shown_on(order), taken=taken)
    if verdict == Verdict.ARRIVED:
        with suppress(Conflict):
            verify(document, by=BY, because=_("The order's status at Amazon shows this answer."))
