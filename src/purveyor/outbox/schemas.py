"""A document as machines see it (DESIGN §6); every door shows this, and never a secret."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from purveyor.common.windows import zulu
from purveyor.outbox.models import Attempt, Document


def document_row(document: Document) -> dict[str, Any]:
    """One line of ``outbox list``. ``problem`` is null while there is none."""
    return {
        "id": document.pk,
        "kind": document.kind,
        "subject": document.subject,
        "profile": document.profile.name,
        "state": document.state,
        "state_at": _at(document.state_at),
        "transaction_id": document.transaction_id or None,
        "sent_at": _at(document.sent_at),
        "created_at": _at(document.created_at),
        "due_at": _at(document.due_at),
        "by": document.by,
        "digest": document.digest,
        "problem": document.said_problem or None,
    }


def document_full(document: Document) -> dict[str, Any]:
    """``outbox show``: the row, the exact body, and every attempt with its exchange."""
    return document_row(document) | {
        "body": json.loads(bytes(document.body)),
        "attempts": [attempt_row(attempt) for attempt in document.attempts.all()],
    }


def attempt_row(attempt: Attempt) -> dict[str, Any]:
    """One try at sending. ``outcome`` is null while it lasts, or when its worker died."""
    return {
        "number": attempt.number,
        "started_at": _at(attempt.started_at),
        "finished_at": _at(attempt.finished_at),
        "outcome": attempt.outcome or None,
        "status": attempt.status,
        "request_id": attempt.request_id or None,
        "exchange": attempt.exchange,
    }


def _at(moment: datetime | None) -> str | None:
    return zulu(moment) if moment else None
