"""Pick lists at the shell: release, list, show, hold, go on, cancel, take back, result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cast import make_profile
from purveyor.cli.main import cli
from purveyor.profiles.models import Profile
from purveyor.warehouse.models import PickList, PickResult
from warehouse.making import order, picked, released, state

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def profile() -> Profile:
    return make_profile()


def run(*words: str, status: int = 0, given: str = "", group: str = "pick") -> Any:
    done = CliRunner().invoke(cli, [group, *words, "--json"], input=given)
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def test_orders_are_released_each_alone(profile: Profile) -> None:
    order(profile)
    told = run("release", "4ABCDEFG", "4NOORDER", status=1)
    assert [(row["order"], row["pick_list"]) for row in told["orders"]] == [
        ("4ABCDEFG", "4ABCDEFG-1"),
        ("4NOORDER", None),
    ]
    again = run("release", "4ABCDEFG", status=1)
    assert again["error"]["problems"][0]["check"] == "RELEASED"
    assert PickList.objects.count() == 1


def test_list_and_show_tell_a_list(profile: Profile) -> None:
    released(profile)
    assert [one["number"] for one in run("list", "--state", "released")["pick_lists"]] == ["4ABCDEFG-1"]
    assert run("list", "--state", "held")["count"] == 0
    assert [line["quantity"] for line in run("show", "4abcdefg")["items"]] == [10, 6]
    assert run("show", "4NONE", status=1)["error"]["code"] == "not-found"
    released(make_profile("other-uk"))
    assert "acme-de, other-uk" in run("show", "4ABCDEFG", status=2)["error"]["message"]
    assert run("show", "4ABCDEFG", "--profile", "other-uk")["profile"] == "other-uk"


def test_people_read_it_as_tables(profile: Profile) -> None:
    released(profile)
    shown = CliRunner().invoke(cli, ["pick", "show", "4ABCDEFG"]).output
    for word in ("4ABCDEFG-1", "SKU-1", "A-01", "Nothing was picked yet.", "was released to the warehouse"):
        assert word in shown, word


def test_list_is_held_goes_on_and_is_taken_back(profile: Profile) -> None:
    out = released(profile)
    assert run("hold", "4ABCDEFG", status=1)["error"]["code"] == "refused"
    for verb, became in (("hold", "held"), ("go-on", "released"), ("cancel", "cancelled")):
        assert run(verb, "4ABCDEFG-1", "--because", "why not")["state"] == became
    assert state(out) == "cancelled"


def test_result_comes_by_a_document_and_is_taken_back(profile: Profile, tmp_path: Path) -> None:
    out = released(profile)
    lines = [{"sku": "SKU-1", "quantity": 2, "unit": "case"}, {"line": "2", "quantity": 0, "reason": "damaged"}]
    document = json.dumps({"results": [{"order": "4ABCDEFG", "lines": lines}]})
    told = run("result", "-", given=document)
    assert (told["taken"], picked(out)) == (1, {"1": (8, 0, "missing"), "2": (0, 0, "damaged")})
    assert PickResult.objects.get().way == "cli"
    assert run("take-back", "4ABCDEFG", "--because", "wrong shelf")["state"] == "released"
    for wrong in ('{"results": [{"order": "4ABCDEFG", "lines": [{"colour": 1}]}]}', "[]", '{"results": [{}]}'):
        assert run("result", "-", given=wrong, status=1)["error"]["code"] == "refused"
    assert run("result", str(tmp_path / "none.json"), status=1)["error"]["code"] == "refused"
    bad = run("result", "-", given=document.replace("SKU-1", "SKU-9"), status=1)
    assert bad["error"]["problems"][0]["where"] == "4ABCDEFG"
    assert picked(out)["1"] == (0, 0, "missing")


def test_file_is_validated_without_being_taken(profile: Profile, tmp_path: Path) -> None:
    out = released(profile)
    path = tmp_path / "picks.csv"
    path.write_text("po;sku;quantity\n4ABCDEFG;SKU-1;7\n4ABCDEFG;SKU-9;1\n")
    told = run("import", "pick", str(path), "--dry-run", status=1, group="file")
    assert (told["taken"], told["refused_rows"], state(out)) == (1, 1, "released")
    told = run("import", "pick", str(path), "--profile", "acme-de", status=1, group="file")
    assert (told["taken"], state(out)) == (1, "picked")
