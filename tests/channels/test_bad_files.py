"""Files that are bad in every way there is, dropped at a channel: each lies in error with a report that names the cure,
what was good of it is taken, and the next file is none the worse."""

from __future__ import annotations

import csv
import io
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from channels.channelling import Watched, watched
from channels.making import EAN, HEAD, lines, workbook
from products.making import product
from purveyor.channels import arrivals, ways
from purveyor.channels.models import Channel, Upload
from purveyor.products.models import Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
GOOD = lines("SKU;Title", "Z-1;Tea")


@pytest.fixture
def one(tmp_path: Path, held_clock: object) -> Watched:
    return watched(tmp_path.name)


def told(one: Watched, name: str) -> list[list[str]]:
    """The rows of the report beside a file in error."""
    text = (one.at / "error" / f"{name}.report.csv").read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def cut_off_book(tmp_path: Path) -> bytes:
    whole = workbook(tmp_path / "book.xlsx", [["SKU", "Title"], *(["A-1", "Tea"] for _row in range(50))]).read_bytes()
    return whole[: len(whole) // 2]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return packed.getvalue()


UNREADABLE = {
    "nothing at all": (b"", "The file is empty."),
    "NUL bytes at its beginning": (b"SKU;Title\0\r\nA-1;Tea\r\n", "This is no text file."),
    "wrong encoding": ("SKU;Title\r\nA-1;Müsli\r\n".encode("utf-16-le"), "This is no text file."),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "This is an old or locked workbook."),
    "zip of something else": (b"PK\x03\x04" + b"\0" * 100, "This workbook is damaged."),
    "zip bomb": (bomb(), "This workbook unpacks to far more than a list would."),
    "no needed column": (lines("Title;EAN", f"Tea;{EAN}"), "The file needs a column “SKU”"),
    "too many columns": (lines(";".join(f"H{n}" for n in range(300))), "more than 200 columns"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_the_cure_and_nothing_stops(one: Watched, what: str) -> None:
    content, words = UNREADABLE[what]
    one.drop(content, "bad.csv")
    one.took(GOOD, "good.csv")
    assert one.states() == [("bad.csv", "refused"), ("good.csv", "done")]
    [[*_blank, said]] = told(one, "bad.csv")
    assert words in said
    assert [found.sku for found in Product.objects.all()] == ["Z-1"]


def test_a_workbook_that_was_cut_off_is_refused(one: Watched, tmp_path: Path) -> None:
    one.took(cut_off_book(tmp_path), "book.xlsx")
    assert (one.states(), Upload.objects.count()) == ([("book.xlsx", "refused")], 0)
    assert "This workbook is damaged" in told(one, "book.xlsx")[0][3]


ROWS = {
    "cut off in its last row": (lines(HEAD, f"A-1;{EAN};Tea;6").rstrip()[:-2] + b'"', []),
    "EAN with a wrong check digit": (lines(HEAD, "A-1;4006381333932;Tea;6"), [["2", "EAN", "4006381333932"]]),
    "negative quantity": (lines(HEAD, "A-1;;Tea;-6"), [["2", "Case pack", "'-6"]]),
    "fractional quantity": (lines(HEAD, "A-1;;Tea;1,5"), [["2", "Case pack", "1,5"]]),
    "quantity beyond all bounds": (lines(HEAD, "A-1;;Tea;9999999999999999"), [["2", "Case pack", "9999999999999999"]]),
    "head twice": (lines("SKU;Title;Title", "A-1;Tea;Milk"), None),
    "NUL bytes further down": (lines(HEAD, *(f"A-{n};;Tea;6" for n in range(400)), "A-x;;a\0b;6"), None),
}


@pytest.mark.parametrize("what", ROWS)
def test_bad_rows_are_named_and_good_ones_taken(one: Watched, what: str) -> None:
    content, refused = ROWS[what]
    one.drop(content, "bad.csv")
    one.took(GOOD, "good.csv")
    assert one.states()[1] == ("good.csv", "done")
    if refused is None:
        assert one.states()[0] == ("bad.csv", "done")
    elif refused:
        assert one.states()[0] == ("bad.csv", "refused")
        assert [row[:3] for row in told(one, "bad.csv") if row[0]] == refused
        assert all(row[3] for row in told(one, "bad.csv"))


def test_a_day_that_is_none_is_refused_in_its_row_alone(tmp_path: Path, held_clock: object) -> None:
    product("A-1")
    costs = watched(tmp_path.name, kind="costs")
    costs.took(lines("SKU;Marketplace;Cost;From", "A-1;DE;1.50;31.02.2026", "A-1;DE;1.50;28.02.2026"))
    assert [row[:3] for row in told(costs, "list.csv") if row[0]] == [["2", "From", "31.02.2026"]]
    assert costs.report("error/list.csv")[0] == ",,,Rows taken: 1. Rows refused: 1."


def test_a_line_of_ten_megabytes_costs_its_file_and_no_more(one: Watched) -> None:
    one.took(lines(HEAD, "A-1;;Tea;6", f"A-2;;{'x' * 10_000_000};6", "A-3;;Tea;6"), "long.csv")
    assert one.states() == [("long.csv", "refused")]
    [*_summary, last] = told(one, "long.csv")
    assert len(str(last)) < 1_000
    one.took(GOOD, "good.csv")
    assert one.states()[-1] == ("good.csv", "done")


def test_a_report_holds_no_formula_a_spreadsheet_would_run(one: Watched) -> None:
    one.took(lines(HEAD, "A-1;;Tea;=HYPERLINK(1)", "A-2;;Tea;@SUM(1)", "A-3;;Tea;+1+1", "A-4;;Tea;\"=cmd|'/c'!A1\""))
    cells = [cell for row in told(one, "list.csv") for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "@", "+", "-", "\t"))] == []
    assert "'=HYPERLINK(1)" in cells


@contextmanager
def no_file_longer(size: int) -> Iterator[None]:
    """As on a full disk: every write beyond so many bytes of a file fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_makes_files_wait_and_refuses_none(one: Watched) -> None:
    one.drop(lines("SKU;Title", *(f"A-{n};Tea" for n in range(300))))
    one.look()
    with no_file_longer(1_000):
        one.look()
    found = Channel.objects.get()
    assert (one.states(), one.lies(), Upload.objects.count()) == ([("list.csv", "seen")], ["list.csv"], 0)
    assert found.problem.startswith("The file cannot be kept:")
    one.look()
    assert (one.states(), Product.objects.count()) == ([("list.csv", "done")], 300)
    assert Channel.objects.get().problem == ""


def test_a_disk_that_is_full_of_done_files_takes_no_row_twice(one: Watched) -> None:
    one.drop(GOOD)
    one.look()
    with ways.find("folder").reach(ways.Place("wms", one.channel.options)) as reach:
        arrivals.keep(one.arrivals()[0], reach)
    with no_file_longer(10):
        one.look()
    assert (one.states(), one.lies(), Product.objects.count()) == ([("list.csv", "taken")], ["done/list.csv"], 1)
    one.look(2)
    assert (one.states(), Product.objects.count()) == ([("list.csv", "done")], 1)
    assert one.lies() == ["done/list.csv", "done/list.csv.report.csv"]
