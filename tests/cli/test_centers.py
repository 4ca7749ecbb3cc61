"""The registry at the command line, and windows by the center's clock."""

from __future__ import annotations

import pytest

from centers.making import ELSEWHERE, center, known
from cli.conftest import Run
from deliver import placed
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_list_and_show(run: Run) -> None:
    center("NOZ1", time_zone="")
    assert [one["code"] for one in run("center", "list", "--unknown", "--json").json["centers"]] == ["NOZ1"]
    found = run("center", "list", "--country", "pl", "--source", "seed", "--json").json
    assert ([one["code"] for one in found["centers"]], found["count"]) == (["KTW1", "WRO1"], 2)
    assert "Amazonstraße 1, 04347, Leipzig, DE" in run("center", "list", "--search", "leip").out
    assert run("center", "show", "lej1", "--json").json["history"][0]["by"] == "system:centers.seed"
    gone = run("center", "show", "WHO1", "--json")
    assert (gone.status, gone.json["error"]["code"]) == (1, "not-found")


def test_set_changes_what_is_named_and_wipes_what_is_empty(run: Run) -> None:
    center(internal_reference="OLD")
    done = run(
        *("center", "set", "new1", "--zone", "europe/madrid", "--reference", "", "--valid-from", "2026-02-01", "--json")
    )
    assert (done.status, done.json["time_zone"], done.json["valid_from"]) == (0, "Europe/Madrid", "2026-02-01")
    found = known()
    assert (found.internal_reference, found.city, found.source) == ("", "Musterstadt", "person")
    assert run("center", "set", "NEW1").status == 2
    refused = run("center", "set", "NEW1", "--zone", "Mars/Base", "--json")
    assert (refused.status, refused.json["error"]["problems"][0]["where"]) == (1, "time_zone")
    assert known().time_zone == "Europe/Madrid"


@pytest.mark.parametrize(("do", "city"), [("take", "Neustadt"), ("decline", "Musterstadt")])
def test_offer_is_shown_and_settled(run: Run, do: str, city: str) -> None:
    center(offered={"parts": ELSEWHERE, "valid_from": "2026-03-02"})
    assert "An order of 2026-03-02 names another address" in run("center", "show", "NEW1").out
    assert run("center", do, "NEW1").status == 0
    assert (known().city, known().offered) == (city, {})


def test_orders_show_windows_by_the_centers_clock(run: Run, plugged: World, profile: Profile) -> None:
    order = placed(plugged, profile, center="WHO1")
    run("center", "set", "WHO1", "--zone", "Asia/Tokyo")
    start, end = (
        f"{at.astimezone(order.zone.info):%Y-%m-%d %H:%M}" for at in (order.delivery_start, order.delivery_end)
    )
    for words in (("list",), ("show", order.number)):
        assert f"{start} – {end} Asia/Tokyo" in run("order", *words).out, words
