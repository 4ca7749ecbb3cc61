"""What the workers themselves remember: ticks of the timers, and long work a person watches."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.common import clock
from purveyor.jobs.lease import Leased
from purveyor.jobs.states import RUN, RunState


class Tick(Leased):
    """A recurring task's next time. Claimed as a row, so that one process runs it, however many there are."""

    name = models.CharField(max_length=80, unique=True)
    next_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Run(Leased):
    """Long work with progress, result and cancel. Verbs are in ``jobs.runs``."""

    machine = RUN

    kind = models.CharField(max_length=40)
    profile = models.ForeignKey(
        "profiles.Profile", on_delete=models.CASCADE, null=True, blank=True, related_name="runs"
    )
    params = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, choices=[(str(s), str(s)) for s in RunState], default=str(RunState.WAITING))
    state_at = models.DateTimeField(default=clock.now)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    step = models.CharField(max_length=200, default="", blank=True)
    result = models.JSONField(null=True, blank=True)
    problem = models.TextField(default="", blank=True)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="run_open",
                condition=Q(state__in=[str(RunState.WAITING), str(RunState.RUNNING)]),
            ),
            models.Index(fields=["profile", "-created_at"], name="run_by_profile"),
        ]
        constraints = [
            models.CheckConstraint(name="run_state_known", condition=Q(state__in=[str(s) for s in RunState])),
        ]

    # Not stored: what the worker's last question, whether to stop, was answered.
    told_to_stop = False

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"

    @property
    def settled(self) -> bool:
        return self.state in RUN.ends
