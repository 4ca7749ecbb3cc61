"""What is not kept for ever: deliveries and notices whose story is over. The audit keeps the events themselves."""

from __future__ import annotations

from datetime import timedelta

from purveyor.alerts.models import Delivery, Notice
from purveyor.alerts.states import DeliveryState, NoticeState
from purveyor.common import clock

DONE_KEPT = timedelta(days=14)
DEAD_KEPT = timedelta(days=90)
BATCH = 5000


def tidy(batch: int = BATCH) -> int:
    """Remove what is older, a batch each, so that no transaction is long; answers how many rows."""
    now = clock.now()
    over = [
        Delivery.objects.filter(state=DeliveryState.DONE, tried_at__lt=now - DONE_KEPT),
        Delivery.objects.filter(state=DeliveryState.DEAD, tried_at__lt=now - DEAD_KEPT),
        Notice.objects.exclude(state=NoticeState.WAITING).filter(created_at__lt=now - DEAD_KEPT),
    ]
    count = 0
    for rows in over:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
        count += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return count
