"""The verb: checked, frozen, in one transaction, told to the outbox; and settled afterwards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_cast
from deliver import ANNA, document_of, placed, pull, pull_status, until_settled, work
from orders.making import accept, backorder, reject
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.jobs.testing import collector, run_commit_hooks
from purveyor.orders.domain.acknowledge import acknowledge, acknowledge_many, check, settle
from purveyor.orders.domain.answer import propose_full
from purveyor.orders.models import Acknowledgement, Answer, Order
from purveyor.orders.rules import may_acknowledge, may_reject, needs_answer, why_never

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def refused(order, answers=None, **more):
    """Check ids of the refusal; and nothing has changed."""
    before = (Order.objects.get(pk=order.pk).state, Acknowledgement.objects.count(), Entry.objects.count())
    with pytest.raises(Refused) as caught:
        acknowledge(ANNA, order.pk, answers, **more)
    assert (Order.objects.get(pk=order.pk).state, Acknowledgement.objects.count(), Entry.objects.count()) == before
    return [p.check for p in caught.value.problems]


def answered(order, answers=None, **more):
    """Answer and bring it to its end."""
    acknowledge(ANNA, order.pk, answers, **more)
    work()
    until_settled(document_of(order))
    order.refresh_from_db()
    return order


def test_full_acceptance_freezes_the_decision(plugged, profile):
    order = placed(plugged, profile, {"amount": 10, "cost": "4.20"}, {"amount": 2, "unit": "Cases", "unit_size": 6})
    frozen = acknowledge(ANNA, order.pk, because="as ordered")
    order.refresh_from_db()
    assert order.state == "acknowledging"
    assert (frozen.revision, frozen.by, frozen.because, frozen.order_version) == (1, ANNA.name, "as ordered", 1)
    assert [(a.line.number, a.code, a.eaches) for a in frozen.answers.all()] == [
        ("1", "Accepted", 10),
        ("2", "Accepted", 12),
    ]
    assert frozen.answers.first().net_cost == Decimal("4.20")


def test_outbox_is_nudged_once_the_decision_is_committed(plugged, profile):
    frozen = acknowledge(ANNA, placed(plugged, profile).pk)
    run_commit_hooks()
    assert ("outbox.compose", frozen.pk) in collector().nudges


def test_decision_is_audited(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk, because="as ordered")
    entry = Entry.objects.get(action="order.acknowledged")
    assert (entry.by, entry.object_name, entry.because) == (ANNA.name, order.number, "as ordered")
    assert (entry.old, entry.new["state"]) == ({"state": "new"}, "acknowledging")


def test_answer_that_only_rejects_is_audited_as_a_rejection(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk, {"1": [reject(10)]})
    assert Entry.objects.filter(action="order.rejected").count() == 1
    assert Entry.objects.filter(action="order.acknowledged").count() == 0


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ([accept(10)], (10, 0)),
        ([accept(6), reject(4)], (6, 4)),
        ([accept(6), backorder(4)], (10, 0)),
        ([backorder(10)], (10, 0)),
        ([reject(10)], (0, 10)),
        ([accept(10, net_cost=Decimal("3.99"))], (10, 0)),
    ],
    ids=["full", "cut", "split", "backorder", "reject", "cheaper"],
)
def test_every_kind_of_answer_is_proved_at_amazon(plugged, profile, answers, shown):
    order = answered(placed(plugged, profile, {"amount": 10, "cost": "4.20", "backorder": True}), {"1": answers})
    line = order.lines.get()
    assert (document_of(order).state, (line.accepted, line.rejected)) == ("verified", shown)
    assert order.acknowledgements.get().outcome == "verified"
    assert order.answered_at == document_of(order).sent_at


def test_order_that_amazon_closes_over_our_rejection_is_closed(plugged, profile):
    order = answered(placed(plugged, profile), {"1": [reject(10)]})
    pull(profile, order.number)
    order.refresh_from_db()
    assert order.state == "closed"


def test_refusal_names_every_problem_and_changes_nothing(plugged, profile):
    order = placed(plugged, profile, {"amount": 10, "cost": "4.20"}, {"amount": 5, "cost": "1"})
    assert refused(order, {"1": [accept(11)]}) == ["AC-02", "AC-01"]


def test_preview_of_the_rules_is_the_same_as_the_refusal(plugged, profile):
    order = placed(plugged, profile)
    assert [p.check for p in check(order, {"1": [accept(11)]})] == ["AC-02"]
    assert check(order, {"1": [accept(10)]}) == []


def test_cancelled_line_is_left_out(plugged, profile):
    number = plugged.place(lines=[{"amount": 10}, {"amount": 5}])
    plugged.cancel(number, "2")
    order = answered(pull(profile, number))
    (received,) = plugged.acknowledgements(number)
    assert [item["itemSequenceNumber"] for item in received.body["items"]] == ["1"]
    assert order.state == "acknowledged"


def test_order_with_cancelled_lines_alone_needs_no_answer(plugged, profile):
    number = plugged.place(lines=[{"amount": 10}])
    plugged.cancel(number)
    order = pull(profile, number)
    assert refused(order) == ["STATE"]
    assert not needs_answer(order, order.lines.all())


def test_second_answer_waits_for_the_first(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    with pytest.raises(Conflict):
        acknowledge(ANNA, order.pk)
    assert Acknowledgement.objects.count() == 1


def test_answer_to_a_version_that_is_no_longer_the_latest_is_a_conflict(plugged, profile):
    order = placed(plugged, profile)
    plugged.change(order.number, quantities={"1": 4})
    pull(profile, order.number)
    with pytest.raises(Conflict):
        acknowledge(ANNA, order.pk, expect_version=1)
    assert acknowledge(ANNA, order.pk, expect_version=2).order_version == 2


def test_correction_within_48_hours_replaces_the_answer(plugged, profile):
    order = answered(placed(plugged, profile))
    clock.turn(timedelta(hours=47))
    answered(order, {"1": [accept(6), reject(4)]})
    assert (order.lines.get().accepted, order.lines.get().rejected) == (6, 4)
    assert [a.dates_only for a in order.acknowledgements.all()] == [False, False]
    assert order.answered_at < clock.now() - timedelta(hours=46)


def test_after_48_hours_only_dates_change(plugged, profile):
    order = answered(placed(plugged, profile))
    clock.turn(timedelta(hours=49))
    assert refused(order, {"1": [accept(6), reject(4)]}) == ["48H"]
    later_date = clock.now() + timedelta(days=3)
    answered(order, {"1": [accept(10, delivery_date=later_date)]})
    latest = order.acknowledgements.last()
    assert (latest.dates_only, latest.outcome) == (True, "verified")


def test_rejected_line_stays_rejected_even_when_amazon_shows_it_differently(plugged, profile):
    order = answered(
        placed(plugged, profile, {"amount": 10, "cost": "4.20"}, {"amount": 5, "cost": "1"}),
        {"1": [reject(10)], "2": [accept(5)]},
    )
    assert refused(order, {"1": [accept(10)], "2": [accept(5)]}) == ["AC-04"]
    order.lines.update(accepted=None, rejected=None, confirmation="", acknowledged_on="")
    assert refused(order, {"1": [accept(10)], "2": [accept(5)]}) == ["AC-04"]
    answered(order, {"1": [reject(10)], "2": [accept(4), reject(1)]})
    assert order.state == "acknowledged"


def test_line_rejected_in_the_portal_stays_rejected(plugged, profile):
    order = placed(plugged, profile, {"amount": 10, "cost": "4.20"}, {"amount": 5, "cost": "1"})
    plugged.acknowledge_elsewhere(order.number, {"1": 0, "2": 5})
    pull_status(profile, order.number)
    order.refresh_from_db()
    both = {"1": [accept(10)], "2": [accept(5)]}
    assert refused(order, both, confirm_elsewhere=True) == ["AC-04"]


def test_order_answered_elsewhere_is_replaced_when_confirmed_only(plugged, profile):
    order = placed(plugged, profile)
    plugged.acknowledge_elsewhere(order.number, {"1": 3})
    pull_status(profile, order.number)
    order.refresh_from_db()
    assert order.state == "answered elsewhere"
    assert refused(order) == ["ELSEWHERE"]
    assert plugged.acknowledgements(order.number) == []
    answered(order, confirm_elsewhere=True, because="three was a slip")
    assert (order.state, order.lines.get().accepted) == ("acknowledged", 10)
    assert order.acknowledgements.get().elsewhere_confirmed is True
    assert Entry.objects.get(action="order.taken_over").because == "three was a slip"


def test_decision_bears_whole_milliseconds_and_a_later_moment_each_time(plugged, profile):
    clock.hold(clock.now().replace(microsecond=123_999))
    order = answered(placed(plugged, profile))
    first = order.acknowledgements.get()
    clock.hold(first.decided_at - timedelta(seconds=1))
    second = acknowledge(ANNA, order.pk, propose_full(order))
    assert first.decided_at.microsecond == 123_000
    assert second.decided_at == first.decided_at + timedelta(milliseconds=1)


def test_permission_to_acknowledge_and_to_reject_are_apart(plugged, profile):
    cast = make_cast(profile)
    order = placed(plugged, profile)
    for player, error in (("finance", Denied), ("stranger", NotFound)):
        with pytest.raises(error):
            acknowledge(cast.who(player), order.pk)
    with pytest.raises(NotFound):
        acknowledge(cast.who("vendor_manager"), 0)
    assert (Order.objects.get().state, Acknowledgement.objects.count(), Answer.objects.count()) == ("new", 0, 0)
    acknowledge(cast.who("vendor_manager"), order.pk, {"1": [reject(10)]})


class MayNotReject:
    """Somebody whose token leaves rejecting out."""

    name = "token:anna/scanner"

    def may(self, permission, profile=None):
        return permission != "orders.reject"

    def require(self, permission, profile=None):
        if not self.may(permission):
            raise Denied(permission)


def test_rejecting_needs_its_own_permission(plugged, profile):
    order = placed(plugged, profile)
    with pytest.raises(Denied):
        acknowledge(MayNotReject(), order.pk, {"1": [accept(9), reject(1)]})
    assert Order.objects.get().state == "new"
    acknowledge(MayNotReject(), order.pk, {"1": [accept(10)]})


def test_one_refused_order_never_stops_the_others(plugged, profile):
    good, bad, last = (placed(plugged, profile) for _ in range(3))
    Order.objects.filter(pk=bad.pk).update(vendor_code="")
    found = acknowledge_many(ANNA, [good.pk, bad.pk, 0, last.pk, good.pk])
    assert [(key, type(result).__name__) for key, result in found] == [
        (good.pk, "Acknowledgement"),
        (bad.pk, "Refused"),
        (0, "NotFound"),
        (last.pk, "Acknowledgement"),
    ]
    assert [Order.objects.get(pk=o.pk).state for o in (good, bad, last)] == ["acknowledging", "new", "acknowledging"]


def test_many_orders_take_their_own_answers(plugged, profile):
    one, two = placed(plugged, profile), placed(plugged, profile)
    acknowledge_many(ANNA, [one.pk, two.pk], {two.pk: {"1": [accept(1), reject(9)]}})
    assert [a.eaches for a in Answer.objects.order_by("id")] == [10, 1, 9]


def test_settling_happens_once(plugged, profile):
    order = placed(plugged, profile)
    frozen = acknowledge(ANNA, order.pk)
    assert settle(frozen, "failed", by="system:test", because="no") is True
    assert settle(frozen, "verified", by="system:test") is False
    order.refresh_from_db()
    assert (order.state, order.answered_at, frozen.outcome) == ("answer failed", None, "failed")


def test_failed_answer_does_not_start_the_48_hours(plugged, profile):
    order = placed(plugged, profile)
    settle(acknowledge(ANNA, order.pk), "failed", by="system:test")
    clock.turn(timedelta(hours=72))
    assert acknowledge(ANNA, order.pk, {"1": [accept(6), reject(4)]}).revision == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"backfilled": True}, "It came with a back-fill and may have been handled before."),
        ({"amazon_state": "Acknowledged"}, "It was answered elsewhere."),
        ({"amazon_state": "Closed"}, "Amazon does not call it new."),
        ({"amazon_state": "NEW"}, ""),
        ({"state": "answered elsewhere"}, "It was answered elsewhere."),
        ({"state": "answer failed"}, "It was answered or decided before."),
        ({"state": "acknowledging"}, "It was answered or decided before."),
    ],
)
def test_automatic_answers_are_for_new_orders_nobody_touched(plugged, profile, changes, why):
    order = placed(plugged, profile)
    for name, value in changes.items():
        setattr(order, name, value)
    assert why_never(order, list(order.lines.all())) == why


def test_cancelled_order_is_never_answered_automatically(plugged, profile):
    order = placed(plugged, profile)
    order.lines.update(eaches=0)
    assert why_never(order, list(order.lines.all())) == "Every line is cancelled; it needs no answer."


def test_buttons_follow_permission_and_state(plugged, profile):
    cast = make_cast(profile)
    order = placed(plugged, profile)
    players = ("vendor_manager", "finance", "stranger")
    assert [may_acknowledge(cast.who(p), order) for p in players] == [True, False, False]
    assert [may_reject(cast.who(p), order) for p in players] == [True, False, False]
    order.state = "acknowledging"
    assert may_acknowledge(cast.who("vendor_manager"), order) is False


def test_answering_takes_the_same_statements_for_one_line_and_for_twenty(plugged, profile):
    counts = []
    for lines in (1, 20):
        order = placed(plugged, profile, *({"amount": 2} for _ in range(lines)))
        with CaptureQueriesContext(connection) as asked:
            acknowledge(ANNA, order.pk)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 17


def test_an_answer_given_on_purpose_is_not_overwritten_by_accepting_in_full(plugged, profile):
    order = answered(placed(plugged, profile, {"amount": 10}), {"1": [accept(6), reject(4)]})
    assert refused(order) == ["ANSWERED"]
    [(_, result)] = acknowledge_many(ANNA, [order.pk])
    assert isinstance(result, Refused)
    assert len(plugged.acknowledgements(order.number)) == 1
