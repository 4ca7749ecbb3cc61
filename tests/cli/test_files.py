"""``file``: import, export, report."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.making import EAN, HEAD, lines
from cli.conftest import Run
from products.making import product
from purveyor.channels import read
from purveyor.products.models import Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def written(folder: Path, *rows: str) -> str:
    path = folder / "list.csv"
    path.write_bytes(lines(*rows))
    return str(path)


def test_import_answers_what_was_taken(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, f"A-1;{EAN};Spoon;12")
    dry = run("file", "import", "products", path, "--dry-run", "--json").json
    assert (dry["taken"], dry["refused"], dry["effects"], dry["dry_run"]) == (1, [], {"added": 1}, True)
    assert not Product.objects.exists()
    done = run("file", "import", "products", path, "--json").json
    assert (done["taken"], done["refused"], done["effects"], done["state"]) == (1, [], {"added": 1}, "done")
    again = run("file", "import", "products", path, "--json").json
    assert (again["taken"], again["repeats"]) == (0, done["id"])
    assert "same content" in run("file", "import", "products", path).out
    assert run("file", "import", "products", path, "--again", "--json").json["effects"] == {"unchanged": 1}


def test_import_with_bad_rows_takes_the_good_and_ends_with_one(run: Run, tmp_path: Path) -> None:
    done = run("file", "import", "products", written(tmp_path, HEAD, "A-1;;;", "A-2;4.00639E+12;;"), "--json")
    assert (done.status, done.json["taken"], done.json["error"]["code"]) == (1, 1, "partly-refused")
    (refused,) = done.json["refused"]
    assert (refused["row"], refused["column"], refused["value"]) == (3, "gtin", "4.00639E+12")
    assert "Format the column as text" in refused["reason"]
    report = run("file", "report", str(done.json["id"]), "--json").json
    assert report["refused"] == [refused]
    assert [one["id"] for one in run("file", "list", "--json").json["files"]] == [report["id"]]
    assert "4.00639E+12" in run("file", "report", str(report["id"])).out


def test_columns_are_said_and_saved(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, "Nr;Bez", "A-1;Spoon")
    refused = run("file", "import", "products", path, "--json")
    assert (refused.status, [p["where"] for p in refused.json["error"]["problems"]]) == (1, ["sku"])
    more = ["--column", "sku=Nr", "--column", "title=Bez", "--save-mapping", "mine"]
    assert run("file", "import", "products", path, *more, "--dry-run", "--json").json["taken"] == 1
    assert run("file", "import", "products", path, "--mapping", "mine", "--json").json["taken"] == 1
    assert run("file", "mappings", "--json").json["mappings"][0]["columns"] == {"sku": "Nr", "title": "Bez"}
    assert run("file", "import", "products", path, "--column", "sku", "--json").status == 2
    assert Product.objects.get().title == "Spoon"


@pytest.mark.parametrize(("kind", "code"), [("colours", "not-found"), ("products", "refused")])
def test_import_of_what_is_not_there_is_refused(run: Run, kind: str, code: str) -> None:
    done = run("file", "import", kind, "/nowhere.csv", "--json")
    assert (done.status, done.json["error"]["code"]) == (1, code)


def test_export_can_be_imported_again(run: Run, tmp_path: Path) -> None:
    facts = {"case_pack": 12, "expiry_tracked": True, "location": "A-07", "prep": "bag", "on_hand": 4}
    product("A-1", gtin=f"0{EAN}", title="=Löffel; groß", **facts)
    before = Product.objects.values().get()
    for name in ("out.csv", "out.xlsx"):
        path = tmp_path / name
        assert run("file", "export", "products", "-o", str(path), "--json").json["file"] == str(path)
        done = run("file", "import", "products", str(path), "--json").json
        assert (done["taken"], done["effects"]) == (1, {"unchanged": 1})
    assert Product.objects.values().get() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_export_prints_csv(run: Run) -> None:
    product("A-1", on_hand=4)
    assert run("file", "export", "stock").out == "\ufeffSKU,Stock\nA-1,4\n"


def test_export_to_where_nobody_may_write_is_refused(run: Run, tmp_path: Path) -> None:
    assert run("file", "export", "stock", "-o", str(tmp_path / "no" / "x.csv"), "--json").status == 1


def test_workbook_holds_numbers_as_numbers_and_eans_as_text(run: Run, tmp_path: Path) -> None:
    product("A-1", gtin=f"0{EAN}", case_pack=12)
    path = tmp_path / "out.xlsx"
    run("file", "export", "products", "-o", str(path))
    assert list(read.rows(path, read.shape_of(path)))[1][1][:5] == ["A-1", "", EAN, "Wooden spoon", "12"]
