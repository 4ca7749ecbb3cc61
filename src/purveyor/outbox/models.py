"""Documents to Amazon: stored before they are sent, sent once, followed to their end."""

from __future__ import annotations

from typing import Any

from django.db import models

from purveyor.base.phrase import read
from purveyor.jobs.lease import Leased
from purveyor.outbox.states import DOCUMENT, UNSETTLED, DocumentState


class Document(Leased):
    """One document. ``body`` is the exact bytes that leave, ``digest`` their SHA-256, ``by`` who approved it.

    ``baseline`` is what Amazon's status showed before sending; the look-up of an unknown compares with it.
    ``problem`` is {"code", "message", "remedy", "said", "request_id", "at"} or {}: our words, the remedy, Amazon's;
    and ``told``, of which ours are made (``said_problem`` has them in the reader's language).
    ``due_at`` is when the next step (send, follow, look up) is due; the lease marks the worker that takes it.
    """

    machine = DOCUMENT

    profile = models.ForeignKey("profiles.Profile", models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=40)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=120)
    baseline = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default=DocumentState.QUEUED)
    state_at = models.DateTimeField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    transaction_id = models.CharField(max_length=100, blank=True, default="")
    problem = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "kind", "subject"],
                condition=models.Q(state__in=sorted(UNSETTLED)),
                name="one_unsettled_document",
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="document_due"),
            models.Index(fields=["subject"], name="document_subject"),
            models.Index(fields=["transaction_id"], name="document_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def said_problem(self) -> dict[str, Any]:
        """The problem with our words in the language of the moment; {} for none."""
        return read(self.problem)


class Attempt(models.Model):
    """One try at sending: written before the bytes leave (``outcome`` empty), completed after; redacted."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True, default="")
    status = models.PositiveIntegerField(null=True)
    request_id = models.CharField(max_length=80, blank=True, default="")
    exchange = models.JSONField(default=dict)

    class Meta:
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="attempt_number_once")]


class Hold(models.Model):
    """Sending is held for the whole installation, for example after a restore, until a person releases it."""

    reason = models.TextField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=120, blank=True, default="")


class BulkDone(models.Model):
    """What became of one order of a long deed on many (``bulk_run``), written with the deed itself; so that a worker
    that is killed leaves nothing uncounted. Counted into the run's result every few orders, and gone then.

    ``undo`` is what taking it back needs, ``why`` why it was left out; ``done`` says which of the two it was.
    """

    run = models.ForeignKey("jobs.Run", models.CASCADE, related_name="+")
    order_id = models.BigIntegerField()
    number = models.CharField(max_length=40, blank=True, default="")
    done = models.BooleanField()
    undo = models.JSONField(null=True)
    why = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "order_id"], name="bulk_order_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.order_id}"
