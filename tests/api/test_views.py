"""``/views``: saved views over REST, in the words of the other doors."""

from __future__ import annotations

import json

import pytest

from cast import Cast
from purveyor.people.models import View

from .conftest import Make

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_view_is_saved_listed_changed_and_deleted(cast: Cast, caller: Make) -> None:
    mine = caller(cast.vendor_manager)
    body = {"list": "orders", "name": "Urgent", "query": {"state": "waiting"}, "columns": ["due"], "shared": True}
    answer = mine.post("/views", body)
    made = json.loads(answer.content)
    assert answer.status_code == 201
    assert made == {
        "id": made["id"],
        "list": "orders",
        "name": "Urgent",
        "owner": "vendor-manager",
        "query": {"state": ["waiting"]},
        "columns": ["number", "due"],
        "shared": True,
        "profile": None,
        "default": False,
    }
    assert caller(cast.warehouse).read("/views?list=orders")["views"] == [made]
    assert caller(cast.warehouse).ask("PATCH", f"/views/{made['id']}", {"name": "Mine"}).status_code == 403
    assert json.loads(mine.post("/views/default", {"list": "orders", "view": made["id"]}).content)["views"][0][
        "default"
    ]
    assert json.loads(mine.ask("PATCH", f"/views/{made['id']}", {"shared": False}).content)["shared"] is False
    assert caller(cast.warehouse).get(f"/views/{made['id']}").status_code == 404
    assert mine.ask("DELETE", f"/views/{made['id']}").status_code == 204
    assert View.objects.count() == 0


def test_view_that_makes_no_sense_is_refused(cast: Cast, caller: Make) -> None:
    answer = caller(cast.vendor_manager).post("/views", {"list": "orders", "name": "x", "query": {"state": "no"}})
    assert (answer.status_code, View.objects.count()) == (422, 0)
