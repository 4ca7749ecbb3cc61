"""The answers of a completed offer in a copy of its workbook: they alone are new, everything else is as it came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cast import make_cast
from channels.making import workbook
from channels.workbooks import second_reader
from channels.workbooks.inviting import ME, SAID, a_profile, brought, invited, know
from offers.making import ROOT, fresh, through
from products.making import product
from purveyor.audit.models import Entry
from purveyor.channels import load, read, store
from purveyor.channels.models import Upload
from purveyor.channels.workbooks.offers import answers_into, offer_of
from purveyor.channels.workbooks.sheetxml import name_of, place_of
from purveyor.common.errors import Denied, Refused
from purveyor.offers.domain.answer import Given, answer
from purveyor.offers.domain.complete import complete
from purveyor.offers.models import Cell, Offer
from purveyor.profiles.models import Profile
from purveyor.simulator import offers as buyer
from purveyor.simulator.offers.model import Invitation
from purveyor.simulator.world import World

# Cells of a workbook are the same whatever the database; taking them in is asked of both elsewhere.
pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

LAYOUTS = ("plain", "german", "wide")
SHEETS = {"plain": "xl/worksheets/sheet1.xml", "german": "xl/worksheets/sheet1.xml", "wide": "xl/worksheets/sheet2.xml"}


def taken(content: bytes, profile: Profile, layout: str) -> Offer:
    """The offer of an invitation that was brought and taken."""
    upload = load.work_off(load.take(ME, brought(content, profile, **(SAID if layout == "plain" else {}))))
    assert (upload.state, upload.refused) == ("done", 0), upload.problem
    found = offer_of(upload)
    assert found is not None
    return found


def invite(world: World, layout: str) -> tuple[Invitation, bytes, Offer]:
    """An invitation of which every product is known, taken in."""
    of, content = invited(world, layout)
    know(of.rows)
    return of, content, taken(content, a_profile(), layout)


def completed(offer: Offer, *given: Given) -> Offer:
    """The offer after these answers of commerce; all else is agreed with."""
    found = answer(ROOT, offer, "commerce", given)
    assert (found.clashes, found.problems) == ([], [])
    return complete(ROOT, through(offer))


def answer_places(of: Invitation) -> set[str]:
    return {name_of((row.number, place + 1)) for row in of.rows for place in of.columns.values()}


def answers(of: Invitation, content: bytes, row: int) -> Mapping[str, Any]:
    """What the first reader finds in the answer cells of a row, by role."""
    path = store.path_of(store.keep([content])[0])
    cells = dict(read.rows(path, read.Shape("xlsx", sheet=of.sheet)))[of.rows[row].number]
    found = {role: cells[place] if place < len(cells) else "" for role, place in of.columns.items()}
    return {role: value for role, value in found.items() if value}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_but_the_answer_cells_changes(world: World, layout: str) -> None:
    of, content, offer = invite(world, layout)
    done = answers_into(ROOT, completed(offer))
    old, new = second_reader.parts(content), second_reader.parts(done.content)
    assert list(new) == list(old)
    assert [name for name in old if old[name] != new[name]] == [SHEETS[layout]]
    before, after = (second_reader.cells(one, SHEETS[layout]) for one in (content, done.content))
    places = answer_places(of)
    assert {name: cell for name, cell in after.items() if name not in places} == {
        name: cell for name, cell in before.items() if name not in places
    }
    assert {name: after[name].style for name in places & set(before)} == {
        name: before[name].style for name in places & set(before)
    }
    written = {name for name in after if after.get(name) != before.get(name)}
    assert (written <= places, len(written)) == (True, done.cells)
    assert second_reader.order_is_right(done.content, SHEETS[layout])
    assert {after[name].formula for name in written} == {""}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_xml_of_the_sheet_changes_in_the_answer_cells_alone(world: World, layout: str) -> None:
    of, content, offer = invite(world, layout)
    done = answers_into(ROOT, completed(offer))
    old, new = (second_reader.parts(one)[SHEETS[layout]] for one in (content, done.content))
    for name in answer_places(of):
        old, new = (_without_cell(xml, name) for xml in (old, new))
    assert new == old


def _without_cell(xml: bytes, name: str) -> bytes:
    begin = xml.find(f'<c r="{name}"'.encode())
    if begin < 0:
        return xml
    empty, close = xml.find(b"/>", begin), xml.find(b">", begin)
    end = empty + 2 if empty == close - 1 else xml.find(b"</c>", begin) + 4
    return xml[:begin] + xml[end:]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_original_is_kept_untouched(world: World, layout: str) -> None:
    _of, content, offer = invite(world, layout)
    answers_into(ROOT, completed(offer))
    assert store.path_of(Upload.objects.get().sha256).read_bytes() == content


def test_each_answer_stands_where_the_buyer_looks(world: World) -> None:
    of, _content, offer = invite(world, "wide")
    rows = [row.number for row in of.rows]
    cheaper = Decimal(of.rows[1].costs[0]) - Decimal("0.01")
    done = answers_into(
        ROOT,
        completed(
            offer,
            Given(rows[0], 1, quantity=7, comment="=cmd()|' /C calc'!A1"),
            Given(rows[1], 1, verdict=True, price=cheaper),
            Given(rows[2], 1, verdict=False, comment="late & <never>"),
        ),
        comments=True,
    )
    first = answers(of, done.content, 0)
    assert (first["verdict_1"], first["quantity_1"], first["comment_1"]) == ("Yes", "7", "=cmd()|' /C calc'!A1")
    assert answers(of, done.content, 1)["cost_1"] == format(cheaper.normalize(), "f")
    third = answers(of, done.content, 2)
    assert (third["verdict_1"], third["quantity_1"], third.get("cost_1")) == ("No", "0", None)
    assert third["comment_1"] == "late & <never>"
    cell = second_reader.cells(done.content, SHEETS["wide"])[name_of((rows[0], of.columns["comment_1"] + 1))]
    assert (cell.kind, cell.formula) == ("inlineStr", "")
    assert done.notes == ()


def test_german_workbook_is_answered_in_german(world: World) -> None:
    of, _content, offer = invite(world, "german")
    done = answers_into(ROOT, completed(offer, Given(of.rows[0].number, 1, verdict=False)))
    found = answers(of, done.content, 0)
    assert (found["verdict_1"], found["quantity_1"], found["verdict_2"]) == ("Nein", "0", "Ja")
    assert found["quantity_2"] == str(of.rows[0].pieces[1])


def test_price_that_has_no_column_is_told(world: World) -> None:
    of, _content, offer = invite(world, "german")
    row = of.rows[1].number
    done = answers_into(ROOT, completed(offer, Given(row, 1, verdict=True, price=Decimal("0.5"))))
    assert done.notes == (f"Row {row}, delivery 1: there is no column that tells its price 0.5000 alone.",)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_buyer_reads_the_answers_back_and_orders_them(world: World, layout: str) -> None:
    of, _content, offer = invite(world, layout)
    done = answers_into(ROOT, completed(offer, Given(of.rows[0].number, 1, quantity=3)))
    found, errors = buyer.hand_in(world, of.number, done.content)
    approved = sum(cell.approved or 0 for cell in Cell.objects.filter(row__offer=offer))
    assert (errors, found.promised) == ([], approved)
    world.advance(timedelta(hours=1))
    ordered = [world.orders[number] for number in buyer.find(world, of.number).orders]
    assert sum(line.eaches for order in ordered for line in order.lines) == approved


def test_rows_that_wait_for_their_product_stay_blank(world: World) -> None:
    of, content = invited(world, "plain")
    know(of.rows[1:])
    offer = complete(ROOT, through(taken(content, a_profile(), "plain")), leave_unmapped=True)
    done = answers_into(ROOT, offer)
    assert answers(of, done.content, 0) == {}
    assert done.cells == 3 * 11


def test_export_is_told_and_may_be_had_again(world: World) -> None:
    _of, _content, offer = invite(world, "plain")
    done = completed(offer)
    first, second = answers_into(ROOT, done), answers_into(ROOT, done)
    assert first == second
    assert first.name == "invitation-answered.xlsx"
    entries = Entry.objects.filter(action="offer.exported")
    assert [entry.new for entry in entries] == [{"cells": 36}] * 2
    for given, name in (("../../etc/passwd", "passwd-answered.xlsx"), ("C:\\x\\..\\.a.xlsx", "a-answered.xlsx")):
        Upload.objects.update(name=given)
        assert answers_into(ROOT, Offer.objects.get(pk=offer.pk)).name == name


def test_only_a_completed_offer_leaves(world: World) -> None:
    _of, _content, offer = invite(world, "plain")
    with pytest.raises(Refused, match="not completed"):
        answers_into(ROOT, offer)


def test_offer_without_its_workbook_is_refused(world: World) -> None:
    _of, _content, offer = invite(world, "plain")
    done = completed(offer)
    Upload.objects.all().delete()
    with pytest.raises(Refused, match="came by no workbook"):
        answers_into(ROOT, fresh(done))


def test_workbook_without_answer_columns_is_refused(world: World) -> None:
    _of, _content, offer = invite(world, "plain")
    done = completed(offer)
    upload = Upload.objects.get()
    columns = {name: head for name, head in upload.columns.items() if not name.startswith(("quantity", "verdict"))}
    Upload.objects.update(columns=columns)
    with pytest.raises(Refused, match="no columns for the answers"):
        answers_into(ROOT, fresh(done))


def test_stranger_gets_no_answers(world: World) -> None:
    _of, _content, offer = invite(world, "plain")
    done = completed(offer)
    cast = make_cast(done.profile)
    assert answers_into(cast.who("auditor"), done).cells == 36
    with pytest.raises(Denied):
        answers_into(cast.who("stranger"), done)


def test_formula_in_the_way_is_named_by_its_row(world: World) -> None:
    of, _content, offer = invite(world, "wide")
    done = completed(offer)
    heads = Upload.objects.get().columns | {"cost_1": "Confirmed value"}
    Upload.objects.update(columns=heads)
    with pytest.raises(Refused) as error:
        answers_into(ROOT, fresh(done))
    assert [one.where for one in error.value.problems] == [f"row {row.number}" for row in of.rows]
    first = of.rows[0].number
    assert error.value.problems[0].message == f"Row {first}: cell U{first} holds a formula and is left alone."


def test_one_column_tells_of_all_deliveries(world: World) -> None:
    of, _content, offer = invite(world, "german")
    done = completed(offer, Given(of.rows[0].number, 1, quantity=5))
    columns = dict(Upload.objects.get().columns)
    del columns["quantity_2"], columns["verdict_2"]
    Upload.objects.update(columns=columns)
    found = answers(of, answers_into(ROOT, fresh(done)).content, 0)
    assert (found["quantity_1"], found["verdict_1"]) == (str(5 + of.rows[0].pieces[1]), "Ja")


def test_places_and_names_agree() -> None:
    for name, place in {"A1": (1, 1), "Z9": (9, 26), "AA10": (10, 27), "XFD1048576": (1048576, 16384)}.items():
        assert (place_of(name), name_of(place)) == (place, name)
    assert [place_of(wrong) for wrong in ("", "1A", "a1", "A", "ABCD1")] == [None] * 5


# ── workbooks that somebody typed ───────────────────────────────────────────────────────────────────────────────────


def typed(
    folder: Path, heads: list[str], *given: Given, comments: bool = True
) -> tuple[dict[str, str], tuple[str, ...]]:
    """What stands in the second row, by its head, after two deliveries of one product were answered; and the notes."""
    product("SPOON-1", asin="B000000001")
    row = ["B000000001", 10, 20, 4.5]
    content = workbook(folder / "made.xlsx", [["ASIN", "Menge 1", "Menge 2", "Preis", *heads], row]).read_bytes()
    upload = load.work_off(load.take(ME, brought(content, a_profile(), number="BB-1", expires_at="-")))
    offer = offer_of(upload)
    assert offer is not None
    done = answers_into(ROOT, completed(offer, *given), comments=comments)
    path = store.path_of(store.keep([done.content])[0])
    cells = dict(read.rows(path, read.Shape("xlsx")))[2]
    return {head: cells[place] for place, head in enumerate(heads, 4) if cells[place : place + 1] != [""]}, done.notes


def test_yes_and_no_are_written_in_the_language_of_their_head(tmp_path: Path) -> None:
    heads = ["Annahme 1", "Accept 2"]
    found, notes = typed(tmp_path, heads, Given(2, 1, verdict=False))
    assert found == {"Annahme 1": "Nein", "Accept 2": "Yes"}
    assert notes == (
        "Row 2, delivery 1: there is no column for its 0 pieces.",
        "Row 2, delivery 2: there is no column for its 20 pieces.",
    )


def test_comments_of_all_deliveries_share_one_column(tmp_path: Path) -> None:
    heads = ["Bestätigte Menge 1", "Bestätigte Menge 2", "Kommentar"]
    said = Given(2, 1, verdict=True, comment="first"), Given(2, 2, verdict=False, comment="second")
    found, notes = typed(tmp_path, heads, *said)
    assert (found, notes) == (dict(zip(heads, ("10", "0", "first / second"), strict=True)), ())


def test_comments_stay_in_the_house_unless_asked_for(tmp_path: Path) -> None:
    heads = ["Bestätigte Menge 1", "Bestätigte Menge 2", "Kommentar"]
    said = Given(2, 1, verdict=True, comment="our margin is thin"), Given(2, 2, verdict=False)
    found, notes = typed(tmp_path, heads, *said, comments=False)
    assert (found, notes) == ({"Bestätigte Menge 1": "10", "Bestätigte Menge 2": "0"}, ())


@pytest.mark.parametrize(("second", "written"), [("4.2", "4.2"), ("4.1", "")])
def test_one_column_of_prices_tells_what_is_true_of_all(tmp_path: Path, second: str, written: str) -> None:
    heads = ["Confirmed quantity 1", "Confirmed quantity 2", "Confirmed price"]
    given = [Given(2, n, verdict=True, price=Decimal(price)) for n, price in ((1, "4.2"), (2, second))]
    found, notes = typed(tmp_path, heads, *given)
    assert found.get("Confirmed price", "") == written
    said = "Row 2, delivery {}: there is no column that tells its price {}00 alone."
    assert notes == (() if written else (said.format(1, "4.20"), said.format(2, "4.10")))
