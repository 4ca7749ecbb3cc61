"""What the warehouse shall pick, and what it says it picked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from purveyor.common import clock
from purveyor.warehouse.states import LIVE, PICK_LIST, PICK_RESULT, PickListState, PickResultState

if TYPE_CHECKING:
    from purveyor.profiles.models import Profile


class PickList(models.Model):
    """One order, released to the warehouse. Its ``number`` is the order's with the ``revision``: 4ABCDEFG-1. One that
    asks for something else after a hold takes the next: a number that no list has was that of the list with the next
    higher one (``queries.replaced_by``).

    ``order_version`` is the version it was made by. ``checked_version`` is the newest version that was compared with
    it, ``checked_answer`` the revision of our newest answer that was, 0 for none. ``reason`` tells why it is on hold or
    was cancelled, as facts to be put into words (``domain.said``).
    ``printed_at`` and ``sent_at`` are when it first went out under its number, on paper and to a warehouse's system.
    """

    machine = PICK_LIST
    figures: Any = None
    """Its sums, where a list looked up many at once (``queries.counted``)."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="pick_lists", db_index=False)
    revision = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default=PickListState.RELEASED)
    state_at = models.DateTimeField(default=clock.now)
    order_version = models.PositiveIntegerField()
    checked_version = models.PositiveIntegerField()
    checked_answer = models.PositiveIntegerField(default=0)
    reason = models.JSONField(default=dict, blank=True)
    released_by = models.CharField(max_length=200)
    released_at = models.DateTimeField(default=clock.now)
    printed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-released_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="pick_list_revision_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=[str(s) for s in LIVE]), name="pick_list_live_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in PickListState]), name="pick_list_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="pick_list_number"),
            models.Index(fields=["state", "-released_at", "-id"], name="pick_list_state_newest"),
            models.Index(fields=["-released_at", "-id"], name="pick_list_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def profile(self) -> Profile:
        """Whose order it is."""
        return self.order.profile


class PickLine(models.Model):
    """One line to be picked: ``asked`` eaches, from ``location`` as it was known at the release."""

    pick_list = models.ForeignKey(PickList, models.CASCADE, related_name="lines", db_index=False)
    line = models.ForeignKey("orders.Line", models.CASCADE, related_name="pick_lines")
    product = models.ForeignKey("products.Product", models.SET_NULL, null=True, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    asked = models.PositiveBigIntegerField()
    location = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["pick_list", "position"]
        constraints = [models.UniqueConstraint(fields=["pick_list", "line"], name="pick_line_once")]
        indexes = [models.Index(fields=["pick_list", "product"], name="pick_line_product")]

    def __str__(self) -> str:
        return f"{self.pick_list_id}/{self.position}"


class ReleaseTry(models.Model):
    """The rule that releases orders by itself came to one and could not: ``problems`` are its sentences. The order's
    ``order_version`` is as it was then; another version is tried again, and the same one after an hour."""

    order = models.OneToOneField("orders.Order", models.CASCADE, related_name="release_try")
    order_version = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.order_id} v{self.order_version}"


class PickResult(models.Model):
    """What came back for one pick list. Rows of the same ``reference`` add up; another reference replaces it.

    ``reference`` is what the file or the machine calls it, else a name of its own for the file it came by
    (``upload``) or for the screen. ``picked_at`` is the latest moment its rows tell. What follows from it (an answer to
    Amazon, alerts) is done from ``settle_at`` on and was done at ``settled_at``; ``outcome`` says what that was, as
    facts.
    """

    machine = PICK_RESULT

    class Way(models.TextChoices):
        FILE = "file"
        SCREEN = "screen"
        API = "api"
        CLI = "cli"

    pick_list = models.ForeignKey(PickList, models.CASCADE, related_name="results", db_index=False)
    reference = models.CharField(max_length=80)
    way = models.CharField(max_length=10, choices=Way.choices)
    upload = models.ForeignKey("channels.Upload", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, default=PickResultState.TAKEN)
    state_at = models.DateTimeField(default=clock.now)
    picked_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    settle_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pick_list", "-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["pick_list", "reference"], name="pick_result_reference_once"),
            models.UniqueConstraint(
                fields=["pick_list"], condition=Q(state=PickResultState.TAKEN), name="pick_result_taken_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["settle_at"],
                condition=Q(settled_at=None, settle_at__isnull=False),
                name="pick_result_to_settle",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def profile(self) -> Profile:
        """Whose order it is of."""
        return self.pick_list.profile


class ResultFile(models.Model):
    """A file whose rows count in a result: its bytes by their ``sha256``, and the ``upload`` that brought them. Another
    upload of the same bytes adds nothing to that result."""

    result = models.ForeignKey(PickResult, models.CASCADE, related_name="files", db_index=False)
    sha256 = models.CharField(max_length=64)
    upload = models.ForeignKey("channels.Upload", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "sha256"], name="result_file_once")]

    def __str__(self) -> str:
        return f"{self.result_id}: {self.sha256[:12]}"


class Picked(models.Model):
    """What was picked of one line in one result, lot by lot: ``eaches`` count, ``excess`` was more than asked and does
    not. ``short`` is why less was picked (``domain.pick.SHORT``), blank where nobody said."""

    result = models.ForeignKey(PickResult, models.CASCADE, related_name="picked", db_index=False)
    pick_line = models.ForeignKey(PickLine, models.CASCADE, related_name="picked")
    eaches = models.PositiveBigIntegerField()
    excess = models.PositiveBigIntegerField(default=0)
    lot = models.CharField(max_length=60, blank=True, default="")
    expiry = models.DateField(null=True, blank=True)
    short = models.CharField(max_length=20, blank=True, default="")
    prepared = models.BooleanField(default=False)

    class Meta:
        ordering = ["result", "pick_line", "id"]
        constraints = [
            models.UniqueConstraint(fields=["result", "pick_line", "lot", "expiry"], name="picked_lot_once"),
            models.UniqueConstraint(
                fields=["result", "pick_line", "lot"], condition=Q(expiry=None), name="picked_lot_without_expiry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result_id}/{self.pick_line_id}: {self.eaches}"
