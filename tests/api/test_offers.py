"""Offers over REST: paged, answered with both sides of a clash, gone through their stages."""

from __future__ import annotations

import pytest

from api.conftest import Caller, said
from cast import Cast
from offers import making
from purveyor.offers.models import Offer

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def found(cast: Cast) -> Offer:
    return making.offer(cast.profile, making.UNKNOWN)


def test_list_is_filtered_and_paged(root: Caller, cast: Cast, found: Offer) -> None:
    other = making.offer(cast.profile, number="BB-2")
    first = root.get("/offers?limit=1").json()
    assert [one["number"] for one in first["offers"]] == [other.number]
    second = root.get(f"/offers?limit=1&cursor={first['next']}").json()
    assert ([one["number"] for one in second["offers"]], second["next"]) == ([found.number], "")
    assert len(root.get("/offers?stage=commerce&state=open").json()["offers"]) == 2
    assert said(root.get("/offers?state=odd")) == (422, "refused")


def test_board_is_read_in_parts(root: Caller, found: Offer) -> None:
    first = root.get(f"/offers/{found.pk}/board?stage=commerce&limit=2").json()
    assert ([row["row"] for row in first["rows"]], first["next"]) == ([5, 6], 6)
    rest = root.get(f"/offers/{found.pk}/board?stage=commerce&limit=2&after=6").json()
    assert ([row["row"] for row in rest["rows"]], rest["next"]) == ([9], None)


def test_answers_are_taken_and_clashes_told(root: Caller, found: Offer) -> None:
    path = f"/offers/{found.pk}/answers"
    cell = {"row": 5, "delivery": 1, "version": 0, "quantity": 80, "price": "4.25"}
    taken = root.ask("PUT", path, {"stage": "commerce", "answers": [cell]}).json()
    assert taken["cells"][0]["mine"]["price"] == "4.25"
    again = root.ask("PUT", path, {"stage": "commerce", "answers": [cell | {"quantity": 60}]}).json()
    assert (again["cells"], again["clashes"][0]["now"]["quantity"], again["clashes"][0]["version"]) == ([], 80, 1)
    told = root.get(f"/offers/{found.pk}/cells/5/1").json()
    assert [(one["version"], one["quantity"], one["how"]) for one in told["history"]] == [(1, 80, "api")]


def test_stale_version_is_a_conflict(root: Caller, found: Offer) -> None:
    root.post(f"/offers/{found.pk}/approve", {"stage": "commerce"})
    assert said(root.post(f"/offers/{found.pk}/hand-on", {"version": found.version})) == (409, "conflict")
    assert root.post(f"/offers/{found.pk}/hand-on", {}).json()["stage"] == "manufacturing"


def test_facts_are_changed_by_name(root: Caller, found: Offer) -> None:
    body = {"title": "Spring", "deliveries": {"1": {"name": "First"}}}
    told = root.ask("PATCH", f"/offers/{found.pk}", body).json()
    assert (told["title"], told["deliveries"][0]["name"]) == ("Spring", "First")
    wrong = root.ask("PATCH", f"/offers/{found.pk}", {"zone": "Europe/Nowhere"})
    assert said(wrong) == (422, "refused")
    for year in ("0001", "9999"):
        odd = root.ask("PATCH", f"/offers/{found.pk}", {"expires_at": f"{year}-12-31T23:59:59-23:00"})
        assert said(odd) == (422, "refused")


@pytest.mark.parametrize("row", [2**63, 10**30])
def test_row_beyond_every_number_is_none(root: Caller, found: Offer, row: int) -> None:
    cells = [{"row": row, "delivery": 1, "quantity": 1}, {"row": 5, "delivery": 1, "quantity": 1}]
    told = root.ask("PUT", f"/offers/{found.pk}/answers", {"stage": "commerce", "answers": cells}).json()
    assert [one["row"] for one in told["cells"]] == [5]
    assert [one["where"] for one in told["problems"]] == [f"row {row}, delivery 1"]
