"""submitAcknowledgement: the shape is judged at once, Amazon's rules later (FACTS §5.1, OPERATIONS §1.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from purveyor.common import clock
from purveyor.simulator.model import Outcome
from purveyor.simulator.world import World
from simulator.talk import ACKNOWLEDGE, TEN, Talk, answer, entry, item

pytestmark = pytest.mark.unit

HARD = {"rejectionReason": "ObsoleteProduct"}
DATE = {"scheduledDeliveryDate": "2026-03-20T00:00:00Z"}


@pytest.fixture
def number(world: World) -> str:
    return world.place("PURCHASE", lines=[TEN, TEN], vendor_code="WALD1")


def full(number: str, *, date: str = "2026-03-02T09:00:00Z") -> dict[str, Any]:
    return answer(number, item("1", entry(10)), item("2", entry(10)), acknowledgementDate=date)


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def test_submission_is_taken_with_a_transaction_id(talk: Talk, number: str) -> None:
    response = talk.acknowledge(full(number))
    found = response.json["payload"]["transactionId"]
    assert response.status_code == 202
    assert found.startswith("20260302090000-")
    assert response.headers["x-amzn-RateLimit-Limit"] == "10.0"
    assert talk.transaction(found) == {"transactionId": found, "status": "Processing"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"acknowledgements": []},
        {"acknowledgements": {}},
        {"acknowledgements": ["PURCHASE"]},
        {"payload": {"acknowledgements": []}},
        [],
    ],
)
def test_body_of_another_shape_is_refused_at_once(talk: Talk, body: Any) -> None:
    response = talk.post(ACKNOWLEDGE, body)
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, "InvalidInput")


@pytest.mark.parametrize(
    "body",
    [
        without(full("PURCHASE"), "purchaseOrderNumber"),
        without(full("PURCHASE"), "sellingParty"),
        full("PURCHASE") | {"sellingParty": {}},
        without(full("PURCHASE"), "acknowledgementDate"),
        full("PURCHASE", date="yesterday"),
        without(full("PURCHASE"), "items"),
        answer("PURCHASE", without(item("1", entry(10)), "orderedQuantity")),
        answer("PURCHASE", item("1", without(entry(10), "acknowledgedQuantity"))),
        answer("PURCHASE", item("1", entry("10"))),  # type: ignore[arg-type]  # a quantity as text
        answer("PURCHASE", item("1", entry(10), netCost={"amount": 10})),
    ],
)
def test_acknowledgement_of_another_shape_is_refused_at_once(
    talk: Talk, world: World, number: str, body: dict[str, Any]
) -> None:
    response = talk.acknowledge(body)
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, "InvalidInput")
    assert "acknowledgements[0]" in response.json["errors"][0]["message"]
    assert world.acknowledgements(number) == []


def test_one_order_twice_in_a_request_is_refused(talk: Talk, number: str) -> None:
    assert talk.acknowledge(full(number), full(number)).status_code == 400


def test_other_content_types_are_refused(talk: Talk) -> None:
    response = talk.client.post(ACKNOWLEDGE, data="{}", content_type="text/plain", headers=talk.headers())
    assert (response.status_code, response.json["errors"][0]["code"]) == (415, "UnsupportedMediaType")


def test_broken_json_is_refused(talk: Talk) -> None:
    response = talk.client.post(ACKNOWLEDGE, data="{", content_type="application/json", headers=talk.headers())
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, "InvalidInput")


def test_huge_body_is_refused(talk: Talk) -> None:
    data = b" " * 5_000_001
    response = talk.client.post(ACKNOWLEDGE, data=data, content_type="application/json", headers=talk.headers())
    assert response.status_code == 413


def test_good_answer_stays_processing_and_shows_in_the_status(talk: Talk, world: World, number: str) -> None:
    found = talk.outcome(full(number))
    status = talk.status(number)
    assert found["status"] == "Processing"
    assert status["itemStatus"][0]["acknowledgementStatus"] == {
        "confirmationStatus": "ACCEPTED",
        "acceptedQuantity": {"amount": 10, "unitOfMeasure": "Eaches", "unitSize": 1},
        "rejectedQuantity": {"amount": 0, "unitOfMeasure": "Eaches", "unitSize": 1},
        "acknowledgementStatusDetails": [
            {
                "acknowledgementDate": "2026-03-02T09:00:00Z",
                "acceptedQuantity": {"amount": 10, "unitOfMeasure": "Eaches", "unitSize": 1},
                "rejectedQuantity": {"amount": 0, "unitOfMeasure": "Eaches", "unitSize": 1},
            }
        ],
    }
    assert world.order(number).state == "Acknowledged"


def test_answer_is_judged_first_and_visible_later(talk: Talk, world: World, number: str) -> None:
    talk.acknowledge(full(number))
    seen = []
    for _ in range(6):
        confirmed = talk.status(number)["itemStatus"][0]["acknowledgementStatus"]["confirmationStatus"]
        seen.append((str(world.acknowledgements(number)[0].outcome), confirmed, str(world.order(number).state)))
        world.advance(timedelta(seconds=1))
    assert seen == [("pending", "UNCONFIRMED", "New")] * 2 + [("good", "UNCONFIRMED", "New")] * 3 + [
        ("good", "ACCEPTED", "Acknowledged")
    ]


def test_bad_answer_fails_only_after_the_delay(talk: Talk, world: World) -> None:
    found = talk.acknowledge(full("NOTHINGS")).json["payload"]["transactionId"]
    world.advance(timedelta(seconds=1.9))
    assert talk.transaction(found)["status"] == "Processing"
    world.advance(timedelta(seconds=0.1))
    assert talk.transaction(found) == {
        "transactionId": found,
        "status": "Failure",
        "errors": [{"code": "INVALID_ORDER_ID", "message": "There is no such purchase order for this vendor."}],
    }


def test_delays_can_be_none(talk: Talk, world: World, number: str) -> None:
    world.settings.outcome_delay = world.settings.visibility_delay = 0
    talk.acknowledge(full(number))
    assert world.order(number).state == "Acknowledged"


def test_speed_shortens_the_delays(talk: Talk, world: World, number: str) -> None:
    world.set_speed(10)
    talk.acknowledge(full(number))
    world.advance(timedelta(seconds=0.5))
    assert world.order(number).state == "Acknowledged"


def test_date_is_echoed_unless_told_otherwise(talk: Talk, world: World, number: str) -> None:
    talk.outcome(full(number, date="2026-03-02T07:30:00.250Z"))

    def shown() -> str:
        lines = talk.status(number)["itemStatus"]
        return str(lines[0]["acknowledgementStatus"]["acknowledgementStatusDetails"][0]["acknowledgementDate"])

    assert shown() == "2026-03-02T07:30:00.250Z"
    world.settings.echo_dates = False
    assert shown() == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize(
    ("items", "codes"),
    [
        # Every way of saying yes, no and later.
        ([item("1", entry(10)), item("2", entry(4))], []),
        ([item("1", entry(6), entry(4, "Rejected", rejectionReason="TemporarilyUnavailable"))], []),
        ([item("1", entry(6), entry(4, "Backordered", **DATE))], []),
        ([item("1", entry(10, "Backordered", scheduledShipDate="2026-03-20T00:00:00Z"))], []),
        ([item("1", entry(10, "Rejected", **HARD))], []),
        ([item("1", entry(10, "Rejected"))], []),
        ([item("1", entry(10), cost="9.99")], []),
        ([item("1", entry(10), cost="1e1")], []),
        ([item("1", entry(10), cost="0.01")], []),
        # Code.
        ([item("1")], ["MISSING_ACKNOWLEDGEMENT_CODE"]),
        ([item("1", entry(10, ""))], ["MISSING_ACKNOWLEDGEMENT_CODE"]),
        ([item("1", entry(10, "ACCEPTED"))], ["INVALID_ACKNOWLEDGEMENT_CODE"]),
        # Quantity.
        ([item("1", entry(0))], ["INVALID_QUANTITY"]),
        ([item("1", entry(-1))], ["INVALID_QUANTITY"]),
        ([item("1", entry(0, "Rejected", **HARD))], ["INVALID_QUANTITY"]),
        ([item("1", entry(11))], ["QUANTITY_ABOVE_ORDERED"]),
        ([item("1", entry(6), entry(5, "Rejected", **HARD))], ["QUANTITY_ABOVE_ORDERED"]),
        ([item("1", entry(2, unit="Cases", size=6))], ["QUANTITY_ABOVE_ORDERED"]),
        ([item("1", entry(10, unit="Pieces"))], ["INVALID_UNIT_OF_MEASURE"]),
        # Cost.
        ([item("1", entry(10), cost=None)], ["MISSING_NET_COST"]),
        ([item("1", entry(10), cost="")], ["MISSING_NET_COST"]),
        ([item("1", entry(10), cost="0")], ["INVALID_NET_COST"]),
        ([item("1", entry(10), cost="-1")], ["INVALID_NET_COST"]),
        ([item("1", entry(10), cost="ten")], ["INVALID_NET_COST"]),
        ([item("1", entry(10), cost="10.01")], ["NET_COST_ABOVE_ORDER"]),
        ([item("1", entry(10), netCost={"amount": "10.00", "currencyCode": "USD"})], ["INVALID_CURRENCY"]),
        ([item("1", entry(10), netCost={"amount": "10.00"})], []),
        # Backorder and reason.
        ([item("1", entry(10, "Backordered"))], ["MISSING_BACKORDER_DATE"]),
        ([item("1", entry(10, "Rejected", rejectionReason="TooBusy"))], ["INVALID_REJECTION_REASON"]),
        # Which line.
        ([item("3", entry(10))], ["INVALID_ITEM"]),
        ([item("1", entry(10), amazonProductIdentifier="B0OTHER001")], ["INVALID_ITEM"]),
        ([item("1", entry(10), vendorProductIdentifier=" SKU-1")], ["INVALID_ITEM"]),
        ([item("1", entry(10), amazonProductIdentifier="B0TEST0001", vendorProductIdentifier="SKU-1")], []),
        ([item("", entry(10), vendorProductIdentifier="SKU-2")], []),
        ([item("", entry(10))], ["INVALID_ITEM"]),
        ([item("1", entry(5)), item("1", entry(5))], ["DUPLICATE_ITEM"]),
    ],
)
def test_answer_is_judged(talk: Talk, number: str, items: list[dict[str, Any]], codes: list[str]) -> None:
    assert talk.codes(answer(number, *items)) == codes


def test_quantity_without_an_amount_is_none(talk: Talk, number: str) -> None:
    nothing = {"acknowledgementCode": "Accepted", "acknowledgedQuantity": {}}
    assert talk.codes(answer(number, item("1", nothing))) == ["INVALID_QUANTITY"]


def test_item_that_fits_no_line_is_named_by_its_place(talk: Talk, number: str) -> None:
    found = talk.outcome(answer(number, item("1", entry(10)), item("7", entry(10))))
    assert found["errors"][0]["message"].startswith("Item 2 ")


def test_update_is_in_time_until_the_very_end_of_48_hours(talk: Talk, world: World, number: str) -> None:
    world.settings.outcome_delay = world.settings.visibility_delay = 0
    talk.acknowledge(full(number))
    clock.turn(timedelta(hours=48))
    talk.access = ""
    found = talk.acknowledge(answer(number, item("1", entry(4)))).json["payload"]["transactionId"]
    assert talk.transaction(found)["status"] == "Processing"


def test_single_pieces_count_too(talk: Talk, world: World) -> None:
    number = world.place("ONEPIECE", lines=[TEN | {"amount": 1}, TEN | {"amount": 1}], vendor_code="WALD1")
    talk.outcome(answer(number, item("1", entry(1))))
    assert confirmed(talk, number) == [("ACCEPTED", 1, 0), ("REJECTED", 0, 1)]
    assert world.order(number).state == "Acknowledged"


def test_order_of_which_nothing_wanted_is_promised_is_closed(talk: Talk, world: World, number: str) -> None:
    talk.outcome(full(number))
    world.cancel(number, 1)
    talk.outcome(answer(number, item("2", entry(10, "Rejected", **HARD))))
    assert world.order(number).state == "Closed"


def test_every_error_is_told(talk: Talk, number: str) -> None:
    found = talk.codes(answer(number, item("1", entry(11), cost="0"), item("2", entry(0))))
    assert found == ["QUANTITY_ABOVE_ORDERED", "INVALID_NET_COST", "INVALID_QUANTITY"]


def test_bad_answer_changes_nothing(talk: Talk, world: World, number: str) -> None:
    talk.outcome(answer(number, item("1", entry(11)), item("2", entry(10))))
    assert world.order(number).state == "New"
    assert {line["acknowledgementStatus"]["confirmationStatus"] for line in talk.status(number)["itemStatus"]} == {
        "UNCONFIRMED"
    }


def test_backorder_needs_the_lines_leave(talk: Talk, world: World) -> None:
    number = world.place(lines=[TEN | {"backorder": False}], vendor_code="WALD1")
    assert talk.codes(answer(number, item("1", entry(10, "Backordered", **DATE)))) == ["BACKORDER_NOT_ALLOWED"]


def test_answer_for_another_vendor_code_fails(talk: Talk, number: str) -> None:
    assert talk.codes(full(number) | {"sellingParty": {"partyId": "WALD2"}}) == ["INVALID_SELLING_PARTY"]


def test_answer_to_a_strangers_order_fails(talk: Talk, world: World) -> None:
    other = world.add_account("Other")
    number = world.place(lines=1, account=other)
    assert talk.codes(full(number)) == ["INVALID_ORDER_ID"]


def test_answer_to_a_cancelled_order_fails(talk: Talk, world: World, number: str) -> None:
    world.cancel(number)
    assert "ORDER_CANCELLED" in talk.codes(full(number))


def test_cancelled_line_needs_no_answer(talk: Talk, world: World, number: str) -> None:
    world.cancel(number, 2)
    assert talk.codes(answer(number, item("1", entry(10)))) == []
    assert [line.answers != [] for line in (world.order(number).seen("1"), world.order(number).seen("2"))] == [
        True,
        False,
    ]


def test_cancelled_line_can_not_be_accepted(talk: Talk, world: World, number: str) -> None:
    world.cancel(number, 2)
    assert talk.codes(answer(number, item("1", entry(10)), item("2", entry(1)))) == ["QUANTITY_ABOVE_ORDERED"]


def confirmed(talk: Talk, number: str) -> list[tuple[str, int, int]]:
    found = [line["acknowledgementStatus"] for line in talk.status(number)["itemStatus"]]
    return [(f["confirmationStatus"], f["acceptedQuantity"]["amount"], f["rejectedQuantity"]["amount"]) for f in found]


def test_line_left_out_counts_as_rejected(talk: Talk, number: str) -> None:
    talk.outcome(answer(number, item("1", entry(10))))
    assert confirmed(talk, number) == [("ACCEPTED", 10, 0), ("REJECTED", 0, 10)]


def test_what_is_not_promised_counts_as_rejected(talk: Talk, number: str) -> None:
    talk.outcome(answer(number, item("1", entry(4)), item("2", entry(3), entry(5, "Backordered", **DATE))))
    assert confirmed(talk, number) == [("PARTIALLY_ACCEPTED", 4, 6), ("PARTIALLY_ACCEPTED", 8, 2)]


def test_backordered_counts_as_accepted(talk: Talk, number: str) -> None:
    talk.outcome(answer(number, item("1", entry(4), entry(6, "Backordered", **DATE)), item("2", entry(10))))
    assert confirmed(talk, number) == [("ACCEPTED", 10, 0), ("ACCEPTED", 10, 0)]


def test_order_rejected_whole_is_closed(talk: Talk, world: World, number: str) -> None:
    talk.outcome(answer(number, item("1", entry(10, "Rejected", **HARD)), item("2", entry(10, "Rejected", **HARD))))
    assert world.order(number).state == "Closed"
    assert talk.status(number)["purchaseOrderStatus"] == "CLOSED"


def test_cases_are_compared_in_eaches(talk: Talk, world: World) -> None:
    lines = [{"amount": 5, "unit": "Cases", "unit_size": 6, "cost": "10.00"}]
    one, two, three = (world.place(lines=lines, vendor_code="WALD1") for _ in range(3))
    assert talk.codes(answer(one, item("1", entry(30)))) == []
    assert talk.codes(answer(two, item("1", entry(6, unit="Cases", size=6)))) == ["QUANTITY_ABOVE_ORDERED"]
    unsaid = {"acknowledgementCode": "Accepted", "acknowledgedQuantity": {"amount": 4}}
    assert talk.codes(answer(three, item("1", unsaid))) == []
    assert confirmed(talk, one) == [("ACCEPTED", 5, 0)]
    assert confirmed(talk, three) == [("PARTIALLY_ACCEPTED", 4, 1)]


def test_eaches_that_fill_no_case_are_told_in_eaches(talk: Talk, world: World) -> None:
    number = world.place(lines=[{"amount": 5, "unit": "Cases", "unit_size": 6, "cost": "10.00"}], vendor_code="WALD1")
    talk.outcome(answer(number, item("1", entry(7))))
    found = talk.status(number)["itemStatus"][0]["acknowledgementStatus"]["acceptedQuantity"]
    assert found == {"amount": 7, "unitOfMeasure": "Eaches", "unitSize": 1}


def test_later_answer_replaces_the_earlier(talk: Talk, world: World, number: str) -> None:
    talk.outcome(full(number))
    clock.turn(timedelta(hours=1))
    talk.access = ""
    assert talk.codes(answer(number, item("1", entry(4)), item("2", entry(10)))) == []
    assert confirmed(talk, number) == [("PARTIALLY_ACCEPTED", 4, 6), ("ACCEPTED", 10, 0)]
    details = talk.status(number)["itemStatus"][0]["acknowledgementStatus"]["acknowledgementStatusDetails"]
    assert [detail["acceptedQuantity"]["amount"] for detail in details] == [4, 10]


def test_line_left_out_of_a_later_answer_keeps_its_own(talk: Talk, number: str) -> None:
    talk.outcome(full(number))
    talk.outcome(answer(number, item("1", entry(4))))
    assert confirmed(talk, number) == [("PARTIALLY_ACCEPTED", 4, 6), ("ACCEPTED", 10, 0)]


@pytest.mark.parametrize("again", [entry(1), entry(10, "Backordered", **DATE)])
def test_rejected_stays_rejected(talk: Talk, number: str, again: dict[str, Any]) -> None:
    talk.outcome(answer(number, item("1", entry(10, "Rejected", **HARD)), item("2", entry(10))))
    assert talk.codes(answer(number, item("1", again), item("2", entry(10)))) == ["REJECTED_IS_FINAL"]


def test_line_left_out_stays_rejected_too(talk: Talk, number: str) -> None:
    talk.outcome(answer(number, item("2", entry(10))))
    assert talk.codes(full(number)) == ["REJECTED_IS_FINAL"]


def test_rejected_may_be_rejected_again(talk: Talk, number: str) -> None:
    again = answer(number, item("1", entry(10, "Rejected", **HARD)), item("2", entry(10)))
    talk.outcome(again)
    assert talk.codes(again) == []


def test_partly_rejected_may_be_raised(talk: Talk, number: str) -> None:
    talk.outcome(answer(number, item("1", entry(4)), item("2", entry(10))))
    assert talk.codes(full(number)) == []


@pytest.mark.parametrize(
    ("hours", "changed", "codes"),
    [
        (47.9, item("1", entry(4)), []),
        (48.1, item("1", entry(4)), ["UPDATE_TOO_LATE"]),
        (48.1, item("1", entry(10), cost="9.00"), ["UPDATE_TOO_LATE"]),
        (48.1, item("1", entry(10, **DATE)), []),
        (48.1, item("1", entry(10), cost="10"), []),
    ],
)
def test_after_48_hours_only_dates_change(
    talk: Talk, number: str, hours: float, changed: dict[str, Any], codes: list[str]
) -> None:
    talk.outcome(full(number))
    clock.turn(timedelta(hours=hours))
    talk.access = ""
    assert talk.codes(answer(number, changed, item("2", entry(10)))) == codes


def test_48_hours_run_anew_when_amazon_changes_the_order(talk: Talk, world: World, number: str) -> None:
    talk.outcome(full(number))
    clock.turn(timedelta(hours=60))
    talk.access = ""
    world.change(number, quantities={"1": 8})
    assert talk.codes(answer(number, item("1", entry(8)), item("2", entry(10)))) == []


def test_orders_of_one_request_are_judged_each_alone(talk: Talk, world: World, number: str) -> None:
    found = talk.outcome(full(number), full("NOTHINGS"))
    assert (found["status"], [error["code"] for error in found["errors"]]) == ("Failure", ["INVALID_ORDER_ID"])
    assert world.order(number).state == "Acknowledged"


def test_world_keeps_every_acknowledgement_that_was_taken(talk: Talk, world: World, number: str) -> None:
    first = talk.acknowledge(full(number)).json["payload"]["transactionId"]
    bad = answer(number, item("1", entry(11)))
    second = talk.acknowledge(bad).json["payload"]["transactionId"]
    world.advance(timedelta(seconds=10))
    kept = world.acknowledgements(number)
    assert [(k.transaction_id, k.outcome, k.body) for k in kept] == [
        (first, Outcome.GOOD, full(number)),
        (second, Outcome.BAD, bad),
    ]
    assert kept[0].received_at == clock.now() - timedelta(seconds=10)


def test_answer_in_the_portal_shows_at_once(talk: Talk, world: World, number: str) -> None:
    world.acknowledge_elsewhere(number, {"1": 10, "2": 3})
    assert confirmed(talk, number) == [("ACCEPTED", 10, 0), ("PARTIALLY_ACCEPTED", 3, 7)]
    assert world.order(number).state == "Acknowledged"
    assert world.acknowledgements(number) == []


def test_line_left_out_in_the_portal_is_rejected(talk: Talk, world: World, number: str) -> None:
    world.acknowledge_elsewhere(number, {"1": 10})
    assert confirmed(talk, number) == [("ACCEPTED", 10, 0), ("REJECTED", 0, 10)]


def test_portal_answers_single_pieces_but_no_cancelled_lines(talk: Talk, world: World) -> None:
    number = world.place(lines=[TEN | {"amount": 1}, TEN])
    world.cancel(number, 2)
    world.acknowledge_elsewhere(number)
    assert confirmed(talk, number) == [("ACCEPTED", 1, 0), ("UNCONFIRMED", 0, 0)]


def test_lower_cost_said_before_is_no_late_change(talk: Talk, number: str) -> None:
    both = (item("1", entry(10), cost="9.00"), item("2", entry(10), cost="9.00"))
    talk.outcome(answer(number, *both))
    clock.turn(timedelta(hours=60))
    talk.access = ""
    assert talk.codes(answer(number, *both)) == []


def test_strangers_transaction_is_not_found(talk: Talk, world: World, number: str) -> None:
    found = talk.acknowledge(full(number)).json["payload"]["transactionId"]
    other = Talk(world, world.add_account("Other"))
    response = other.get("/vendor/transactions/v1/transactions/" + found)
    assert (response.status_code, response.json["errors"][0]["code"]) == (404, "ResourceNotFound")


def test_answer_before_a_cancellation_does_not_open_the_order_again(talk: Talk, world: World, number: str) -> None:
    talk.acknowledge(full(number))
    world.advance(timedelta(seconds=3))
    world.cancel(number)
    world.advance(timedelta(seconds=10))
    assert world.order(number).state == "Closed"
