"""A dry run tells what other policies would have answered, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from cast import make_cast
from deliver import ANNA, document_of, placed, pull_status, until_settled, work
from products.making import product
from purveyor.common.errors import Denied, PurveyorError
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders import dryrun
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.domain.promised import reserve
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINE = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001"}
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
OFF = {"checks.duplicate": "off"}


def rows() -> dict[str, list[Any]]:
    """Everything in every table but the runs."""
    models = [m for m in apps.get_models() if m._meta.label not in ("jobs.Run", "audit.Entry", "sessions.Session")]
    return {m._meta.label: list(m._default_manager.order_by("pk").values()) for m in models}


@pytest.fixture
def orders(plugged: World, profile: Profile) -> list[Order]:
    """One answered in full at Amazon, one that waits, one of a product nobody knows."""
    product(asin="B0TEST0001", on_hand=6)
    given = {"type": "RegularOrder", "delivery_window": WINDOW}
    found = [placed(plugged, profile, LINE | {"asin": asin}, **given) for asin in ("B0TEST0001", "B0TEST0001", "B0NO")]
    acknowledge(ANNA, found[0].pk)
    work()
    until_settled(document_of(found[0]))
    pull_status(profile, found[0].number)
    return found


def result(profile: Profile, **changes: str) -> dict[str, Any]:
    run = dryrun.start(ANNA, profile, OFF | {name.replace("__", "."): value for name, value in changes.items()})
    runs.work(run.pk)
    run.refresh_from_db()
    assert run.state == "done", run.problem
    assert run.result is not None
    return dict(run.result)


def test_dry_run_tells_what_would_have_been_answered_and_what_was(profile: Profile, orders: list[Order]) -> None:
    told = result(profile, policy__undefined="on_arrival_stock")
    assert (told["orders"], told["would"], told["was"]) == (
        3,
        {"part": 1, "nothing": 1, "person": 1},
        {"full": 1, "none": 2},
    )
    assert [(row["would"], row["accepts"], row["was"], row["accepted_was"]) for row in told["rows"]] == [
        ("part", 6, "full", 10),
        ("nothing", 0, "none", None),
        ("person", None, "none", None),
    ]
    assert told["rows"][2]["findings"] == ["PRODUCT"]
    full = result(profile, policy__undefined="on_arrival_full", checks__product="off")
    assert full["would"] == {"full": 3}


def test_dry_run_never_shares_a_piece_between_orders_or_lines(plugged: World, profile: Profile) -> None:
    product(asin="B0TEST0001", on_hand=25)
    for amounts in ((10, 10), (4,), (3,)):
        lines = [LINE | {"amount": amount} for amount in amounts]
        placed(plugged, profile, *lines, type="RegularOrder", delivery_window=WINDOW)
    told = result(profile, policy__undefined="on_arrival_stock")
    assert [row["accepts"] for row in told["rows"]] == [20, 4, 1]


def test_dry_run_counts_what_is_promised_to_an_order_once(plugged: World, profile: Profile) -> None:
    """Ten of sixteen pieces are promised to the first order already: they are its own, and six are left for others."""
    product(asin="B0TEST0001", on_hand=16)
    first, _second = (placed(plugged, profile, LINE, type="RegularOrder", delivery_window=WINDOW) for _ in range(2))
    look_at(first.pk)
    reserve(first, {first.lines.get(): 10}, ANNA.name)
    assert [row["accepts"] for row in result(profile, policy__undefined="on_arrival_stock")["rows"]] == [10, 6]


def test_dry_run_finds_the_stock_that_is_left(plugged: World, profile: Profile) -> None:
    product(asin="B0TEST0001", on_hand=12)
    for _ in range(2):
        placed(plugged, profile, LINE, type="RegularOrder", delivery_window=WINDOW)
    told = result(profile, policy__undefined="on_arrival_stock", checks__stock="hold")
    assert [(row["would"], row["findings"]) for row in told["rows"]] == [("full", []), ("person", ["STOCK"])]


def test_dry_run_changes_nothing(profile: Profile, orders: list[Order]) -> None:
    before = rows()
    result(profile, policy__undefined="on_arrival_stock", policy__rest="backorder")
    assert rows() == before


def test_dry_run_of_the_present_leaves_all_to_a_person(profile: Profile, orders: list[Order]) -> None:
    assert result(profile)["would"] == {"person": 3}


def test_dry_run_is_for_who_may_change_the_rules(profile: Profile) -> None:
    with pytest.raises(Denied):
        dryrun.start(make_cast(profile).who("finance"), profile, {})
    assert Run.objects.count() == 0


@pytest.mark.parametrize("changes", [{"policy.undefined": "nonsense"}, {"policy.nobody": "by_hand"}], ids=str)
def test_dry_run_refuses_what_cannot_be_set(profile: Profile, changes: dict[str, str]) -> None:
    with pytest.raises(PurveyorError):
        dryrun.start(ANNA, profile, changes)
    assert Run.objects.count() == 0
