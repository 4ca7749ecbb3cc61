"""Of which type an order is, over REST."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from api.conftest import Caller
from orders.offered import offered
from products.making import product
from purveyor.jobs.models import Run
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


@pytest.fixture
def order(place: Callable[..., Order], profile: Profile) -> Order:
    """An order that wants more than its offer has left."""
    offered(profile, (product(asin="B0TEST0001"), [50]))
    found = place({"amount": 60, "cost": "4.20", "asin": "B0TEST0001"}, type="RegularOrder", delivery_window=WINDOW)
    look_at(found.pk)
    return found


def path(order: Order) -> str:
    return f"/orders/acme-de/{order.number}/type"


def test_type_is_told_with_its_reasons(anna: Caller, order: Order) -> None:
    told = anna.read(path(order))
    assert (told["type"], told["offer"], told["overruled"]) == ("undefined", "BB-1", False)
    (made,) = told["decisions"]
    assert [(one["rule"], one["ok"]) for one in made["rules"]] == [("DAYS", True)]
    (line,) = made["lines"]
    assert (line["line"], line["row"], line["delivery"]) == ("1", 2, 1)
    assert line["rules"][-1] == {
        "rule": "QUANTITY",
        "ok": False,
        "message": "60 pieces are ordered, but only 50 of 50 were left.",
        "numbers": {"eaches": 60, "left": 50, "approved": 50},
    }
    assert anna.read(f"/orders/acme-de/{order.number}")["typed"] == told["decisions"]


def test_type_is_overruled_and_the_order_acknowledged(anna: Caller, order: Order) -> None:
    answer = anna.ask("PUT", path(order), {"type": "bulk", "offer": "BB-1", "reason": "Agreed.", "acknowledge": True})
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["type"], told["offer"], told["overruled"]) == ("bulk", "BB-1", True)
    assert anna.read(f"/orders/acme-de/{order.number}")["state"] == "acknowledging"


def test_what_cannot_be_said_is_a_problem_by_field(anna: Caller, order: Order) -> None:
    answer = anna.ask("PUT", path(order), {"type": "odd", "reason": " "})
    assert answer.status_code == 422
    assert [one["where"] for one in json.loads(answer.content)["problems"]] == ["type", "reason"]
    assert anna.ask("PUT", path(order), {"type": "weekly", "reason": "r", "version": 9}).status_code == 409


def test_dry_run_of_types_is_a_run_of_its_own(anna: Caller, order: Order) -> None:
    answer = anna.post("/profiles/acme-de/dry-run", {"of": "types", "settings": {"types.slack_days": "0"}})
    assert answer.status_code == 202
    assert Run.objects.get().kind == "type-dry-run"
