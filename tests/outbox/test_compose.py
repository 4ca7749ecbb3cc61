"""A decision as the exact bytes that leave."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from conformance.test_messages import _definition
from deliver import ANNA, document_of, placed, work
from orders.making import NOW, SOON, accept, backorder, line, order, reject
from purveyor.common.errors import Refused
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.answer import propose_full
from purveyor.outbox.compose.acknowledgement import compose
from purveyor.outbox.enqueue import body_of, preview

AT = datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)


def written(lines, answers, **of_order):
    (found,) = json.loads(compose(order(**of_order), lines, answers, AT))["acknowledgements"]
    return found


@pytest.mark.unit
def test_whole_body_is_exact():
    lines = [
        line("1", vendor_product="SKU 1", backorder_allowed=True),
        line("2", 12, unit_size=6, net_cost=Decimal("1.5000")),
    ]
    answers = {
        "1": [accept(6, delivery_date=SOON), backorder(3), reject(1)],
        "2": [accept(12, net_cost=Decimal("1.25"), ship_date=SOON)],
    }
    assert written(lines, answers) == {
        "purchaseOrderNumber": "1ABCDEFG",
        "sellingParty": {"partyId": "ACME1"},
        "acknowledgementDate": "2026-03-02T09:00:00.123Z",
        "items": [
            {
                "itemSequenceNumber": "1",
                "amazonProductIdentifier": "B000000001",
                "vendorProductIdentifier": "SKU 1",
                "orderedQuantity": {"amount": 10, "unitOfMeasure": "Eaches"},
                "netCost": {"amount": "4.20", "currencyCode": "EUR"},
                "itemAcknowledgements": [
                    {
                        "acknowledgementCode": "Accepted",
                        "acknowledgedQuantity": {"amount": 6, "unitOfMeasure": "Eaches"},
                        "scheduledDeliveryDate": "2026-03-09T09:00:00Z",
                    },
                    {
                        "acknowledgementCode": "Backordered",
                        "acknowledgedQuantity": {"amount": 3, "unitOfMeasure": "Eaches"},
                        "scheduledDeliveryDate": "2026-03-09T09:00:00Z",
                    },
                    {
                        "acknowledgementCode": "Rejected",
                        "acknowledgedQuantity": {"amount": 1, "unitOfMeasure": "Eaches"},
                        "rejectionReason": "TemporarilyUnavailable",
                    },
                ],
            },
            {
                "itemSequenceNumber": "2",
                "amazonProductIdentifier": "B000000002",
                "orderedQuantity": {"amount": 2, "unitOfMeasure": "Cases", "unitSize": 6},
                "netCost": {"amount": "1.25", "currencyCode": "EUR"},
                "itemAcknowledgements": [
                    {
                        "acknowledgementCode": "Accepted",
                        "acknowledgedQuantity": {"amount": 2, "unitOfMeasure": "Cases", "unitSize": 6},
                        "scheduledShipDate": "2026-03-09T09:00:00Z",
                    }
                ],
            },
        ],
    }


@pytest.mark.unit
def test_goods_priced_by_weight_keep_the_unit_of_their_price():
    found = written([line(cost_unit="kilograms")], {"1": [accept()]})
    assert found["items"][0]["netCost"] == {"amount": "4.20", "currencyCode": "EUR", "unitOfMeasure": "KILOGRAMS"}


@pytest.mark.unit
def test_lists_price_is_for_book_vendors_and_is_left_out():
    found = written([line(list_price=Decimal("9.99"))], {"1": [accept()]})
    assert {"listPrice", "discountMultiplier"}.isdisjoint(found["items"][0])


@pytest.mark.unit
def test_currency_of_the_order_stands_in_for_the_lines():
    found = written([line(currency="")], {"1": [accept()]}, currency="PLN")
    assert found["items"][0]["netCost"]["currencyCode"] == "PLN"


@pytest.mark.unit
def test_lines_without_an_answer_are_left_out():
    found = written([line("1"), line("2", 0)], {"1": [accept()]})
    assert [item["itemSequenceNumber"] for item in found["items"]] == ["1"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("one", "answers", "of_order"),
    [
        (line(eaches=12, unit_size=6), [accept(7), reject(5)], {}),
        (line(net_cost=None), [accept()], {}),
        (line(unit="Barrels"), [accept()], {}),
        (line(cost_unit="STONES"), [accept()], {}),
        (line(), [type(accept())("Perhaps", 10)], {}),
        (line(), [accept()], {"vendor_code": ""}),
    ],
)
def test_what_cannot_be_written_exactly_is_refused(one, answers, of_order):
    with pytest.raises(Refused):
        compose(order(**of_order), [one], {"1": answers}, AT)


@pytest.mark.unit
def test_body_validates_against_amazons_model():
    lines = [line("1", backorder_allowed=True), line("2", 12, unit_size=6, cost_unit="GRAMS")]
    answers = {"1": [accept(6), backorder(3), reject(1)], "2": [accept(12, ship_date=SOON)]}
    body = json.loads(compose(order(), lines, answers, AT))
    assert list(_definition("vendorOrders", "SubmitAcknowledgementRequest").iter_errors(body)) == []


@pytest.mark.integration
@pytest.mark.django_db
def test_preview_is_what_is_sent_byte_by_byte(plugged, profile):
    order = placed(plugged, profile, {"amount": 4, "unit": "Cases", "unit_size": 6}, {"amount": 3, "cost": "1.10"})
    shown = preview(order, propose_full(order))
    acknowledge(ANNA, order.pk)
    work()
    assert bytes(document_of(order).body) == shown


@pytest.mark.integration
@pytest.mark.django_db
def test_decision_always_gives_the_same_bytes(plugged, profile):
    order = placed(plugged, profile)
    decided = acknowledge(ANNA, order.pk)
    assert body_of(decided) == body_of(type(decided).objects.get(pk=decided.pk))
    assert NOW.tzinfo is UTC
