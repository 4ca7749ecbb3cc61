"""What orders have used of the offers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.common import clock
from purveyor.offers.models.offer import Cell


class Consumption(models.Model):
    """Eaches that one line of an order uses of one cell; the cell's ``consumed`` is their sum (``domain.consume``)."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="consumptions")
    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="consumptions")
    line = models.ForeignKey("orders.Line", models.CASCADE, related_name="consumptions", db_index=False)
    eaches = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["cell", "order"]
        constraints = [
            models.UniqueConstraint(fields=["line", "cell"], name="consumption_of_line_once"),
            models.CheckConstraint(condition=Q(eaches__gt=0), name="consumption_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id}: {self.eaches}"
