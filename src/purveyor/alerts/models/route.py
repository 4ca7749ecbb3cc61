"""Who is told of an alert, where, and when; and what each of them is still to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from purveyor.alerts.models.alert import Alert, Severity
from purveyor.alerts.models.webhook import Webhook
from purveyor.alerts.states import NOTICE, NoticeState
from purveyor.common import clock
from purveyor.jobs.lease import Leased
from purveyor.vault.models import Sealed


class Pace(models.TextChoices):
    """When somebody is told: as soon as it happens, or gathered."""

    AT_ONCE = "at once", _("At once")
    HOURLY = "hourly", _("Gathered, every hour")
    DAILY = "daily", _("Gathered, once a day")


class Route(Sealed, Leased):
    """One line of the table of who is told what. An alert that meets it leads to a notice.

    No ``profile`` means every one, and what belongs to none; no ``kinds`` means all. ``role`` or ``person`` say whom
    mail is for. ``sealed`` holds a chat's address, which is a secret; ``host`` is the part of it that is shown.
    ``daily_at``, ``quiet_from`` and ``quiet_until`` are local times of ``zone``.
    """

    name = models.CharField(max_length=60, unique=True)
    on = models.BooleanField(default=True)
    profile = models.ForeignKey("profiles.Profile", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kinds = models.JSONField(default=list)
    severity = models.CharField(max_length=4, choices=Severity.choices, default=Severity.INFO)
    sink = models.CharField(max_length=10)
    role = models.CharField(max_length=30, blank=True, default="")
    person = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, null=True, blank=True, on_delete=models.CASCADE, related_name="routes")
    host = models.CharField(max_length=255, blank=True, default="")
    pace = models.CharField(max_length=7, choices=Pace.choices, default=Pace.AT_ONCE)
    daily_at = models.TimeField(null=True, blank=True)
    zone = models.CharField(max_length=60, default="UTC")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    serious_breaks = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(pace__in=Pace.values), name="route_pace_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="route_severity_known"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False) & Q(quiet_until__isnull=False)),
                name="route_quiet_both",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def give_up(cls) -> int:
        """A lost key file loses the addresses of chats, not the routes; their notices say what is missing."""
        return cls.objects.filter(sealed__isnull=False).update(sealed=None)


class Notice(models.Model):
    """Something a route still has to tell, or has told: that an alert opened, became worse, or closed.

    ``person`` is whom the mail is for; None for a webhook or a chat.
    """

    machine = NOTICE

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="notices")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey("people.User", null=True, on_delete=models.CASCADE, related_name="+")
    news = models.CharField(max_length=6)
    state = models.CharField(max_length=7, default=str(NoticeState.WAITING))
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in NoticeState]), name="notice_state_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="notice_due", condition=Q(state="waiting")),
            models.Index(fields=["route", "alert"], name="notice_of_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.route_id}: {self.news} {self.alert_id}"
