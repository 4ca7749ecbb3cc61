"""``POST /orders/bulk``: assign, hold and release many orders, each alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cast import Cast
from cli.conftest import Run, run  # noqa: F401  the command line says the same
from purveyor.orders.models import Order

from .conftest import Caller

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def test_each_is_treated_alone_and_a_dry_run_does_nothing(anna: Caller, cast: Cast, place: Place) -> None:
    one, closed = place(), place()
    Order.objects.filter(pk=closed.pk).update(state="closed")
    body = {"do": "hold", "numbers": [one.number, closed.number, "NOTHERE1"], "because": "price"}
    would = json.loads(anna.post("/orders/bulk", body | {"dry_run": True}).content)
    assert (would["done"], would["refused"], Order.objects.filter(holds=1).count()) == (1, 2, 0)
    done = json.loads(anna.post("/orders/bulk", body).content)
    assert [(row["number"], row["ok"]) for row in done["orders"]] == [
        (one.number, True),
        (closed.number, False),
        ("NOTHERE1", False),
    ]
    assert [row["error"] and row["error"]["message"] for row in done["orders"]][1:] == [
        row["error"]["message"] for row in would["orders"][1:]
    ]
    assert list(Order.objects.filter(holds=1)) == [one]


def test_who_may_not_is_refused(stranger: Caller, place: Place) -> None:
    order = place()
    body = {"do": "assign", "numbers": [order.number], "person": "warehouse"}
    assert json.loads(stranger.post("/orders/bulk", body).content)["refused"] == 1
    assert Order.objects.filter(assigned_to=None).count() == 1


def test_command_assigns_and_says_who_was_left_out(run: Run, cast: Cast, place: Place) -> None:  # noqa: F811
    order = place()
    done = run("order", "assign", order.number, "--to", "warehouse", "--json")
    assert (done.status, done.json["done"]) == (0, 1)
    again = run("order", "assign", order.number, "--to", "warehouse", "--json")
    assert (again.status, again.json["refused"], again.json["error"]["problems"][0]["message"]) == (
        1,
        1,
        "It is theirs already.",
    )
    order.refresh_from_db()
    assert order.assigned_to == cast.warehouse
