"""Every list asks the database as often for three rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.conftest import Caller
from cast import Cast, make_user
from deliver import ANNA
from purveyor.common import clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.orders.models import Order
from purveyor.people.domain.tokens import make_token
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def one_more(cast: Cast, profile: Profile, root: Caller, place: Callable[..., Order]) -> Callable[[int], None]:
    """One more of everything that is listed."""

    def add(number: int) -> None:
        user = make_user(f"user-{number}", "auditor", profile)
        make_token(user, "erp", ["orders.view"], profile)
        runs.start("sync", profile, {"sweeps": ["new"]}, ANNA.name)
        told: dict[str, Any] = {"profile": profile, "kind": "order", "reason": "odd", "at": clock.now()}
        Aside.objects.create(raw=b"x", content_hash=str(number), **told)
        root.post(f"/orders/{profile}/{place().number}/acknowledgement")

    return add


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/orders", "orders"),
        ("/orders?q=B0", "orders"),
        ("/orders?waiting=true", "orders"),
        ("/documents", "documents"),
        ("/runs", "runs"),
        ("/asides", "asides"),
        ("/audit", "entries"),
        ("/people/users", "users"),
        ("/people/tokens", "tokens"),
        ("/profiles", "profiles"),
        ("/today", "orders"),
    ],
)
def test_list_asks_as_often_for_three_as_for_one(
    path: str, name: str, root: Caller, one_more: Callable[[int], None]
) -> None:
    one_more(1)
    root.get(path)
    with CaptureQueriesContext(connection) as once:
        before = len(root.read(path)[name])
    one_more(2)
    one_more(3)
    with CaptureQueriesContext(connection) as thrice:
        after = len(root.read(path)[name])
    assert len(thrice) == len(once)
    grows = path not in ("/profiles", "/today", "/orders?q=B0", "/orders?waiting=true")
    assert (after > before) == grows
