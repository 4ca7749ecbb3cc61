"""What machines watch: alive, ready, metrics; open to those who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cast import Cast, make_cast
from purveyor.common import clock
from purveyor.config import checks
from purveyor.config.checks import Finding, Level
from purveyor.people.domain.tokens import make_token, revoke
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def _ask(client: Client, plain: str = "", address: str = "198.51.100.7", **headers: str) -> int:
    told = headers | ({"Authorization": f"Bearer {plain}"} if plain else {})
    return client.get("/metrics", headers=told, REMOTE_ADDR=address).status_code


@pytest.fixture
def people(held_clock: object) -> Cast:
    return make_cast()


def test_live_and_ready_answer_without_a_sign_in_and_tell_nothing(client: Client) -> None:
    assert client.get("/health/live").json() == {"ok": True}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"ok": True, "findings": []})


def test_hub_that_cannot_work_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Finding("database-unreachable", Level.ERROR, "It does not answer at 10.0.0.7.", "See that it runs.")
    monkeypatch.setattr(checks, "database", lambda: [gone])
    answer = client.get("/health/ready")
    told = {"id": "database-unreachable", "hint": "See that it runs."}
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "findings": [told]})


def test_metrics_answer_this_machine(client: Client) -> None:
    answer = client.get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert b"purveyor_amazon_requests" in answer.content
    assert _ask(client, address="::1") == 200


@pytest.mark.parametrize("address", ["198.51.100.7", "", "127.0.0.1.evil", "10.0.0.1"])
def test_metrics_are_denied_to_others(client: Client, address: str) -> None:
    assert _ask(client, address=address) == 401


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_proxy_on_this_machine_does_not_open_the_metrics(client: Client, name: str) -> None:
    """Behind a proxy everybody seems to come from this machine."""
    assert _ask(client, address="127.0.0.1", **{name: "127.0.0.1"}) == 401


def test_metrics_answer_a_token_with_their_scope_only(client: Client, people: Cast) -> None:
    _token, plain = make_token(people.integrator, "watch", ["metrics.read"], people.profile)
    _other, wrong = make_token(people.integrator, "orders", ["orders.view"], people.profile)
    assert (_ask(client, plain), _ask(client, wrong), _ask(client, "pvy_nonsense")) == (200, 401, 401)


def test_metrics_are_denied_to_old_and_revoked_tokens(client: Client, people: Cast) -> None:
    token, plain = make_token(people.integrator, "watch", ["metrics.read"], people.profile)
    revoke(token, Who.of(people.integrator))
    _second, later = make_token(people.integrator, "again", ["metrics.read"], people.profile)
    assert (_ask(client, plain), _ask(client, later)) == (401, 200)
    clock.turn(timedelta(days=91))
    assert _ask(client, later) == 401


def test_session_does_not_open_the_metrics(client: Client, people: Cast) -> None:
    client.force_login(people.administrator)
    assert _ask(client) == 401
