"""Offers at the shell: list, show, answer, hand on, complete, deputies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cast import Cast, make_cast, make_profile
from offers import making
from purveyor.cli.main import cli
from purveyor.offers.models import Answer, Offer

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def found(cast: Cast) -> Offer:
    return making.offer(cast.profile, making.UNKNOWN)


def run(*words: str, status: int = 0, given: str = "") -> Any:
    done = CliRunner().invoke(cli, ["offer", *words, "--json"], input=given)
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def test_list_and_show_tell_an_offer(found: Offer) -> None:
    told = run("list", "--state", "open", "--stage", "commerce")
    assert (told["count"], told["offers"][0]["number"], told["offers"][0]["unmapped"]) == (1, "BB-1", 1)
    assert run("list", "--stage", "warehouse")["offers"] == []
    assert [one["state"] for one in run("show", "BB-1")["stages"]] == ["open", "waiting", "waiting"]
    assert run("show", "BB-9", status=1)["error"]["code"] == "not-found"


def test_number_in_two_profiles_needs_the_profile(cast: Cast, found: Offer) -> None:
    making.offer(make_profile("acme-fr", marketplace="FR"))
    told = run("show", "BB-1", status=2)
    assert "acme-de, acme-fr" in told["error"]["message"]
    assert run("show", "BB-1", "--profile", "acme-fr")["profile"] == "acme-fr"


def test_one_cell_and_a_file_of_cells_are_answered(found: Offer, tmp_path: Path) -> None:
    run("answer", "BB-1", "--stage", "commerce", "--row", "5", "--quantity", "80", "--price", "4.25")
    cells = [{"row": 5, "delivery": 2, "verdict": True}, {"row": 6, "delivery": 1, "verdict": False}]
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"answers": cells}))
    assert len(run("answer", "BB-1", "--stage", "commerce", "--answers", str(file))["cells"]) == 2
    said = Answer.objects.order_by("cell__row__number", "cell__delivery").values_list("verdict", "quantity", "price")
    assert list(said) == [(True, 80, making.price("4.25")), (True, 50, None), (False, 0, None)]
    assert run("board", "BB-1", "--stage", "commerce", "--only", "undecided")["rows"] == []


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"answers": [{"row": "5", "delivery": 1}]}', '{"answers": [{"row": 5, "delivery": 1, "qty": 3}]}'],
)
def test_file_that_holds_no_answers_is_refused(found: Offer, text: str) -> None:
    assert run("answer", "BB-1", "--stage", "commerce", "--answers", "-", status=1, given=text)["error"]
    assert Answer.objects.count() == 0


def test_clash_is_told_with_both_sides_and_ends_with_one(found: Offer) -> None:
    run("answer", "BB-1", "--stage", "commerce", "--row", "5", "--quantity", "80")
    told = run("answer", "BB-1", "--stage", "commerce", "--row", "5", "--quantity", "60", "--seen", "0", status=1)
    (clash,) = told["clashes"]
    assert (clash["now"]["quantity"], clash["mine"]["quantity"], clash["version"]) == (80, 60, 1)


def test_offer_goes_its_way_at_the_shell(found: Offer, tmp_path: Path) -> None:
    for stage in making.KEYS:
        run("approve", "BB-1", "--stage", stage)
        run("hand-on", "BB-1")
    run("revoke", "BB-1", "--stage", "warehouse", "--reason", "wait")
    run("hand-on", "BB-1")
    assert run("map", "BB-1", "9", "--sku", "FORK-1") == {"row": 9, "sku": "FORK-1"}
    for stage in making.KEYS:
        run("approve", "BB-1", "--stage", stage)
    assert run("change", "BB-1", "--title", "Spring", "--expires", "2026-03-10 12:00")["title"] == "Spring"
    assert run("complete", "BB-1")["state"] == "completed"
    assert run("reopen", "BB-1", "--reason", "one more")["state"] == "open"
    assert run("withdraw", "BB-1", "--reason", "no")["state"] == "withdrawn"
    assert run("take-up", "BB-1", "--reason", "yes")["state"] == "open"
    book = tmp_path / "stage.xlsx"
    assert run("export", "BB-1", "--stage", "commerce", "-o", str(book))["bytes"] == book.stat().st_size
    assert run("export", "BB-1", status=1)["error"]["code"] == "refused"


def test_deputy_is_added_listed_and_removed(cast: Cast) -> None:
    people = ["--absent", "warehouse", "--deputy", "finance"]
    times = ["--from", "2026-03-02T08:00+01:00", "--until", "2026-03-09T18:00+01:00"]
    made = run("deputy", "add", "acme-de", "warehouse", *people, *times)
    assert run("deputy", "list")["deputies"] == [made]
    assert run("deputy", "remove", str(made["id"]))["removed"] is True


@pytest.fixture(autouse=True)
def _held(held_clock: object) -> None:
    """At a Monday in March."""
