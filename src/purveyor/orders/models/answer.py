"""What was decided about an order: one acknowledgement per decision, one answer per line and code."""

from __future__ import annotations

from django.db import models

from purveyor.orders.models.order import Line, Order


class Acknowledgement(models.Model):
    """A decided, frozen acknowledgement. The outbox turns it into a document; ``outcome`` is what became of that.

    ``order_version`` is the version of the order the decision was made on. ``elsewhere_confirmed`` says that a person
    knew of an answer given outside of this hub and wanted it replaced.
    """

    class Outcome(models.TextChoices):
        OPEN = ""
        VERIFIED = "verified"
        FAILED = "failed"

    order = models.ForeignKey(Order, models.CASCADE, related_name="acknowledgements", db_index=False)
    revision = models.PositiveIntegerField()
    by = models.CharField(max_length=120)
    because = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField()
    order_version = models.PositiveIntegerField()
    dates_only = models.BooleanField(default=False)
    elsewhere_confirmed = models.BooleanField(default=False)
    document = models.OneToOneField(
        "outbox.Document", models.SET_NULL, null=True, blank=True, related_name="acknowledgement"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default="")
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="acknowledgement_revision_once"),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(outcome=""), name="one_open_acknowledgement_per_order"
            ),
        ]


class Answer(models.Model):
    """One entry of a line's answer: code, eaches, cost per each, dates, reason. Several entries split a line."""

    acknowledgement = models.ForeignKey(Acknowledgement, models.CASCADE, related_name="answers")
    line = models.ForeignKey(Line, models.CASCADE, related_name="answers")
    code = models.CharField(max_length=12)
    eaches = models.BigIntegerField()
    net_cost = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    reason = models.CharField(max_length=30, blank=True, default="")
    ship_date = models.DateTimeField(null=True)
    delivery_date = models.DateTimeField(null=True)

    class Meta:
        ordering = ["acknowledgement", "line", "id"]
