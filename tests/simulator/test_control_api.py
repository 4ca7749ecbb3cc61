"""The control API: JSON with a bearer token; drives orders, clock, faults, accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from purveyor.common import clock
from purveyor.simulator.world import World
from simulator.talk import ORDERS, TEN, Talk

pytestmark = pytest.mark.unit


class Control:
    """Drives one world by JSON."""

    def __init__(self, talk: Talk) -> None:
        self.client = talk.client
        self.token = talk.world.control_token

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open("/control/api" + path, method=method, json=body, query_string=params, headers=headers)

    def get(self, path: str, **params: Any) -> Any:
        return self.ask("GET", path, **params).json

    def post(self, path: str, **body: Any) -> Any:
        response = self.ask("POST", path, body)
        assert response.status_code == 200, response.text
        return response.json


@pytest.fixture
def control(talk: Talk) -> Control:
    return Control(talk)


@pytest.mark.parametrize("given", [None, "Bearer", "Bearer wrong", "Basic {token}", "{token}"])
def test_control_needs_its_token(talk: Talk, world: World, given: str | None) -> None:
    headers = {"Authorization": given.format(token=world.control_token)} if given else {}
    response = talk.client.post("/control/api/orders", json={}, headers=headers)
    assert (response.status_code, response.json["error"]["code"]) == (401, "denied")
    assert dict(world.orders) == {}


def test_state_tells_the_whole(control: Control, talk: Talk, world: World) -> None:
    world.place()
    world.faults.always("throttled", "token")
    talk.sign_in()
    found = control.get("/state")
    assert (found["stand_in"], found["scenario"], found["speed"], found["states"]) == (True, "quiet", 1.0, {"New": 1})
    assert found["requests"] == {"token": 1}
    assert found["answers"] == [{"operation": "token", "status": 429, "count": 1}]
    assert found["struck"] == [{"name": "throttled", "operation": "token", "count": 1}]
    assert [fault["name"] for fault in found["faults"]] == ["throttled"]


def test_state_and_accounts_hold_no_secret(control: Control, world: World) -> None:
    text = control.ask("GET", "/state").text + control.ask("GET", "/accounts").text
    mine = world.account
    assert mine.client_id in text
    assert [s for s in (mine.client_secret, mine.refresh_token, world.key, world.control_token) if s in text] == []


def test_order_is_placed_and_shown(control: Control, world: World) -> None:
    number = control.post("/orders", lines=[TEN], vendor_code="WALD2", at="2026-03-01T08:00:00+00:00")["number"]
    found = control.get(f"/orders/{number}")
    assert (found["vendor_code"], found["created_at"], found["eaches"]) == ("WALD2", "2026-03-01T08:00:00Z", 10)
    assert found["document"]["purchaseOrderNumber"] == number
    assert found["status"]["purchaseOrderStatus"] == "OPEN"
    assert found["acknowledgements"] == []


def test_many_orders_are_placed_and_listed_newest_first(control: Control, world: World) -> None:
    numbers = control.post("/orders", count=5, lines=2, hours=5)["numbers"]
    found = control.get("/orders", limit=3)
    assert ([order["number"] for order in found["orders"]], found["count"]) == (numbers[:1:-1], 5)


def test_verbs_drive_an_order(control: Control, world: World) -> None:
    number = world.place(lines=[TEN, TEN])
    assert control.post(f"/orders/{number}/change", quantities={"1": 4})["eaches"] == 14
    assert control.post(f"/orders/{number}/cancel", line="2")["eaches"] == 4
    assert control.post(f"/orders/{number}/uncancel", line="2")["eaches"] == 14
    assert control.post(f"/orders/{number}/acknowledge", accepted={"1": 4})["state"] == "Acknowledged"
    assert control.post(f"/orders/{number}/receive")["state"] == "Closed"


def test_verbs_reach_the_account_they_name(control: Control, world: World) -> None:
    world.add_account("Other")
    number = control.post("/orders", account="Other")["number"]
    assert control.post(f"/orders/{number}/cancel", account="Other")["cancelled"] is True
    assert control.ask("POST", f"/orders/{number}/cancel", {}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/orders/NOTHINGS/cancel", {}, 404),
        ("/nothing", {}, 404),
        ("/orders", {"colour": "red"}, 400),
        ("/orders", {"count": "many"}, 400),
        ("/orders", {"account": "Nobody"}, 404),
        ("/orders", {"at": "yesterday"}, 400),
        ("/orders", [], 400),
        ("/faults", {"name": "thunder"}, 400),
        ("/clock", {"speed": 0}, 400),
        ("/clock", {"speed": "nan"}, 400),
        ("/settings", {"colour": "red"}, 400),
    ],
)
def test_nonsense_is_refused(control: Control, world: World, path: str, body: Any, status: int) -> None:
    response = control.ask("POST", path, body)
    assert (response.status_code, sorted(response.json)) == (status, ["error"])
    assert dict(world.orders) == {}


def test_faults_are_set_and_cleared(control: Control, world: World) -> None:
    control.post("/faults", name="throttled", operation="token", times=2)
    control.post("/faults", name="slow", seconds=9)
    found = control.post("/faults", dice={"reset": 0.5}, seed=4)["faults"]
    assert [(f["name"], f["operations"], f["times"], f["chance"]) for f in found] == [
        ("throttled", ["token"], 2, 1.0),
        ("slow", [], None, 1.0),
        ("reset", [], None, 0.5),
    ]
    assert (world.faults.rules[1].seconds, world.faults.memory().seed) == (9, 4)
    assert len(control.ask("DELETE", "/faults", name="slow").json["faults"]) == 2
    assert control.ask("DELETE", "/faults").json["faults"] == []


def test_held_clock_is_turned(control: Control, world: World) -> None:
    number = world.place(lines=1)
    world.schedule(clock.now() + timedelta(hours=1), "cancel", {"group": "Waldhaus", "number": number})
    assert control.post("/clock", advance=3600)["happened"] == 1
    assert world.order(number).cancelled


def test_running_clock_is_not_turned(control: Control) -> None:
    clock.release()
    assert control.ask("POST", "/clock", {"advance": 1}).status_code == 400


def test_speed_shortens_what_is_already_under_way(control: Control, world: World) -> None:
    number = world.place(lines=1)
    world.schedule(clock.now() + timedelta(hours=1), "cancel", {"group": "Waldhaus", "number": number})
    assert control.post("/clock", speed=60)["speed"] == 60
    assert world.advance(timedelta(seconds=59)) == 0
    assert world.advance(timedelta(seconds=1)) == 1


def test_settings_are_changed_in_their_own_kind(control: Control, world: World) -> None:
    assert control.post("/settings", outcome_delay=1, echo_dates=False)["outcome_delay"] == 1.0
    assert (world.settings.outcome_delay, world.settings.echo_dates) == (1.0, False)


def test_account_is_added_and_its_credentials_open_the_door(control: Control, talk: Talk, world: World) -> None:
    added = control.post("/accounts", name="Harbor", marketplace="US", roles=["Amazon Fulfillment"])
    assert (added["region"], len(added["vendor_codes"])) == ("NA", 2)
    found = control.get("/accounts/Harbor/credentials")
    assert sorted(found) == ["client_id", "client_secret", "refresh_token", "vendor_codes"]
    other = Talk(world, world.account_named("Harbor"))
    assert other.sign_in(client_secret=found["client_secret"]).status_code == 200
    assert other.get(ORDERS).status_code == 200


def test_account_is_rotated_revoked_and_authorised_anew(control: Control, talk: Talk, world: World) -> None:
    before = control.get("/accounts/Waldhaus/credentials")
    rotated = control.post("/accounts/Waldhaus/rotate")
    assert rotated["client_secret"] != before["client_secret"]
    assert control.post("/accounts/Waldhaus/revoke")["revoked"] is True
    assert talk.sign_in().status_code == 400
    anew = control.post("/accounts/Waldhaus/reauthorise")
    assert anew["refresh_token"] != before["refresh_token"]
    assert talk.sign_in().status_code == 200


def test_people_of_the_portal_are_told(control: Control, world: World) -> None:
    told = control.get("/portal")
    assert told["path"] == "/portal/"
    assert [(one["user"], one["password"], one["primary"]) for one in told["people"]] == [
        (one.user, one.password, one.primary) for one in world.people
    ]


def test_wait_for_a_restricted_role_can_be_set(control: Control, world: World) -> None:
    assert control.post("/settings", approval_delay=5)["approval_delay"] == 5.0
    assert world.settings.approval_delay == 5.0
