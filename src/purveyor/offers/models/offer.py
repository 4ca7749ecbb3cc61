"""The offer as Amazon made it: what it asks for, of which products, in which deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from purveyor.common import clock
from purveyor.offers.states import OFFER, OfferState

if TYPE_CHECKING:
    from purveyor.offers.queries import Figures


class Offer(models.Model):
    """One invitation to a bulk buy, brought by a workbook, which is kept untouched (``upload``).

    ``number`` is Amazon's name for it, or one we gave. ``program`` is one of ``Program`` and ``unsold`` what becomes of
    pieces Amazon does not sell (OPERATIONS §1.4). ``expires_at`` is the moment until which Amazon takes the answer,
    told and shown in ``zone`` (IANA); null where nobody said one. ``version`` counts every change of the offer, its
    answers included: whoever decides about the whole names the version they saw. ``reason`` is the last one given for
    completing it late, opening it again or giving it up.
    """

    machine = OFFER

    class Program(models.TextChoices):
        BULK = "bulk buy"
        BORN_TO_RUN = "born to run"
        ADVANCE = "advance purchase"

    class Unsold(models.TextChoices):
        NONE = "none"
        RETURN = "return"
        KEEP = "keep"

    profile = models.ForeignKey("profiles.Profile", models.CASCADE, related_name="offers")
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True, default="")
    program = models.CharField(max_length=20, choices=Program.choices, default=Program.BULK)
    unsold = models.CharField(max_length=10, choices=Unsold.choices, default=Unsold.NONE)
    vendor_code = models.CharField(max_length=10, blank=True, default="")
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=60)
    upload = models.ForeignKey("channels.Upload", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, default=OfferState.OPEN)
    state_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    reason = models.TextField(blank=True, default="")
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["profile", "number"], name="offer_number_once")]
        indexes = [
            models.Index(fields=["profile", "state", "expires_at"], name="offer_profile_state"),
            models.Index(fields=["state", "expires_at"], name="offer_state_expiry"),
        ]

    figures: Figures | None = None
    """Its sums, where a list looked them up for many at once (``queries.counted``)."""

    def __str__(self) -> str:
        return self.number

    def expired(self, now: datetime | None = None) -> bool:
        """Whether Amazon's time for the answer is over."""
        return self.expires_at is not None and self.expires_at <= (now or clock.now())


class Delivery(models.Model):
    """One delivery of an offer: pieces that shall arrive between two days, both included; null is not said."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="deliveries", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80, blank=True, default="")
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["offer", "position"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["offer", "position"], name="delivery_position_once"),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="delivery_ends_after_its_begin",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.position)


class Row(models.Model):
    """One product of an offer. ``number`` is its row in the workbook. Without a ``product`` it waits for mapping; the
    others go on."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    asin = models.CharField(max_length=20, blank=True, default="")
    vendor_product = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    product = models.ForeignKey("products.Product", models.SET_NULL, null=True, blank=True, related_name="offer_rows")

    class Meta:
        ordering = ["offer", "number"]
        constraints = [models.UniqueConstraint(fields=["offer", "number"], name="offer_row_number_once")]
        indexes = [
            models.Index(fields=["asin"], name="offer_row_asin"),
            models.Index(fields=["offer"], name="offer_row_unmapped", condition=Q(product=None)),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}/{self.number}"


class Cell(models.Model):
    """What is asked of one row in one delivery, what of it was approved in the end, and what orders have used.

    ``asked``, ``approved`` and ``consumed`` are eaches, ``price`` and ``approved_price`` are for one each in the
    offer's currency. ``approved`` is null until the offer was completed; it stays while the offer is open again.
    ``version`` counts every answer of any stage: whoever answers names the version they saw.
    """

    row = models.ForeignKey(Row, models.CASCADE, related_name="cells", db_index=False)
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="cells")
    asked = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    approved = models.PositiveIntegerField(null=True, blank=True)
    approved_price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    consumed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["row", "delivery"]
        constraints = [
            models.UniqueConstraint(fields=["row", "delivery"], name="cell_of_row_and_delivery_once"),
            models.CheckConstraint(condition=Q(consumed__gte=0), name="cell_consumed_not_below_zero"),
            models.CheckConstraint(
                condition=Q(consumed=0) | Q(approved__isnull=False, consumed__lte=F("approved")),
                name="cell_consumed_not_above_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row_id}/{self.delivery_id}"

    @property
    def remaining(self) -> int:
        """Eaches that were approved and no order has used."""
        return (self.approved or 0) - self.consumed
