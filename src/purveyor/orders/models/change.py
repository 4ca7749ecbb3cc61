"""What Amazon changed in an order, version by version; and what keeps an order from being worked on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.orders.models.order import Order


class Change(models.Model):
    """What one version changed in the version before it; none where only Amazon's own state differs.

    ``changes`` is as ``domain.changes`` writes it. ``answered`` says that an answer stood when it came. ``told_at`` is
    when the alert was raised, or found needless; ``seen_at`` when a person said that they looked at it.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="changes", db_index=False)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    changes = models.JSONField()
    answered = models.BooleanField()
    told_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering = ["order", "version"]
        constraints = [models.UniqueConstraint(fields=["order", "version"], name="change_version_once")]
        indexes = [models.Index(fields=["id"], condition=Q(told_at=None), name="change_untold")]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.version}"


class Hold(models.Model):
    """A reason why nothing goes on with an order by itself. It is open until ``released_at``.

    ``check_id`` is that of the rule that holds it, ``PERSON`` for a person's own word; each holds an order once.
    ``because`` is a person's own words, or English for the audit; what a check saw is in ``told`` and put into words
    when it is read (``domain.hold_said``).
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="held", db_index=False)
    check_id = models.CharField(max_length=12)
    because = models.TextField()
    told = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    released_because = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "check_id"], condition=Q(released_at=None), name="hold_of_check_once"
            ),
        ]
        indexes = [models.Index(fields=["order", "id"], name="hold_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.check_id}"

    @property
    def profile(self) -> object:
        """The order's, for the audit."""
        return self.order.profile
