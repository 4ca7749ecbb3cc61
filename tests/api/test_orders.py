"""Orders over REST: lists, one order, its versions, preview, acknowledge, many."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.conftest import Caller, Make, said
from cast import Cast
from deliver import pull, pull_status, work
from plug import connect
from purveyor.common import clock
from purveyor.orders.models import Acknowledgement, Order, Request
from purveyor.outbox.models import Document
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]
CASES = {"amount": 6, "unit": "Cases", "unit_size": 12, "cost": "4.20", "asin": "B012345678"}
CUT = [
    {
        "line": "1",
        "answers": [
            {"code": "Accepted", "eaches": 60},
            {"code": "Rejected", "eaches": 12, "reason": "TemporarilyUnavailable"},
        ],
    }
]


def numbers(caller: Caller, query: str = "") -> list[str]:
    return [row["number"] for row in caller.read(f"/orders{query}")["orders"]]


def test_list_shows_every_fact_of_the_row(anna: Caller, place: Place) -> None:
    order = place(CASES)
    (row,) = anna.read("/orders")["orders"]
    assert [row[k] for k in ("number", "profile", "state", "type")] == [order.number, "acme-de", "new", "undefined"]
    assert (row["eaches"], row["line_count"], row["total"], row["ordered_at"]) == (
        72,
        1,
        "302.40",
        "2026-03-02T09:00:00Z",
    )


def test_list_is_narrowed(anna: Caller, root: Caller, place: Place) -> None:
    first = place(CASES, at=clock.now() - timedelta(hours=30))
    second = place({"amount": 1, "cost": "1.00"}, center="BER3")
    anna.post(f"/orders/acme-de/{second.number}/acknowledgement")
    assert numbers(anna) == [second.number, first.number]
    assert numbers(anna, "?state=new") == [first.number]
    assert numbers(anna, "?state=acknowledging") == [second.number]
    assert numbers(anna, "?type=weekly") == []
    assert numbers(anna, "?waiting=true") == [first.number]
    assert numbers(anna, "?overdue=true") == [first.number]
    assert numbers(anna, "?overdue=false") == [second.number, first.number]
    assert numbers(anna, "?profile=acme-de&q=B012345678") == [first.number]
    assert numbers(root, "?profile=other-uk") == []
    assert numbers(anna, "?ship_to=BER3") == [second.number]
    assert numbers(anna, f"?q={second.number[:5]}") == [second.number]


@pytest.mark.parametrize(
    ("query", "code"),
    [("?state=lost", "refused"), ("?limit=0", "invalid"), ("?limit=501", "invalid"), ("?limit=x", "invalid")],
)
def test_list_refuses_nonsense(anna: Caller, query: str, code: str) -> None:
    assert said(anna.get(f"/orders{query}")) == (422, code)


def test_list_asks_as_often_for_three_as_for_one(anna: Caller, place: Place) -> None:
    place()
    anna.get("/orders")
    with CaptureQueriesContext(connection) as once:
        anna.get("/orders")
    place()
    place()
    with CaptureQueriesContext(connection) as thrice:
        assert len(numbers(anna)) == 3
    assert len(thrice) == len(once)


def test_walk_survives_inserts_without_losing_or_repeating_any(anna: Caller, place: Place) -> None:
    """Between two pages orders come in before, at and behind the place where the walk stands."""
    hour = timedelta(hours=1)
    there = [place(at=clock.now() - n // 2 * hour).number for n in range(7)]
    seen: list[str] = []
    cursor, steps = "", 0
    while True:
        told = anna.read(f"/orders?limit=2&cursor={cursor}")
        seen += [row["number"] for row in told["orders"]]
        steps += 1
        cursor = told["next"]
        if not cursor:
            break
        place(at=clock.now())
    assert sorted(number for number in seen if number in there) == sorted(there)
    assert len(seen) == len(set(seen))
    assert steps == 4


def test_walk_survives_changes_of_what_is_listed(anna: Caller, place: Place) -> None:
    there = [place(at=clock.now() - timedelta(hours=n)).number for n in range(4)]
    first = anna.read("/orders?limit=2&state=new")
    for number in there[:2]:
        anna.post(f"/orders/acme-de/{number}/acknowledgement")
    rest = anna.read(f"/orders?limit=2&state=new&cursor={first['next']}")
    assert [row["number"] for row in first["orders"] + rest["orders"]] == there


def test_show_holds_the_contract(anna: Caller, place: Place) -> None:
    order = place(CASES, {"amount": 5, "cost": "1.00"})
    shown = anna.read(f"/orders/acme-de/{order.number}")
    assert [line["line"] for line in shown["lines"]] == ["1", "2"]
    assert shown["lines"][0]["ordered"] == {"eaches": 72, "amount": 6, "unit": "Cases", "unit_size": 12}
    assert {"asin", "acknowledged", "received", "findings", "net_cost"} <= set(shown["lines"][0])
    assert {"versions", "history", "documents", "needs_answer", "parties"} <= set(shown)


def test_show_leaves_documents_out_for_who_may_not_see_them(cast: Cast, caller: Make, place: Place) -> None:
    order = place()
    both = caller(cast.vendor_manager, "orders.view", "orders.acknowledge", "documents.view")
    both.post(f"/orders/acme-de/{order.number}/acknowledgement")
    assert len(both.read(f"/orders/acme-de/{order.number}")["documents"]) == 1
    shown = caller(cast.vendor_manager, "orders.view").read(f"/orders/acme-de/{order.number}")
    assert (shown["documents"], [s["action"] for s in shown["history"]]) == (
        [],
        ["order.received", "order.acknowledged"],
    )


def test_show_asks_as_often_for_many_lines_as_for_one(anna: Caller, place: Place) -> None:
    one, many = place(CASES), place(*[CASES] * 5)
    counts = []
    for order in (one, one, many):
        with CaptureQueriesContext(connection) as asked:
            anna.read(f"/orders/acme-de/{order.number}")
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_versions_are_word_for_word(anna: Caller, place: Place, plugged: World, profile: Profile) -> None:
    order = place(CASES)
    plugged.change(order.number, quantities={"1": 3})
    pull(profile, order.number)
    pull_status(profile, order.number)
    path = f"/orders/acme-de/{order.number}/versions"
    amounts = []
    for version in (1, 2):
        answer = anna.get(f"{path}/{version}")
        assert answer.content == order.snapshots.get(kind="order", version=version).document()
        amounts.append(json.loads(answer.content)["orderDetails"]["items"][0]["orderedQuantity"]["amount"])
    assert amounts == [6, 3]
    assert json.loads(anna.get(f"{path}/1?kind=status").content)["purchaseOrderNumber"] == order.number
    assert said(anna.get(f"{path}/9")) == (404, "not-found")
    assert said(anna.get(f"{path}/1?kind=rumour")) == (422, "invalid")


def test_preview_is_exactly_what_is_sent_and_decides_nothing(anna: Caller, place: Place) -> None:
    order = place(CASES)
    path = f"/orders/acme-de/{order.number}/acknowledgement"
    seen = anna.post(f"{path}/preview", {"lines": CUT})
    assert (seen.status_code, Acknowledgement.objects.count(), Document.objects.count()) == (200, 0, 0)
    assert anna.post(path, {"lines": CUT}).status_code == 201
    assert bytes(Document.objects.get().body) == seen.content


def test_acknowledge_in_full_reaches_amazon_once(anna: Caller, place: Place, plugged: World) -> None:
    order = place(CASES)
    answer = anna.post(f"/orders/acme-de/{order.number}/acknowledgement", {"because": "as usual"})
    told = json.loads(answer.content)
    assert (answer.status_code, told["ok"], told["state"], told["error"]) == (201, True, "acknowledging", None)
    assert told["acknowledgement"]["document"] == Document.objects.get().pk
    assert (told["acknowledgement"]["because"], told["acknowledgement"]["by"]) == (
        "as usual",
        "token:vendor-manager/erp 0",
    )
    work()
    assert len(plugged.acknowledgements(order.number)) == 1


def test_acknowledge_again_is_a_conflict(anna: Caller, place: Place) -> None:
    order = place()
    path = f"/orders/acme-de/{order.number}/acknowledgement"
    anna.post(path)
    assert said(anna.post(path)) == (409, "conflict")
    assert Acknowledgement.objects.count() == 1


def test_acknowledge_another_version_than_seen_is_a_conflict(
    anna: Caller, place: Place, plugged: World, profile: Profile
) -> None:
    order = place(CASES)
    plugged.change(order.number, quantities={"1": 3})
    pull(profile, order.number)
    path = f"/orders/acme-de/{order.number}/acknowledgement"
    assert said(anna.post(path, {"version": 1})) == (409, "conflict")
    assert Acknowledgement.objects.count() == 0
    assert anna.post(path, {"version": 2}).status_code == 201


def test_acknowledge_refused_names_each_problem_and_changes_nothing(anna: Caller, place: Place) -> None:
    order = place(CASES, CASES)
    answer = anna.post(f"/orders/acme-de/{order.number}/acknowledgement", {"lines": CUT})
    assert said(answer) == (422, "refused")
    assert [(p["check"], p["where"]) for p in json.loads(answer.content)["problems"]] == [("AC-01", "lines[2]")]
    order.refresh_from_db()
    assert (order.state, Acknowledgement.objects.count()) == ("new", 0)


@pytest.mark.parametrize("lines", [[], {}, "all", 1, [{"line": "1"}], [{"line": "1", "answers": [{"code": 1}]}]])
def test_acknowledge_lines_of_another_shape_are_refused(anna: Caller, place: Place, lines: Any) -> None:
    order = place()
    answer = anna.post(f"/orders/acme-de/{order.number}/acknowledgement", {"lines": lines})
    assert (said(answer), Acknowledgement.objects.count()) == ((422, "refused"), 0)


def test_rejecting_needs_its_own_permission(cast: Cast, caller: Make, place: Place) -> None:
    order = place(CASES)
    token = caller(cast.vendor_manager, "orders.view", "orders.acknowledge")
    for path in ("", "/preview"):
        answer = token.post(f"/orders/acme-de/{order.number}/acknowledgement{path}", {"lines": CUT})
        assert said(answer) == (403, "denied")
    assert Acknowledgement.objects.count() == 0


def test_elsewhere_blocks_until_confirmed(anna: Caller, place: Place, plugged: World, profile: Profile) -> None:
    order = place(CASES)
    plugged.acknowledge_elsewhere(order.number)
    pull_status(profile, order.number)
    path = f"/orders/acme-de/{order.number}/acknowledgement"
    answer = anna.post(path)
    assert [p["check"] for p in json.loads(answer.content)["problems"]] == ["ELSEWHERE"]
    assert anna.post(path, {"confirm_elsewhere": True}).status_code == 201


def test_many_are_answered_each_alone(anna: Caller, place: Place) -> None:
    first, second, third = place(CASES), place(CASES), place(CASES)
    anna.post(f"/orders/acme-de/{second.number}/acknowledgement")
    answer = anna.post(
        "/orders/acknowledge",
        {
            "numbers": [first.number, second.number, "NONE"],
            "orders": [{"number": third.number, "lines": CUT}],
            "because": "all",
        },
    )
    told = json.loads(answer.content)
    assert (answer.status_code, told["acknowledged"], told["refused"]) == (200, 2, 2)
    outcomes = {row["number"]: row["ok"] or row["error"]["code"] for row in told["orders"]}
    assert outcomes == {first.number: True, second.number: "conflict", "NONE": "not-found", third.number: True}
    assert Acknowledgement.objects.count() == 3


def test_many_named_twice_or_unreadable_is_refused_as_a_whole(anna: Caller, place: Place) -> None:
    order = place(CASES)
    both = {"numbers": [order.number], "orders": [{"number": order.number, "lines": CUT}]}
    assert said(anna.post("/orders/acknowledge", both)) == (422, "refused")
    assert said(anna.post("/orders/acknowledge", {"orders": [{"number": order.number}]})) == (422, "refused")
    assert Acknowledgement.objects.count() == 0


def test_an_ambiguous_number_is_refused_with_the_profiles(root: Caller, place: Place, plugged: World) -> None:
    order = place(CASES)
    other = connect(plugged.add_account("other-vendor", marketplace="FR", vendor_codes=("OTHER",)), name="acme-fr")
    plugged.place(number=order.number, lines=1, account="other-vendor")
    pull(other, order.number)
    told = json.loads(root.post("/orders/acknowledge", {"numbers": [order.number]}).content)
    assert (told["orders"][0]["error"]["code"], told["orders"][0]["error"]["profiles"]) == (
        "ambiguous",
        ["acme-de", "acme-fr"],
    )
    assert Acknowledgement.objects.count() == 0
    told = json.loads(root.post("/orders/acknowledge", {"numbers": [order.number], "profile": "acme-fr"}).content)
    assert told["orders"][0]["profile"] == "acme-fr"
    assert root.read(f"/orders/acme-fr/{order.number}")["line_count"] == 1


def test_answer_that_waits_for_a_second_person_is_taken_once(anna: Caller, place: Place) -> None:
    order = place(CASES)
    path = f"/orders/acme-de/{order.number}/acknowledgement"
    for_good = [{"line": "1", "answers": [{"code": "Rejected", "eaches": 72, "reason": "ObsoleteProduct"}]}]
    answers = [anna.post(path, {"lines": for_good}, idempotency_key="once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[1].content == answers[0].content
    told = json.loads(answers[0].content)
    assert (told["ok"], told["state"], told["acknowledgement"]) == (False, "new", None)
    assert (told["error"]["code"], told["error"]["remedy"]) == ("awaits-second", "wait")
    assert (Request.objects.get().order_id, Acknowledgement.objects.count()) == (order.pk, 0)
