"""The token endpoint and every failure of it (FACTS §1.2)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from purveyor.common import clock
from purveyor.simulator.accounts import Account
from purveyor.simulator.world import World
from simulator.talk import LOGIN, Talk

pytestmark = pytest.mark.unit

NOTIFICATIONS = "sellingpartnerapi::notifications"


def test_exchange_answers_a_bearer_token_for_an_hour(talk: Talk) -> None:
    response = talk.sign_in()
    body = response.json
    assert response.status_code == 200
    assert body | {"access_token": ""} == {
        "access_token": "",
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": talk.account.refresh_token,
    }
    assert body["access_token"].startswith("Atza|")
    assert len(body["access_token"]) <= 2048
    assert response.headers["Cache-Control"] == "no-store"


def test_exchange_answers_another_token_each_time(talk: Talk) -> None:
    assert talk.sign_in().json["access_token"] != talk.sign_in().json["access_token"]


def test_client_credentials_answer_a_token_without_refresh_token(talk: Talk) -> None:
    form = talk.credentials(grant_type="client_credentials", scope=NOTIFICATIONS)
    del form["refresh_token"]
    response = talk.client.post(LOGIN, data=form)
    assert response.status_code == 200
    assert sorted(response.json) == ["access_token", "expires_in", "token_type"]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "amzn1.oa2-cs.v1." + "0" * 64}, 401, "invalid_client"),
        ({"client_id": "amzn1.application-oa2-client." + "0" * 32}, 401, "invalid_client"),
        ({"client_id": "somebody"}, 401, "invalid_client"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"refresh_token": "Atzr|unknown"}, 400, "invalid_grant"),
        ({"refresh_token": ""}, 400, "invalid_request"),
        ({"scope": NOTIFICATIONS}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": NOTIFICATIONS}, 400, "invalid_request"),
    ],
)
def test_exchange_refuses(talk: Talk, changed: dict[str, str], status: int, error: str) -> None:
    response = talk.sign_in(**changed)
    assert (response.status_code, response.json["error"]) == (status, error)
    assert sorted(response.json) == ["error", "error_description"]


def test_unknown_scope_is_refused(talk: Talk) -> None:
    form = talk.credentials(grant_type="client_credentials", scope="everything")
    del form["refresh_token"]
    response = talk.client.post(LOGIN, data=form)
    assert (response.status_code, response.json["error"]) == (400, "invalid_scope")


def test_client_that_may_not_use_a_grant_is_unauthorized(talk: Talk, world: World) -> None:
    world.set_account(grants=("client_credentials",))
    response = talk.sign_in()
    assert (response.status_code, response.json["error"]) == (400, "unauthorized_client")


def test_json_body_is_refused(talk: Talk) -> None:
    response = talk.client.post(LOGIN, json=talk.credentials())
    assert (response.status_code, response.json["error"]) == (400, "invalid_request")


def test_get_is_refused(talk: Talk) -> None:
    assert talk.client.get(LOGIN).status_code == 405


def test_refresh_token_of_another_client_is_refused(talk: Talk, world: World) -> None:
    other = world.add_account("Other", marketplace="US")
    response = talk.sign_in(refresh_token=other.refresh_token)
    assert (response.status_code, response.json["error"]) == (400, "invalid_grant")


def test_refresh_token_of_another_account_of_the_same_app_is_good(talk: Talk, world: World) -> None:
    mine = world.account
    other = Account(name="France", marketplace="FR", client_id=mine.client_id, client_secret=mine.client_secret)
    world.add_account(other)
    assert talk.sign_in(refresh_token=other.refresh_token).status_code == 200


def test_revoked_refresh_token_is_refused(talk: Talk, world: World) -> None:
    world.revoke()
    response = talk.sign_in()
    assert (response.status_code, response.json["error"]) == (400, "invalid_grant")


def test_authorising_anew_leaves_the_earlier_token_good(talk: Talk, world: World) -> None:
    earlier = talk.account.refresh_token
    fresh = world.reauthorise()
    assert fresh != earlier
    assert talk.sign_in(refresh_token=earlier).status_code == 200
    assert talk.sign_in(refresh_token=fresh).status_code == 200


def test_authorising_anew_after_revoking_leaves_the_earlier_token_dead(talk: Talk, world: World) -> None:
    earlier = talk.account.refresh_token
    world.revoke()
    fresh = world.reauthorise()
    assert talk.sign_in(refresh_token=earlier).status_code == 400
    assert talk.sign_in(refresh_token=fresh).status_code == 200


def test_old_secret_works_seven_days_after_rotation(talk: Talk, world: World) -> None:
    old = talk.account.client_secret
    new = world.rotate_secret()
    assert new != old
    assert talk.sign_in(client_secret=new).status_code == 200
    clock.turn(timedelta(days=7) - timedelta(seconds=1))
    assert talk.sign_in(client_secret=old).status_code == 200
    clock.turn(timedelta(seconds=1))
    assert talk.sign_in(client_secret=old).status_code == 401
    assert talk.sign_in(client_secret=new).status_code == 200


def test_rotation_concerns_every_account_of_the_app(world: World) -> None:
    mine = world.account
    other = world.add_account("France", client_id=mine.client_id, client_secret=mine.client_secret)
    stranger = world.add_account("Stranger")
    before = stranger.client_secret
    new = world.rotate_secret()
    assert (mine.client_secret, other.client_secret, stranger.client_secret) == (new, new, before)


def test_secret_expires_after_180_days(talk: Talk) -> None:
    clock.turn(timedelta(days=180) - timedelta(seconds=1))
    assert talk.sign_in().status_code == 200
    clock.turn(timedelta(seconds=1))
    response = talk.sign_in()
    assert (response.status_code, response.json["error"]) == (401, "invalid_client")


def test_credentials_have_amazons_shapes(world: World) -> None:
    mine = world.account
    assert re.fullmatch(r"amzn1\.application-oa2-client\.[0-9a-f]{32}", mine.client_id)
    assert re.fullmatch(r"amzn1\.oa2-cs\.v1\.[0-9a-f]{64}", mine.client_secret)
    assert re.fullmatch(r"Atzr\|[A-Za-z0-9_-]{300,}", mine.refresh_token)
    assert all(re.fullmatch(r"[A-Z0-9]{5}", code) for code in mine.vendor_codes)


def test_account_prints_no_secret(world: World) -> None:
    mine = world.account
    text = f"{mine} {mine!r} {world.accounts}"
    assert [s for s in (mine.client_secret, mine.refresh_token) if s in text] == []


def test_credentials_are_foretold_only_where_asked() -> None:
    def secret(*, foretold: bool) -> str:
        return World(scenario="quiet", secrets_from_seed=foretold).account.client_secret

    assert secret(foretold=True) == secret(foretold=True)
    assert secret(foretold=False) != secret(foretold=False)


def test_login_answers_any_host(talk: Talk) -> None:
    response = talk.client.post(LOGIN, data=talk.credentials(), headers={"Host": "api.amazon.com"})
    assert response.status_code == 200
