"""Where Amazon lives."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from purveyor.amazon import regions
from purveyor.amazon.regions import ENDPOINTS, MARKETPLACES

pytestmark = pytest.mark.unit


def test_production_hosts_are_the_three_endpoints_and_the_login() -> None:
    assert {
        "api.amazon.com",
        "sellingpartnerapi-na.amazon.com",
        "sellingpartnerapi-eu.amazon.com",
        "sellingpartnerapi-fe.amazon.com",
    } == regions.PRODUCTION_HOSTS
    assert {urlsplit(e.sandbox).netloc for e in ENDPOINTS.values()} == regions.SANDBOX_HOSTS
    assert {f"sandbox.{host}" for host in regions.PRODUCTION_HOSTS - {"api.amazon.com"}} == regions.SANDBOX_HOSTS


def test_every_address_is_https() -> None:
    addresses = [regions.LOGIN_URL, *(a for e in ENDPOINTS.values() for a in (e.production, e.sandbox))]
    addresses += [m.portal for m in MARKETPLACES.values() if m.portal]

    assert {urlsplit(address).scheme for address in addresses} == {"https"}


def test_marketplaces_are_complete_and_distinct() -> None:
    assert len(MARKETPLACES) == 23
    assert len({m.id for m in MARKETPLACES.values()}) == 23
    for code, market in MARKETPLACES.items():
        assert market.code == code
        assert market.endpoint == ENDPOINTS[market.region]
        assert ZoneInfo(market.zone).key == market.zone
        assert len(market.currency) == 3


def test_a_few_marketplaces_as_amazon_lists_them() -> None:
    found = {code: (m.id, m.region, m.currency) for code, m in MARKETPLACES.items() if code in {"DE", "US", "JP"}}

    assert found == {
        "US": ("ATVPDKIKX0DER", "NA", "USD"),
        "DE": ("A1PA6795UKMFR9", "EU", "EUR"),
        "JP": ("A1VC38T7YXB528", "FE", "JPY"),
    }
