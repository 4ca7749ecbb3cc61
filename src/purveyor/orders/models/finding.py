"""What the checks found about an order, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.orders.models.order import Line, Order
from purveyor.orders.states import FINDING, FindingState

LIVE = (FindingState.OPEN, FindingState.ACCEPTED)


class Finding(models.Model):
    """One thing a check found, on a line or (without one) on the order as a whole.

    ``rule`` is the check (``domain.check``), ``numbers`` what it saw; the sentence is made of both when it is read.
    ``way`` is the way out a person took (``domain.remedy``). Of a rule there is one live finding a line; it stays
    accepted as long as its numbers are the same.
    """

    machine = FINDING

    order = models.ForeignKey(Order, models.CASCADE, related_name="findings", db_index=False)
    line = models.ForeignKey(Line, models.CASCADE, null=True, related_name="findings", db_index=False)
    rule = models.CharField(max_length=12)
    severity = models.CharField(max_length=5)
    numbers = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=FindingState.OPEN)
    state_at = models.DateTimeField()
    found_at = models.DateTimeField()
    way = models.CharField(max_length=12, blank=True, default="")
    taken_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line", "rule"],
                condition=Q(state__in=["open", "accepted"]),
                name="finding_of_line_once",
            ),
            models.UniqueConstraint(
                fields=["order", "rule"],
                condition=Q(state__in=["open", "accepted"], line=None),
                name="finding_of_order_once",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "state"], name="finding_order"),
            models.Index(fields=["rule", "state", "order"], name="finding_rule"),
            models.Index(fields=["line"], name="finding_line"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.order_id}"

    @property
    def profile(self) -> object:
        """The order's, for the audit."""
        return self.order.profile
