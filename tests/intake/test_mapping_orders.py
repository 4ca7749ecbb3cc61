from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from intake.papers import item, mapped, order
from purveyor.amazon.errors import Unreadable

pytestmark = pytest.mark.unit


def test_order_is_told_in_our_words() -> None:
    found = mapped(order(purchaseOrderChangedDate="2026-03-02T09:30:00Z", dealCode="DEAL"))
    assert (found.number, found.amazon_state, found.amazon_type) == ("1ABCDEFG", "New", "RegularOrder")
    assert (found.vendor_code, found.ship_to, found.payment_method, found.deal_code) == (
        "ACME1",
        "FRA1",
        "Invoice",
        "DEAL",
    )
    assert found.ordered_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.changed_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert (found.delivery_start, found.delivery_end) == (
        datetime(2026, 3, 9, 7, tzinfo=UTC),
        datetime(2026, 3, 16, 7, tzinfo=UTC),
    )
    assert (found.ship_start, found.ship_end, found.import_details, found.flags) == (None, None, None, [])


def test_line_is_told_in_our_words() -> None:
    (line,) = mapped(order(items=[item(isBackOrderAllowed=True)])).lines
    assert (line.position, line.number, line.asin, line.vendor_product) == (1, "1", "B000000001", "4000000000001")
    assert (line.amount, line.unit, line.unit_size, line.eaches) == (10, "Eaches", 1, 10)
    assert (line.net_cost, line.list_price, line.currency, line.cost_unit) == (
        Decimal("4.20"),
        Decimal("9.99"),
        "EUR",
        "",
    )
    assert line.backorder_allowed


@pytest.mark.parametrize(
    ("quantity", "told"),
    [
        ({"amount": 5, "unitOfMeasure": "Cases", "unitSize": 12}, ("Cases", 12, 60)),
        ({"amount": 5, "unitOfMeasure": "CASES", "unitSize": 12}, ("Cases", 12, 60)),
        ({"amount": 5, "unitOfMeasure": "EACH", "unitSize": 12}, ("EACH", 12, 5)),
        ({"amount": 5, "unitOfMeasure": "Eaches", "unitSize": 12}, ("Eaches", 12, 5)),
        ({"amount": 5}, ("", 1, 5)),
        ({"amount": 0, "unitOfMeasure": "Cases", "unitSize": 12}, ("Cases", 12, 0)),
    ],
)
def test_quantities_sum_in_eaches(quantity: dict[str, Any], told: tuple[str, int, int]) -> None:
    found = mapped(order(items=[item(orderedQuantity=quantity)]))
    (line,) = found.lines
    assert (line.unit, line.unit_size, line.eaches) == told
    assert found.eaches == told[2]


def test_cases_without_a_size_are_flagged_and_count_as_single_pieces() -> None:
    found = mapped(order(items=[item("7", orderedQuantity={"amount": 5, "unitOfMeasure": "Cases"})]))
    assert (found.lines[0].unit_size, found.eaches, found.flags) == (1, 5, ["line 7: Cases without unitSize"])


def test_total_is_the_sum_of_lines_with_a_cost_per_each() -> None:
    cases = {"amount": 2, "unitOfMeasure": "Cases", "unitSize": 6}
    by_weight = {"amount": "3.00", "currencyCode": "EUR", "unitOfMeasure": "POUNDS"}
    found = mapped(
        order(items=[item("1", orderedQuantity=cases), item("2", netCost=by_weight), item("3", netCost=None)])
    )
    assert found.total == Decimal("4.20") * 12
    assert [line.cost_unit for line in found.lines] == ["", "POUNDS", ""]
    assert [line.net_cost for line in found.lines] == [Decimal("4.20"), Decimal("3.00"), None]


def test_currency_is_the_first_one_named() -> None:
    nameless = item("1", netCost=None, listPrice=None)
    assert mapped(order(items=[nameless, item("2")])).currency == "EUR"
    assert mapped(order(items=[nameless])).currency == ""


@pytest.mark.parametrize(
    ("ship", "delivery", "end"),
    [
        ("2026-03-03T07:00:00Z--2026-03-05T07:00:00Z", None, 5),
        (None, "2026-03-03T07:00:00Z--2026-03-09T07:00:00Z", 9),
        ("2026-03-03T07:00:00Z--2026-03-05T07:00:00Z", "2026-03-03T07:00:00Z--2026-03-09T07:00:00Z", 5),
    ],
)
def test_window_end_is_the_earlier_one(ship: str | None, delivery: str | None, end: int) -> None:
    found = mapped(order(shipWindow=ship, deliveryWindow=delivery))
    assert found.window_end == datetime(2026, 3, end, 7, tzinfo=UTC)


