"""Two sweeps bring the same order at the same moment: it is written once. Each race has a twin."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from cast import make_profile
from intake.papers import order, received, status
from purveyor.common import clock
from purveyor.orders.domain import keep
from purveyor.orders.domain.keep import Version
from purveyor.orders.domain.receive import receive_orders, receive_statuses
from purveyor.orders.models import Order, Snapshot
from purveyor.orders.records import Counts
from purveyor.profiles.models import Profile
from racing import one_inside_the_other

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

BY = "system:intake.new"


def test_order_that_two_sweeps_bring_is_written_once(held_clock: Any) -> None:
    mine = make_profile()
    found = one_inside_the_other(lambda: receive_orders(mine, [received(order())], backfilled=False, by=BY))
    assert found == (Counts(seen=1, stored=1), Counts(seen=1, unchanged=1))
    assert (Order.objects.count(), Snapshot.objects.count()) == (1, 1)


def test_order_twin_without_one_at_a_time_is_written_twice(held_clock: Any) -> None:
    """Both have looked before either has written; only the table's own constraint is left."""
    mine: Profile = make_profile()
    looked = [keep.known(mine, ["1ABCDEFG"]) for _ in range(2)]
    assert looked == [{}, {}]
    keep.insert_orders(mine, [Version(received(order()))], clock.now(), backfilled=False)
    with pytest.raises(IntegrityError):
        keep.insert_orders(mine, [Version(received(order()))], clock.now(), backfilled=False)


def test_status_that_two_sweeps_bring_is_kept_once(held_clock: Any) -> None:
    mine = make_profile()
    receive_orders(mine, [received(order())], backfilled=False, by=BY)
    found = one_inside_the_other(lambda: receive_statuses(mine, [received(status())], by=BY))
    assert found == (Counts(seen=1, changed=1), Counts(seen=1, unchanged=1))
    assert Snapshot.objects.filter(kind="status").count() == 1
