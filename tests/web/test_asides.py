"""What stands aside, and the names of Amazon's that nobody knew."""

from __future__ import annotations

import pytest
from django.test import Client

from purveyor.common import clock
from purveyor.intake.models import FieldSeen

from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_names_never_seen_before_are_listed_without_their_values(anna: Client) -> None:
    assert "Never seen before" not in text_of(anna.get("/orders/aside/"))
    FieldSeen.objects.create(kind="order", name="orderDetails.giftWrap", example="blue", first_seen_at=clock.now())
    page = text_of(anna.get("/orders/aside/"))
    assert ("Never seen before" in page, "orderDetails.giftWrap" in page, "blue" in page) == (True, True, False)


def test_page_asks_as_often_for_three_names_as_for_one(anna: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for name in ("a", "b", "c"):
        FieldSeen.objects.create(kind="order", name=name, first_seen_at=clock.now())
        with CaptureQueriesContext(connection) as found:
            anna.get("/orders/aside/")
        counts.append(len(found))
    assert counts[0] == counts[2]
