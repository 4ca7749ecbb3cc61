"""Counts, for the metrics, the states that documents reach."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model

from purveyor.config.metrics import DOCUMENTS
from purveyor.outbox.models import Document


def count(row: Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]) -> None:
    """A listener of every move; what is rolled back does not count."""
    if isinstance(row, Document):
        transaction.on_commit(functools.partial(_add, row.kind, new))


def _add(kind: str, state: str) -> None:
    DOCUMENTS.labels(kind, state).inc()
