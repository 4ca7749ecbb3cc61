"""What the check learns from orders: is this the account that is meant?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plug import connect
from profiles.examined import heard, of
from purveyor.common import clock
from purveyor.profiles.doctor import (
    connection_of,
    examine,
)
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def parties(country: str, vat: str = "") -> dict[str, Any]:
    """An order's parties on Amazon's side: shipped to one country, billed by a tax number."""
    tax = {"taxInfo": {"taxRegistrationType": "VAT", "taxRegistrationNumber": vat}} if vat else {}
    return {
        "shipToParty": {"partyId": "ABC1", "address": {"name": "Amazon", "countryCode": country}},
        "billToParty": {"partyId": "AMZ"} | tax,
    }


def test_one_order_proves_the_account_and_is_told_of(profile: Profile, plugged: World) -> None:
    number = plugged.place(lines=2, parties=parties("DE"))
    report = examine(connection_of(profile))
    found = of(report, "order")
    assert (found.state, found.means) == ("good", "Vendor code, currency and country fit.")
    assert report.seen is not None
    assert (report.seen.order_number, report.seen.vendor_code, report.seen.currency) == (number, "WALD1", "EUR")
    assert report.seen.parties["selling"]["party_id"] == "WALD1"
    assert report.seen.orders_per_day == pytest.approx(1 / 7)


def test_an_order_for_another_country_alone_proves_nothing(profile: Profile, plugged: World) -> None:
    plugged.place(parties=parties("PL"))
    assert heard(connection_of(profile), "order").means == (
        "Vendor code and currency fit. Which country the account is of does not show in the orders looked at."
    )
    plugged.place(parties=parties("DE"))
    assert heard(connection_of(profile), "order").means == "Vendor code, currency and country fit."


def test_a_tax_number_proves_the_country(profile: Profile, plugged: World) -> None:
    plugged.place(parties=parties("PL", "DE000111222"))
    assert heard(connection_of(profile), "order").means == "Vendor code, currency and country fit."


def test_a_border_crossed_once_is_not_another_account(profile: Profile, plugged: World) -> None:
    plugged.place(parties=parties("FR"))
    assert heard(connection_of(profile), "order").state == "bad"
    plugged.place(parties=parties("DE"))
    assert heard(connection_of(profile), "order").state == "good"


def test_orders_a_day_are_counted_over_a_shorter_time_where_there_are_many(profile: Profile, plugged: World) -> None:
    for _ in range(310):
        plugged.place()
    report = examine(connection_of(profile))
    assert report.seen is not None
    assert report.seen.orders_per_day == 300 * 24


def test_an_older_order_is_found_where_the_last_week_has_none(profile: Profile, plugged: World) -> None:
    number = plugged.place()
    clock.turn(timedelta(days=20))
    report = examine(connection_of(profile))
    assert report.seen is not None
    assert (report.seen.order_number, report.seen.orders_per_day) == (number, None)


def test_an_account_without_orders_is_not_known_yet(profile: Profile) -> None:
    found = heard(connection_of(profile), "order")
    assert (found.ok, found.state, found.means) == (
        None,
        "unknown",
        "Not known yet: vendor code, country and region show with the first order.",
    )


def test_a_vendor_code_of_another_account_is_told(profile: Profile, plugged: World) -> None:
    plugged.place()
    found = heard(replace(connection_of(profile), vendor_codes=("ACME9",)), "order")
    assert (found.state, found.means) == (
        "bad",
        "This account has orders for vendor code WALD1; entered is ACME9.",
    )
    assert found.do == (
        "Compare with Settings, Contacts in Vendor Central: add WALD1 if it is yours, else authorise the application "
        "for the vendor group that is meant."
    )


def test_another_countrys_account_is_told(db: None, plugged: World) -> None:
    london = plugged.add_account("London", marketplace="GB")
    plugged.place(account=london)
    found = heard(connection_of(connect(london, "london", marketplace="DE")), "order")
    assert (found.state, found.means) == (
        "bad",
        "The order looks like one of another country's account than DE (EUR).",
    )
    assert found.causes[0] == "The refresh token was made while signed in to another country's Vendor Central."
    assert "connect this account as marketplace GB." in found.do


def test_another_country_of_the_same_currency_is_told(db: None, plugged: World) -> None:
    paris = plugged.add_account("Paris", marketplace="FR")
    plugged.place(account=paris)
    found = heard(connection_of(connect(paris, "paris", marketplace="DE")), "order")
    assert (found.state, found.means) == (
        "bad",
        "The order looks like one of another country's account than DE (EUR).",
    )


def test_another_region_is_told(db: None, plugged: World) -> None:
    seattle = plugged.add_account("Seattle", marketplace="US")
    plugged.place(account=seattle)
    found = heard(connection_of(connect(seattle, "seattle", marketplace="DE")), "order")
    assert (found.state, found.means) == (
        "bad",
        "The account belongs to region NA; marketplace DE is in region EU.",
    )
