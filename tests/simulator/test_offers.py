"""The buyer invites to bulk buys, reads the answered workbook back, and orders what was promised."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from purveyor.common.errors import NotFound, Refused
from purveyor.common.windows import Window
from purveyor.simulator import offers
from purveyor.simulator.app import create_app
from purveyor.simulator.centers import CENTERS
from purveyor.simulator.offers import reading
from purveyor.simulator.offers.layouts import LAYOUTS, VARIANTS
from purveyor.simulator.offers.model import Error, Invitation
from purveyor.simulator.offers.reading import cell_name
from purveyor.simulator.world import World
from simulator.talk import Talk

pytestmark = pytest.mark.unit

Cells = Mapping[str, Any]


def filled(world: World, of: Invitation, cells: Cells) -> bytes:
    """The workbook as it was sent, with values in some of its blank cells, as a person's spreadsheet would write it."""
    sent = offers.workbook(world, of.number)
    sheet = "xl/worksheets/sheet2.xml" if of.layout == "wide" else "xl/worksheets/sheet1.xml"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sent)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, _put(content.decode(), cells) if part.filename == sheet else content)
    return out.getvalue()


def _put(xml: str, cells: Cells) -> str:
    for name, value in cells.items():
        text = f'<c r="{name}" t="inlineStr"><is><t>{value}</t></is></c>'
        made = text if isinstance(value, str) else f'<c r="{name}"><v>{value}</v></c>'
        found, count = re.subn(rf'<c r="{name}"[^>]*?(?:/>|>.*?</c>)', made, xml, count=1)
        if not count:
            row = re.sub("[A-Z]+", "", name)
            found = re.sub(rf'(<row r="{row}".*?)(</row>)', rf"\1{made}\2", xml, count=1, flags=re.DOTALL)
        xml = found
    return xml


def promising(of: Invitation, row: int = 0, pieces: int = 10, delivery: int = 1, **more: Any) -> dict[str, Any]:
    """Cells that promise some pieces of a row."""
    at = of.rows[row].number - 1
    cells = {"quantity": pieces, "verdict": "Yes"} | more
    return {cell_name(at, of.columns[f"{role}_{delivery}"]): value for role, value in cells.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant != "large"])
def test_invitation_is_the_same_for_the_same_seed(held_clock: Any, layout: str, variant: str) -> None:
    made = []
    for _ in range(2):
        world = World(scenario="quiet", secrets_from_seed=True)
        of = offers.invite(world, layout=layout, variant=variant)
        made.append((of, offers.workbook(world, of.number)))
        world.close()
    assert made[0] == made[1]


