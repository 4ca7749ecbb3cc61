"""What Amazon told us, from where on we ask next, and what could not be understood."""

from __future__ import annotations

import zlib

from django.db import models

from purveyor.jobs.lease import Leased


class Received(models.Model):
    """One page received: what was asked, Amazon's request id, and what became of its documents (counts).

    The documents themselves are kept word for word as the versions of their orders (orders.Snapshot) or as Aside.
    """

    profile = models.ForeignKey("profiles.Profile", models.CASCADE, related_name="+", db_index=False)
    operation = models.CharField(max_length=40)
    sweep = models.CharField(max_length=20)
    query = models.JSONField(default=dict)
    at = models.DateTimeField()
    request_id = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField()
    seen = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    aside = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["profile", "-at"], name="received_newest")]


class Cursor(Leased):
    """Up to where a sweep has stored everything. Moves only after the documents are stored, in the same transaction.

    ``next_at`` is when the sweep is due; the lease marks the worker that runs it. ``problem`` is the last failure
    ({"code", "message", "remedy", "hint", "request_id", "at"}), {} after a success; ``result`` the last run's counts.
    """

    profile = models.ForeignKey("profiles.Profile", models.CASCADE, related_name="cursors", db_index=False)
    sweep = models.CharField(max_length=20)
    position = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)

    class Meta:
        ordering = ["profile", "sweep"]
        constraints = [models.UniqueConstraint(fields=["profile", "sweep"], name="cursor_once")]


class Slice(models.Model):
    """One window of a back-fill; finished slices are not asked again after a stop or a crash.

    ``counts`` is what became of its documents so far. A slice that is split keeps its first part.
    """

    run = models.ForeignKey("jobs.Run", models.CASCADE, related_name="slices", db_index=False)
    start = models.DateTimeField()
    end = models.DateTimeField()
    done = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "start"]
        constraints = [models.UniqueConstraint(fields=["run", "start", "end"], name="slice_once")]


class Aside(models.Model):
    """A document that could not be understood: put aside with its reason, so that nothing is lost and no page is."""

    profile = models.ForeignKey("profiles.Profile", models.CASCADE, related_name="asides", db_index=False)
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=40, blank=True)
    content_hash = models.CharField(max_length=64)
    raw = models.BinaryField()
    reason = models.TextField()
    request_id = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["profile", "kind", "content_hash"], name="aside_once")]

    def document(self) -> bytes:
        """Amazon's own bytes, which need not be whole JSON."""
        return zlib.decompress(bytes(self.raw))


class FieldSeen(models.Model):
    """A field or enum value Amazon sent that we do not know: flagged once per name, kept in the raw documents."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    example = models.CharField(max_length=80, blank=True)
    first_seen_at = models.DateTimeField()
    request_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="field_seen_once")]