def test_broken_window_is_flagged_and_left_out() -> None:
    found = mapped(order(deliveryWindow="next week"))
    assert (found.delivery_start, found.window_end) == (None, None)
    assert found.flags == ["unreadable orderDetails.deliveryWindow"]


def test_words_nobody_knows_are_kept_and_flagged() -> None:
    found = mapped(order(state="OnHold", purchaseOrderType="Gift", paymentMethod="Barter"))
    assert (found.amazon_state, found.amazon_type, found.payment_method) == ("OnHold", "Gift", "Barter")
    assert found.flags == ["paymentMethod=Barter", "purchaseOrderState=OnHold", "purchaseOrderType=Gift"]


def test_words_in_other_cases_are_ours() -> None:
    found = mapped(order(state="CLOSED", purchaseOrderType="rushorder"))
    assert (found.amazon_state, found.amazon_type, found.flags) == ("Closed", "RushOrder", [])


def test_order_without_a_state_is_flagged() -> None:
    assert mapped(order(state=None)).flags == ["no purchaseOrderState"]


def test_parties_keep_address_and_tax() -> None:
    party = {
        "partyId": "FRA1",
        "address": {"name": "FC", "addressLine1": "Road 1", "countryCode": "DE", "city": ""},
        "taxInfo": {"taxRegistrationType": "VAT", "taxRegistrationNumber": "DE1"},
    }
    found = mapped(order(shipToParty=party, billToParty=None))
    assert found.parties == {
        "buying": {"id": "AMAZ"},
        "selling": {"id": "ACME1"},
        "ship_to": {
            "id": "FRA1",
            "address": {"name": "FC", "address_line1": "Road 1", "country_code": "DE"},
            "tax": {"tax_registration_type": "VAT", "tax_registration_number": "DE1"},
        },
    }


def test_import_details_are_kept() -> None:
    found = mapped(order(importDetails={"internationalCommercialTerms": "FreeOnBoard", "portOfDelivery": ""}))
    assert found.import_details == {"international_commercial_terms": "FreeOnBoard"}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"purchaseOrderNumber": "1ABCDEFG", "purchaseOrderState": "New"}, "it came without its details"),
        (order(purchaseOrderDate=None), "it has no date that can be read"),
        (order(purchaseOrderDate="soon"), "it has no date that can be read"),
        (order(items=[]), "it has no lines"),
        (order(items=[item("1"), item("1")]), "its lines are not numbered one by one"),
        (order(items=[item(amazonProductIdentifier="B" * 21)]), "a word or a cost of line 1 is beyond any measure"),
        (order(items=[item(vendorProductIdentifier="1" * 81)]), "a word or a cost of line 1 is beyond any measure"),
        (
            order(items=[item(netCost={"amount": "1e12", "currencyCode": "EUR"})]),
            "a word or a cost of line 1 is beyond any measure",
        ),
        (
            order(items=[item(netCost={"amount": "9e11", "currencyCode": "EUR"})]),
            "its quantities or costs are beyond any measure",
        ),
        *(
            (
                order(items=[item(**{price: {"amount": amount, "currencyCode": "EUR"}})]),
                "a word or a cost of line 1 is beyond any measure",
            )
            for price in ("netCost", "listPrice")
            for amount in ("999999999999.99991", "-999999999999.99991")
        ),
        (
            order(items=[item(amount=3, netCost={"amount": "333333333333.33333", "currencyCode": "EUR"})]),
            "its quantities or costs are beyond any measure",
        ),
        (order(sellingParty={"partyId": "V" * 21}), "'VVVVVVVVVVVVVVVVVVVV'… is longer than 20 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_number(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        mapped(document)
    assert (refused.value.message, refused.value.number) == (reason, "1ABCDEFG")


def test_what_just_fits_is_kept() -> None:
    wide = item(amazonProductIdentifier="B" * 20, vendorProductIdentifier="1" * 80)
    found = mapped(order(items=[wide | {"netCost": {"amount": "99999999999.9999", "currencyCode": "EUR"}}]))
    assert len(found.lines[0].vendor_product) == 80
