"""What makers of warehouse systems are given holds: the samples are taken as they are, the schemas say what is so."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cast import make_profile
from channels import making as files
from purveyor.api.wms_schemas import documents
from purveyor.channels import pick_lists
from purveyor.common import clock
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain.pack import put
from purveyor.warehouse.many_results import take_many
from purveyor.warehouse.models import PickList
from purveyor.warehouse.packing_given import flat
from purveyor.warehouse.schemas import HANDED_OUT

from .making import ME, picked, product, released

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DOCS = Path(__file__).resolve().parents[2] / "docs/admin"
KIT = DOCS / "wms"


def sample(name: str) -> Any:
    return json.loads((KIT / name).read_text(encoding="utf-8"))


@pytest.fixture
def profile() -> Profile:
    return make_profile()


@pytest.fixture
def out(profile: Profile) -> PickList:
    product(1, title="Wooden spoon")
    product(2, title="Ladle", prep="poly bag")
    return released(profile, "4ABCDEFG", (10, 6), delivery_end=clock.now() + timedelta(days=7))


@pytest.mark.parametrize("name", ["picks", "packing", "pick-list"])
def test_schema_is_current_and_its_sample_meets_it(name: str) -> None:
    text = (KIT / f"{name}.schema.json").read_text(encoding="utf-8")
    assert text == documents()[name], "python -m purveyor.api.wms_schemas docs/admin/wms"
    jsonschema.validate(sample(f"{name}.json"), json.loads(text))


def test_schema_refuses_what_rest_would() -> None:
    given = sample("picks.json")
    given["results"][0]["lines"][0]["quantitty"] = 3
    with pytest.raises(jsonschema.ValidationError, match="quantitty"):
        jsonschema.validate(given, json.loads(documents()["picks"]))


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("pick.csv", {"1": (9, 0, "damaged"), "2": (6, 0, "")}),
        ("pick-german.csv", {"1": (8, 0, "missing"), "2": (6, 0, "")}),
    ],
)
def test_pick_samples_are_taken_whole(
    profile: Profile, out: PickList, name: str, want: dict[str, tuple[int, int, str]]
) -> None:
    upload = files.taken((KIT / name).read_bytes(), "pick", profile=profile)
    assert files.told(upload)[1] == []
    assert picked(out) == want


def test_pick_results_as_json_are_taken(profile: Profile, out: PickList) -> None:
    answer = take_many(ME, sample("picks.json")["results"], way="api")
    assert [row["error"] for row in answer["results"]] == [None]
    assert picked(out) == {"1": (8, 0, "missing"), "2": (5, 0, "damaged")}


def test_pack_sample_is_taken_whole_and_by_json_too(profile: Profile, out: PickList) -> None:
    upload = files.taken((KIT / "pack.csv").read_bytes(), "pack", profile=profile)
    assert files.told(upload)[:2] == (3, [])
    said = flat(sample("packing.json"))
    made = put(ME, profile, "SHIP-18", said.boxes, said.contents, ship_to="BER8")
    assert (made.cartons.count(), made.pallets.count(), made.contents.count()) == (2, 1, 3)


def test_pick_list_samples_are_what_channels_hand_out(out: PickList) -> None:
    with (KIT / "pick-list.csv").open(encoding="utf-8", newline="") as file:
        shown = list(csv.DictReader(file))
    assert tuple(shown[0]) == HANDED_OUT
    handed = pick_lists.render(out.pk, "csv")
    assert handed is not None
    mine = list(csv.DictReader(handed[1].decode().splitlines()))
    ours = [{name: value for name, value in row.items() if name != "ship_by"} for row in mine]
    assert ours == [{name: value for name, value in row.items() if name != "ship_by"} for row in shown]
    as_json = pick_lists.render(out.pk, "json")
    assert as_json is not None
    told, wanted = json.loads(as_json[1]), sample("pick-list.json")
    assert told | {"ship_by": wanted["ship_by"]} == wanted
    jsonschema.validate(told, json.loads(documents()["pick-list"]))


def test_every_page_and_sample_named_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (DOCS / "wms.md").read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS / link).exists()] == []
    assert {f"wms/{path.name}" for path in KIT.iterdir()} <= set(links)
