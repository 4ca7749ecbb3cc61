"""Packings at the shell: begun, said whole, changed, compared, closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cast import Cast, make_cast
from purveyor.cli.main import cli
from purveyor.warehouse.models import Packing
from warehouse.boxes import answered, order, shown

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast(held_clock: object) -> Cast:
    found = make_cast()
    answered(order(found.profile, "4ABCDEFG", 10, 5))
    return found


def run(*words: str, status: int = 0, given: str = "") -> Any:
    done = CliRunner().invoke(cli, ["pack", *words, "--json"], input=given)
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def spoken(*words: str) -> str:
    done = CliRunner().invoke(cli, ["pack", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


WHOLE = {
    "ship_to": "FRA1",
    "cartons": [
        {"key": "A", "contents": [{"order": "4ABCDEFG", "line": "1", "quantity": 8, "expiry": "31.12.2027"}]},
        {"contents": [{"order": "4ABCDEFG", "asin": "B000000002", "quantity": 5}]},
    ],
}


def test_a_packing_is_put_by_a_file_compared_and_closed(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "whole.json"
    file.write_text(json.dumps(WHOLE))
    told = run("put", "S-1", str(file), "--profile", "acme-de")
    assert (told["ship_to"], [box["key"] for box in told["cartons"]]) == ("FRA1", ["A", "C2"])
    assert [(one["line"], one["ways"]) for one in run("compare", "S-1")["lines"]] == [
        ("1", ["cut", "move", "accept"]),
        ("2", []),
    ]
    refused = run("close", "S-1", status=1)["error"]
    assert [one["check"] for one in refused["problems"]] == ["DIFF"]
    assert (
        run("accept", "S-1", "--line", "4ABCDEFG/9", "--because", "x", status=1)["error"]["problems"][0]["where"]
        == "line"
    )
    assert run("accept", "S-1", "--line", "4abcdefg/1", "--because", "damaged")["differences"] == 0
    assert run("close", "S-1")["state"] == "packed"
    assert run("reopen", "S-1", "--because", "more")["state"] == "open"
    assert run("drop", "S-1", "--version", "1", status=1)["error"]["code"] == "conflict"
    assert run("drop", "S-1")["state"] == "dropped"
    assert "4ABCDEFG" in spoken("show", "S-1")
    assert spoken("list", "--state", "dropped").splitlines()[1].split()[:3] == ["S-1", "acme-de", "dropped"]
    assert run("list", "--stands", "yes")["packings"] == []


def test_a_packing_is_begun_and_changed_by_steps(cast: Cast) -> None:
    told = run("begin", "S-1", "--order", "4ABCDEFG", "--profile", "acme-de")
    assert [one["eaches"] for one in told["contents"]] == [10, 5]
    done = run("step", "S-1", '{"kind": "propose"}')
    assert [(one["line"], one["placed"]) for one in done["lines"]] == [("1", 10), ("2", 5)]
    key = done["changed"]["contents"][0]["id"]
    lot = run("step", "S-1", json.dumps({"kind": "set_content", "content": key, "lot": "L", "expiry": "2027-12-31"}))
    assert lot["changed"]["contents"][0]["expiry"] == "2027-12-31"
    run("undo", "S-1")
    assert run("undo", "S-1")["gone"]["cartons"] == ["C1"]
    assert shown(Packing.objects.get()) == {"-": [("1", 10), ("2", 5)]}
    assert run("step", "S-1", '{"kind": "propose"}', "--version", "1", status=1)["error"]["code"] == "conflict"
    for text in ("", "[]", '{"kind": "set_content", "expiry": "31.02.2027"}'):
        assert run("step", "S-1", text, status=1)["error"]["code"] == "refused"


def test_the_rest_moves_and_the_order_is_answered_again(cast: Cast) -> None:
    whole = {"cartons": [{"contents": [{"order": "4ABCDEFG", "line": "1", "quantity": 8}]}]}
    run("put", "S-1", "-", "--profile", "acme-de", given=json.dumps(whole))
    run("move-rest", "S-1", "--line", "4ABCDEFG/1", "--to", "S-2")
    assert shown(Packing.objects.get(reference="S-2")) == {"-": [("1", 2)]}
    told = run("cut", "S-1", "--line", "4ABCDEFG/2", "--because", "none left")
    assert [one["on_its_way"] for one in told["lines"]] == [True, True]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ""),
        ("[]", ""),
        ('{"crates": []}', "crates"),
        ('{"cartons": {}}', "cartons"),
        ('{"cartons": [1]}', "cartons"),
        ('{"cartons": [{"colour": 1}]}', "cartons[0].colour"),
        ('{"cartons": [{"contents": [{"order": "4ABCDEFG", "line": "1"}]}]}', "cartons[0].contents[0].quantity"),
        ('{"cartons": [{"contents": [{"quantity": true}]}]}', "cartons[0].contents[0].quantity"),
        ('{"cartons": [{"contents": [{"quantity": 1, "unit": "box"}]}]}', "cartons[0].contents[0].unit"),
        ('{"cartons": [{"contents": [{"quantity": 1, "expiry": "soon"}]}]}', "cartons[0].contents[0].expiry"),
        ('{"cartons": [{"weight_grams": "9"}]}', "cartons[0].weight_grams"),
    ],
)
def test_a_document_that_is_none_is_refused_with_its_place(cast: Cast, text: str, where: str) -> None:
    error = run("put", "S-1", "-", "--profile", "acme-de", status=1, given=text)["error"]
    assert [one["where"] for one in error["problems"]] == [where]
    assert Packing.objects.count() == 0
