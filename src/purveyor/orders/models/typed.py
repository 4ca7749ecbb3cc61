"""Of which type an order was said to be, by the rules or by a person, and why."""

from __future__ import annotations

from django.db import models

from purveyor.common import clock
from purveyor.orders.models.order import Order


class Typed(models.Model):
    """One decision about an order's type: the newest counts, the earlier ones stay to be read.

    ``version`` is the order's it was made for, ``offer`` the bulk-buy offer the order is linked to. ``reasons`` are
    what the rules saw, line by line (``domain.reasons``); a person's word has none. ``person``: a
    person's word stands against later looks, until it is handed back to the rules. ``because`` is that person's reason.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="typed")
    version = models.PositiveIntegerField()
    type = models.CharField(max_length=12)
    offer = models.ForeignKey("offers.Offer", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    reasons = models.JSONField(default=dict)
    by = models.CharField(max_length=200)
    person = models.BooleanField(default=False)
    because = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["order", "id"]
        verbose_name_plural = "typed"

    def __str__(self) -> str:
        return f"{self.order_id} {self.type}"
