"""An invitation is taken in whole or not at all; what was said of it can be corrected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cast import Cast, make_cast, make_profile
from offers.making import DELIVERIES, EXPIRES, ROOT, UNKNOWN, cell, fresh, known_products, new, offer, setting, states
from offers.making import told as said_of
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.common.errors import Conflict, Denied, Refused
from purveyor.offers.domain.complete import complete
from purveyor.offers.domain.keep import NewDelivery, NewRow, change_facts, take_in
from purveyor.offers.models import Cell, Offer, Row
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


def refused(profile: Profile, *extra: NewRow, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as error:
        take_in(ROOT, profile, new(*extra, **more))
    assert (Offer.objects.count(), Row.objects.count()) == (0, 0)
    return said_of(error.value.problems)


def test_offer_has_its_rows_cells_and_stages(mine: Profile) -> None:
    spoon, fork = known_products()
    made = take_in(ROOT, mine, new(UNKNOWN, vendor_code=" ab cd1 ", program="born to run", unsold="return"))
    kept = fresh(made)
    assert (kept.number, kept.title, kept.program, kept.unsold, kept.vendor_code, kept.currency, kept.zone) == (
        *("BB-1", "Easter", "born to run", "return", "ABCD1", "EUR", "Europe/Berlin"),
    )
    assert (kept.expires_at, kept.state, kept.version, kept.by) == (EXPIRES, "open", 1, ROOT.name)
    deliveries = kept.deliveries.order_by("position").values_list("position", "name", "first_day", "last_day")
    assert list(deliveries) == [(d.position, d.name, d.first_day, d.last_day) for d in DELIVERIES]
    rows = kept.rows.order_by("number").values_list("number", "asin", "vendor_product", "title", "product")
    assert list(rows) == [
        (5, "B000000001", "4006381333931", "Spoon", spoon.pk),
        (6, "B000000002", "FORK-1", "Fork", fork.pk),
        (9, "B0NOBODY01", "", "Who knows", None),
    ]
    cells = Cell.objects.order_by("row__number", "delivery__position")
    assert list(cells.values_list("row__number", "delivery__position", "asked", "price", "version", "approved")) == [
        (5, 1, 100, Decimal("4.50"), 0, None),
        (5, 2, 50, Decimal("4.50"), 0, None),
        (6, 1, 200, Decimal("2.00"), 0, None),
        (9, 1, 10, Decimal("1.00"), 0, None),
    ]
    assert states(kept) == ["open", "waiting", "waiting"]


def test_stages_are_those_of_the_settings_when_it_came_in(mine: Profile) -> None:
    setting(mine, "stages", "finance, commerce")
    made = offer(mine)
    setting(mine, "stages", "warehouse")
    assert list(made.stages.order_by("position").values_list("key", "state")) == [
        ("finance", "open"),
        ("commerce", "waiting"),
    ]


def test_arrival_is_told_with_its_first_stage(mine: Profile) -> None:
    offer(mine, UNKNOWN)
    entries = Entry.objects.filter(action__startswith="offer.").order_by("pk")
    assert list(entries.values_list("action", "object_name", "profile")) == [
        ("offer.received", "BB-1", "acme-de"),
        ("offer.stage_open", "BB-1/commerce", "acme-de"),
    ]
    told = entries[0].new
    assert (told["rows"], told["unmapped"], told["deliveries"], told["stages"]) == (
        *(3, 1, 2),
        ["commerce", "manufacturing", "warehouse"],
    )


def test_unknown_products_raise_an_alert_and_known_ones_none(mine: Profile) -> None:
    offer(mine, UNKNOWN)
    offer(mine, number="BB-2")
    assert list(Alert.objects.values_list("kind", "severity", "message", "profile")) == [
        ("offer.unmapped", "warn", "1 row of offer BB-1 names a product nobody knows.", mine.pk)
    ]


def test_long_title_of_a_row_is_cut(mine: Profile) -> None:
    offer(mine, NewRow(7, "B000000001", title="x" * 400, asked={1: (1, None)}))
    assert Row.objects.get(number=7).title == "x" * 300


def test_moment_without_an_offset_is_the_zones(mine: Profile) -> None:
    made = offer(mine, expires_at=datetime(2026, 3, 12, 17, 0))
    assert fresh(made).expires_at == EXPIRES


def test_number_is_taken_once_on_a_profile(mine: Profile) -> None:
    offer(mine)
    with pytest.raises(Refused) as error:
        take_in(ROOT, mine, new())
    assert said_of(error.value.problems) == [("number", "Profile acme-de has an offer BB-1 already.")]
    assert Offer.objects.count() == 1
    assert offer(make_profile("other"), products=False).number == "BB-1"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"number": " "}, ("number", "An offer needs a number.")),
        ({"title": "x" * 201}, ("title", "This has more than 200 characters.")),
        ({"currency": "Euro"}, ("currency", "“EURO” is no currency such as EUR.")),
        (
            {"zone": "Mars/Base"},
            ("zone", "There is no time zone Mars/Base. Use a name of the IANA list, such as Europe/Berlin."),
        ),
        (
            {"program": "gift"},
            ("program", "There are these programs: bulk buy, born to run, advance purchase."),
        ),
        ({"unsold": "eat"}, ("unsold", "What becomes of unsold pieces is one of: none, return, keep.")),
        ({"vendor_code": "ABCDEFGHIJK"}, ("vendor_code", "This has more than 10 characters.")),
        (
            {"deliveries": (), "rows": [NewRow(5, "B1")]},
            ("deliveries", "An offer has 1 to 12 deliveries, each position once."),
        ),
        (
            {"deliveries": (*DELIVERIES, NewDelivery(1))},
            ("deliveries", "An offer has 1 to 12 deliveries, each position once."),
        ),
        (
            {"deliveries": (DELIVERIES[0], NewDelivery(2, "", date(2026, 5, 2), date(2026, 5, 1)))},
            ("deliveries.2.last_day", "The last day is before the first."),
        ),
        (
            {"deliveries": (DELIVERIES[0], NewDelivery(2, "x" * 81))},
            ("deliveries.2.name", "This has more than 80 characters."),
        ),
        ({"rows": ()}, ("rows", "An offer has rows, each number once.")),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_invitation_is_told(mine: Profile, more: dict[str, Any], problem: Any) -> None:
    assert refused(mine, **more) == [problem]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (NewRow(6, "B1", asked={1: (1, None)}), ("rows", "An offer has rows, each number once.")),
        (NewRow(7, asked={1: (1, None)}), ("row 7", "The row names no product.")),
        (NewRow(7, "B" * 21), ("row 7", "A product's number is too long.")),
        (NewRow(7, "", "v" * 81), ("row 7", "A product's number is too long.")),
        (NewRow(7, "B1", asked={3: (1, None)}), ("row 7", "There is no such delivery.")),
        (NewRow(7, "B1", asked={1: (-1, None)}), ("row 7", "This is not a number of pieces.")),
        (NewRow(7, "B1", asked={1: (1, Decimal(0))}), ("row 7", "A price is above 0.")),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_row_is_told(mine: Profile, row: NewRow, problem: Any) -> None:
    assert refused(mine, row) == [problem]


def test_who_may_not_manage_takes_nothing_in(held_clock: object) -> None:
    cast = make_cast()
    for name in ("warehouse", "stranger"):
        with pytest.raises(Denied):
            take_in(cast.who(name), cast.profile, new())
    assert Offer.objects.count() == 0


def test_facts_are_corrected_and_told(mine: Profile) -> None:
    made = offer(mine)
    given = {
        "title": " Easter again ",
        "number": "BB-1",
        "expires_at": "2026-03-20 17:00",
        "unsold": "keep",
        "deliveries": {"2": {"name": "Mai", "first_day": "4.5.2026", "last_day": "2026-05-09"}},
    }
    changed = change_facts(ROOT, made, given, expect_version=1)
    kept = fresh(made)
    at = datetime(2026, 3, 20, 16, 0, tzinfo=UTC)
    for one in (changed, kept):
        assert (one.title, one.expires_at, one.unsold, one.version) == ("Easter again", at, "keep", 2)
    second = kept.deliveries.get(position=2)
    assert (second.name, second.first_day, second.last_day) == ("Mai", date(2026, 5, 4), date(2026, 5, 9))
    entry = Entry.objects.get(action="offer.changed")
    assert entry.old == {
        "title": "Easter",
        "expires_at": "2026-03-12T16:00:00Z",
        "unsold": "none",
        "deliveries": {"2": {"name": "May", "last_day": "2026-05-08"}},
    }
    assert entry.new == {
        "title": "Easter again",
        "expires_at": "2026-03-20T16:00:00Z",
        "unsold": "keep",
        "deliveries": {"2": {"name": "Mai", "last_day": "2026-05-09"}},
    }


def test_moment_is_read_in_the_zone_given_with_it(mine: Profile) -> None:
    made = offer(mine)
    changed = change_facts(ROOT, made, {"zone": "america/chicago", "expires_at": "2026-03-12 11:00"})
    assert (changed.zone, changed.expires_at) == ("America/Chicago", EXPIRES)
    assert change_facts(ROOT, made, {"expires_at": ""}).expires_at is None


def test_same_facts_are_nothing(mine: Profile) -> None:
    made = offer(mine)
    change_facts(ROOT, made, {"title": "Easter", "deliveries": {1: {"name": "April"}}})
    assert fresh(made).version == 1
    assert not Entry.objects.filter(action="offer.changed").exists()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"state": "completed"}, ("state", "There is no such field.")),
        ({"number": ""}, ("number", "An offer needs a number.")),
        ({"number": "BB-2"}, ("number", "Profile acme-de has an offer BB-2 already.")),
        ({"expires_at": "soon"}, ("expires_at", "“soon” is no moment such as 2026-03-31 17:00.")),
        ({"deliveries": {3: {}}}, ("deliveries.3", "There is no such delivery.")),
        ({"deliveries": {1: {"pieces": 3}}}, ("deliveries.1.pieces", "There is no such field.")),
        (
            {"deliveries": {1: {"first_day": "2026-04-11"}}},
            ("deliveries.1.last_day", "The last day is before the first."),
        ),
        (
            {"deliveries": {1: {"first_day": "3/4/2026"}}},
            ("deliveries.1.first_day", "“3/4/2026” is not a day such as 2026-03-31 or 31.03.2026."),
        ),
        ({"title": "Atzr|an-obviously-fake-refresh-token"}, None),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_correction_is_told(mine: Profile, given: dict[str, Any], problem: Any) -> None:
    made = offer(mine)
    offer(mine, number="BB-2")
    with pytest.raises(Refused) as error:
        change_facts(ROOT, made, given | {"currency": "USD"})
    secret = ("title", "This looks like a secret and is not written down. Leave it out.")
    assert said_of(error.value.problems) == [problem or secret]
    assert (fresh(made).version, fresh(made).currency) == (1, "EUR")


def test_correction_of_an_old_version_is_a_conflict(mine: Profile) -> None:
    made = offer(mine)
    change_facts(ROOT, made, {"title": "Other"})
    with pytest.raises(Conflict):
        change_facts(ROOT, made, {"title": "Mine"}, expect_version=1)
    assert fresh(made).title == "Other"


def test_completed_offer_is_not_corrected(mine: Profile) -> None:
    from offers.making import through

    made = complete(ROOT, through(offer(mine)))
    with pytest.raises(Refused, match="Offer BB-1 is completed: its answers are frozen"):
        change_facts(ROOT, made, {"title": "Other"})


def test_who_may_not_manage_corrects_nothing(held_clock: object) -> None:
    cast: Cast = make_cast()
    made = offer(cast.profile)
    for name in ("warehouse", "stranger"):
        with pytest.raises(Denied):
            change_facts(cast.who(name), made, {"title": "Mine"})
    assert (fresh(made).title, cell(made).version) == ("Easter", 0)
