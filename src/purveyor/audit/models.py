"""What was done: one append-only row per decision, linked into a hash chain by the sealer.

There is no door to change or remove an entry; ``audit.write.record`` is the only way in and ``audit.seal`` alone fills
``position`` and ``link``, after the business transaction has been committed.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from purveyor.common import canon, clock
from purveyor.jobs.lease import Leased

TOLD = ("at", "by", "action", "object_kind", "object_id", "object_name", "profile", "old", "new", "because")
"""What the hash of an entry covers."""


class AppendOnly(TypeError):
    """Somebody tried to change or remove an audit entry."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reading only; the sealer has its own way to the two columns it fills (``audit.seal``)."""

    def update(self, **values: Any) -> int:
        raise AppendOnly("audit entries are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("audit entries are never removed")

    def bulk_update(self, *args: Any, **more: Any) -> int:
        raise AppendOnly("audit entries are never changed")


class Entry(models.Model):
    """One thing done: who, what, to which object, from what to what, when and why."""

    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.CharField(max_length=200, help_text="user:anna, token:anna/erp, system:intake.new, cli:root")
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_name = models.CharField(max_length=120, blank=True, help_text="what a person calls it: a PO number, a name")
    profile = models.CharField(max_length=100, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    because = models.TextField(blank=True)
    hash = models.CharField(max_length=64, editable=False)
    position = models.BigIntegerField(null=True, unique=True, editable=False)
    link = models.CharField(max_length=64, blank=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["object_kind", "object_id", "id"], name="audit_object"),
            models.Index(fields=["by", "id"], name="audit_person"),
            models.Index(fields=["at"], name="audit_day"),
            models.Index(fields=["profile", "id"], name="audit_profile"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(position=None)),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.action} {self.object_name or self.object_id}".rstrip()

    def save(self, *args: Any, **more: Any) -> None:
        """Write a new entry with its hash. Raises AppendOnly when it exists already."""
        if not self._state.adding:
            raise AppendOnly("audit entries are never changed")
        self.hash = self.fingerprint()
        super().save(*args, **(more | {"force_insert": True}))

    def delete(self, *args: Any, **more: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("audit entries are never removed")

    def content(self) -> dict[str, Any]:
        """What the hash covers: everything said, nothing the database numbered."""
        return {name: getattr(self, name) for name in TOLD}

    def fingerprint(self) -> str:
        """The hash its content has now; equal to ``hash`` unless somebody changed the row."""
        return canon.fingerprint(self.content())


class Tail(Leased):
    """The end of the chain, one row (key 1): how far it goes, and its last link.

    It is leased by the sealer at work; it is what the sealers compare and set, and what shows that entries were cut
    off at the end.
    """

    position = models.BigIntegerField(default=0)
    link = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.position} {self.link[:12]}"
