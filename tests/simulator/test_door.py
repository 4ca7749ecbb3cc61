"""What every API call goes through: address, user agent, token, role, limit, headers (FACTS §3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from purveyor.common import clock
from purveyor.simulator.accounts import Account
from purveyor.simulator.world import World
from simulator.talk import AGENT, LOGIN, ORDERS, STATUS, TRANSACTIONS, Talk

pytestmark = pytest.mark.unit


def refusal(response: object) -> tuple[int, str, str]:
    error = response.json["errors"][0]  # type: ignore[attr-defined]  # werkzeug's TestResponse
    return response.status_code, error["code"], error["details"]  # type: ignore[attr-defined]  # werkzeug's answer of a test


def test_call_without_token_is_forbidden(talk: Talk) -> None:
    response = talk.client.get(ORDERS, headers={"User-Agent": AGENT})
    assert refusal(response) == (403, "Unauthorized", "The access token is missing in the request header.")


@pytest.mark.parametrize("token", ["Atza|", "Atza|nonsense", "Atza|!!!!", "something", "Atza|" + "A" * 400])
def test_call_with_foreign_token_is_forbidden(talk: Talk, token: str) -> None:
    response = talk.client.get(ORDERS, headers={"User-Agent": AGENT, "x-amz-access-token": token})
    assert refusal(response)[:2] == (403, "Unauthorized")
    assert "malformed" in refusal(response)[2]


def test_token_of_another_world_is_forbidden(talk: Talk) -> None:
    foreign = World(scenario="quiet", seed=2, secrets_from_seed=True)
    talk.access = Talk(foreign, foreign.account).sign_in().json["access_token"]
    assert talk.get(ORDERS).status_code == 403


def test_token_expires_after_an_hour(talk: Talk) -> None:
    assert talk.get(ORDERS).status_code == 200
    clock.turn(timedelta(seconds=3599))
    assert talk.get(ORDERS).status_code == 200
    clock.turn(timedelta(seconds=1))
    assert refusal(talk.get(ORDERS)) == (403, "Unauthorized", "The access token you provided has expired.")


def test_token_dies_with_its_authorisation(talk: Talk, world: World) -> None:
    assert talk.get(ORDERS).status_code == 200
    world.revoke()
    assert "revoked" in refusal(talk.get(ORDERS))[2]
    clock.turn(timedelta(seconds=1))
    world.reauthorise()
    assert talk.get(ORDERS).status_code == 403
    talk.access = ""
    assert talk.get(ORDERS).status_code == 200


def test_grantless_token_opens_no_vendor_operation(talk: Talk) -> None:
    form = talk.credentials(grant_type="client_credentials", scope="sellingpartnerapi::notifications")
    del form["refresh_token"]
    talk.access = talk.client.post(LOGIN, data=form).json["access_token"]
    assert talk.get(ORDERS).status_code == 403


@pytest.mark.parametrize(
    ("marketplace", "roles", "path", "status"),
    [
        ("DE", ("Amazon Fulfillment",), ORDERS, 200),
        ("DE", ("Inventory and Order Tracking",), ORDERS, 200),
        ("JP", ("Inventory and Order Tracking",), STATUS, 200),
        ("DE", ("Inventory and Order Tracking",), TRANSACTIONS + "x", 404),
        ("JP", ("Inventory and Order Tracking",), TRANSACTIONS + "x", 403),
        ("JP", ("Amazon Fulfillment",), TRANSACTIONS + "x", 404),
        ("DE", ("Brand Analytics",), ORDERS, 403),
        ("DE", (), ORDERS, 403),
    ],
)
def test_role_opens_operation(
    held_clock: object, marketplace: str, roles: tuple[str, ...], path: str, status: int
) -> None:
    account = Account(name="X", marketplace=marketplace, roles=roles)
    world = World(scenario="quiet", account=account, secrets_from_seed=True)
    assert Talk(world, account).get(path).status_code == status


def test_missing_role_reads_like_a_bad_token(talk: Talk, world: World) -> None:
    world.set_account(roles=())
    assert refusal(talk.get(ORDERS)) == (403, "Unauthorized", "Access to the resource is forbidden.")


@pytest.mark.parametrize(("agent", "status"), [(None, 400), ("", 400), ("a" * 500, 200), ("a" * 501, 400)])
def test_user_agent_is_required_and_short(talk: Talk, agent: str | None, status: int) -> None:
    headers = talk.headers()
    del headers["User-Agent"]
    environ = {"HTTP_USER_AGENT": agent} if agent is not None else {"HTTP_USER_AGENT": ""}
    assert talk.client.get(ORDERS, headers=headers, environ_base=environ).status_code == status


def test_unknown_resource_is_not_found(talk: Talk) -> None:
    response = talk.get("/vendor/orders/v2/purchaseOrders")
    assert refusal(response)[:2] == (404, "ResourceNotFound")
    assert response.headers["x-amzn-RequestId"]


def test_wrong_method_is_refused(talk: Talk) -> None:
    assert talk.post(ORDERS, {}).status_code == 405


def test_every_answer_has_a_request_id_of_its_own(talk: Talk) -> None:
    ids = {talk.get(ORDERS).headers["x-amzn-RequestId"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("path", "params", "status", "told"),
    [
        (ORDERS, {}, 200, "10.0"),
        (ORDERS, {"limit": "0"}, 400, "10.0"),
        (TRANSACTIONS + "x", {}, 404, "10.0"),
    ],
)
def test_rate_is_told(talk: Talk, path: str, params: dict[str, str], status: int, told: str) -> None:
    response = talk.get(path, **params)
    assert (response.status_code, response.headers["x-amzn-RateLimit-Limit"]) == (status, told)


def test_rate_is_not_told_when_forbidden_or_throttled(talk: Talk, world: World) -> None:
    world.faults.once("throttled", "getPurchaseOrders")
    assert "x-amzn-RateLimit-Limit" not in talk.get(ORDERS).headers
    talk.access = "Atza|wrong"
    assert "x-amzn-RateLimit-Limit" not in talk.get(ORDERS).headers


def test_burst_is_ten_then_ten_a_second(talk: Talk) -> None:
    assert [talk.get(ORDERS).status_code for _ in range(11)] == [200] * 10 + [429]
    clock.turn(timedelta(milliseconds=200))
    assert [talk.get(ORDERS).status_code for _ in range(3)] == [200, 200, 429]


def test_throttled_answer_has_the_envelope(talk: Talk) -> None:
    for _ in range(10):
        talk.get(ORDERS)
    assert refusal(talk.get(ORDERS))[:2] == (429, "QuotaExceeded")


def test_bucket_never_holds_more_than_the_burst(talk: Talk) -> None:
    talk.get(ORDERS)
    clock.turn(timedelta(minutes=5))
    assert [talk.get(ORDERS).status_code for _ in range(11)].count(200) == 10


def test_transactions_have_a_burst_of_twenty(talk: Talk) -> None:
    assert [talk.get(TRANSACTIONS + "x").status_code for _ in range(21)] == [404] * 20 + [429]


def test_sandbox_allows_five_a_second_after_fifteen(talk: Talk, world: World) -> None:
    box = Talk(world, world.add_account("Box", sandbox=True))
    assert [box.get(ORDERS).status_code for _ in range(16)] == [200] * 15 + [429]
    clock.turn(timedelta(milliseconds=400))
    answers = [box.get(ORDERS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "5.0"


def test_operations_have_buckets_of_their_own(talk: Talk) -> None:
    for _ in range(10):
        talk.get(ORDERS)
    assert talk.get(STATUS).status_code == 200


def test_accounts_have_buckets_of_their_own(talk: Talk, world: World) -> None:
    other = Talk(world, world.add_account("Other"))
    for _ in range(10):
        talk.get(ORDERS)
    assert talk.get(ORDERS).status_code == 429
    assert other.get(ORDERS).status_code == 200


def test_generous_world_tells_the_rate_and_counts_nothing(talk: Talk, world: World) -> None:
    world.settings.generous = True
    answers = [talk.get(ORDERS) for _ in range(30)]
    assert {(a.status_code, a.headers["x-amzn-RateLimit-Limit"]) for a in answers} == {(200, "10.0")}


def test_api_answers_any_host(talk: Talk) -> None:
    headers = talk.headers(Host="27.0.0.1:8080")
    assert talk.client.get(ORDERS, headers=headers).status_code == 200


def test_requests_are_counted_by_operation_and_answer(talk: Talk, world: World) -> None:
    talk.get(ORDERS)
    talk.get(ORDERS, limit="0")
    assert (world.requests["token"], world.requests["getPurchaseOrders"]) == (1, 2)
    assert world.requests.answers[("getPurchaseOrders", 400)] == 1
    assert world.requests.last[-1].query == "limit=0"


def test_latency_takes_its_time(talk: Talk, world: World) -> None:
    talk.headers()
    world.settings.latency = 0.2
    before = clock.now()
    talk.get(ORDERS)
    assert clock.now() - before == timedelta(seconds=0.2)
