"""Where goods go: Amazon's fulfillment centers. The registry belongs to the house, not to a profile: one code is one
place, whichever account's orders go there."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from purveyor.common import clock


class Source(models.TextChoices):
    """Whose word an address is. A person's and a file's outweigh an order's, which outweighs the seed's."""

    SEED = "seed", _("the list Purveyor begins with")
    ORDER = "order", _("an order")
    PERSON = "person", _("a person")
    FILE = "file", _("a file")


class Center(models.Model):
    """One fulfillment center, as it is known now. Names and address fields are Amazon's (vendor messages).

    ``time_zone`` is a name of the IANA database, empty while nobody has said it; ``internal_reference`` is the vendor's
    own number for the place. ``source``, ``source_note`` and ``valid_from`` are those of the address. ``offered`` is
    another address that an order names while a person's stands (``parts``, ``valid_from``), empty for none;
    ``declined`` the key (``domain.facts.place_key``) of the last one a person did not want. ``version`` counts the
    changes of what is known: whoever changes names the one they saw.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    address_line1 = models.CharField(max_length=200, blank=True, default="")
    address_line2 = models.CharField(max_length=200, blank=True, default="")
    address_line3 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    county = models.CharField(max_length=100, blank=True, default="")
    district = models.CharField(max_length=100, blank=True, default="")
    state_or_region = models.CharField(max_length=100, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country_code = models.CharField(max_length=2, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    internal_reference = models.CharField(max_length=80, blank=True, default="")

    source = models.CharField(max_length=6, choices=Source.choices)
    source_note = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    offered = models.JSONField(default=dict, blank=True)
    declined = models.CharField(max_length=64, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="center_code_there"),
            models.CheckConstraint(condition=Q(source__in=["seed", "order", "person", "file"]), name="center_source"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="center_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        """The address in one line, without the name."""
        town = " ".join(filter(None, (self.postal_code, self.city)))
        lines = (self.address_line1, self.address_line2, self.address_line3, town)
        return ", ".join(filter(None, (*lines, self.state_or_region, self.country_code)))


class Version(models.Model):
    """What was known of a center from one change to the next. ``facts`` are ``domain.facts.FIELDS``, empty ones left
    out; ``by`` is ``Who.name``."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=200)
    source = models.CharField(max_length=6, choices=Source.choices)
    source_note = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    facts: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ["center", "-number"]
        constraints = [models.UniqueConstraint(fields=["center", "number"], name="center_version_once")]

    def __str__(self) -> str:
        return f"{self.center_id}/{self.number}"
