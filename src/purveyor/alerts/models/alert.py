"""An alert: one row per cause, open until the cause is gone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from purveyor.alerts.states import ALERT, AlertState
from purveyor.base.phrase import Phrase, shown
from purveyor.common import clock

_STANDING = [str(AlertState.OPEN), str(AlertState.TAKEN)]


class Severity(models.TextChoices):
    """How much it matters: ``bad`` stops work or will within days, ``warn`` will stop it later, ``info`` stops nothing.

    In rising order.
    """

    INFO = "info", _("Notice")
    WARN = "warn", _("Warning")
    BAD = "bad", _("Serious")


class Alert(models.Model):
    """Something a person has to know. ``cause`` is a stable text such as ``profile:7:trouble``.

    ``told`` keeps the message and the hint as what they were made of (``base.phrase``), for every reader's language;
    ``message`` and ``hint`` are the same in the audit's, and all there is of an alert from before that.
    ``remedy`` is one of ``common.errors.Remedy`` or empty; ``request_id`` is Amazon's, where Amazon had a part.
    ``taken_by`` is the name of the one who looks after it (``Who.name``).
    """

    machine = ALERT

    cause = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    severity = models.CharField(max_length=4, choices=Severity.choices)
    message = models.TextField()
    hint = models.TextField(blank=True, default="")
    told = models.JSONField(default=dict, blank=True)
    remedy = models.CharField(max_length=30, blank=True, default="")
    request_id = models.CharField(max_length=200, blank=True, default="")
    profile = models.ForeignKey(
        "profiles.Profile", on_delete=models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    state = models.CharField(max_length=6, choices=[(str(s), str(s)) for s in AlertState], default=str(AlertState.OPEN))
    state_at = models.DateTimeField(default=clock.now)
    taken_by = models.CharField(max_length=200, blank=True, default="")
    opened_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=Q(state__in=_STANDING), name="alert_cause_once"),
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in AlertState]), name="alert_state_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="alert_severity_known"),
        ]
        indexes = [models.Index(fields=["opened_at"], name="alert_opened")]

    def __str__(self) -> str:
        return self.message

    @property
    def said(self) -> Phrase:
        """The message, in the language of the moment."""
        return self._in_words("message", self.message)

    @property
    def advice(self) -> Phrase:
        """The hint, in the language of the moment."""
        return self._in_words("hint", self.hint)

    def _in_words(self, name: str, stored: str) -> Phrase:
        return shown(self.told[name]) if name in self.told else Phrase(stored)


class Comment(models.Model):
    """What somebody said about an alert. Never changed: what was said was said."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="comments")
    by = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
