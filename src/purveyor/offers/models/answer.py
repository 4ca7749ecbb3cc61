"""The stages an offer goes through, what each answers, and who stands in for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from purveyor.common import clock
from purveyor.offers.keys import KEYS
from purveyor.offers.models.offer import Cell, Offer
from purveyor.offers.states import STAGE, StageState

if TYPE_CHECKING:
    from purveyor.profiles.models import Profile


class Stage(models.Model):
    """One stage of one offer, as the settings had it when the offer came in. ``key`` is one of ``keys.KEYS``.

    ``approved_by`` handed it on, ``second_by`` confirmed that where a second person was needed; both are names of a
    ``Who``. ``approver`` is the person behind it, whose tokens are no second person either. ``reason`` is the last one
    given for sending back, revoking or declining.
    """

    machine = STAGE

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="stages", db_index=False)
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=StageState.WAITING)
    state_at = models.DateTimeField(default=clock.now)
    approved_by = models.CharField(max_length=200, blank=True, default="")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    second_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["offer", "position"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "position"], name="stage_position_once"),
            models.UniqueConstraint(fields=["offer", "key"], name="stage_key_once"),
        ]
        indexes = [models.Index(fields=["state", "key"], name="stage_state_key")]

    def __str__(self) -> str:
        return f"{self.offer.number}/{self.key}"

    @property
    def profile(self) -> Profile:
        """Whose offer it is a stage of."""
        return self.offer.profile

    @property
    def title(self) -> str:
        """What people call it, in the reader's language."""
        return str(KEYS[self.key].title)

    @property
    def permission(self) -> str:
        """What its people hold."""
        return KEYS[self.key].permission


class Answer(models.Model):
    """What one stage says of one cell at this moment.

    ``verdict`` yes or no; ``quantity`` eaches (0 for no); ``price`` for one each, null as it came. The ``seen_…`` are
    what the stages before it had made of the cell when it was answered: where they say something else since, the
    cell is marked as changed.
    """

    cell = models.ForeignKey(Cell, models.CASCADE, related_name="answers", db_index=False)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="answers")
    verdict = models.BooleanField()
    quantity = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    seen_verdict = models.BooleanField()
    seen_quantity = models.PositiveIntegerField()
    seen_price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["cell", "stage"]
        constraints = [
            models.UniqueConstraint(fields=["cell", "stage"], name="answer_of_stage_once"),
            models.CheckConstraint(condition=Q(verdict=True) | Q(quantity=0), name="answer_no_is_nothing"),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gt=0), name="answer_price_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id}/{self.stage_id}"


class Said(models.Model):
    """The history of a cell: every answer ever given, never changed. ``version`` is the cell's with this answer; an
    answer that was taken back has no ``verdict``. ``how`` is one of the words of ``How``."""

    class How(models.TextChoices):
        GRID = "grid"
        FORM = "form"
        BULK = "bulk"
        FILE = "file"
        API = "api"
        CLI = "cli"

    cell = models.ForeignKey(Cell, models.CASCADE, related_name="history", db_index=False)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    verdict = models.BooleanField(null=True)
    quantity = models.PositiveIntegerField(null=True)
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    how = models.CharField(max_length=10)

    class Meta:
        ordering = ["cell", "version"]
        constraints = [models.UniqueConstraint(fields=["cell", "version"], name="said_version_once")]

    def __str__(self) -> str:
        return f"{self.cell_id} v{self.version}"


class Deputy(models.Model):
    """Somebody who answers a stage in another's place from ``begins_at`` until before ``ends_at``.

    The deputy holds the stage's permission through the ``absent`` person, and never longer or wider than that one holds
    it.
    """

    profile = models.ForeignKey("profiles.Profile", models.CASCADE, related_name="deputies")
    key = models.CharField(max_length=20)
    absent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deputises")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-ends_at", "-id"]
        verbose_name_plural = "deputies"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="deputy_ends_after_its_begin"),
            models.CheckConstraint(condition=~Q(absent=F("deputy")), name="deputy_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy.username} ← {self.absent.username} ({self.key})"
