"""Every list asks the database as often for three rows as for one."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast, make_profile, make_user
from deliver import work
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.intake import cursors
from purveyor.intake.models import Aside
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.people.domain.tokens import make_token

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


@pytest.fixture
def more(cast: Cast, place: Place) -> dict[str, Callable[[int], Any]]:
    """What adds a row to each list."""

    def aside(n: int) -> None:
        told: dict[str, Any] = {"kind": "order", "raw": zlib.compress(b"{}"), "reason": "why", "at": clock.now()}
        Aside.objects.create(profile=cast.profile, content_hash=f"{n:064}", **told)

    def sent(n: int) -> None:
        acknowledge(cast.who("vendor_manager"), place().pk)
        work()

    def profile(n: int) -> None:
        made = make_profile(f"more-{n}")
        made.vendor_codes.create(code=f"MORE{n}")
        cursors.ensure(made)

    return {
        "/orders/": lambda n: place(),
        "/": lambda n: place(),
        "/documents/": sent,
        "/orders/aside/": aside,
        "/profiles/": profile,
        "/people/": lambda n: make_user(f"more-{n}", "warehouse", cast.profile),
        "/audit/": lambda n: record("sync.run", by="user:anna", obj=cast.profile),
        "/account/": lambda n: make_token(cast.administrator, f"more-{n}", ["orders.view"], cast.profile),
    }


def _count(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    "path",
    ["/", "/orders/", "/documents/", "/orders/aside/", "/profiles/", "/people/", "/audit/", "/account/"],
)
def test_list_asks_as_often_for_three_rows_as_for_one(
    path: str, root: Client, more: dict[str, Callable[[int], Any]]
) -> None:
    more[path](1)
    one = _count(root, path)
    more[path](2)
    more[path](3)
    assert _count(root, path) == one


def test_order_page_asks_as_often_for_three_lines_as_for_one(root: Client, place: Place) -> None:
    lines = [{"amount": 5, "cost": "1.00"} for _ in range(3)]
    one, three = place(lines[0]), place(*lines)
    assert _count(root, f"/orders/{three.pk}/") == _count(root, f"/orders/{one.pk}/")


def test_reading_pages_writes_nothing(root: Client, order: Order) -> None:
    """A page view is a read: no session, no cursor, nothing is saved by it."""
    root.get("/")
    for path in ("/", "/orders/", f"/orders/{order.pk}/", "/documents/", "/profiles/", "/people/", "/audit/"):
        with CaptureQueriesContext(connection) as found:
            root.get(path)
        assert [q["sql"] for q in found if not q["sql"].startswith("SELECT")] == [], path
