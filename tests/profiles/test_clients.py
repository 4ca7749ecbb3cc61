"""From a profile to a client that talks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from plug import LOGIN_URL, SIMULATOR, connect, facts
from purveyor.amazon import errors, regions
from purveyor.amazon.operations.orders import get_purchase_order
from purveyor.amazon.record import Exchange
from purveyor.amazon.transport import Reply, Request
from purveyor.common import clock
from purveyor.config.metrics import REGISTRY
from purveyor.people.who import Who
from purveyor.profiles import clients
from purveyor.profiles.clients import client_for
from purveyor.profiles.domain import add_profile, change_profile, drop_old_secrets, store_secret
from purveyor.profiles.domain.trouble import SecretsMissing
from purveyor.profiles.models import Bucket, Profile
from purveyor.simulator.faults import EXCHANGE
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()


class Named:
    """A transport that answers with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, request: Request, timeout: float) -> Reply:
        return Reply(200, {}, f'{{"access_token": "{self.name}"}}'.encode())


class Silent:
    """A transport whose replies get lost."""

    def send(self, request: Request, timeout: float) -> Reply:
        raise errors.ReplyLost("lost", operation=request.operation)


def test_client_talks_to_what_is_plugged_in(plugged: World, profile: Profile) -> None:
    number = plugged.place(lines=1)
    found = get_purchase_order(client_for(profile), number)
    assert found.order is not None
    assert (plugged.requests[EXCHANGE], plugged.requests["getPurchaseOrder"]) == (1, 1)


def test_clients_of_a_profile_share_the_token(plugged: World, profile: Profile) -> None:
    tokens = {client_for(profile).check_login() for _ in range(3)}
    assert (len(tokens), plugged.requests[EXCHANGE]) == (1, 1)


def test_clients_of_a_profile_share_the_limit(plugged: World, profile: Profile) -> None:
    number = plugged.place(lines=1)
    for _ in range(3):
        get_purchase_order(client_for(profile), number)
    where = clients.limiter_key(profile.client_id, SIMULATOR, "DE")
    assert list(Bucket.objects.values_list("key", flat=True)) == [f"{where}:getPurchaseOrder"]


def test_listener_hears_the_exchanges(plugged: World, profile: Profile) -> None:
    heard: list[Exchange] = []
    client_for(profile, listener=heard.append).check_login()
    assert [exchange.operation for exchange in heard] == ["login"]


def _counted(status: str) -> float:
    name, labels = "purveyor_amazon_requests_total", {"operation": "getPurchaseOrder", "status": status}
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_exchanges_are_counted_with_and_without_a_reply(plugged: World, profile: Profile) -> None:
    number, before = plugged.place(lines=1), {status: _counted(status) for status in ("200", "no reply")}
    get_purchase_order(client_for(profile), number)
    clients.plug(SIMULATOR, Silent())
    with pytest.raises(errors.ReplyLost):
        get_purchase_order(client_for(profile, patience=1), number)
    assert {status: _counted(status) - before[status] for status in before} == {"200": 1, "no reply": 1}


@pytest.mark.parametrize(
    ("marketplace", "environment", "endpoint"),
    [
        ("DE", "production", regions.ENDPOINTS["EU"].production),
        ("US", "production", regions.ENDPOINTS["NA"].production),
        ("JP", "sandbox", regions.ENDPOINTS["FE"].sandbox),
    ],
)
def test_client_of_amazon_has_its_addresses(marketplace: str, environment: str, endpoint: str) -> None:
    where = {"environment": environment, "endpoint": "", "login_url": ""}
    client = client_for(add_profile(ROOT, **facts(marketplace=marketplace, **where)))
    assert (client.endpoint, client.login_url) == (endpoint, regions.LOGIN_URL)
    assert client.sandbox is (environment == "sandbox")


def test_client_of_a_simulator_has_its_addresses() -> None:
    client = client_for(add_profile(ROOT, **facts()))
    assert (client.endpoint, client.login_url, client.sandbox) == (SIMULATOR, LOGIN_URL, False)


def test_sandbox_has_the_sandbox_limits() -> None:
    found = add_profile(ROOT, **facts(environment="sandbox", endpoint="", login_url=""))
    client = client_for(found)
    assert client.limiter is not None
    client.limiter.throttled("key", "getPurchaseOrder")
    assert Bucket.objects.values_list("rate", "burst").get() == (5.0, 15.0)


