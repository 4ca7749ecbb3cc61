"""Every misbehaviour, in process: what the caller sees, and whether the work was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.simulator.faults import KINDS, OPERATIONS, Place
from purveyor.simulator.world import World
from simulator.talk import ACKNOWLEDGE, ORDERS, STATUS, TEN, Talk, ago, answer, entry, item

pytestmark = pytest.mark.unit


@pytest.fixture
def number(world: World, talk: Talk) -> str:
    """An order to answer, and a token in hand."""
    talk.headers()
    return world.place("PURCHASE", lines=[TEN], vendor_code="WALD1")


def acknowledge(talk: Talk) -> TestResponse:
    return talk.acknowledge(answer("PURCHASE", item("1", entry(10))))


def error_of(response: TestResponse) -> tuple[int, str]:
    return response.status_code, response.json["errors"][0]["code"]


def test_throttled(talk: Talk, world: World, number: str) -> None:
    world.faults.once("throttled")
    assert error_of(acknowledge(talk)) == (429, "QuotaExceeded")
    assert world.acknowledgements(number) == []
    assert acknowledge(talk).status_code == 202


def test_server_error(talk: Talk, world: World, number: str) -> None:
    world.faults.once("server-error")
    assert error_of(acknowledge(talk)) == (500, "InternalFailure")
    assert world.acknowledgements(number) == []


@pytest.mark.parametrize(("name", "status"), [("server-error", 500), ("html-error", 502), ("empty-503", 503)])
def test_error_after_the_work_was_done(talk: Talk, world: World, number: str, name: str, status: int) -> None:
    world.faults.once(name, after=True)
    assert acknowledge(talk).status_code == status
    assert len(world.acknowledgements(number)) == 1


def test_html_error(talk: Talk, world: World, number: str) -> None:
    world.faults.once("html-error")
    response = acknowledge(talk)
    assert (response.status_code, response.mimetype) == (502, "text/html")
    assert response.text.startswith("<!DOCTYPE html>")
    assert world.acknowledgements(number) == []


def test_empty_503(talk: Talk, world: World, number: str) -> None:
    world.faults.once("empty-503")
    response = acknowledge(talk)
    assert (response.status_code, response.data) == (503, b"")
    assert world.acknowledgements(number) == []


@pytest.mark.parametrize(
    ("name", "raised", "done"),
    [
        ("reset", ConnectionResetError, 0),
        ("refused", ConnectionRefusedError, 0),
        ("lost-reply", ConnectionResetError, 1),
    ],
)
def test_broken_line(talk: Talk, world: World, number: str, name: str, raised: type[OSError], done: int) -> None:
    world.faults.once(name)
    with pytest.raises(raised):
        acknowledge(talk)
    assert len(world.acknowledgements(number)) == done
    assert world.requests.answers[("submitAcknowledgement", 0)] == 1


def test_slow_turns_the_clock(talk: Talk, world: World, number: str) -> None:
    world.faults.once("slow", seconds=7)
    before = clock.now()
    assert acknowledge(talk).status_code == 202
    assert clock.now() - before == timedelta(seconds=7)


def test_too_slow_times_out_after_the_work_was_done(talk: Talk, world: World, number: str) -> None:
    world.faults.once("slow", seconds=31)
    before = clock.now()
    with pytest.raises(TimeoutError):
        acknowledge(talk)
    assert clock.now() - before == timedelta(seconds=30)
    assert len(world.acknowledgements(number)) == 1


def test_patience_is_the_callers(talk: Talk, world: World, number: str) -> None:
    world.faults.always("slow", seconds=5)
    headers = talk.headers()
    with pytest.raises(TimeoutError):
        talk.client.get(ORDERS, headers=headers, environ_base={"purveyor.timeout": 4})
    assert talk.client.get(ORDERS, headers=headers, environ_base={"purveyor.timeout": 6}).status_code == 200


def test_malformed_json(talk: Talk, world: World, number: str) -> None:
    world.faults.once("malformed-json")
    response = acknowledge(talk)
    assert (response.status_code, response.is_json) == (202, True)
    assert not response.data.endswith(b"}")
    assert response.headers["Content-Length"] == str(len(response.data))
    assert len(world.acknowledgements(number)) == 1


def listed_state(talk: Talk) -> str:
    return str(talk.orders().json["payload"]["orders"][0]["purchaseOrderState"])


def single_state(talk: Talk) -> str:
    return str(talk.get(f"{ORDERS}/PURCHASE").json["payload"]["purchaseOrderState"])


def confirmation(talk: Talk) -> str:
    return str(talk.status("PURCHASE")["itemStatus"][0]["acknowledgementStatus"]["confirmationStatus"])


def transaction_status(talk: Talk) -> str:
    return str(talk.transaction(acknowledge(talk).json["payload"]["transactionId"])["status"])


@pytest.mark.parametrize(
    ("ask", "word", "usual"),
    [
        (listed_state, "OnHold", "New"),
        (single_state, "OnHold", "New"),
        (confirmation, "DEFERRED", "UNCONFIRMED"),
        (transaction_status, "Queued", "Processing"),
    ],
)
def test_unknown_enum(talk: Talk, world: World, number: str, ask: Callable[[Talk], str], word: str, usual: str) -> None:
    world.faults.once("unknown-enum")
    assert [ask(talk), ask(talk)] == [word, usual]


def test_unknown_enum_changes_nothing_else(talk: Talk, world: World, number: str) -> None:
    world.place("SECONDPO", lines=1)
    before = talk.orders()
    world.faults.once("unknown-enum")
    after = talk.orders()
    first, second = after.json["payload"]["orders"]
    assert (after.status_code, after.headers["x-amzn-RateLimit-Limit"]) == (200, "10.0")
    assert [first | {"purchaseOrderState": "New"}, second] == before.json["payload"]["orders"]


def test_unknown_enum_leaves_errors_and_empty_lists_alone(talk: Talk, world: World) -> None:
    world.faults.always("unknown-enum")
    assert talk.orders().json == {"payload": {"orders": []}}
    assert talk.orders(limit="0").status_code == 400


@pytest.mark.parametrize("path", [ORDERS, STATUS])
def test_spurious_400_strikes_in_mid_paging_only(talk: Talk, world: World, path: str) -> None:
    world.place_many(3, lines=1)
    world.faults.once("spurious-400")
    first = talk.get(path, limit="2").json["payload"]
    token = first["pagination"]["nextToken"]
    assert error_of(talk.get(path, limit="2", nextToken=token)) == (400, "InvalidInput")
    assert talk.get(path, limit="2", nextToken=token).status_code == 200


@pytest.mark.parametrize("descending", [False, True])
def test_empty_page_leads_on_from_the_same_place(talk: Talk, world: World, descending: bool) -> None:
    world.settings.honour_sort = descending
    numbers = world.place_many(4, lines=1)
    params = {"limit": "2", "createdAfter": ago(days=7), "sortOrder": "DESC"}
    found, token, tokens = [], {}, []
    world.faults.once("empty-page", times=2)
    for _ in range(4):
        body = talk.orders(**(params | token)).json["payload"]
        found.append([order["purchaseOrderNumber"] for order in body["orders"]])
        token = {"nextToken": body.get("pagination", {}).get("nextToken", "")}
        tokens.append(token["nextToken"])
    numbers = numbers[::-1] if descending else numbers
    assert found == [[], [], numbers[:2], numbers[2:]]
    assert len(set(tokens)) == 4


def test_repeated_token(talk: Talk, world: World) -> None:
    world.place_many(5, lines=1)
    world.faults.once("repeated-token")
    first = talk.get(ORDERS, limit="2").json["payload"]["pagination"]["nextToken"]
    again = talk.get(ORDERS, limit="2", nextToken=first).json["payload"]
    assert (len(again["orders"]), again["pagination"]["nextToken"]) == (2, first)


@pytest.mark.parametrize(
    ("name", "details"), [("expired-token", "expired"), ("revoked", "revoked"), ("missing-role", "forbidden")]
)
def test_access_is_denied(talk: Talk, world: World, number: str, name: str, details: str) -> None:
    world.faults.once(name)
    response = acknowledge(talk)
    assert error_of(response) == (403, "Unauthorized")
    assert details in response.json["errors"][0]["details"]
    assert world.acknowledgements(number) == []
    assert acknowledge(talk).status_code == 202


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("throttled", 429, "temporarily_unavailable"),
        ("server-error", 500, "server_error"),
        ("revoked", 400, "invalid_grant"),
    ],
)
def test_login_fails_in_its_own_words(talk: Talk, world: World, name: str, status: int, error: str) -> None:
    world.faults.once(name, "token")
    response = talk.sign_in()
    assert (response.status_code, response.json["error"]) == (status, error)
    assert talk.sign_in().status_code == 200


def test_processing_for_ever_is_never_acted_on(talk: Talk, world: World, number: str) -> None:
    world.faults.once("processing-for-ever")
    found = talk.outcome(answer(number, item("1", entry(11))))
    world.advance(timedelta(minutes=30))
    assert found["status"] == "Processing"
    assert world.order(number).state == "New"
    assert [str(one.outcome) for one in world.acknowledgements(number)] == ["pending"]


def test_failure_without_reason_says_nothing(talk: Talk, world: World, number: str) -> None:
    world.faults.once("failure-without-reason")
    found = talk.outcome(answer(number, item("1", entry(10))))
    assert (found["status"], found["errors"]) == ("Failure", [{"code": "NotAvailable", "message": ""}] * 2)
    assert world.order(number).state == "New"
    assert [str(one.outcome) for one in world.acknowledgements(number)] == ["bad"]


def test_fault_strikes_its_operation_only(talk: Talk, world: World, number: str) -> None:
    world.faults.always("server-error", "submitAcknowledgement")
    assert talk.get(ORDERS).status_code == 200
    assert acknowledge(talk).status_code == 500


def test_fault_strikes_so_many_times(talk: Talk, world: World, number: str) -> None:
    world.faults.once("server-error", times=2)
    assert [talk.get(ORDERS).status_code for _ in range(3)] == [500, 500, 200]
    assert world.faults.rules == ()
    assert world.faults.taken == Counter({("server-error", "getPurchaseOrders"): 2})


def test_fault_lasts_until_cleared(talk: Talk, world: World, number: str) -> None:
    world.faults.always("server-error")
    world.faults.always("throttled", "token")
    assert [talk.get(ORDERS).status_code for _ in range(3)] == [500] * 3
    world.faults.clear("server-error")
    assert talk.get(ORDERS).status_code == 200
    assert [rule.name for rule in world.faults.rules] == ["throttled"]
    world.faults.clear()
    assert world.faults.rules == ()


def test_outcome_faults_never_befall_reading(talk: Talk, world: World, number: str) -> None:
    world.faults.once("processing-for-ever")
    assert talk.get(ORDERS).status_code == 200
    assert [rule.times for rule in world.faults.rules] == [1]


def thrown(seed: int, **dice: float) -> list[str]:
    world = World(scenario="quiet", secrets_from_seed=True)
    world.faults.dice(seed, dict(dice.items()))
    hits = [world.faults.draw("getPurchaseOrders", page=2) for _ in range(400)]
    return [hit.name if hit else "" for hit in hits]


def test_dice_are_seeded(held_clock: Any) -> None:
    chances = {"throttled": 0.1, "reset": 0.1}
    assert thrown(1, **chances) == thrown(1, **chances)
    assert thrown(1, **chances) != thrown(2, **chances)


def test_dice_keep_to_their_chances(held_clock: Any) -> None:
    found = Counter(thrown(1, throttled=0.25, reset=0.0))
    assert set(found) == {"", "throttled"}
    assert 70 < found["throttled"] < 130


def test_dice_keep_to_their_operations(world: World) -> None:
    world.faults.dice(1, {"throttled": 1.0}, operations=["token"])
    assert world.faults.draw("getPurchaseOrders") is None
    hit = world.faults.draw("token")
    assert hit is not None
    assert (hit.name, hit.place) == ("throttled", Place.BEFORE)


def test_unknown_names_are_refused(world: World) -> None:
    with pytest.raises(Refused, match="throttled"):
        world.faults.once("thunder")
    with pytest.raises(Refused, match="getTransaction"):
        world.faults.once("throttled", "getOrders")
    assert world.faults.rules == ()


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_can_befall_what_it_says(world: World, name: str) -> None:
    world.faults.always(name)
    struck = {operation for operation in OPERATIONS if world.faults.draw(operation, page=2)}
    assert struck == set(KINDS[name].operations)


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"reset", "refused", "lost-reply"}))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_fault_breaks_the_stand_in_itself(talk: Talk, world: World, number: str, name: str, operation: str) -> None:
    world.faults.always(name)
    asks: dict[str, Callable[[], TestResponse]] = {
        "token": talk.sign_in,
        "getPurchaseOrders": lambda: talk.get(ORDERS),
        "getPurchaseOrder": lambda: talk.get(f"{ORDERS}/PURCHASE"),
        "getPurchaseOrdersStatus": lambda: talk.get(STATUS),
        "submitAcknowledgement": lambda: talk.post(ACKNOWLEDGE, {"acknowledgements": []}),
        "getTransaction": lambda: talk.get("/vendor/transactions/v1/transactions/x"),
    }
    assert asks[operation]().status_code >= 200
