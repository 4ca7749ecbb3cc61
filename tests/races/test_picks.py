"""Two pick results for one order at once, two releases at once, a release beside a change. Each race has a twin."""

from __future__ import annotations

from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from cast import make_profile
from purveyor.common.errors import PurveyorError
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import changed, keep, wanted
from purveyor.warehouse.domain.keep import Bringer
from purveyor.warehouse.domain.pick import Group
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.domain.take import take
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import Picked, PickList, PickResult
from racing import PATIENCE, side_by_side, threads
from warehouse.making import ME, order, released

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def profile() -> Profile:
    return make_profile()


def tried(work: Any) -> str:
    try:
        work()
    except (PurveyorError, IntegrityError) as error:
        return type(error).__name__
    return "done"


def say(profile: Profile, reference: str, eaches: int) -> Any:
    rows = [Said("lines[0]", "4ABCDEFG", eaches, line="1")]
    return partial(tried, partial(take, ME, profile, rows, way="api", reference=reference))


def test_two_results_at_once_one_replaces_the_other(profile: Profile) -> None:
    out = released(profile)
    assert side_by_side(say(profile, "R1", 3), say(profile, "R2", 5)) == ["done", "done"]
    taken = PickResult.objects.get(pick_list=out, state="taken")
    assert PickResult.objects.get(pick_list=out, state="replaced").reference != taken.reference
    assert Picked.objects.get(result=taken).eaches == {"R1": 3, "R2": 5}[taken.reference]


def test_two_parts_of_one_result_at_once_add_up(profile: Profile) -> None:
    released(profile)
    threads(3, say(profile, "R1", 2))
    assert Picked.objects.aggregate(n=Sum("eaches"))["n"] == 6


def test_two_parts_twin_that_look_before_either_writes_lose_one(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group holds its lists from the look to the writing; without that a part is lost, or the database refuses."""
    monkeypatch.setattr(wanted, "is_postgres", lambda: False)  # no list is locked
    released(profile)
    say(profile, "R1", 2)()
    begin = Barrier(2)

    def look_then_write() -> str:
        rows = [Said("lines[0]", "4ABCDEFG", 2, line="1", reference="R1")]
        group = Group(profile, rows, {}, dry=False)
        group.judge()
        begin.wait(PATIENCE)

        def write() -> None:
            with transaction.atomic():
                keep.keep(group, Bringer("test", "api"))

        return tried(write)

    said = side_by_side(look_then_write, look_then_write)
    assert ("IntegrityError" in said, Picked.objects.aggregate(n=Sum("eaches"))["n"]) in [(False, 4), (True, 4)]


def test_order_released_twice_at_once_has_one_list(profile: Profile) -> None:
    ready = order(profile)
    said = threads(4, partial(tried, partial(release, ME, ready.pk)))
    assert (sorted(said), PickList.objects.count()) == (["Refused", "Refused", "Refused", "done"], 1)


def test_database_itself_stands_behind_one_live_list(profile: Profile) -> None:
    out = released(profile)
    told = {"order_version": 1, "checked_version": 1, "released_by": "test"}
    with pytest.raises(IntegrityError):
        PickList.objects.create(order=out.order, revision=2, number="4ABCDEFG-2", **told)


def changes(of: Order) -> None:
    """Amazon takes pieces away, as ``orders.receive`` writes it: everything in one transaction."""
    with transaction.atomic():
        row = Order.objects.select_for_update().get(pk=of.pk)
        row.lines.filter(number="1").update(eaches=4, amount=4)
        Order.objects.filter(pk=of.pk).update(version=row.version + 1)


def test_release_beside_a_change_never_leaves_a_stale_list_unnoticed(profile: Profile) -> None:
    of = order(profile)
    side_by_side(partial(tried, partial(release, ME, of.pk)), partial(tried, partial(changes, of)))
    out = PickList.objects.get()
    fresh = out.order_version == 2 and out.lines.get(line__number="1").asked == 4
    assert fresh != (of.pk in changed.due(out.released_at, 10))
    changed.reconsider(of.pk)
    out.refresh_from_db()
    assert (out.state, out.lines.get(line__number="1").asked) in [("released", 4), ("held", 10)]


def test_release_twin_that_says_it_has_seen_the_newest_version_is_stale_unnoticed(profile: Profile) -> None:
    """A list made of what was read before the change, and stamped with the version after it, is what must not be."""
    out = released(profile)
    changes(out.order)
    PickList.objects.update(order_version=2, checked_version=2)
    assert changed.due(out.released_at, 10) == []
    assert out.lines.get(line__number="1").asked == 10
