"""A file with odd headings walks in: matched by hand, saved, looked at, taken, and what was refused is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast
from purveyor.channels.models import Mapping, Upload
from purveyor.products.models import Product
from purveyor.profiles.models import Profile

from .conftest import Visit
from .test_browser import CHROMIUM, sign_in
from .test_orders_one_can_trust import headline, look

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium"),
]

ODD = (
    "Our thing;What one sees;Stripes;In a box\n"
    "A-1;Spoon;4006381333931;12\n"
    "A-2;Bowl;4.00639E+12;6\n"
    "A-3;Knife;;-1\n"
    ";Nameless;;\n"
    "A-5;Fork;;24\n"
)
COLUMNS = {"sku": "Our thing", "gtin": "Stripes", "title": "What one sees", "case_pack": "In a box"}


@pytest.fixture
def cast(profile: Profile) -> Cast:
    return make_cast(profile)


def bring(page: Any, path: Path) -> None:
    page.goto("/products/")
    page.get_by_role("main").get_by_role("link", name="Files in and out").click()
    headline(page, "Files in and out")
    page.get_by_label("The file", exact=True).set_input_files(path)
    look(page, "files")
    page.get_by_role("button", name="Look at it").click()
    headline(page, path.name)


def test_odd_file_is_matched_saved_looked_at_taken_and_reported(visit: Visit, cast: Cast, tmp_path: Path) -> None:
    given = tmp_path / "odd.csv"
    given.write_text(ODD, encoding="utf-8")
    page = visit()
    sign_in(page)
    bring(page, given)
    look(page, "file-columns")
    for column, head in COLUMNS.items():
        page.locator(f"#column-{column}").select_option(head)
    page.get_by_label("Save these columns as").fill("The north")
    page.get_by_role("button", name="Show what would be taken").click()
    sync_api.expect(page.get_by_role("heading", name="What would be taken")).to_be_visible()
    sync_api.expect(page.get_by_role("main")).to_contain_text("The columns are saved as “The north”.")
    refused = page.get_by_role("region", name="What would be taken").get_by_role("row")
    sync_api.expect(refused).to_have_count(4)
    look(page, "file-dry-run")
    assert not Product.objects.exists()

    page.get_by_role("button", name="Take 2 rows").click()
    sync_api.expect(page.get_by_role("heading", name="What was taken")).to_be_visible()
    rows = page.get_by_role("region", name="What was taken").get_by_role("row")
    sync_api.expect(rows.nth(1)).to_contain_text("Format the column as text and save the file again.")
    sync_api.expect(rows.nth(2)).to_contain_text("“-1” is not between 1 and")
    sync_api.expect(rows.nth(3)).to_contain_text("This must be filled in.")
    look(page, "file-report")
    with page.expect_download() as got:
        page.get_by_role("link", name="Report as CSV").click()
    assert len(Path(got.value.path()).read_text(encoding="utf-8-sig").splitlines()) == 4
    assert list(Product.objects.values_list("sku", "title", "case_pack")) == [("A-1", "Spoon", 12), ("A-5", "Fork", 24)]

    again = tmp_path / "again.csv"
    again.write_text(ODD.replace("Spoon", "Ladle"), encoding="utf-8")
    bring(page, again)
    sync_api.expect(page.locator("#column-title")).to_have_value("What one sees")
    page.goto("/files/")
    page.get_by_role("button", name="Remove The north").click()
    sync_api.expect(page.get_by_role("main")).to_contain_text("The columns “The north” are removed.")
    look(page, "files-brought")
    assert (Mapping.objects.count(), Upload.objects.count()) == (0, 2)


def test_file_without_headings_is_matched_by_the_numbers_of_its_columns(
    visit: Visit, cast: Cast, tmp_path: Path
) -> None:
    given = tmp_path / "bare.csv"
    given.write_text("A-1;Spoon\nA-2;Bowl\n", encoding="utf-8")
    page = visit()
    sign_in(page)
    bring(page, given)
    page.get_by_role("button", name="The first row holds values").click()
    sync_api.expect(page.get_by_role("button", name="The first row holds headings")).to_be_visible()
    page.locator("#column-sku").select_option(label="column 1")
    page.locator("#column-title").select_option(label="column 2")
    look(page, "file-bare")
    page.get_by_role("button", name="Show what would be taken").click()
    page.get_by_role("button", name="Take 2 rows").click()
    sync_api.expect(page.get_by_role("heading", name="What was taken")).to_be_visible()
    assert list(Product.objects.values_list("sku", "title")) == [("A-1", "Spoon"), ("A-2", "Bowl")]
