"""Answers kept for replay."""

from __future__ import annotations

from django.db import models


class Replay(models.Model):
    """The answer given under an ``Idempotency-Key``. ``status`` is null while the first request still runs.

    ``caller`` is a digest of the token. ``body`` is sealed for the caller: it may hold a token that is shown only once.
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True, default="")
    body = models.BinaryField(default=b"")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="replay_key_once")]
        indexes = [models.Index(fields=["at"], name="replay_age")]
