"""What the house sells: products with their other names, agreed costs and stock. The catalogue belongs to the house,
not to a profile: one product is one thing, whichever account Amazon orders it through."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from purveyor.common import clock


class Product(models.Model):
    """One sellable thing, known by its ``sku``, which is the vendor's own number.

    ``gtin`` is an EAN, UPC or GTIN-14 as 14 digits with leading zeros (``common.gs1``). ``case_pack`` and
    ``inner_pack`` are eaches, weight is grams and sizes are millimetres of one each; null is unknown.
    ``location`` is where it stands in the warehouse, and ``prep`` what Amazon wants done to it before it ships
    (OPERATIONS §2.4), blank for nothing.
    ``on_hand`` and ``reserved`` are eaches: ``on_hand`` is null until somebody counted, ``reserved`` is promised to
    orders and taken by ``domain.stock`` alone. ``version`` counts the changes of a person or a file, never those of
    ``reserved``; whoever changes names the version they saw.
    """

    sku = models.CharField(max_length=80, unique=True)
    asin = models.CharField(max_length=20, blank=True, default="")
    gtin = models.CharField(max_length=14, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    case_pack = models.PositiveIntegerField(null=True, blank=True)
    inner_pack = models.PositiveIntegerField(null=True, blank=True)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    expiry_tracked = models.BooleanField(default=False)
    location = models.CharField(max_length=40, blank=True, default="", db_default="")
    prep = models.CharField(max_length=120, blank=True, default="", db_default="")
    active = models.BooleanField(default=True)
    on_hand = models.BigIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    reserved = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["sku"]
        constraints = [
            models.UniqueConstraint(fields=["asin"], condition=~Q(asin=""), name="product_asin_once"),
            models.UniqueConstraint(fields=["gtin"], condition=~Q(gtin=""), name="product_gtin_once"),
            models.CheckConstraint(condition=~Q(sku=""), name="product_sku_there"),
            models.CheckConstraint(
                condition=Q(on_hand=None) | Q(on_hand__gte=0), name="product_on_hand_not_below_zero"
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="product_reserved_not_below_zero"),
        ]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="product_newest")]

    def __str__(self) -> str:
        return self.sku

    @property
    def free(self) -> int | None:
        """Eaches that are promised to nobody; None where nobody counted, never below zero."""
        return None if self.on_hand is None else max(self.on_hand - self.reserved, 0)


class Alias(models.Model):
    """Another name of a product in orders. ``normalised`` is how it is looked up (``common.lenient.alias_key``)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="aliases")
    value = models.CharField(max_length=80, unique=True)
    normalised = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["value"]
        verbose_name_plural = "aliases"
        constraints = [models.CheckConstraint(condition=~Q(normalised=""), name="alias_not_blank")]

    def __str__(self) -> str:
        return self.value


class Cost(models.Model):
    """What Amazon has agreed to pay for one each in a marketplace, from ``valid_from`` to ``valid_until``, both days
    included; without an end until further notice. Two periods of one product and marketplace never overlap
    (``domain.costs``)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="costs", db_index=False)
    marketplace = models.CharField(max_length=2)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["product", "marketplace", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["product", "marketplace", "valid_from"], name="cost_begins_once"),
            models.UniqueConstraint(
                fields=["product", "marketplace"], condition=Q(valid_until=None), name="cost_open_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="cost_ends_after_its_begin"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cost_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.marketplace} {self.valid_from}"
