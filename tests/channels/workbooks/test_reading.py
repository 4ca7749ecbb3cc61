"""Invitations that somebody typed: heads anywhere, in any order and language; sums, remarks, days and moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.making import workbook
from channels.workbooks.inviting import ME, a_profile, asked, brought, reasons, verdicts
from products.making import alias, product
from purveyor.base import filekinds
from purveyor.channels import load, mapping, read
from purveyor.channels.workbooks.columns import suggest, window
from purveyor.channels.workbooks.invitation import deadline, is_no_row
from purveyor.channels.workbooks.offers import Preview, offer_of, preview
from purveyor.common.lenient import Unreadable
from purveyor.offers.models import Delivery, Offer

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SAID = {"number": "BB-1", "expires_at": "-"}
NO_MOMENTS = ("soon", "09/30/2026 18:00", "30.09.2026 25:00", "MESZ", "2026-09-30 18:00 PST")
ASINS = ("B000000001", "B000000002", "B000000003")


def written(folder: Path, *rows: list[Any], at: int = 0) -> bytes:
    return workbook(folder / "made.xlsx", list(rows), at).read_bytes()


def looked_at(folder: Path, *rows: list[Any], at: int = 0, **facts: str) -> Preview:
    return preview(ME, brought(written(folder, *rows, at=at), a_profile(), **{**SAID, **facts}))


# ── heads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        (["Menge", "ASIN"], {"asked_1": "Menge", "asin": "ASIN"}),
        (["Quantity", "Quantity (2)"], {"asked_1": "Quantity", "asked_2": "Quantity (2)"}),
        (["Quantity 1", "Quantity 2"], {"asked_1": "Quantity 1", "asked_2": "Quantity 2"}),
        (["Delivery 1 qty", "qty delivery 2"], {"asked_1": "Delivery 1 qty", "asked_2": "qty delivery 2"}),
        (["3. Lieferung: Menge"], {"asked_3": "3. Lieferung: Menge"}),
        (["2nd wave units", "Drop No. 3 units"], {"asked_2": "2nd wave units", "asked_3": "Drop No. 3 units"}),
        (["Bestätigte Menge (Lieferung 2)"], {"quantity_2": "Bestätigte Menge (Lieferung 2)"}),
        (["Zusage (Ja/Nein)", "Ihr Preis"], {"verdict_1": "Zusage (Ja/Nein)", "cost_1": "Ihr Preis"}),
        (["Anmerkung"], {"comment_1": "Anmerkung"}),
        (["Lieferfenster 2", "Lieferfenster von"], {"window_2": "Lieferfenster 2", "first_1": "Lieferfenster von"}),
        (["asked_2", "Angefragte Menge 3"], {"asked_2": "asked_2", "asked_3": "Angefragte Menge 3"}),
        (["ASIN", "ASIN (2)"], {"asin": "ASIN"}),
        (["Quantity 7", "Quantity 12", "", "Colour"], {}),
    ],
)
def test_heads_are_found_in_any_order_and_language(heads: list[str], columns: Mapping[str, str]) -> None:
    assert suggest(heads) == columns


def test_heads_stand_below_other_rows_and_columns_keep_their_places(tmp_path: Path) -> None:
    found = looked_at(
        tmp_path,
        [None, None, "An invitation"],
        [None, None, "ASIN", "Price", "Quantity"],
        [None, None, ASINS[0], 4.5, 10],
        at=4,
    )
    assert [(one.row, one.asin, asked(one)) for one in found.rows] == [(7, ASINS[0], {1: (10, "4.5")})]


def test_heads_of_a_saved_profile_are_sought_first(tmp_path: Path) -> None:
    columns = {"asin": "Ref.", "asked_1": "Pcs."}
    mapping.save(ME, filekinds.find("offer"), "odd buyer", columns, {})
    content = written(tmp_path, ["ASIN", "Quantity"], ["Ref.", "Pcs."], [ASINS[0], 10])
    upload = brought(content, a_profile(), **SAID)
    assert (upload.columns, upload.shape["head"]) == (columns, 2)
    assert verdicts(preview(ME, upload)) == [(3, "waits")]


def test_heads_that_somebody_names_are_sought(tmp_path: Path) -> None:
    content = written(tmp_path, ["ASIN", "Quantity"], ["Ref.", "Pcs."], [ASINS[0], 10])
    from channels.making import bring

    columns = {"asin": "Ref.", "asked_1": "Pcs."}
    upload = bring(content, "offer", ME, "made.xlsx", profile=a_profile(), facts=SAID, columns=columns)
    assert upload.shape["head"] == 2
    assert verdicts(preview(ME, upload)) == [(3, "waits")]


def test_columns_are_said_anew(tmp_path: Path) -> None:
    upload = brought(written(tmp_path, ["ASIN", "Menge", "Kartons"], [ASINS[0], 10, 2]), a_profile(), **SAID)
    upload = load.remap(ME, upload, {"asin": "ASIN", "asked_1": "Kartons"}, {})
    assert asked(preview(ME, upload).rows[0]) == {1: (2, "None")}


def test_sheet_named_first_is_not_always_the_one(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Hidden").hide()
        book.add_worksheet("Read me").write(0, 0, "ASIN")
        page = book.add_worksheet("List")
        page.activate()
        for number, row in enumerate((["ASIN", "Quantity"], [ASINS[0], 10])):
            page.write_row(number, 0, row)
    upload = brought(path.read_bytes(), a_profile(), **SAID)
    assert upload.shape["sheet"] == "List"


def test_heads_are_sought_on_so_many_sheets_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xlsxwriter

    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("One", "Two", "Three"):
            book.add_worksheet(name).write_row(0, 0, ["ASIN", "Quantity"] if name == "Three" else ["Nothing"])
    profile = a_profile()
    assert brought(path.read_bytes(), profile, **SAID).shape["sheet"] == "Three"
    monkeypatch.setattr(read, "MOST_SHEETS", 2)
    assert brought(path.read_bytes(), profile, **SAID).shape["sheet"] == "One"


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_row_is_known_by_whatever_name_it_gives(tmp_path: Path) -> None:
    alias(product("A-1", asin=ASINS[0]), "LÖFFEL 7")
    found = looked_at(
        tmp_path,
        ["ASIN", "SKU", "Quantity"],
        [ASINS[0], None, 1],
        [None, "Löffel 7", 2],
        [None, "A-1", 3],
        [None, "unheard of", 4],
        [None, None, 5],
        ["not an asin", None, 6],
    )
    assert verdicts(found) == [(2, "taken"), (3, "taken"), (4, "taken"), (5, "waits"), (6, "refused"), (7, "refused")]
    assert [one.product for one in found.rows] == ["A-1", "A-1", "A-1", "", "", ""]
    assert reasons(found)[0] == (
        6,
        "asin",
        "",
        "The row names no product: neither an ASIN nor a number of yours.",
    )


def test_row_without_a_wish_is_passed_over(tmp_path: Path) -> None:
    found = looked_at(tmp_path, ["ASIN", "Menge 1", "Menge 2"], [ASINS[0], 0, None], [ASINS[1], 0, 5])
    assert verdicts(found) == [(2, "skipped"), (3, "waits")]
    assert reasons(found) == [(2, "", "", "Nothing is asked in this row.")]
    assert found.new is not None
    assert [one.position for one in found.new.deliveries] == [2]


def test_sums_and_remarks_are_no_rows(tmp_path: Path) -> None:
    found = looked_at(
        tmp_path,
        ["ASIN", "Quantity"],
        [ASINS[0], 10],
        ["Total", 10],
        ["Please answer every row."],
    )
    assert verdicts(found) == [(2, "waits")]


@pytest.mark.parametrize(
    ("cells", "none"),
    [
        (["Summe", "5"], True),
        (["", "Grand total:", "5"], True),
        (["a remark of words"], True),
        ([], True),
        (["B000000001"], False),
        (["B000000001", "5"], False),
        (["Totally new", "5"], False),
    ],
)
def test_what_is_no_row(cells: list[str], none: bool) -> None:
    assert is_no_row(cells) == none


def test_price_of_one_delivery_counts_for_the_next_without_one(tmp_path: Path) -> None:
    heads = ["ASIN", "Menge 1", "Preis 1", "Menge 2", "Menge 3", "Preis 3"]
    found = looked_at(tmp_path, heads, [ASINS[0], 1, 4.5, 2, 3, 5])
    assert asked(found.rows[0]) == {1: (1, "4.5"), 2: (2, "4.5"), 3: (3, "5")}


def test_windows_that_differ_are_taken_together_and_told(tmp_path: Path) -> None:
    found = looked_at(
        tmp_path,
        ["ASIN", "Quantity", "From", "Until", "Confirmed quantity"],
        [ASINS[0], 1, date(2026, 5, 4), date(2026, 5, 8)],
        [ASINS[1], 1, date(2026, 5, 6), date(2026, 5, 12)],
        [ASINS[2], 1, date(2026, 5, 6), date(2026, 5, 5)],
    )
    assert found.new is not None
    (delivery,) = found.new.deliveries
    assert (delivery.first_day, delivery.last_day) == (date(2026, 5, 4), date(2026, 5, 12))
    assert found.notes == ["The rows name 2 windows for delivery 1; it lasts from the first day to the last."]
    assert reasons(found) == [(4, "last_1", "2026-05-05", "The last day is before the first.")]


def test_missing_answer_columns_are_told(tmp_path: Path) -> None:
    rows = ["ASIN", "Menge 1", "Menge 2"], [ASINS[0], 1, 2]
    assert looked_at(tmp_path, *rows).notes == [
        "No column for the answers was found: they cannot be written into this workbook."
    ]


@pytest.mark.parametrize(
    ("head", "missing"), [("Confirmed quantity 1", []), ("Confirmed quantity 2", ["1"]), ("Comment", ["1, 2"])]
)
def test_answer_column_that_is_missing_is_told(tmp_path: Path, head: str, missing: list[str]) -> None:
    notes = looked_at(tmp_path, ["ASIN", "Menge 1", "Menge 2", head], [ASINS[0], 1, 2]).notes
    assert notes == [f"No column for the confirmed quantity of delivery {which} was found." for which in missing]


def test_nothing_is_kept_where_no_row_is_taken(tmp_path: Path) -> None:
    upload = brought(written(tmp_path, ["ASIN", "Quantity"], ["?", 10], ["!", 5]), a_profile(), **SAID)
    done = load.work_off(load.take(ME, upload))
    assert (done.state, done.taken, done.refused, offer_of(done)) == ("done", 0, 2, None)
    assert not Offer.objects.exists()


def test_workbook_is_taken_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(tmp_path, ["ASIN", "Quantity"], *([f"B{n:09d}", 5] for n in range(30)))
    monkeypatch.setattr(load, "PART", 10)
    done = load.work_off(load.take(ME, brought(content, a_profile(), **SAID)))
    assert (done.taken, Offer.objects.get().rows.count(), done.position) == (30, 30, 31)


def test_number_that_is_taken_meanwhile_stops_the_file_and_keeps_nothing(tmp_path: Path) -> None:
    profile = a_profile()
    content = written(tmp_path, ["ASIN", "Quantity"], [ASINS[0], 5])
    upload = load.take(ME, brought(content, profile, **SAID))
    common = {"profile": profile, "number": "BB-1", "currency": "EUR", "zone": "UTC", "by": "cli:test"}
    Offer.objects.create(**common)
    done = load.work_off(upload)
    assert (done.state, done.taken, Offer.objects.count()) == ("stopped", 0, 1)
    assert done.problem == "The offer was not taken in. Profile acme-de has an offer BB-1 already."


# ── days and moments ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "04.05.2026 – 08.05.2026",
        "04.05.-08.05.2026",
        "4.5.2026 bis 8.5.2026",
        "2026-05-04 to 2026-05-08",
        "2026-05-04 - 2026-05-08",
        "2026-05-04 / 2026-05-08",
    ],
)
def test_window_is_two_days(text: str) -> None:
    assert window(text) == (date(2026, 5, 4), date(2026, 5, 8))


def test_window_of_one_day_is_that_day() -> None:
    assert window("04.05.2026") == (date(2026, 5, 4), date(2026, 5, 4))


@pytest.mark.parametrize(
    "text",
    ["", "soon", "05/04/2026 - 05/08/2026", "08.05.2026 – 04.05.2026", "1.5.2026 – 2.5.2026 – 3.5.2026"],
)
def test_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        window(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-30 18:00", "2026-09-30T16:00:00"),
        ("2026-09-30T18:00:00", "2026-09-30T16:00:00"),
        ("30.09.2026 18:00 Uhr", "2026-09-30T16:00:00"),
        ("30.09.2026, 18:00 Uhr MESZ", "2026-09-30T16:00:00"),
        ("2026-09-30 18:00 UTC", "2026-09-30T18:00:00"),
        ("2026-09-30 18:00+0100", "2026-09-30T17:00:00"),
        ("2026-09-30", "2026-09-30T21:59:59"),
        ("2026-01-30", "2026-01-30T22:59:59"),
        ("2026-10-25", "2026-10-25T22:59:59"),
        ("2026-03-29 02:30", "2026-03-29T01:30:00"),
    ],
)
def test_deadline_is_a_moment_of_its_zone(text: str, moment: str) -> None:
    assert deadline(text, "Europe/Berlin") == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", [*NO_MOMENTS, "31.12.9999", "0001-01-01 00:00+14:00"])
def test_deadline_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        deadline(text, "Europe/Berlin")


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"expires_at": "soon"}, "expires_at"),
        ({"zone": "Nowhere/City"}, "zone"),
        ({"program": "black friday"}, "program"),
        ({"unsold": "burn"}, "unsold"),
        ({"currency": "Euros"}, "currency"),
        ({"number": "x" * 61}, "number"),
        ({"window_1": "soon"}, "window_1"),
    ],
)
def test_fact_that_cannot_be_read_is_named(tmp_path: Path, facts: dict[str, str], where: str) -> None:
    found = looked_at(tmp_path, ["ASIN", "Quantity"], [ASINS[0], 5], **facts)
    assert ([one.where for one in found.problems], found.new) == ([where], None)


def test_facts_stand_beside_their_labels_or_behind_them(tmp_path: Path) -> None:
    content = written(
        tmp_path,
        ["Angebotsnummer", None, "BB-77", "Offer: BB-88"],
        ["Respond by: 2026-03-20 12:00", "Währung", "EUR"],
        ["Lieferung 2: 04.05.2026 – 08.05.2026"],
        ["ASIN", "Menge 2", "Confirmed quantity 2"],
        [ASINS[0], 5],
    )
    upload = load.work_off(load.take(ME, brought(content, a_profile())))
    offer = offer_of(upload)
    assert offer is not None
    assert (offer.number, offer.currency) == ("BB-77", "EUR")
    assert offer.expires_at == datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
    days = Delivery.objects.values_list("position", "first_day", "last_day")
    assert list(days) == [(2, date(2026, 5, 4), date(2026, 5, 8))]


def test_what_is_said_beside_the_file_counts_more_than_the_file(tmp_path: Path) -> None:
    content = written(tmp_path, ["Offer: BB-88"], ["ASIN", "Menge"], [ASINS[0], 5])
    upload = brought(content, a_profile(), **SAID)
    assert upload.facts["number"] == "BB-1"
    upload = load.say(ME, upload, {"number": "BB-2", "expires_at": "2026-03-20"})
    found = preview(ME, upload)
    assert found.new is not None
    assert (found.new.number, found.problems) == ("BB-2", [])


def test_invitation_for_another_profile_is_another_meaning(tmp_path: Path) -> None:
    content = written(tmp_path, ["ASIN", "Menge"], [ASINS[0], 5])
    mine = a_profile()
    from cast import make_profile

    other = make_profile("other-fr", marketplace="FR")
    done = [load.work_off(load.take(ME, brought(content, profile, **SAID))) for profile in (mine, other, mine)]
    assert [one.repeats_id for one in done] == [None, None, done[0].pk]
    assert sorted(offer.profile.name for offer in Offer.objects.all()) == ["acme-de", "other-fr"]
    assert offer_of(done[2]) == offer_of(done[0])
