"""The three layouts of invitations: what is read of each, and the ways they are broken, each with its verdicts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cast import make_profile
from channels.workbooks.inviting import (
    ME,
    SAID,
    a_profile,
    asked,
    brought,
    invited,
    know,
    looked_at,
    reasons,
    verdicts,
)
from purveyor.channels.workbooks.offers import preview
from purveyor.offers.domain.keep import NewDelivery
from purveyor.simulator.offers.model import Invitation
from purveyor.simulator.world import World

# Cells of a workbook are the same whatever the database; taking them in is asked of both elsewhere.
pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

LAYOUTS = ("plain", "german", "wide")
HEADS = {"plain": ("Offer", 1), "german": ("Anfrage", 9), "wide": ("Items", 8)}


def said(layout: str) -> dict[str, str]:
    return SAID if layout == "plain" else {}


def whole(of: Invitation) -> list[tuple[int, str, str, str, dict[int, tuple[int, str]]]]:
    """What the buyer asks, row by row."""
    return [
        (
            row.number,
            row.asin,
            row.sku,
            row.title,
            {
                number: (pieces, str(Decimal(cost).normalize()))
                for number, (pieces, cost) in enumerate(zip(row.pieces, row.costs, strict=True), 1)
                if pieces
            },
        )
        for row in of.rows
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_is_read_as_the_buyer_meant_it(world: World, layout: str) -> None:
    of, content = invited(world, layout)
    know(of.rows[:5])
    upload = brought(content, a_profile(), **said(layout))
    assert (upload.shape["sheet"], upload.shape["head"]) == HEADS[layout]
    found = preview(ME, upload)
    assert (found.problems, found.notes, reasons(found)) == ([], [], [])
    assert [(one.row, one.asin, one.vendor_product, one.title, asked(one)) for one in found.rows] == whole(of)
    assert verdicts(found) == [(row.number, "taken" if place < 5 else "waits") for place, row in enumerate(of.rows)]
    assert [one.product for one in found.rows] == [f"ART-{n}" for n in range(1, 6)] + [""] * 7
    assert found.new is not None
    days = [NewDelivery(n, "", one.first, one.last) for n, one in enumerate(of.deliveries, 1)]
    assert found.new.deliveries == days


@pytest.mark.parametrize("layout", ["german", "wide"])
def test_layout_says_itself_what_it_is_about(world: World, layout: str) -> None:
    of, content = invited(world, layout)
    found = looked_at(content, a_profile())
    assert found.new is not None
    told = {name: getattr(found.new, name) for name in ("number", "vendor_code", "zone", "program", "unsold")}
    assert told == {name: getattr(of, name) for name in told}
    assert (found.new.currency, found.new.expires_at) == ("EUR", of.expires_at)


def test_plain_layout_asks_for_what_it_does_not_say(world: World) -> None:
    _of, content = invited(world, "plain")
    found = looked_at(content)
    assert [one.where for one in found.problems] == ["profile", "number", "currency", "zone", "expires_at"]
    assert found.new is None
    a_profile()
    assert [one.where for one in looked_at(content).problems] == ["number", "expires_at"]


def test_profile_is_found_by_the_vendor_code_of_the_file(world: World) -> None:
    mine = a_profile()
    mine.pk, mine.name = None, "another-de"
    mine.save(force_insert=True)
    _of, content = invited(world, "german")
    upload = brought(content)
    assert upload.profile is not None
    assert upload.profile.name == "acme-de"


def test_profile_is_asked_for_where_several_would_do(world: World) -> None:
    mine, other = a_profile(), make_profile("another-de")
    _of, content = invited(world, "plain")
    assert brought(content).profile is None
    type(other).objects.filter(pk=other.pk).update(disconnected_at=other.created_at)
    assert brought(content).profile == mine


def test_vendor_code_of_another_profile_is_told(world: World) -> None:
    profile = a_profile()
    profile.vendor_codes.all().delete()
    profile.vendor_codes.create(code="ELSE1")
    _of, content = invited(world, "german")
    (problem,) = looked_at(content, profile).problems
    assert (problem.where, "ELSE1" in problem.message) == ("profile", False)
    assert "is none of profile acme-de" in problem.message


@pytest.mark.parametrize("layout", LAYOUTS)
def test_missing_column_is_named_and_nothing_is_looked_at(world: World, layout: str) -> None:
    _of, content = invited(world, layout, "missing-column")
    found = looked_at(content, a_profile(), **said(layout))
    (problem,) = found.problems
    assert (problem.where, found.new, found.rows) == ("asked_1", None, [])
    assert "needs one of the columns “Asked quantity 1”" in problem.message


@pytest.mark.parametrize("layout", LAYOUTS)
def test_merged_cells_are_refused_in_each_row_they_touch(world: World, layout: str) -> None:
    of, content = invited(world, layout, "merged-cells")
    found = looked_at(content, a_profile(), **said(layout))
    column = {"plain": ("A", "I"), "german": ("B", "G"), "wide": ("L", "C")}[layout]
    rows = [row.number for row in of.rows]
    hidden = "Cell {} is merged with others. Undo that and bring the file again."
    product, answer = "asin", "quantity_1"
    cells = [f"{column[0]}{rows[0]}", f"{column[0]}{rows[1]}", f"{column[1]}{rows[3]}", f"{column[1]}{rows[4]}"]
    assert reasons(found) == [
        (rows[0], product, cells[0], hidden.format(cells[0])),
        (rows[1], product, cells[1], hidden.format(cells[1])),
        (rows[3], answer, cells[2], hidden.format(cells[2])),
        (rows[4], answer, cells[3], hidden.format(cells[3])),
    ]
    refused = {rows[0], rows[1], rows[3], rows[4]}
    assert verdicts(found) == [(row, "refused" if row in refused else "waits") for row in rows]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_formula_counts_as_its_value_but_not_where_an_answer_goes(world: World, layout: str) -> None:
    of, content = invited(world, layout, "formulas")
    found = looked_at(content, a_profile(), **said(layout))
    cell = {"plain": "I", "german": "G", "wide": "C"}[layout] + str(of.rows[1].number)
    assert reasons(found) == [
        (
            of.rows[1].number,
            "quantity_1",
            cell,
            f"Cell {cell} is for the answer and holds a formula. Empty it and bring the file again.",
        )
    ]
    assert asked(found.rows[0])[1][0] == of.rows[0].pieces[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_numbers_written_as_text_are_read_or_refused_with_the_cure(world: World, layout: str) -> None:
    of, content = invited(world, layout, "text-numbers")
    found = looked_at(content, a_profile(), **said(layout))
    rows = [row.number for row in of.rows]
    wrong = "“1.234” may mean thousands or a fraction. Say which decimal mark the file uses, or write 1234.50."
    assert reasons(found) == [
        (rows[2], "asked_1", "ca. 50", "“ca. 50” is not a whole number."),
        (rows[3], "price_1", "1.234", wrong),
    ]
    assert asked(found.rows[0])[1] == (of.rows[0].pieces[0], "12.50")
    assert asked(found.rows[1])[1][0] == 1200


@pytest.mark.parametrize("layout", LAYOUTS)
def test_product_asked_for_twice_counts_once(world: World, layout: str) -> None:
    of, content = invited(world, layout, "duplicate-asins")
    found = looked_at(content, a_profile(), **said(layout))
    first, third = of.rows[0], of.rows[2]
    reason = f"The same product stands in row {first.number} of this file already. Ask Amazon which of them counts."
    assert reasons(found) == [(third.number, "asin", first.asin, reason)]
    assert found.counts == {"waits": 11, "refused": 1}


def test_days_written_as_text_are_read_or_refused(world: World) -> None:
    of, content = invited(world, "plain", "text-dates")
    found = looked_at(content, a_profile(), **SAID)
    reason = "“10/05/2026” is not a day such as 2026-03-31 or 31.03.2026."
    assert reasons(found) == [(of.rows[2].number, "first_1", "10/05/2026", reason)]
    assert found.new is not None
    assert found.new.deliveries == [NewDelivery(1, "", of.deliveries[0].first, of.deliveries[0].last)]


def test_moment_written_as_german_text_is_read(world: World) -> None:
    of, content = invited(world, "german", "text-dates")
    upload = brought(content, a_profile())
    assert upload.facts["expires_at"].endswith("Uhr")
    found = preview(ME, upload)
    assert found.new is not None
    assert (found.new.expires_at, found.problems) == (of.expires_at, [])


def test_large_invitation_is_read_whole(world: World) -> None:
    of, content = invited(world, "german", "large")
    found = looked_at(content, a_profile())
    assert found.counts == {"waits": 5000}
    assert found.rows[-1].row == of.rows[-1].number == 5009


def test_list_as_csv_is_no_invitation() -> None:
    with pytest.raises(Exception, match="workbook") as error:
        brought(b"ASIN;Quantity\nB000000001;5\n")
    assert error.value.problems[0].where == "file"  # type: ignore[attr-defined]  # what was raised is a Refused


def test_expiry_is_a_moment_of_the_zone(world: World) -> None:
    _of, content = invited(world, "plain")
    found = looked_at(content, a_profile(), number="X", expires_at="30.06.2026", zone="America/New_York")
    assert found.new is not None
    assert found.new.expires_at == datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC)
