"""What goes out by channels: once each, tried until it lies there, and told when it never does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cast import make_cast, make_profile
from channels.channelling import Watched, watched
from channels.making import ME
from products.making import product
from purveyor.alerts import backoff
from purveyor.alerts.models import Alert
from purveyor.channels import again, departures, outgoing, setup
from purveyor.channels.models import Departure
from purveyor.channels.pick_lists import NAME, PICK_LIST
from purveyor.channels.states import DepartureState
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.products.models import Product
from purveyor.profiles.models import Profile
from purveyor.warehouse.models import PickLine, PickList

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
TASKS = ("channels.pick-list", departures.SEND)


@pytest.fixture(autouse=True)
def from_tables() -> Iterator[None]:
    """The list as the tables alone tell it, whoever registered another."""
    before = outgoing.kinds().get(NAME)
    outgoing.register(PICK_LIST)
    yield
    outgoing.register(before or PICK_LIST)


@pytest.fixture
def profile() -> Profile:
    return make_profile()


@pytest.fixture
def out(tmp_path: Path, held_clock: object, profile: Profile) -> Watched:
    return watched(tmp_path.name, "out", NAME, outgoing=True, profile=profile)


def released(profile: Profile, number: str = "4ABCDEFG") -> PickList:
    """A list of two lines, one of them of a product that nobody knows any more."""
    moments = dict.fromkeys(("state_at", "ordered_at", "due_at", "first_seen_at"), clock.now())
    order = Order.objects.create(profile=profile, number=number, raw_hash="0" * 64, **moments)
    made = PickList.objects.create(
        order=order,
        revision=1,
        number=f"{number}-1",
        order_version=1,
        checked_version=1,
        released_by="cli:test",
        state_at=clock.now(),
        released_at=clock.now(),
    )
    tea = Product.objects.filter(sku="=A-1").first() or product("=A-1", title="Tea")
    for position, known in enumerate((tea, None), 1):
        told = {"asin": f"B00000000{position}", "amount": 6, "unit": "Eaches", "eaches": 6}
        line = order.lines.create(shelf=0, position=position, number=str(position), **told)
        PickLine.objects.create(
            pick_list=made, line=line, product=known, position=position, asked=6, location="R1" if known else ""
        )
    return made


def states() -> list[tuple[str, str]]:
    return list(Departure.objects.order_by("pk").values_list("name", "state"))


def test_a_released_list_goes_out_once_to_every_channel_of_its_profile(out: Watched, profile: Profile) -> None:
    as_json = watched("out-json", "out-json", NAME, outgoing=True, form="json")
    watched("out-other", "out-other", NAME, outgoing=True, profile=make_profile("other-uk"))
    off = watched("out-off", "out-off", NAME, outgoing=True)
    setup.switch(ME, "out-off", on=False)
    made = released(profile)
    run_due(TASKS)
    departures.depart(NAME, made.pk)
    run_due(TASKS)
    assert states() == [("pick-4ABCDEFG-1.csv", "sent"), ("pick-4ABCDEFG-1.json", "sent")]
    assert out.lies() == ["pick-4ABCDEFG-1.csv"]
    head, *rows = (out.at / "pick-4ABCDEFG-1.csv").read_bytes().decode().splitlines()
    assert head == (
        "number,order,vendor_code,ship_to,ship_by,position,line,sku,ean,asin,title,location,quantity,case_pack,prep"
    )
    assert [row.split(",")[:2] for row in rows] == [["4ABCDEFG-1", "4ABCDEFG"]] * 2
    assert [sorted({"'=A-1", "Tea", "R1", "6"} & set(row.split(","))) for row in rows] == [
        ["'=A-1", "6", "R1", "Tea"],
        ["6"],
    ]
    told = json.loads((as_json.at / "pick-4ABCDEFG-1.json").read_text())
    assert (told["number"], told["order"]) == ("4ABCDEFG-1", "4ABCDEFG")
    assert [one["quantity"] for one in told["lines"]] == [6, 6]
    made.refresh_from_db()
    assert made.sent_at == clock.now()
    setup.switch(ME, "out-off", on=True)
    run_due(TASKS)
    assert off.lies() == ["pick-4ABCDEFG-1.csv"]


def test_lists_from_before_the_channel_and_lists_on_hold_stay(profile: Profile, out: Watched) -> None:
    PickList.objects.filter(pk=released(profile).pk).update(state="held")
    old = released(profile, "4OLDLIST")
    PickList.objects.filter(pk=old.pk).update(released_at=clock.now() - timedelta(days=1))
    run_due(TASKS)
    assert states() == []


def test_a_list_that_changed_before_it_left_leaves_as_it_is_now(profile: Profile, out: Watched) -> None:
    made = released(profile)
    departures.depart(NAME, made.pk)
    made.lines.update(asked=5)
    departures.depart(NAME, made.pk)
    run_due(TASKS)
    assert states() == [("pick-4ABCDEFG-1.csv", "sent")]
    assert ",5,," in (out.at / "pick-4ABCDEFG-1.csv").read_text()


def test_a_list_that_is_held_before_it_left_does_not_leave_until_it_goes_on(profile: Profile, out: Watched) -> None:
    made = released(profile)
    run_due(("channels.pick-list",))
    PickList.objects.update(state="held")
    run_due(TASKS)
    assert (states(), out.lies()) == ([], [])
    made.lines.update(asked=4)
    PickList.objects.update(state="released")
    run_due(TASKS)
    assert states() == [("pick-4ABCDEFG-1.csv", "sent")]
    assert ",4,," in (out.at / "pick-4ABCDEFG-1.csv").read_text()


def test_a_file_that_cannot_leave_is_tried_for_days_and_then_told(profile: Profile, out: Watched) -> None:
    out.at.rmdir()
    released(profile)
    run_due(("channels.pick-list",))
    departure = Departure.objects.get()
    waits = []
    for _try in range(backoff.MOST_TRIES):
        departures.send(departure.pk)
        departure.refresh_from_db()
        waits.append(departure.due_at - clock.now())
        clock.turn(max(waits[-1], timedelta(0)))
    assert states() == [("pick-4ABCDEFG-1.csv", "failed")]
    assert waits[1] > waits[0]
    assert "cannot be used" in departure.problem
    assert [one.kind for one in Alert.objects.exclude(state="closed")] == ["channel.failed"]
    departures.send(departure.pk)
    assert Departure.objects.get().attempts == backoff.MOST_TRIES
    cast = make_cast(profile, make_profile("other-uk"))
    with pytest.raises(Denied):
        departures.send_again(cast.who("warehouse"), departure.pk)
    out.at.mkdir()
    departures.send_again(cast.who("integrator"), departure.pk)
    run_due(TASKS)
    assert (states(), out.lies()) == ([("pick-4ABCDEFG-1.csv", "sent")], ["pick-4ABCDEFG-1.csv"])
    assert not Alert.objects.exclude(state="closed").exists()
    with pytest.raises(Conflict):
        departures.send_again(ME, departure.pk)


def test_a_person_has_what_waits_sent_now(profile: Profile, out: Watched) -> None:
    released(profile)
    again.look_now(ME, "out")
    assert (states(), out.lies()) == ([("pick-4ABCDEFG-1.csv", "sent")], ["pick-4ABCDEFG-1.csv"])


def test_what_one_worker_sends_no_other_does(profile: Profile, out: Watched) -> None:
    released(profile)
    run_due(("channels.pick-list",))
    departure = Departure.objects.get()
    Departure.objects.update(lease_owner="another", lease_until=clock.now() + timedelta(minutes=1))
    departures.send(departure.pk)
    assert (departures.due(clock.now(), 10), out.lies()) == ([], [])
    clock.turn(timedelta(minutes=2))
    assert departures.due(clock.now(), 10) == [departure.pk]
    run_due(TASKS)
    assert Departure.objects.get().state == DepartureState.SENT


def test_a_number_that_leads_out_of_the_folder_does_not_leave_and_others_do(profile: Profile, out: Watched) -> None:
    (out.at / "pick-..").mkdir()
    before = sorted(out.at.parent.rglob("*"))
    released(profile, "../../escaped")
    run_due(TASKS)
    assert states() == [("pick-../../escaped-1.csv", "queued")]
    assert "is no name a file can leave by. Its name holds one of the signs" in Departure.objects.get().problem
    assert sorted(out.at.parent.rglob("*")) == before
    released(profile)
    run_due(TASKS)
    assert sorted(set(out.at.parent.rglob("*")) - set(before)) == [out.at / "pick-4ABCDEFG-1.csv"]