def test_invitations_differ_and_are_listed_newest_first(world: World) -> None:
    made = [offers.invite(world) for _ in range(3)]
    assert [one.number for one in offers.every(world)] == [one.number for one in reversed(made)]
    assert len({one.number for one in made}) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"layout": "round"},
        {"variant": "odd"},
        {"rows": -1},
        {"rows": 3},
        {"rows": 20_001},
        {"hours": 0},
        {"hours": 9e9},
    ],
)
def test_invitation_there_is_not_is_refused(world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        offers.invite(world, **wrong)
    assert offers.every(world) == []


def test_number_is_used_once(world: World) -> None:
    offers.invite(world, number="BB-1")
    with pytest.raises(Refused, match="already"):
        offers.invite(world, number="BB-1")
    with pytest.raises(NotFound):
        offers.find(world, "BB-2")


def test_answer_is_read_back_and_ordered_in_the_windows_of_its_deliveries(world: World) -> None:
    of = offers.invite(world, layout="wide")
    cells = promising(of, 0, 20) | promising(of, 1, 7, cost=float(of.rows[1].costs[0]) - 0.01)
    cells |= promising(of, 0, 5, delivery=3)
    found, errors = offers.hand_in(world, of.number, filled(world, of, cells))
    assert (errors, found.promised, found.orders) == ([], 32, ())
    world.advance(timedelta(seconds=world.settings.bulk_order_delay - 1))
    assert offers.find(world, of.number).orders == ()
    world.advance(timedelta(seconds=1))
    ordered = offers.find(world, of.number).orders
    placed = [world.orders[number] for number in ordered]
    assert sum(line.eaches for order in placed for line in order.lines) == 32
    days = {(str(one.first), str(one.last)) for one in (of.deliveries[0], of.deliveries[2])}
    assert {_days(order) for order in placed} == days
    assert {order.vendor_code for order in placed} == {of.vendor_code}
    costs = {line.asin: line.cost for order in placed for line in order.lines}
    assert float(costs[of.rows[1].asin]) == round(float(of.rows[1].costs[0]) - 0.01, 2)


def _days(order: Any) -> tuple[str, str]:
    window, center = Window.parse(order.delivery_window), CENTERS[order.center]
    from zoneinfo import ZoneInfo

    there = [moment.astimezone(ZoneInfo(center.zone)).date() for moment in (window.start, window.end)]
    return str(there[0]), str(there[1])


def test_orders_survive_a_restart_of_the_stand_in(tmp_path: Path, held_clock: Any) -> None:
    world = World(scenario="quiet", secrets_from_seed=True, path=tmp_path / "world")
    of = offers.invite(world, layout="plain")
    offers.hand_in(world, of.number, filled(world, of, promising(of)))
    world.close()
    again = World(path=tmp_path / "world")
    again.advance(timedelta(hours=1))
    assert sum(len(one.orders) for one in offers.every(again)) >= 1
    assert offers.workbook(again, of.number, kind="answered") != offers.workbook(again, of.number)
    again.close()


def test_answer_without_any_promise_orders_nothing(world: World) -> None:
    of = offers.invite(world, layout="plain")
    assert offers.hand_in(world, of.number, filled(world, of, promising(of, pieces=0, verdict="No")))[1] == []
    world.advance(timedelta(hours=2))
    assert dict(world.orders) == {}


@pytest.mark.parametrize(
    ("given", "role", "message"),
    [
        ({"pieces": 10**6}, "quantity", "this is not between 0 and the {asked} requested"),
        ({"pieces": -1}, "quantity", "this is not between 0 and the {asked} requested"),
        ({"pieces": "ten"}, "quantity", "this is not a whole number"),
        ({"pieces": 1.5}, "quantity", "this is not a whole number"),
        ({"pieces": 0}, "quantity", "yes needs a quantity above 0"),
        ({"verdict": "perhaps"}, "verdict", "this is neither yes nor no"),
        ({"verdict": "No"}, "verdict", "a quantity above 0 needs a yes"),
        ({"cost": 10**6}, "cost", "this is not above 0 and up to the {cost} offered"),
        ({"cost": 0}, "cost", "this is not above 0 and up to the {cost} offered"),
        ({"cost": "cheap"}, "cost", "this is not an amount"),
    ],
)
def test_wrong_answer_is_told_and_nothing_counts(world: World, given: dict[str, Any], role: str, message: str) -> None:
    of = offers.invite(world, layout="plain")
    row = of.rows[0]
    found, errors = offers.hand_in(world, of.number, filled(world, of, promising(of, **given)))
    place = cell_name(row.number - 1, of.columns[f"{role}_1"])
    said = message.format(asked=row.pieces[0], cost=row.costs[0])
    assert (place, said) in [(one.cell, one.message) for one in errors]
    assert (found.answered_at, found.promises) == (None, ())


def test_change_of_anything_else_is_told(world: World) -> None:
    of = offers.invite(world, layout="plain")
    _found, errors = offers.hand_in(world, of.number, filled(world, of, {"D2": 1} | promising(of)))
    assert errors[0] == Error("D2", "1.0", f"only the answers may change; here stood '{float(of.rows[0].pieces[0])}'")


def test_formula_that_the_spreadsheet_worked_out_anew_is_no_change(world: World) -> None:
    of = offers.invite(world, layout="wide")
    given = cell_name(of.rows[0].number - 1, 20)
    assert given in reading._worked_out(offers.workbook(world, of.number), of.sheet)
    _found, errors = offers.hand_in(world, of.number, filled(world, of, promising(of) | {given: 12.5}))
    assert errors == []


def test_answer_comes_once_and_in_time(world: World) -> None:
    of, late = offers.invite(world, layout="plain"), offers.invite(world, layout="plain", hours=2)
    content = filled(world, of, promising(of))
    offers.hand_in(world, of.number, content)
    with pytest.raises(Refused, match="answered already"):
        offers.hand_in(world, of.number, content)
    world.advance(timedelta(hours=3))
    with pytest.raises(Refused, match="expired"):
        offers.hand_in(world, late.number, filled(world, late, promising(late)))


def test_other_files_are_refused(world: World) -> None:
    of, other = offers.invite(world, layout="plain"), offers.invite(world, layout="wide")
    for content in (b"PK nonsense", b"", offers.workbook(world, other.number)):
        with pytest.raises(Refused, match="not the workbook"):
            offers.hand_in(world, of.number, content)


# ── the doors ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_control_api_invites_hands_out_and_takes_back(talk: Talk, world: World) -> None:
    client, headers = talk.client, {"Authorization": f"Bearer {world.control_token}"}
    base = "/control/api/offers"
    made = client.post(base, json={"layout": "plain", "hours": 48}, headers=headers).json
    assert (made["layout"], made["rows"], made["answered_at"]) == ("plain", 12, None)
    path = f"{base}/{made['number']}"
    assert client.get(f"{path}/workbook", headers=headers).data == offers.workbook(world, made["number"])
    of = offers.find(world, made["number"])
    wrong = client.post(f"{path}/answer", data=filled(world, of, promising(of, pieces=-1)), headers=headers).json
    assert [one["cell"] for one in wrong["errors"]] == ["I2"]
    good = client.post(f"{path}/answer", data=filled(world, of, promising(of)), headers=headers).json
    assert (good["errors"], good["promised"]) == ([], 10)
    shown = client.get(path, headers=headers).json
    promise = {"row": 2, "delivery": 1, "pieces": 10, "cost": of.rows[0].costs[0]}
    assert shown["promises"] == [promise]
    assert [one["number"] for one in client.get(base, headers=headers).json["offers"]] == [of.number]
    assert client.post(f"{path}/answer", json={}, headers=headers).status_code == 400
    assert client.get(f"{base}/none/workbook", headers=headers).status_code == 404


def test_control_page_invites_hands_out_and_takes_back(world: World) -> None:
    browser = Client(create_app(world))
    token = _token(browser)
    assert browser.post("/control/invite", data={"csrf": token, "layout": "plain"}).status_code == 303
    (of,) = offers.every(world)
    assert of.number in browser.get("/control/").text
    fetched = browser.get(f"/control/{of.number}.xlsx")
    assert (fetched.status_code, fetched.data) == (200, offers.workbook(world, of.number))
    assert browser.get("/control/none.xlsx").status_code == 404
    wrong = _hand_in(browser, token, of, filled(world, of, promising(of, pieces=-1)))
    assert (wrong.status_code, "<code>I2</code>" in wrong.text) == (400, True)
    assert _hand_in(browser, token, of, filled(world, of, promising(of))).status_code == 303
    assert offers.find(world, of.number).promised == 10


def test_control_page_takes_no_answer_from_elsewhere(world: World) -> None:
    browser, of = Client(create_app(world)), offers.invite(world, layout="plain")
    assert _hand_in(browser, "0" * 64, of, filled(world, of, promising(of))).status_code == 403
    token = _token(browser)
    nothing = browser.post("/control/offer-answer", data={"csrf": token, "number": of.number})
    assert (nothing.status_code, "choose the answered workbook" in nothing.text) == (400, True)
    assert offers.find(world, of.number).answered_at is None


def _token(browser: Client) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/control/").text)
    assert found is not None
    return found[1]


def _hand_in(browser: Client, token: str, of: Invitation, content: bytes) -> Any:
    given = {"csrf": token, "number": of.number, "file": (io.BytesIO(content), "answered.xlsx")}
    return browser.post("/control/offer-answer", data=given)
