from __future__ import annotations

import pytest

from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.config.metrics import REGISTRY
from purveyor.outbox.models import Document

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def counted(state: str) -> float:
    return REGISTRY.get_sample_value("purveyor_documents_total", {"kind": "acknowledgement", "state": state}) or 0.0


def test_every_state_a_document_reaches_is_counted(profile, django_capture_on_commit_callbacks):
    now = clock.now()
    document = Document.objects.create(
        profile=profile, kind="acknowledgement", subject="COUNTED1", body=b"{}", digest="0", by="x",
        state_at=now, created_at=now,
    )  # fmt: skip
    before = counted("failed")
    with django_capture_on_commit_callbacks(execute=True):
        move(document, "failed", by="test")
    assert counted("failed") - before == 1
