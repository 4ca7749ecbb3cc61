"""Workers that look at one channel, and files that say different things of one thing, at the same moment."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from channels.channelling import Watched, watched
from channels.making import lines
from purveyor.audit.models import Entry
from purveyor.channels import arrivals, ways
from purveyor.channels.models import Arrival, Upload
from purveyor.common.errors import Conflict
from purveyor.products.models import Product
from racing import PATIENCE, side_by_side

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
GOOD = lines("SKU;Title", "A-1;Tea")


@pytest.fixture
def one(tmp_path: Path, held_clock: object) -> Watched:
    made = watched(tmp_path.name)
    made.drop(GOOD)
    made.look()
    return made


class Together:
    """A way whose readers have all read the file before any of them goes on."""

    def __init__(self, reach: ways.Reach, barrier: threading.Barrier) -> None:
        self.reach, self.barrier = reach, barrier

    def fetch(self, seen: ways.Seen) -> Any:
        yield from self.reach.fetch(seen)
        self.barrier.wait(PATIENCE)


def keep_twice(one: Watched) -> None:
    barrier = threading.Barrier(2)

    def work() -> None:
        arrival = Arrival.objects.select_related("channel").get()
        with ways.find("folder").reach(ways.Place("wms", one.channel.options)) as reach:
            try:
                arrivals.keep(arrival, Together(reach, barrier))  # type: ignore[arg-type]
            except Conflict:
                return

    side_by_side(work, work)


def test_two_workers_keep_a_file_once(one: Watched) -> None:
    keep_twice(one)
    assert (one.states(), Upload.objects.count()) == ([("list.csv", "kept")], 1)


def test_two_workers_keep_a_file_twice_where_its_state_is_not_compared(
    one: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(arrival: Arrival, target: str, **more: Any) -> None:
        Arrival.objects.filter(pk=arrival.pk).update(state=target, **more)

    monkeypatch.setattr(arrivals, "_move", blind)
    keep_twice(one)
    assert Upload.objects.count() == 2


def test_two_files_that_race_for_one_thing_both_count_one_after_the_other(tmp_path: Path, held_clock: object) -> None:
    first, second = watched("first", "first"), watched("second", "second")
    for channel, title in ((first, "Tea"), (second, "Milk")):
        for file in channel.at.rglob("*"):
            if file.is_file():
                file.unlink()
        channel.drop(lines("SKU;Title", *(f"A-{n};{title}" for n in range(40))))
        channel.look()
    side_by_side(first.look, second.look)
    for channel in (first, second):
        channel.look(2)
        assert channel.states() == [("list.csv", "done")]
    assert Product.objects.count() == 40
    titles = set(Product.objects.values_list("title", flat=True))
    assert titles in ({"Tea"}, {"Milk"})
    counts = [Entry.objects.filter(action=f"product.{what}").count() for what in ("added", "changed")]
    assert sum(counts) == 80
