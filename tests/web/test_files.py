"""The pages of files: bring, look, check, take, report."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from cast import Cast
from channels.making import EAN, HEAD, bring, lines, taken
from products.making import product
from purveyor.channels import load
from purveyor.channels.models import Mapping, Upload
from purveyor.channels.store import path_of
from purveyor.jobs.testing import run_due
from purveyor.products.models import Product
from purveyor.web.pages import files

from .conftest import Browser
from .test_list_export import body
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def hand_over(client: Client, content: bytes, kind: str = "products") -> Any:
    return client.post("/files/", {"kind": kind, "file": SimpleUploadedFile("list.csv", content)})


def said(columns: dict[str, str], do: str, **more: str) -> dict[str, str]:
    return {"columns": "1", "do": do, "mark": ""} | {f"column-{name}": head for name, head in columns.items()} | more


def test_file_is_brought_checked_and_taken(anna: Client) -> None:
    answer = hand_over(anna, lines("Nr;EAN;Name", f"A-1;{EAN};Spoon", "A-2;4.00639E+12;Bowl"))
    upload = Upload.objects.get()
    path = f"/files/{upload.pk}/"
    assert answer.headers["Location"] == path
    page = anna.get(path).content.decode()
    assert "4.00639E+12" in page
    assert "Take " not in page
    columns = {"sku": "Nr", "gtin": "EAN", "title": "Name"}
    assert anna.post(path, said(columns, "check", save_as="mine")).status_code == 302
    page = anna.get(path).content.decode()
    assert "What would be taken" in page
    assert "Format the column as text" in page
    assert not Product.objects.exists()
    assert anna.post(path, said(columns, "take")).status_code == 302
    assert Product.objects.get().title == "Spoon"
    page = anna.get(path).content.decode()
    assert "What was taken" in page
    assert Mapping.objects.get().columns == columns
    report = b"".join(anna.get(f"{path}report.csv").streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer, or a row that is there
    assert report.splitlines()[1].startswith("3,EAN,4.00639E+12,")
    assert "list.csv" in anna.get("/files/").content.decode()


def test_file_is_read_once_for_all_views_and_shows_nothing_once_it_is_gone(anna: Client) -> None:
    hand_over(anna, lines("Nr;Name", "A-1;Seldom"))
    upload = Upload.objects.get()
    files._look.cache_clear()
    pages = [anna.get(f"/files/{upload.pk}/").content.decode() for _view in range(3)]
    assert ["Seldom" in page for page in pages] == [True] * 3
    assert (files._look.cache_info().misses, files._look.cache_info().hits) == (1, 2)
    path_of(upload.sha256).unlink()
    assert "Seldom" not in anna.get(f"/files/{upload.pk}/").content.decode()


def test_file_without_the_needed_column_says_which(anna: Client) -> None:
    hand_over(anna, lines("Nr;Name", "A-1;Spoon"))
    path = f"/files/{Upload.objects.get().pk}/"
    answer = anna.post(path, said({"title": "Name"}, "check"))
    assert answer.status_code == 422
    assert "The file needs a column “SKU”" in answer.content.decode()


def test_same_content_is_said_and_may_be_taken_again(anna: Client) -> None:
    content = lines(HEAD, "A-1;;Spoon;12")
    taken(content)
    Product.objects.update(title="Mine")
    hand_over(anna, content)
    path = f"/files/{Upload.objects.order_by('pk').last().pk}/"  # type: ignore[union-attr]  # a streamed answer, or a row that is there
    anna.post(path, {"do": "take"})
    assert "The same content was taken before" in anna.get(path).content.decode()
    assert Product.objects.get().title == "Mine"
    answer = anna.post(path, {"do": "again"})
    assert answer.status_code == 302
    assert Product.objects.get().title == "Spoon"


def test_large_file_shows_its_progress_is_cancelled_and_goes_on(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "SMALL", 1)
    hand_over(anna, lines(HEAD, "A-1;;Spoon;12"))
    path = f"/files/{Upload.objects.get().pk}/"
    anna.post(path, {"do": "take"})
    page = anna.get(path).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert '<meta http-equiv="refresh"' in page
    anna.post(f"{path}cancel/")
    assert "Go on where it stopped" in anna.get(path).content.decode()
    anna.post(path, {"do": "resume"})
    run_due()
    assert "What was taken" in anna.get(path).content.decode()
    assert Product.objects.count() == 1
    assert anna.post(f"{path}cancel/").status_code == 302


@pytest.mark.parametrize("content", [b"\x89PNG\0\0", b""])
def test_what_is_no_list_is_refused_on_the_page(anna: Client, content: bytes) -> None:
    answer = hand_over(anna, content)
    assert answer.status_code == 422
    assert not Upload.objects.exists()


def test_form_without_a_file_says_so(anna: Client) -> None:
    answer = anna.post("/files/", {"kind": "products"})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_answers_a_file(anna: Client, form: str) -> None:
    product("A-1", on_hand=4)
    answer = anna.get(f"/files/export/stock.{form}")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streamed answer, or a row that is there
    assert "stock-20" in answer.headers["Content-Disposition"]
    assert content.startswith(b"PK" if form == "xlsx" else "\ufeffSKU,Stock\r\nA-1,4".encode())


def test_whoever_only_looks_brings_and_takes_nothing(cast: Cast, browser: Any) -> None:
    eve, upload = browser(cast.auditor), bring(lines(HEAD, "A-1;;Spoon;12"))
    assert hand_over(eve, lines(HEAD, "A-2;;;")).status_code == 403
    page = eve.get("/files/").content.decode()
    assert 'type="file"' not in page
    page = eve.get(f"/files/{upload.pk}/").content.decode()
    assert 'name="do"' not in page
    for do in ("check", "take", "resume"):
        assert eve.post(f"/files/{upload.pk}/", {"do": do}).status_code == 403
    assert eve.post(f"/files/{upload.pk}/cancel/").status_code == 403
    assert (Product.objects.count(), Upload.objects.count()) == (0, 1)


def test_file_without_headings_is_brought_with_the_numbers_of_its_columns(anna: Client) -> None:
    content = SimpleUploadedFile("list.csv", lines("A-1;Spoon", "A-2;Bowl"))
    anna.post("/files/", {"kind": "products", "file": content, "headless": "1"})
    upload = Upload.objects.get()
    assert (upload.heads, upload.options["headless"]) == (["1", "2"], True)
    path = f"/files/{upload.pk}/"
    page = anna.get(path).content.decode()
    assert '<option value="2">column 2</option>' in page
    assert "The first row holds headings" in page
    assert anna.post(path, said({"sku": "1", "title": "2"}, "take")).status_code == 302
    assert list(Product.objects.values_list("sku", "title")) == [("A-1", "Spoon"), ("A-2", "Bowl")]


def test_first_row_is_read_as_values_and_as_headings_again(anna: Client) -> None:
    hand_over(anna, lines("SKU;Name", "A-1;Spoon"))
    upload = Upload.objects.get()
    path = f"/files/{upload.pk}/"
    anna.post(path, said({"sku": "SKU"}, "check"))
    assert anna.post(path, said({"sku": "Name"}, "heads")).status_code == 302
    upload.refresh_from_db()
    assert (upload.heads, upload.columns, upload.checked) == (["1", "2"], {}, {})
    anna.post(path, said({}, "heads"))
    upload.refresh_from_db()
    assert (upload.heads, upload.columns) == (["SKU", "Name"], {"sku": "SKU", "title": "Name"})
    anna.post(path, said({"sku": "SKU"}, "take"))
    late = anna.post(path, {"do": "heads"})
    assert (late.status_code, "taken already" in late.content.decode()) == (422, True)


def test_saved_columns_are_listed_and_removed(anna: Client, browser: Browser, cast: Cast) -> None:
    saved = Mapping.objects.create(kind="products", name="mine", columns={"sku": "Nr", "gtin": "Code"}, by="user:anna")
    page = text_of(anna.get("/files/"))
    assert "mine Products Nr → SKU, Code → EAN anna" in page
    theirs = browser(cast.warehouse).get("/files/").content.decode()
    assert ("mine" in theirs, f"/files/mappings/{saved.pk}/remove/" in theirs) == (True, False)
    assert browser(cast.warehouse).post(f"/files/mappings/{saved.pk}/remove/").status_code == 403
    assert Mapping.objects.count() == 1
    gone = anna.post(f"/files/mappings/{saved.pk}/remove/", follow=True)
    assert ("The columns “mine” are removed." in text_of(gone), Mapping.objects.count()) == (True, 0)
    assert anna.post(f"/files/mappings/{saved.pk}/remove/").status_code == 404


def test_everything_is_taken_out_in_three_forms(anna: Client) -> None:
    product("A-1", gtin=f"0{EAN}", case_pack=6, title="=1+1")
    told = json.loads(body(anna.get("/files/export/products.json")))
    (row,) = told["products"]
    assert {name: row[name] for name in ("sku", "gtin", "case_pack", "inner_pack", "active", "title")} == {
        "sku": "A-1",
        "gtin": EAN,
        "case_pack": 6,
        "inner_pack": None,
        "active": True,
        "title": "=1+1",
    }
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(anna.get("/files/export/products.xlsx"))))
    head, cells = book.get_sheet_by_index(0).to_python()
    shown = dict(zip(head, cells, strict=True))
    assert (shown["SKU"], shown["EAN"], shown["Case pack"], shown["Title"]) == ("A-1", EAN, 6, "=1+1")
    assert body(anna.get("/files/export/products.csv")).decode("utf-8-sig").splitlines()[1].startswith("A-1,")
