"""``file import offer``: the verdict on every row, what is asked where the file does not say, and the answers back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from channels.workbooks.inviting import a_profile, know
from cli.conftest import Run
from purveyor.offers.models import Offer
from purveyor.simulator import offers as buyer
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()


def written(world: World, folder: Path, layout: str, variant: str = "", known: int = 2) -> tuple[str, int]:
    """An invitation as a file, and the number of its first row; the products of its first rows are known."""
    of = buyer.invite(world, layout=layout, variant=variant)
    know(of.rows[:known])
    path = folder / "invitation.xlsx"
    path.write_bytes(buyer.workbook(world, of.number))
    return str(path), of.rows[0].number


def test_dry_run_tells_every_row_and_the_import_takes_them(run: Run, world: World, tmp_path: Path) -> None:
    a_profile()
    path, first = written(world, tmp_path, "german")
    dry = run("file", "import", "offer", path, "--dry-run", "--profile", "acme-de", "--json").json
    assert (dry["taken"], dry["refused"], dry["effects"], dry["profile"]) == (12, [], {"waits": 10}, "acme-de")
    rows = [(one["row"], one["verdict"], one["product"]) for one in dry["preview"]["rows"]]
    assert rows[:3] == [(first, "taken", "ART-1"), (first + 1, "taken", "ART-2"), (first + 2, "waits", "")]
    assert dry["preview"]["counts"] == {"taken": 2, "waits": 10, "refused": 0, "skipped": 0}
    assert not Offer.objects.exists()
    done = run("file", "import", "offer", path, "--json").json
    assert (done["taken"], done["state"], Offer.objects.get().rows.count()) == (12, "done", 12)
    again = run("file", "import", "offer", path, "--json").json
    assert (again["taken"], again["repeats"], Offer.objects.count()) == (0, done["id"], 1)


def test_people_read_the_verdicts(run: Run, world: World, tmp_path: Path) -> None:
    a_profile()
    path, first = written(world, tmp_path, "wide", "formulas")
    shown = run("file", "import", "offer", path, "--dry-run")
    assert shown.status == 1
    lines = [line.split() for line in shown.out.splitlines()]
    assert [str(first), "taken"] in [line[:2] for line in lines]
    assert [str(first + 1), "refused"] in [line[:2] for line in lines]


def test_what_the_file_does_not_say_is_asked_for(run: Run, world: World, tmp_path: Path) -> None:
    path, _first = written(world, tmp_path, "plain")
    asked = run("file", "import", "offer", path, "--json")
    wanted = ["profile", "number", "currency", "zone", "expires_at"]
    assert (asked.status, [one["where"] for one in asked.json["error"]["problems"]]) == (1, wanted)
    a_profile()
    said = ["--fact", "number=BB-9", "--fact", "expires_at=2026-03-20 12:00", "--fact", "zone=Europe/Berlin"]
    more = ["--fact", "program=born to run", "--fact", "unsold=return", "--profile", "acme-de"]
    done = run("file", "import", "offer", path, *said, *more, "--json").json
    offer = Offer.objects.get()
    assert (done["taken"], offer.number, offer.program, offer.unsold) == (12, "BB-9", "born to run", "return")
    assert offer.expires_at is not None
    assert offer.expires_at.isoformat() == "2026-03-20T11:00:00+00:00"
    assert run("file", "import", "offer", path, "--fact", "colour=red", "--json").json["error"]["problems"] == [
        {"message": "There is no such fact about this kind of file.", "where": "colour", "check": ""}
    ]
    assert run("file", "import", "offer", path, "--fact", "number").status == 2


def test_same_number_twice_is_refused(run: Run, world: World, tmp_path: Path) -> None:
    a_profile()
    said = ["--fact", "number=BB-9", "--fact", "expires_at=-"]
    path, _first = written(world, tmp_path, "plain")
    run("file", "import", "offer", path, *said)
    other, _first = written(world, tmp_path, "wide", known=0)
    refused = run("file", "import", "offer", other, "--fact", "number=BB-9", "--json")
    problem = {"message": "Profile acme-de has an offer BB-9 already.", "where": "number", "check": ""}
    assert (refused.status, refused.json["error"]["problems"]) == (1, [problem])


def test_columns_are_saved_as_a_profile_and_found_again(run: Run, world: World, tmp_path: Path) -> None:
    a_profile()
    path, _first = written(world, tmp_path, "plain")
    said = ["--fact", "number=BB-9", "--fact", "expires_at=-", "--dry-run", "--json"]
    columns = ["--column", "asked_1=Unit cost", "--column", "price_1=Quantity", "--save-mapping", "swapped"]
    run("file", "import", "offer", path, *said, *columns)
    found = run("file", "import", "offer", path, *said).json
    assert (found["columns"]["asked_1"], found["columns"]["price_1"]) == ("Unit cost", "Quantity")
    assert run("file", "mappings", "--kind", "offer", "--json").json["mappings"][0]["name"] == "swapped"


def test_offers_are_not_exported_as_a_list(run: Run) -> None:
    refused = run("file", "export", "offer", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "refused")
