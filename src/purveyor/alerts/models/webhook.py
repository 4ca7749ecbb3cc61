"""Receivers of events, and what was sent to each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.alerts.states import DELIVERY, DeliveryState
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.jobs.lease import Leased
from purveyor.vault.models import Sealed


class Webhook(Leased):
    """A receiver of events. Whoever holds its lease sends to it.

    No ``profile`` means the events of every profile and of none; ``events`` are beginnings of event types
    (``order.``), none meaning all. It takes events from ``on_since`` on. ``failing_since`` is the first failure since
    something last got through; until ``paused_until`` nothing is tried.
    """

    name = models.CharField(max_length=60, unique=True)
    url = models.CharField(max_length=500)
    profile = models.ForeignKey("profiles.Profile", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    events = models.JSONField(default=list)
    on = models.BooleanField(default=True)
    on_since = models.DateTimeField(default=clock.now)
    made_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    last_good_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HookSecret(Sealed):
    """A secret that signs what is sent to a webhook. After a rotation the old one signs too, until ``drops_at``."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="secrets")
    created_at = models.DateTimeField(default=clock.now)
    drops_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"secret of webhook {self.webhook_id}"


class Delivery(models.Model):
    """One event for one webhook. The event itself is the audit's entry, which never changes, so it is not kept twice.

    ``tries`` counts since it was last asked for; ``status``, ``answer`` (its first 500 characters), ``error`` and
    ``seconds`` are those of the latest try. Its states are not told to the audit: that would be another event to be
    delivered, and told, without an end.
    """

    machine = DELIVERY

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, default=str(DeliveryState.WAITING))
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=500, default="")
    error = models.CharField(max_length=500, default="")
    seconds = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "entry"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in DeliveryState]), name="delivery_state_known"),
        ]
        indexes = [
            models.Index(fields=["webhook", "due_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "state", "id"], name="delivery_state"),
            models.Index(fields=["tried_at"], name="delivery_tried"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.entry_id}"


class EventCursor(models.Model):
    """How far the sealed audit was handed to the webhooks; one row (key 1), moved by compare-and-set.

    Positions are given after commit, without gaps, so nothing can appear behind it later.
    """

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)
