"""Which addresses a profile may talk to."""

from __future__ import annotations

import pytest

from purveyor.amazon import regions
from purveyor.profiles import endpoints
from purveyor.profiles.endpoints import Addresses
from purveyor.profiles.models import Environment

pytestmark = pytest.mark.unit

EU = regions.ENDPOINTS["EU"]
LOCAL = "http://127.0.0.1:8900"


def wrong(environment: str, endpoint: str, login_url: str = "") -> dict[str, str]:
    return {p.where: p.message for p in endpoints.problems_of(environment, endpoint, login_url)}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (Environment.PRODUCTION, Addresses(EU.production, regions.LOGIN_URL)),
        (Environment.SANDBOX, Addresses(EU.sandbox, regions.LOGIN_URL)),
        (Environment.SIMULATOR, Addresses(LOCAL, f"{LOCAL}/token")),
        (Environment.CUSTOM, Addresses(LOCAL, f"{LOCAL}/token")),
    ],
)
def test_addresses_follow_from_the_environment(environment: str, expected: Addresses) -> None:
    assert endpoints.addresses_of(environment, "DE", LOCAL, f"{LOCAL}/token") == expected


def test_addresses_follow_from_the_region() -> None:
    assert endpoints.addresses_of("production", "JP", "", "").endpoint == regions.ENDPOINTS["FE"].production


@pytest.mark.parametrize("environment", ["production", "sandbox"])
@pytest.mark.parametrize(
    "address",
    ["https://evil.example", LOCAL, f"{EU.production}.evil.example", "http://sellingpartnerapi-eu.amazon.com"],
)
def test_amazon_profile_takes_no_other_address(environment: str, address: str) -> None:
    assert set(wrong(environment, address, address)) == {"endpoint", "login_url"}


def test_amazon_profile_may_name_its_own_addresses() -> None:
    assert wrong("production", EU.production, regions.LOGIN_URL) == {}
    assert wrong("sandbox", EU.sandbox, "") == {}


def test_amazon_profile_takes_no_address_of_the_other_environment() -> None:
    assert set(wrong("production", EU.sandbox, EU.production)) == {"endpoint", "login_url"}
    assert set(wrong("sandbox", EU.production)) == {"endpoint"}


@pytest.mark.parametrize("environment", ["simulator", "custom"])
def test_own_address_is_needed(environment: str) -> None:
    assert set(wrong(environment, "", "")) == {"endpoint", "login_url"}


@pytest.mark.parametrize("address", [LOCAL, "http://localhost:1", "http://[::1]:1", "https://127.1.2.3/path"])
def test_simulator_stands_on_this_machine(address: str) -> None:
    assert wrong("simulator", address, address) == {}


@pytest.mark.parametrize(
    "address", ["https://192.168.1.4", "http://127.0.0.1.evil.example", "http://127.1", "http://0.0.0.0"]
)
def test_simulator_elsewhere_is_refused(address: str) -> None:
    assert set(wrong("simulator", address, LOCAL)) == {"endpoint"}


@pytest.mark.parametrize("address", ["http://hub.example.com", "http://192.168.1.4:8080", "HTTP://hub.example.com"])
def test_custom_plain_http_is_for_this_machine_only(address: str) -> None:
    said = "Plain http is allowed to this machine only. Use https."
    assert wrong("custom", address, address) == {"endpoint": said, "login_url": said}


@pytest.mark.parametrize("address", ["https://hub.example.com", "https://10.0.0.7:8443/amazon", LOCAL])
def test_custom_encrypted_or_local_is_taken(address: str) -> None:
    assert wrong("custom", address, address) == {}


@pytest.mark.parametrize(
    "address",
    [
        "https://user:pw@hub.example.com",
        "https://127.0.0.1@hub.example.com",
        "https://hub.example.com/?key=1",
        "https://hub.example.com/#part",
        "https://hub.example.com?",
        "https://hub.example.com\\@evil.example",
        "https://hub.example.com /x",
        "https://hub.exämple.com",
        "https://hub.example.com:99999",
        "https://hub.example.com:0",
        "ftp://hub.example.com",
        "hub.example.com",
        "https://",
        "https://[::1",
        "https://hub.example.com/" + "x" * 200,
    ],
)
def test_custom_strange_address_is_refused(address: str) -> None:
    assert set(wrong("custom", address, "https://hub.example.com")) == {"endpoint"}


@pytest.mark.parametrize(
    "address", [EU.production, EU.sandbox, "https://AMAZON.com", "https://x.Amazon.com.", regions.LOGIN_URL]
)
def test_custom_never_pretends_to_be_amazon(address: str) -> None:
    assert set(wrong("custom", address, "https://hub.example.com")) == {"endpoint"}


def test_custom_may_sign_in_at_amazon_itself() -> None:
    assert wrong("custom", "https://hub.example.com", regions.LOGIN_URL) == {}
    assert set(wrong("custom", "https://hub.example.com", EU.production)) == {"login_url"}


def test_custom_takes_a_name_that_only_ends_like_amazon() -> None:
    assert wrong("custom", "https://notamazon.com", "https://notamazon.com") == {}


def test_unknown_environment_is_refused() -> None:
    assert set(wrong("staging", "")) == {"environment"}


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("", Environment.PRODUCTION),
        (" ", Environment.PRODUCTION),
        (LOCAL, Environment.SIMULATOR),
        ("https://hub.example.com", Environment.CUSTOM),
        ("https://[::1", Environment.CUSTOM),
    ],
)
def test_environment_follows_from_a_bare_address(endpoint: str, expected: Environment) -> None:
    assert endpoints.environment_of(endpoint) == expected


@pytest.mark.parametrize(
    ("environment", "sends"), [("production", False), ("sandbox", False), ("simulator", True), ("custom", True)]
)
def test_sending_starts_off_towards_amazon(environment: str, sends: bool) -> None:
    assert endpoints.starts_sending(environment) is sends


def test_address_is_kept_without_blanks_and_slashes() -> None:
    assert endpoints.tidy(" https://hub.example.com/a// ") == "https://hub.example.com/a"
