"""What a policy decided about an order and why; the stock it promised; answers that wait for a second person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.base.phrase import Phrase, shown
from purveyor.orders.models.answer import Acknowledgement
from purveyor.orders.models.order import Line, Order
from purveyor.orders.states import DECISION, REQUEST, DecisionState, RequestState


class Decision(models.Model):
    """What the policy in force says about one version of an order: once, carried out at ``due_at``.

    Without ``due_at`` it waits for a pick result. ``explanation`` holds the policy, since when it is in force, the
    findings at that moment and what was answered line by line; ``why`` is the same in one sentence for the
    audit, ``told`` what it is made of (``base.phrase``), for every reader's language.
    """

    machine = DECISION

    order = models.ForeignKey(Order, models.CASCADE, related_name="decisions", db_index=False)
    order_version = models.PositiveIntegerField()
    mode = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default=DecisionState.WAITING)
    state_at = models.DateTimeField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, default="")
    told = models.JSONField(default=dict, blank=True)
    explanation = models.JSONField(default=dict)
    acknowledgement = models.ForeignKey(Acknowledgement, models.SET_NULL, null=True, related_name="decisions")

    class Meta:
        ordering = ["order", "order_version"]
        constraints = [models.UniqueConstraint(fields=["order", "order_version"], name="decision_of_version_once")]
        indexes = [models.Index(fields=["state", "due_at"], name="decision_due")]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.order_version}"

    @property
    def said(self) -> Phrase:
        """Why, in the language of the moment."""
        return shown(self.told) if self.told else Phrase(self.why)


class Reservation(models.Model):
    """Pieces promised to a line, in eaches; the product's ``reserved`` counts them (``products.domain.stock``)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="reservations")
    line = models.OneToOneField(Line, models.CASCADE, related_name="reservation")
    product = models.ForeignKey("products.Product", models.PROTECT, related_name="reservations")
    eaches = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["order", "line"]
        constraints = [models.CheckConstraint(condition=Q(eaches__gt=0), name="reservation_above_zero")]


class Request(models.Model):
    """A decided answer that rejects products for good and waits for a second person (AC-06).

    ``answers`` is the answer as ``domain.answers_file`` reads it, ``confirmed`` what else was confirmed (answered
    elsewhere, on hold); ``user`` who asked, whose tokens are no second person either.
    """

    machine = REQUEST

    order = models.ForeignKey(Order, models.CASCADE, related_name="requests", db_index=False)
    order_version = models.PositiveIntegerField()
    answers = models.JSONField()
    because = models.TextField(blank=True, default="")
    confirmed = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=RequestState.OPEN)
    state_at = models.DateTimeField()
    second = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(state="open"), name="request_open_once"),
        ]
        indexes = [models.Index(fields=["order", "state"], name="request_order")]

    def __str__(self) -> str:
        return f"{self.order_id}"
