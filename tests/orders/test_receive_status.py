"""What Amazon shows of an order: counts, whose answer it is, and what that does to its state."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cast import make_profile
from intake.papers import item, order, received, status, status_item
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.jobs import registry
from purveyor.jobs.testing import collector, run_commit_hooks
from purveyor.orders.domain.receive import receive_orders, receive_statuses
from purveyor.orders.domain.receive_status import REFRESH_TASK, VERIFY_TASK, place
from purveyor.orders.models import Acknowledgement, Answer, Line, Order, Snapshot
from purveyor.orders.records import Counts
from purveyor.orders.states import OrderState
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
BY = "system:intake.status"
DECIDED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ECHO = "2026-03-02T09:30:00Z"


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    profile = make_profile()
    bring(profile, order(items=[item("1"), item("2", 5)]))
    return profile


def bring(profile: Profile, *documents: dict[str, Any]) -> None:
    receive_orders(profile, [received(d) for d in documents], backfilled=False, by=BY)


def take(profile: Profile, *documents: dict[str, Any]) -> Counts:
    return receive_statuses(profile, [received(d) for d in documents], by=BY)


def shows(
    first: int | None, second: int | None = None, date: str = "", updated: str = "2026-03-02T10:00:00Z"
) -> dict[str, Any]:
    """A status that shows so many accepted of 10 and of 5, the rest rejected; None is unanswered."""
    items = [
        status_item(
            number,
            ordered,
            accepted,
            0 if accepted is None else ordered - accepted,
            date if accepted is not None else "",
        )
        for number, ordered, accepted in (("1", 10, first), ("2", 5, second))
    ]
    return status(items=items, updated=updated)


def the_order() -> Order:
    return Order.objects.get()


def answer(outcome: str = "", revision: int = 1, **accepted: int) -> Acknowledgement:
    """An acknowledgement of ours: so many accepted by line (l1=…), the rest of 10 and of 5 rejected."""
    decided = Acknowledgement.objects.create(
        order=the_order(), revision=revision, by="user:anna", decided_at=DECIDED, order_version=1, outcome=outcome
    )
    for line in Line.objects.all():
        taken = accepted[f"l{line.number}"]
        for code, eaches in (("Accepted", taken), ("Rejected", line.eaches - taken)):
            if eaches:
                Answer.objects.create(acknowledgement=decided, line=line, code=code, eaches=eaches)
    return decided


def in_state(state: OrderState, **more: Any) -> None:
    Order.objects.update(state=state, **more)


def test_counts_are_written_to_the_lines(mine: Profile) -> None:
    document = shows(7, None, "2026-03-02T09:59:00Z")
    document["itemStatus"][0]["receivingStatus"] |= {
        "receivedQuantity": {"amount": 6, "unitOfMeasure": "Eaches"},
        "lastReceiveDate": "2026-03-20T10:00:00.500Z",
    }
    assert take(mine, document) == Counts(seen=1, changed=1)
    first, second = Line.objects.order_by("position")
    assert (first.confirmation, first.accepted, first.rejected, first.received) == ("PARTIALLY_ACCEPTED", 7, 3, 6)
    assert (first.acknowledged_on, first.receipt) == ("2026-03-02T09:59:00Z", "PARTIALLY_RECEIVED")
    assert first.received_at == datetime(2026, 3, 20, 10, 0, 0, 500_000, tzinfo=UTC)
    assert (second.confirmation, second.accepted, second.received_at) == ("UNCONFIRMED", 0, None)
    found = the_order()
    assert (found.amazon_status, found.status_version) == ("OPEN", 1)
    assert found.status_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_counts_of_other_orders_stay(mine: Profile) -> None:
    bring(mine, order("P2", items=[item("1")]))
    take(mine, shows(7, 5))
    assert Line.objects.get(order__number="P2").accepted is None


def test_versions_are_kept_only_when_new(mine: Profile) -> None:
    first, second = shows(None), shows(7, 5, updated="2026-03-02T11:00:00Z")
    for document in (first, first, second, second):
        take(mine, document)
    kept = Snapshot.objects.filter(kind="status").order_by("version")
    assert [json.loads(s.document()) for s in kept] == [first, second]
    assert [s.version for s in kept] == [1, 2]
    assert (the_order().status_version, the_order().version) == (2, 1)


def test_unchanged_status_is_counted_and_changes_nothing(mine: Profile) -> None:
    take(mine, shows(None))
    assert take(mine, shows(None)) == Counts(seen=1, unchanged=1)


def test_older_status_changes_nothing(mine: Profile) -> None:
    take(mine, shows(7, 5, updated="2026-03-02T11:00:00Z"))
    assert take(mine, shows(None)) == Counts(seen=1, unchanged=1)
    assert (Line.objects.get(number="1").accepted, Snapshot.objects.filter(kind="status").count()) == (7, 1)


def test_status_of_an_order_we_lack_changes_nothing(mine: Profile) -> None:
    assert take(mine, status("UNKNOWN1")) == Counts(seen=1, unchanged=1)
    assert Snapshot.objects.filter(kind="status").count() == 0


def test_status_of_the_same_number_in_another_profile_stays_there(mine: Profile) -> None:
    other = make_profile("other-uk")
    bring(other, order())
    take(other, status(items=[status_item(accepted=10)]))
    assert dict(Order.objects.values_list("profile__name", "state")) == {
        "acme-de": "new",
        "other-uk": "answered elsewhere",
    }


def test_of_two_in_a_page_the_last_counts(mine: Profile) -> None:
    assert take(mine, shows(None), shows(7, 5, updated="2026-03-02T11:00:00Z")) == Counts(
        seen=2, changed=1, unchanged=1
    )
    assert Line.objects.get(number="1").accepted == 7


def test_answer_nobody_here_gave_is_answered_elsewhere(mine: Profile) -> None:
    take(mine, shows(7, 5))
    found = the_order()
    assert found.state == "answered elsewhere"
    assert [(told["line"], told["accepted"]) for told in found.elsewhere["lines"]] == [("1", 7), ("2", 5)]
    entry = Entry.objects.get(action="state.changed")
    assert (entry.by, entry.because) == (BY, "Amazon shows an answer that is not ours")


def test_no_answer_leaves_the_order_new(mine: Profile) -> None:
    take(mine, shows(None))
    assert (the_order().state, the_order().elsewhere) == ("new", {})


@pytest.mark.parametrize("outcome", ["", "verified", "failed"])
def test_our_answer_is_ours_whatever_became_of_it(mine: Profile, outcome: str) -> None:
    answer(outcome, l1=7, l2=5)
    in_state(OrderState.ACKNOWLEDGED)
    take(mine, shows(7, 5))
    assert the_order().state == "acknowledged"


def test_our_answer_is_known_by_its_date(mine: Profile) -> None:
    answer("verified", l1=10, l2=5)
    in_state(OrderState.ACKNOWLEDGED)
    take(mine, shows(7, 5, ECHO))
    assert the_order().state == "acknowledged"


def test_answer_that_replaced_ours_is_answered_elsewhere(mine: Profile) -> None:
    answer("verified", l1=10, l2=5)
    in_state(OrderState.ACKNOWLEDGED)
    take(mine, shows(7, 5, "2026-03-02T09:59:00Z"))
    assert (the_order().state, [told["line"] for told in the_order().elsewhere["lines"]]) == (
        "answered elsewhere",
        ["1"],
    )


def test_while_ours_is_on_its_way_the_outbox_judges(mine: Profile) -> None:
    answer(l1=10, l2=5)
    in_state(OrderState.ACKNOWLEDGING)
    take(mine, shows(7, 5, "2026-03-02T09:59:00Z"))
    assert (the_order().state, the_order().elsewhere) == ("acknowledging", {})


def test_answer_thought_elsewhere_may_turn_out_to_be_ours(mine: Profile) -> None:
    in_state(OrderState.ELSEWHERE, elsewhere={"amazon_state": "Acknowledged"})
    answer("verified", l1=7, l2=5)
    take(mine, shows(7, 5))
    assert (the_order().state, the_order().elsewhere) == ("acknowledged", {})


def test_unanswered_status_leaves_an_order_answered_elsewhere_there(mine: Profile) -> None:
    in_state(OrderState.ELSEWHERE, elsewhere={"amazon_state": "Acknowledged"})
    take(mine, shows(None))
    assert (the_order().state, the_order().elsewhere) == ("answered elsewhere", {"amazon_state": "Acknowledged"})


def test_further_answers_elsewhere_are_shown(mine: Profile) -> None:
    take(mine, shows(7, 5))
    take(mine, shows(6, 5, updated="2026-03-02T11:00:00Z"))
    assert (the_order().state, the_order().elsewhere["lines"][0]["accepted"]) == ("answered elsewhere", 6)


@pytest.mark.parametrize(
    ("state", "more"), [(OrderState.CLOSED, {"amazon_state": "Closed"}), (OrderState.CANCELLED, {"eaches": 0})]
)
def test_settled_orders_are_not_judged(mine: Profile, state: OrderState, more: dict[str, Any]) -> None:
    in_state(state, **more)
    take(mine, shows(7, 5))
    assert the_order().state == state


def closed(first: int | None = 7, second: int | None = 5, **more: Any) -> dict[str, Any]:
    return shows(first, second, **more) | {"purchaseOrderStatus": "CLOSED"}


@pytest.mark.parametrize("state", [OrderState.NEW, OrderState.FAILED, OrderState.ACKNOWLEDGED, OrderState.ELSEWHERE])
def test_status_that_says_closed_closes_the_order(mine: Profile, state: OrderState) -> None:
    in_state(state)
    take(mine, closed(None, None))
    assert (the_order().state, the_order().amazon_state, the_order().amazon_status) == ("closed", "New", "CLOSED")
    assert Entry.objects.filter(action="state.changed", because="Amazon closed the order").count() == 1


def test_status_that_says_closed_closes_a_cancelled_order(mine: Profile) -> None:
    in_state(OrderState.CANCELLED, eaches=0)
    take(mine, closed(None, None))
    assert the_order().state == "closed"


def test_status_that_says_closed_waits_for_our_answer_on_its_way(mine: Profile) -> None:
    in_state(OrderState.ACKNOWLEDGING)
    take(mine, closed())
    assert the_order().state == "acknowledging"


def test_closed_by_its_status_opens_again_with_it(mine: Profile) -> None:
    in_state(OrderState.ACKNOWLEDGED, amazon_state="Acknowledged", answered_at=DECIDED)
    answer("verified", l1=7, l2=5)
    take(mine, closed())
    assert the_order().state == "closed"
    take(mine, shows(7, 5, updated="2026-03-02T11:00:00Z"))
    assert the_order().state == "acknowledged"


def test_status_older_than_the_order_closes_nothing(mine: Profile) -> None:
    """Amazon took a cancellation back: the status read before says CLOSED, and is history."""
    take(mine, closed(None, None, updated="2026-03-02T07:59:00Z"))
    assert the_order().state == "new"


def test_order_that_opens_again_does_not_wait_for_its_status(mine: Profile) -> None:
    take(mine, closed(None, None))
    bring(mine, order(items=[item("1"), item("2", 5)], purchaseOrderStateChangedDate="2026-03-02T10:30:00Z"))
    assert (the_order().state, the_order().amazon_status) == ("new", "CLOSED")


def test_state_that_says_closed_stays_whatever_the_status_says(mine: Profile) -> None:
    in_state(OrderState.CLOSED, amazon_state="Closed")
    take(mine, shows(None, updated="2026-03-02T11:00:00Z"))
    assert the_order().state == "closed"


@pytest.mark.parametrize(
    ("amazon_state", "document", "behind"),
    [
        ("New", shows(7, 5), True),
        ("New", shows(None), False),
        ("Acknowledged", shows(7, 5), False),
        ("Acknowledged", closed(), True),
        ("Closed", closed(), False),
    ],
)
def test_order_whose_state_is_behind_its_status_is_asked_for_anew(
    mine: Profile, amazon_state: str, document: dict[str, Any], behind: bool
) -> None:
    in_state(OrderState.NEW, amazon_state=amazon_state, backfilled=False)
    take(mine, document)
    run_commit_hooks()
    assert (collector().take([REFRESH_TASK]) is not None) is behind


def test_backfilled_order_is_not_asked_for_anew(mine: Profile) -> None:
    in_state(OrderState.NEW, backfilled=True)
    take(mine, shows(7, 5))
    run_commit_hooks()
    assert collector().take([REFRESH_TASK]) is None


def test_somebody_faster_is_no_error(mine: Profile) -> None:
    seen = the_order()
    in_state(OrderState.ACKNOWLEDGING)
    place(seen, {"lines": []}, BY)
    assert (the_order().state, the_order().elsewhere) == ("acknowledging", {})


def test_new_status_nudges_the_outbox_where_an_answer_is_open(mine: Profile) -> None:
    bring(mine, order("P2"))
    answered = Order.objects.get(number="1ABCDEFG")
    Acknowledgement.objects.create(order=answered, revision=1, by="x", decided_at=DECIDED, order_version=1)
    take(mine, shows(None), status("P2"))
    run_commit_hooks()
    assert collector().nudges == [(VERIFY_TASK, answered.pk)]


def test_unchanged_status_and_proved_answers_nudge_nobody(mine: Profile) -> None:
    answer("verified", l1=7, l2=5)
    take(mine, shows(None))
    clock.turn(timedelta(hours=1))
    answer("", 2, l1=7, l2=5)
    take(mine, shows(None))
    run_commit_hooks()
    assert collector().nudges == []


def test_every_task_nudged_by_name_is_registered() -> None:
    assert registry.find(VERIFY_TASK).name == VERIFY_TASK


def test_a_page_of_statuses_takes_the_same_statements_but_one_an_order(
    mine: Profile, django_assert_max_num_queries: Any
) -> None:
    bring(mine, *[order(f"P{n}") for n in range(50)])
    for size in (1, 3, 50):
        page = [status(f"P{n}", updated=f"2026-03-02T10:00:{size:02}Z") for n in range(size)]
        with django_assert_max_num_queries(12 + size):
            take(mine, *page)
