from __future__ import annotations

import pytest

from cast import make_cast
from intake.papers import order, page, raw
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.canon import sha256
from purveyor.common.errors import Denied
from purveyor.intake import pull, replay
from purveyor.intake.kinds import ORDERS
from purveyor.intake.models import Aside
from purveyor.intake.queries import new_names, open_asides
from purveyor.orders.domain.keep import pack
from purveyor.orders.models import Order
from purveyor.orders.records import Counts
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


def put_aside(profile: Profile, document: bytes, number: str) -> Aside:
    """As a version that could not read it would have left it."""
    return Aside.objects.create(
        profile=profile,
        kind="order",
        number=number,
        content_hash=sha256(document),
        raw=pack(document),
        reason="not understood then",
        request_id="request-9",
        at=clock.now(),
    )


def test_what_can_be_understood_now_becomes_an_order(held_clock: object) -> None:
    cast = make_cast()
    mended = put_aside(cast.profile, raw(order()), "1ABCDEFG")
    still = put_aside(cast.profile, raw(order("P2", items=[])), "P2")
    theirs = put_aside(cast.other, raw(order("P3")), "P3")
    assert replay.replay(cast.profile, who=ROOT) == Counts(seen=2, stored=1, aside=1)
    assert Order.objects.get().snapshots.get().request_id == "request-9"
    for aside, resolved in ((mended, clock.now()), (still, None), (theirs, None)):
        aside.refresh_from_db()
        assert aside.resolved_at == resolved
    assert Entry.objects.get(action="document.replayed").object_name == "1ABCDEFG"


def test_document_known_by_now_is_settled_without_effect(held_clock: object) -> None:
    cast = make_cast()
    pull.store(cast.profile, pull.prepare(cast.profile, ORDERS, page(order())), sweep="new", by="x")
    aside = put_aside(cast.profile, raw(order()), "1ABCDEFG")
    assert replay.replay(cast.profile, who=ROOT) == Counts(seen=1, unchanged=1)
    aside.refresh_from_db()
    assert aside.resolved_at == clock.now()


def test_replay_needs_the_permission(held_clock: object) -> None:
    cast = make_cast()
    put_aside(cast.profile, raw(order()), "1ABCDEFG")
    with pytest.raises(Denied):
        replay.replay(cast.profile, who=cast.who("stranger"))
    assert Order.objects.count() == 0


def test_open_asides_are_shown_to_those_who_see_the_orders(held_clock: object) -> None:
    cast = make_cast()
    first = put_aside(cast.profile, raw(order(items=[])), "1ABCDEFG")
    put_aside(cast.other, raw(order("P3", items=[])), "P3")
    settled = put_aside(cast.profile, raw(order("P4", items=[])), "P4")
    Aside.objects.filter(pk=settled.pk).update(resolved_at=clock.now())
    assert list(open_asides(cast.who("auditor"))) == [first]
    assert open_asides(cast.who("administrator")).count() == 2


def test_new_names_show_the_latest_first(held_clock: object) -> None:
    cast = make_cast()
    pull.store(cast.profile, pull.prepare(cast.profile, ORDERS, page(order(giftWrap=1))), sweep="new", by="x")
    assert [seen.name for seen in new_names()] == ["orderDetails.giftWrap"]
