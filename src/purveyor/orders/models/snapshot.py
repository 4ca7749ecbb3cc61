"""Every version of an order, and of its status, word for word as Amazon sent it."""

from __future__ import annotations

import zlib

from django.db import models

from purveyor.orders.models.order import Order


class Snapshot(models.Model):
    """One version as received. ``raw`` is the document's own bytes, compressed (zlib); ``request_id`` is Amazon's.

    ``content_hash`` is empty for one that nothing was compared with so far (``keep.contents``).
    """

    class Kind(models.TextChoices):
        ORDER = "order"
        STATUS = "status"

    order = models.ForeignKey(Order, models.CASCADE, related_name="snapshots", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    content_hash = models.CharField(max_length=64, blank=True)
    raw = models.BinaryField()
    request_id = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["order", "kind", "version"]
        constraints = [models.UniqueConstraint(fields=["order", "kind", "version"], name="snapshot_version_once")]

    def document(self) -> bytes:
        """Amazon's own bytes (JSON)."""
        return zlib.decompress(bytes(self.raw))