def test_rotated_secret_works_at_once(plugged: World, profile: Profile) -> None:
    new = plugged.rotate_secret()
    clock.turn(timedelta(hours=2))
    assert client_for(profile).check_login()
    store_secret(ROOT, profile, client_secret=new)
    clock.turn(timedelta(days=6))
    assert client_for(profile).grant.client_secrets[0] == new
    assert len(client_for(profile).grant.client_secrets) == 2
    clock.turn(timedelta(days=1))
    assert drop_old_secrets() == 1
    assert client_for(profile).check_login()
    assert client_for(profile).grant.client_secrets == (new,)


def test_secret_that_is_not_good_yet_falls_back_to_the_old_one(plugged: World, profile: Profile) -> None:
    store_secret(ROOT, profile, client_secret="a-secret-amazon-does-not-know")
    assert client_for(profile).check_login()
    assert plugged.requests.answers[(EXCHANGE, 200)] == 1


def test_new_refresh_token_is_used(plugged: World, profile: Profile) -> None:
    plugged.revoke()
    with pytest.raises(errors.InvalidGrant):
        client_for(profile).check_login()
    store_secret(ROOT, profile, refresh_token=plugged.reauthorise())
    assert client_for(profile).check_login()


@pytest.mark.parametrize("kind", ["client_secret", "refresh_token"])
def test_client_without_a_secret_is_refused(kind: str) -> None:
    found = add_profile(ROOT, **facts())
    found.secrets.filter(kind=kind).delete()
    with pytest.raises(SecretsMissing) as caught:
        client_for(found)
    assert (caught.value.code, caught.value.hint) == ("profile-secrets-missing", "Store both secrets of the profile.")


def test_client_after_a_change_of_address_is_refused(profile: Profile) -> None:
    change_profile(ROOT, profile, endpoint="http://127.0.0.1:10")
    with pytest.raises(SecretsMissing):
        client_for(profile)


def test_two_accounts_of_one_world_are_two_profiles(plugged: World, profile: Profile) -> None:
    other = connect(plugged.add_account("Another"), name="another")
    number = plugged.place(lines=1)
    with pytest.raises(errors.NotFoundAtAmazon):
        get_purchase_order(client_for(other), number)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_in_a_transaction(plugged: World) -> None:
    found = connect(plugged.accounts[0])
    client = client_for(found)
    client.check_login()
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        client.transport.send(Request("GET", SIMULATOR), 1)
    assert plugged.requests[EXCHANGE] == 1


def ask(url: str) -> str:
    client = client_for(add_profile(ROOT, **facts(name=f"p{abs(hash(url))}", login_url=url)))
    return client.check_login()


def test_plugs_are_told_apart_by_address() -> None:
    prefixes = {"http://127.0.0.1:7": "seven", "http://127.0.0.1:7/deep/": "deep", "http://127.0.0.1:8": "eight"}
    for prefix, name in prefixes.items():
        clients.plug(prefix, Named(name))
    try:
        asked = ["http://127.0.0.1:7", "http://127.0.0.1:7/x", "http://127.0.0.1:7/deep/x", "http://127.0.0.1:8/x"]
        assert [ask(url) for url in asked] == ["seven", "seven", "deep", "eight"]
    finally:
        for prefix in prefixes:
            clients.unplug(prefix)


def test_plug_catches_no_address_that_merely_begins_alike() -> None:
    clients.plug("http://127.0.0.1:1", Named("wrong"))
    try:
        sent = client_for(add_profile(ROOT, **facts(endpoint="http://127.0.0.1:13"))).transport
        with pytest.raises(errors.NotConnected):
            sent.send(Request("GET", "http://127.0.0.1:13/x"), 1)
    finally:
        clients.unplug("http://127.0.0.1:1")
        clients.close()


def test_unplugged_address_is_the_network_again(plugged: World, profile: Profile) -> None:
    clients.unplug(SIMULATOR)
    clients.unplug(SIMULATOR)
    with pytest.raises(errors.LoginUnavailable):
        client_for(profile).check_login()
    assert plugged.requests[EXCHANGE] == 0
    clients.close()
    clients.close()
