"""Whether a status shows our answer: values in, a verdict out."""

from __future__ import annotations

import json

import pytest

from purveyor.outbox.judge import Shown, Verdict, baseline_of, judge, ours_of, status_of

pytestmark = pytest.mark.unit

OURS = "2026-03-02T09:00:00.123Z"
BEFORE_US = "2026-03-02T08:00:00Z"
AFTER_US = "2026-03-02T09:03:00Z"
NEW = {"1": Shown(), "2": Shown()}


def entry(code, amount, unit="Eaches", size=None):
    quantity = {"amount": amount, "unitOfMeasure": unit} | ({"unitSize": size} if size else {})
    found = {"acknowledgementCode": code, "acknowledgedQuantity": quantity}
    return found | ({"rejectionReason": "ObsoleteProduct"} if code == "Rejected" else {})


def body(*lines):
    items = [
        {
            "itemSequenceNumber": str(n),
            "amazonProductIdentifier": "B000000001",
            "orderedQuantity": {"amount": 10, "unitOfMeasure": "Eaches"},
            "netCost": {"amount": "1.00"},
            "itemAcknowledgements": list(entries),
        }
        for n, entries in enumerate(lines, 1)
    ]
    order = {
        "purchaseOrderNumber": "1ABCDEFG",
        "sellingParty": {"partyId": "ACME1"},
        "acknowledgementDate": OURS,
        "items": items,
    }
    return json.dumps({"acknowledgements": [order]}).encode()


# Line 1: 6 accepted, 4 backordered. Line 2: two cases of 5 rejected.
BODY = body(
    [entry("Accepted", 6), entry("Backordered", 4)],
    [entry("Rejected", 2, "Cases", 5)],
)


def shown(first, second, date="", other_date=None):
    return {"1": Shown(*first, date), "2": Shown(*second, date if other_date is None else other_date)}


def test_backordered_counts_as_confirmed_and_cases_as_eaches():
    assert ours_of(BODY).lines == {"1": (10, 0), "2": (0, 10)}


def test_our_echoed_date_is_proof():
    assert judge(BODY, NEW, shown((10, 0), (0, 10), OURS)) == Verdict.ARRIVED


def test_our_echoed_date_is_proof_though_the_quantities_are_as_before():
    assert judge(BODY, shown((10, 0), (0, 10), BEFORE_US), shown((10, 0), (0, 10), OURS)) == Verdict.ARRIVED


def test_our_echoed_date_is_ours_to_the_millisecond():
    before = shown((10, 0), (0, 10), BEFORE_US)
    assert judge(BODY, before, shown((10, 0), (0, 10), "2026-03-02T09:00:00.124Z")) == Verdict.CANNOT_TELL


def test_our_date_with_other_quantities_differs():
    assert judge(BODY, NEW, shown((9, 1), (0, 10), OURS)) == Verdict.DIFFERS


def test_quantities_that_differ_from_before_and_match_are_proof():
    assert judge(BODY, NEW, shown((10, 0), (0, 10))) == Verdict.ARRIVED


def test_quantities_that_match_one_line_only_prove_nothing():
    assert judge(BODY, NEW, shown((10, 0), (0, 0))) == Verdict.CANNOT_TELL


def test_same_quantities_as_before_without_any_date_cannot_be_told():
    same = shown((10, 0), (0, 10))
    assert judge(BODY, same, same) == Verdict.CANNOT_TELL


def test_same_quantities_as_before_under_the_old_date_did_not_arrive():
    same = shown((10, 0), (0, 10), BEFORE_US)
    assert judge(BODY, same, same) == Verdict.UNCHANGED


def test_same_quantities_under_a_new_date_are_proof_once_amazon_took_it():
    before, now = shown((10, 0), (0, 10), BEFORE_US), shown((10, 0), (0, 10), AFTER_US)
    assert judge(BODY, before, now, taken=True) == Verdict.ARRIVED
    assert judge(BODY, before, now) == Verdict.CANNOT_TELL


def test_matching_quantities_said_before_us_are_not_ours():
    assert judge(BODY, NEW, shown((10, 0), (0, 10), BEFORE_US)) == Verdict.CANNOT_TELL


def test_matching_quantities_with_amazons_own_date_are_ours():
    assert judge(BODY, NEW, shown((10, 0), (0, 10), AFTER_US)) == Verdict.ARRIVED


def test_clocks_may_differ_by_a_few_minutes():
    assert judge(BODY, NEW, shown((10, 0), (0, 10), "2026-03-02T08:55:00.123Z")) == Verdict.ARRIVED
    assert judge(BODY, NEW, shown((10, 0), (0, 10), "2026-03-02T08:55:00.122Z")) == Verdict.CANNOT_TELL


def test_nothing_new_is_unchanged():
    assert judge(BODY, NEW, NEW) == Verdict.UNCHANGED
    assert judge(BODY, {}, NEW) == Verdict.UNCHANGED


def test_another_answer_differs():
    assert judge(BODY, NEW, shown((3, 7), (0, 10))) == Verdict.DIFFERS


def test_half_echoed_is_not_proof():
    assert judge(BODY, NEW, shown((10, 0), (0, 0), OURS, "")) == Verdict.CANNOT_TELL


def test_order_or_line_that_is_not_shown_cannot_be_told():
    assert judge(BODY, NEW, None) == Verdict.CANNOT_TELL
    assert judge(BODY, NEW, {"1": Shown(10, 0, OURS)}) == Verdict.CANNOT_TELL


def test_lines_we_did_not_answer_do_not_count():
    now = shown((10, 0), (0, 10), OURS) | {"3": Shown(1, 2)}
    assert judge(BODY, NEW, now) == Verdict.ARRIVED


def test_date_that_cannot_be_read_is_no_date():
    assert Shown(1, 0, "yesterday").date is None


def test_baseline_comes_back_as_it_was():
    before = shown((10, 0), (0, 10), BEFORE_US)
    assert status_of(json.loads(json.dumps(baseline_of(before)))) == before
