"""What lies in which carton on which pallet, and the steps that brought it there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.common import clock
from purveyor.warehouse.states import PACKING, PackingState


class Packing(models.Model):
    """What is packed together to go together: the ``reference`` of the shipment names it, once in a profile.

    ``ship_to`` is the fulfillment center; ``version`` counts its changes, and whoever changes it names the one they
    saw. ``upload`` is the file it last came by whole. ``differences``, ``blocks`` and ``warnings`` are what stood
    against closing it when it was last weighed up (``domain.weigh``, at ``weighed_at``; null: to be weighed up).
    ``by_itself`` says that it came whole from a warehouse's system and closes without a person once nothing stands
    against that.
    """

    machine = PACKING

    profile = models.ForeignKey("profiles.Profile", models.CASCADE, related_name="packings")
    reference = models.CharField(max_length=80)
    ship_to = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, default=PackingState.OPEN)
    state_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    upload = models.ForeignKey("channels.Upload", models.SET_NULL, null=True, blank=True, related_name="+")
    differences = models.PositiveIntegerField(default=0, db_default=0)
    blocks = models.PositiveIntegerField(default=0, db_default=0)
    warnings = models.PositiveIntegerField(default=0, db_default=0)
    weighed_at = models.DateTimeField(null=True, blank=True)
    by_itself = models.BooleanField(default=False, db_default=False)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "reference"], name="packing_reference_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="packing_reference_there"),
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in PackingState]), name="packing_state_known"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="packing_newest"),
            models.Index(fields=["state", "weighed_at"], name="packing_to_weigh"),
        ]

    def __str__(self) -> str:
        return self.reference


class Container(models.Model):
    """A pallet or a carton. ``key`` names it within its packing; ``sscc`` are 18 digits, or blank while it has none.

    Weights are grams: ``weight_grams`` of all of it, ``tare_grams`` of it empty; sizes millimetres; null is unknown.
    """

    packing = models.ForeignKey(Packing, models.CASCADE, related_name="%(class)ss", db_index=False)
    key = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    sscc = models.CharField(max_length=18, blank=True, default="")
    weight_grams = models.PositiveBigIntegerField(null=True, blank=True)
    tare_grams = models.PositiveBigIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key


class Pallet(Container):
    """A pallet of a packing; cartons stand on it, or items directly."""

    class Meta:
        ordering = ["packing", "position"]
        constraints = [
            models.UniqueConstraint(fields=["packing", "key"], name="pallet_key_once"),
            models.UniqueConstraint(fields=["packing", "sscc"], condition=~Q(sscc=""), name="pallet_sscc_once"),
        ]


class Carton(Container):
    """A carton of a packing, on a ``pallet`` or loose."""

    pallet = models.ForeignKey(Pallet, models.CASCADE, null=True, blank=True, related_name="cartons")

    class Meta:
        ordering = ["packing", "position"]
        constraints = [
            models.UniqueConstraint(fields=["packing", "key"], name="carton_key_once"),
            models.UniqueConstraint(fields=["packing", "sscc"], condition=~Q(sscc=""), name="carton_sscc_once"),
        ]


class Content(models.Model):
    """Eaches of one order line in one carton, or directly on one pallet, or not placed yet (neither)."""

    packing = models.ForeignKey(Packing, models.CASCADE, related_name="contents")
    pallet = models.ForeignKey(Pallet, models.CASCADE, null=True, blank=True, related_name="contents")
    carton = models.ForeignKey(Carton, models.CASCADE, null=True, blank=True, related_name="contents")
    line = models.ForeignKey("orders.Line", models.CASCADE, related_name="contents")
    product = models.ForeignKey("products.Product", models.SET_NULL, null=True, related_name="+", db_index=False)
    eaches = models.PositiveBigIntegerField()
    lot = models.CharField(max_length=60, blank=True, default="")
    expiry = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["packing", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(pallet=None) | Q(carton=None), name="content_in_one_place"),
            models.CheckConstraint(condition=Q(eaches__gt=0), name="content_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.eaches}"


class PackStep(models.Model):
    """One change of a packing, and the rows as they were before it (``before``: table, key, fields or null where there
    was no such row), so that it can be taken back. ``version`` is the packing's with this step; ``what`` its kind and
    numbers, put into words when read."""

    packing = models.ForeignKey(Packing, models.CASCADE, related_name="steps", db_index=False)
    version = models.PositiveIntegerField()
    what = models.JSONField(default=dict)
    before = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["packing", "-version"]
        constraints = [models.UniqueConstraint(fields=["packing", "version"], name="pack_step_version_once")]

    def __str__(self) -> str:
        return f"{self.packing_id} v{self.version}"


class Acceptance(models.Model):
    """A person let a difference of one order line stand, as its numbers were then: other numbers are another
    difference. Null: nobody had said what is acknowledged, or picked."""

    packing = models.ForeignKey(Packing, models.CASCADE, related_name="acceptances", db_index=False)
    line = models.ForeignKey("orders.Line", models.CASCADE, related_name="+")
    acknowledged = models.PositiveBigIntegerField(null=True)
    picked = models.PositiveBigIntegerField(null=True)
    packed = models.PositiveBigIntegerField()
    reason = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["packing", "line"]
        constraints = [models.UniqueConstraint(fields=["packing", "line"], name="acceptance_of_line_once")]

    def __str__(self) -> str:
        return f"{self.packing_id}/{self.line_id}"
