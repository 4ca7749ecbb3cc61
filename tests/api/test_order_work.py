"""What is open about an order over REST: changes, holds, deadlines, the proposed answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.conftest import Caller
from deliver import document_of, pull, until_settled, work
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Acknowledgement, Change, Hold, Order
from purveyor.people.who import Who
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


@pytest.fixture
def changed(plugged: World, place: Callable[..., Order]) -> Order:
    """Answered in full, proved, then changed from ten pieces to four."""
    order = place({"amount": 10, "cost": "4.20"})
    acknowledge(ROOT, order.pk)
    work()
    until_settled(document_of(order))
    clock.turn(timedelta(minutes=1))
    plugged.change(order.number, quantities={"1": 4})
    return pull(order.profile, order.number)


def path(order: Order, tail: str = "") -> str:
    return f"/orders/acme-de/{order.number}{tail}"


def test_order_tells_changes_holds_and_deadlines(anna: Caller, changed: Order) -> None:
    found = anna.read(path(changed))
    (change,) = found["changes"]
    assert (change["version"], change["answered"], change["said"]) == (
        changed.version,
        True,
        ["Line 1: quantity from 10 pieces to 4 pieces."],
    )
    assert [(h["check"], h["released_at"]) for h in found["holds"]] == [("PO-05", None)]
    assert next((d["kind"], d["stage"]) for d in found["deadlines"]) == ("change", 0)
    assert (found["on_hold"], found["differences"]) == (True, [])
    assert [h["action"] for h in found["history"]].count("order.changed") == changed.version - 1


def test_proposal_can_be_sent_as_it_is(anna: Caller, changed: Order) -> None:
    found = anna.read(path(changed, "/proposal"))["proposal"]
    assert (found["rule"], found["problems"], found["compared"][0]["before"][0]["eaches"]) == ("FREE", [], 10)
    answer = anna.post(path(changed, "/acknowledgement"), {"lines": found["lines"], "confirm_hold": True})
    assert answer.status_code == 201
    assert [a.eaches for a in Acknowledgement.objects.latest("revision").answers.all()] == [4]


def test_held_order_is_refused_with_the_hold(anna: Caller, changed: Order) -> None:
    lines = anna.read(path(changed, "/proposal"))["proposal"]["lines"]
    answer = anna.post(path(changed, "/acknowledgement"), {"lines": lines})
    assert answer.status_code == 422
    assert [p["check"] for p in json.loads(answer.content)["problems"]] == ["HOLD"]
    assert Acknowledgement.objects.count() == 1


def test_hold_release_and_seen(anna: Caller, changed: Order) -> None:
    made = anna.post(path(changed, "/holds"), {"because": "wait"})
    hold = json.loads(made.content)
    assert (made.status_code, hold["check"]) == (201, "PERSON")
    freed = anna.post(path(changed, f"/holds/{hold['id']}/release"), {"because": "done"})
    assert json.loads(freed.content)["released_at"] is not None
    assert json.loads(anna.post(path(changed, "/seen")).content)["seen"] == 1
    assert Change.objects.get().seen_at == clock.now()


def test_stranger_finds_nothing(stranger: Caller, changed: Order) -> None:
    answers = [stranger.post(path(changed, tail), {"because": "x"}) for tail in ("/holds", "/seen")]
    assert {a.status_code for a in answers} == {404}
    assert (Change.objects.get().seen_at, Hold.objects.filter(check_id="PERSON").count()) == (None, 0)


def test_order_as_it_was_has_no_proposal(anna: Caller, place: Callable[..., Order]) -> None:
    assert anna.read(path(place(), "/proposal"))["proposal"] is None
