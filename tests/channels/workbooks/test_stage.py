"""The round trip of one stage: exported, filled in, brought back; nothing of another's is overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from cast import make_cast, make_profile, make_user
from channels.workbooks import second_reader
from offers.making import ROOT, UNKNOWN, cell, offer, say
from offers.making import given as said
from purveyor.base import filekinds
from purveyor.channels import load, read, store
from purveyor.channels.kinds.upload import bring
from purveyor.channels.models import Upload
from purveyor.channels.report import upload_report
from purveyor.channels.workbooks.package import Package
from purveyor.channels.workbooks.sheetxml import fill, name_of
from purveyor.channels.workbooks.stage import HEAD, stage_workbook
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.offers.domain.answer import approve
from purveyor.offers.domain.stages import hand_on
from purveyor.offers.models import Answer, Offer, Said
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

SHEET = "xl/worksheets/sheet1.xml"
Line = Mapping[str, Any]


def exported(of: Offer, key: str = "commerce", who: Who = ROOT) -> bytes:
    return stage_workbook(who, of, key).content


def heads(content: bytes) -> dict[str, int]:
    """The place of each column of an exported workbook by its head, from 1."""
    row = dict(_rows(content))[HEAD + 1]
    return {head: place for place, head in enumerate(row, 1)}


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    path = store.path_of(store.keep([content])[0])
    return list(read.rows(path, read.Shape("xlsx", sheet=read.sheets_of(path)[0])))


def shown(content: bytes, line: int = 0) -> dict[str, str]:
    """What stands in a line of an exported workbook, by its head."""
    row = dict(_rows(content))[HEAD + 2 + line]
    return {head: row[place - 1] for head, place in heads(content).items() if place <= len(row) and row[place - 1]}


def filled(tmp_path: Path, content: bytes, *lines: Line) -> bytes:
    """The workbook with values by head in its first lines; a blank text empties a cell."""
    path, places = tmp_path / "stage.xlsx", heads(content)
    path.write_bytes(content)
    values = {(HEAD + 2 + at, places[head]): value for at, line in enumerate(lines) for head, value in line.items()}
    package = Package(path)
    return package.copy(SHEET, fill(package.read(SHEET), values))


def brought(content: bytes, who: Who = ROOT, **more: Any) -> Upload:
    return bring(who, filekinds.find("offer-answers"), "commerce.xlsx", [content], **more)


def taken(content: bytes, who: Who = ROOT) -> Upload:
    return load.work_off(load.take(who, brought(content, who)))


def told(upload: Upload) -> tuple[int, list[tuple[int, str]], dict[str, int]]:
    """What was taken, row and reason of what was not, the effects."""
    found = upload_report(upload)
    return found["taken"], [(one["row"], one["reason"]) for one in found["refused"]], found["effects"]


def answers(of: Offer) -> list[tuple[int, int, str, bool, int, str, str]]:
    rows = Answer.objects.filter(stage__offer=of).order_by("cell__row__number", "cell__delivery__position")
    return [
        (a.cell.row.number, a.cell.delivery.position, a.stage.key, a.verdict, a.quantity, str(a.price), a.comment)
        for a in rows.select_related("cell__row", "cell__delivery", "stage")
    ]


def test_workbook_shows_each_cell_and_lets_only_the_answers_be_changed() -> None:
    of = offer(make_profile(), UNKNOWN)
    content = exported(of)
    assert [row[0] for _number, row in _rows(content)[:3]] == [
        "Profile: acme-de",
        "Offer number: BB-1",
        "Stage: commerce",
    ]
    assert shown(content) == {
        "Row": "5",
        "Delivery": "1",
        "SKU": "SPOON-1",
        "ASIN": "B000000001",
        "Title": "Spoon",
        "Window": "2026-04-06 – 2026-04-10",
        "Asked quantity": "100",
        "Asked price": "4.5",
        "Quantity so far": "100",
        "Price so far": "4.5",
        "Version": "0",
        "As exported": "|||",
    }
    assert shown(content, 3)["SKU"] == "waits for mapping"
    xml = second_reader.parts(content)[SHEET].decode()
    assert "<sheetProtection " in xml
    assert re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*hidden="1"', xml) == [("16", "17")]
    assert [heads(content)[head] for head in ("Version", "As exported")] == [16, 17]
    assert _unlocked(content) == {"Yes or no", "Quantity", "Price", "Comment"}


def _unlocked(content: bytes) -> set[str]:
    """The heads of the columns whose cells in the first line may be changed."""
    from xml.etree import ElementTree as ET

    main = second_reader.MAIN
    forms = ET.fromstring(second_reader.parts(content)["xl/styles.xml"]).find(f"{main}cellXfs")
    assert forms is not None
    free = {
        str(at)
        for at, form in enumerate(forms)
        if (lock := form.find(f"{main}protection")) is not None and lock.get("locked") == "0"
    }
    cells = second_reader.cells(content, SHEET)
    there = {head: cells.get(name_of((HEAD + 2, place))) for head, place in heads(content).items()}
    return {head for head, one in there.items() if one is not None and one.style in free}


def test_answers_come_back(tmp_path: Path) -> None:
    of = offer(make_profile())
    content = filled(
        tmp_path,
        exported(of),
        {"Yes or no": "yes", "Quantity": 80, "Price": Decimal("4.25"), "Comment": "less"},
        {"Yes or no": "no"},
    )
    assert told(taken(content)) == (3, [], {"answered": 2, "unchanged": 1})
    assert answers(of) == [
        (5, 1, "commerce", True, 80, "4.2500", "less"),
        (5, 2, "commerce", False, 0, "None", ""),
    ]
    assert set(Said.objects.values_list("how", flat=True)) == {"file"}
    assert cell(of).version == 1


def test_own_answer_is_exported_changed_and_taken_back(tmp_path: Path) -> None:
    of = offer(make_profile())
    say(ROOT, of, "commerce", said(quantity=80, price=Decimal("4.25"), comment="a|b"), said(delivery=2, verdict=False))
    content = exported(of)
    line = shown(content)
    assert (line["Yes or no"], line["Quantity"], line["Price"], line["Comment"]) == ("yes", "80", "4.25", "a|b")
    emptied = {"Yes or no": "", "Quantity": "", "Price": "", "Comment": ""}
    back = filled(tmp_path, content, {"Price": ""}, emptied)
    assert told(taken(back)) == (3, [], {"answered": 2, "unchanged": 1})
    assert answers(of) == [(5, 1, "commerce", True, 80, "None", "a|b")]


def test_no_becomes_yes_with_what_the_stage_finds(tmp_path: Path) -> None:
    of = offer(make_profile())
    say(ROOT, of, "commerce", said(verdict=False))
    assert told(taken(filled(tmp_path, exported(of), {"Yes or no": "ja"})))[2]["answered"] == 1
    assert answers(of)[0][3:5] == (True, 100)


def test_quantity_alone_decides(tmp_path: Path) -> None:
    of = offer(make_profile())
    say(ROOT, of, "commerce", said(verdict=True), said(delivery=2, verdict=True))
    taken(filled(tmp_path, exported(of), {"Quantity": 0}, {"Quantity": 7}))
    assert [one[3:5] for one in answers(of)] == [(False, 0), (True, 7)]


def test_untouched_lines_say_nothing_whatever_happened_meanwhile() -> None:
    of = offer(make_profile())
    content = exported(of)
    say(ROOT, of, "commerce", said(quantity=80))
    assert told(taken(content)) == (3, [], {"unchanged": 3})
    assert (cell(of).version, answers(of)[0][4]) == (1, 80)


def test_answer_to_an_older_version_is_told_with_both_and_overwrites_nothing(tmp_path: Path) -> None:
    profile = make_profile()
    of, other = offer(profile), Who.of(make_user("olga", "commerce", profile))
    content = filled(tmp_path, exported(of), {"Quantity": 90}, {"Quantity": 5})
    say(other, of, "commerce", said(quantity=80))
    reason = "olga answered this at 2026-03-02 10:00: 80. Yours was: 90. Export anew and answer again."
    found = taken(content)
    assert told(found)[:2] == (2, [(HEAD + 2, reason)])
    assert told(found)[2] == {"answered": 1, "unchanged": 1}
    assert [one[4] for one in answers(of)] == [80, 5]


def test_wrong_answers_are_named_by_their_row(tmp_path: Path) -> None:
    of = offer(make_profile(), UNKNOWN)
    content = filled(
        tmp_path,
        exported(of),
        {"Quantity": 101},
        {"Quantity": "many"},
        {"Comment": "only"},
        {"Yes or no": "yes"},
    )
    found = taken(content)
    assert told(found) == (
        0,
        [
            (HEAD + 2, "101 pieces are not between 0 and the 100 asked for."),
            (HEAD + 3, "“many” is not a whole number."),
            (HEAD + 4, "Say yes, no or how many pieces first."),
            (HEAD + 5, "The row waits for its product; until it is mapped it can only be declined."),
        ],
        {},
    )
    assert answers(of) == []


def test_dry_run_says_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    of = offer(make_profile())
    content = filled(tmp_path, exported(of), {"Quantity": 101}, {"Quantity": 5})
    upload = load.work_off(load.check(ROOT, brought(content)))
    assert told(upload)[0::2] == (2, {"answered": 1, "unchanged": 1})
    assert (answers(of), Said.objects.count(), cell(of, 5, 2).version) == ([], 0, 0)
    before = told(upload)
    assert told(load.work_off(load.take(ROOT, upload))) == before
    assert len(answers(of)) == 1


def test_line_of_a_cell_there_is_not_is_refused(tmp_path: Path) -> None:
    of = offer(make_profile())
    content = filled(tmp_path, exported(of), {"Row": 99, "Quantity": 5}, {"Delivery": 1, "Quantity": 5})
    found = told(taken(content))
    assert [row for row, _reason in found[1]] == [HEAD + 2]
    assert {reason for _row, reason in found[1]} == {"There is no such cell, or it is named twice."}


def test_german_export_comes_back_in_german(tmp_path: Path) -> None:
    of = offer(make_profile())
    with translation.override("de"):
        content = exported(of)
        upload = brought(filled(tmp_path, content, {head_of(content, "quantity"): 5}))
    assert told(load.work_off(load.take(ROOT, upload)))[2]["answered"] == 1


def head_of(content: bytes, name: str) -> str:
    kind = filekinds.find("offer-answers")
    return str(kind.column(name).label)


def test_later_stage_sees_what_an_earlier_one_changed() -> None:
    of = offer(make_profile())
    say(ROOT, of, "commerce", said(quantity=80, price=Decimal("4.00")))
    approve(ROOT, of, "commerce")
    hand_on(ROOT, of)
    line = shown(exported(of, "manufacturing"))
    assert (line["Quantity so far"], line["Price so far"]) == ("80", "4")
    assert line["Changed"] == "100 × 4.50 → 80 × 4.00"


def test_stage_whose_turn_it_is_not_is_refused(tmp_path: Path) -> None:
    of = offer(make_profile())
    content = filled(tmp_path, exported(of, "warehouse"), {"Quantity": 5})
    found = taken(content)
    assert (found.state, found.problem) == (
        "stopped",
        "It is not yet the turn of stage Warehouse of offer BB-1.",
    )
    assert answers(of) == []


def test_who_may_see_may_export_and_only_the_stages_people_may_answer(tmp_path: Path) -> None:
    profile = make_profile()
    of, cast = offer(profile), make_cast(profile)
    content = filled(tmp_path, exported(of, who=cast.who("auditor")), {"Quantity": 5})
    with pytest.raises(Denied):
        exported(of, who=cast.who("stranger"))
    with pytest.raises(NotFound):
        exported(of, "finance")
    with pytest.raises(Denied, match="not yours to bring"):
        brought(content, cast.who("auditor"))
    another = taken(content, cast.who("warehouse"))
    assert (another.state, answers(of)) == ("stopped", [])
    assert "is not yours to answer" in another.problem
    assert told(taken(content, cast.who("vendor_manager")))[2]["answered"] == 1


def test_stranger_finds_no_such_offer(tmp_path: Path) -> None:
    profile = make_profile()
    of, cast = offer(profile), make_cast(profile)
    upload = brought(filled(tmp_path, exported(of), {"Quantity": 5}), cast.who("stranger"))
    assert upload.profile is None
    with pytest.raises(Refused) as error:
        load.take(cast.who("stranger"), upload)
    assert [(one.where, one.message) for one in error.value.problems] == [("number", "There is no offer BB-1.")]


def test_stage_there_is_not_is_refused(tmp_path: Path) -> None:
    of = offer(make_profile())
    upload = brought(exported(of), facts={"stage": "kitchen"})
    with pytest.raises(Refused) as error:
        load.take(ROOT, upload)
    assert [one.where for one in error.value.problems] == ["stage"]
