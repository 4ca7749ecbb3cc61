"""Taking files: good rows in, bad ones reported, the same content once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from cast import make_cast
from channels.making import EAN, HEAD, ME, bring, checked, lines, taken, told, workbook
from products.making import product
from purveyor.audit.models import Entry
from purveyor.base import filekinds
from purveyor.channels import load, store
from purveyor.channels.models import RowReport, Upload
from purveyor.channels.report import as_csv, upload_report
from purveyor.channels.tasks import settle_files
from purveyor.common.errors import Conflict, Denied, Refused
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState
from purveyor.products.domain import load as products_load
from purveyor.products.models import Cost, Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

GOOD = lines(HEAD, f"A-1;{EAN};Löffel;12", "A-2;;Bowl;1.200")
MIXED = lines(
    HEAD,
    f"A-1;{EAN};Spoon;12",
    "A-2;4.00639E+12;Bowl;6",
    ";;Nameless;",
    "A-3;4006381333932;Fork;many",
    f"A-4;{EAN};Twin;1",
    "A-1;;Again;",
)


def rows() -> list[tuple[str, str, str, int | None]]:
    return list(Product.objects.order_by("sku").values_list("sku", "gtin", "title", "case_pack"))


def test_rows_are_taken_and_told(held_clock: Any) -> None:
    upload = taken(GOOD)
    assert told(upload) == (2, [], {"added": 2})
    assert (upload.state, upload.rows, upload.position, upload.finished_at) == ("done", 2, 3, held_clock)
    assert rows() == [("A-1", f"0{EAN}", "Löffel", 12), ("A-2", "", "Bowl", 1200)]
    entry = Entry.objects.get(action="product.added", object_name="A-1")
    assert (entry.because, entry.by, entry.object_id) == ("list.csv:2", ME.name, str(Product.objects.get(sku="A-1").pk))
    assert entry.hash == entry.fingerprint()


def test_bad_rows_are_refused_with_row_column_value_and_cure() -> None:
    upload = taken(MIXED)
    assert told(upload) == (
        1,
        [
            (3, "gtin", "4.00639E+12"),
            (4, "sku", ""),
            (5, "gtin", "4006381333932"),
            (5, "case_pack", "many"),
            (6, "gtin", EAN),
            (7, "sku", "A-1"),
        ],
        {"added": 1},
    )
    reasons = {one["row"]: one["reason"] for one in upload_report(upload)["refused"]}
    assert "Format the column as text" in reasons[3]
    assert reasons[6] == "This belongs to product A-1 already."
    assert "row 2" in reasons[7]
    assert upload.refused == 5
    assert [row[0] for row in rows()] == ["A-1"]


@pytest.mark.parametrize("huge", ["9" * 5000 + "kg", "1" + ",000" * 1500, "9" * 5000])
def test_number_of_thousands_of_digits_is_refused_with_its_row_alone(huge: str) -> None:
    found = upload_report(taken(lines("SKU;Weight;Case pack", f"A-1;{huge};1", f"A-2;1;{huge}", "A-3;1;1")))
    assert (found["state"], found["taken"]) == ("done", 1)
    assert [(one["row"], one["column"]) for one in found["refused"]] == [(2, "weight_grams"), (3, "case_pack")]


def test_cost_until_the_last_day_there_is_stands_in_an_open_one() -> None:
    product("A-1")
    taken(lines("SKU;Marketplace;Cost;From", "A-1;DE;5.00;2026-01-01"), "costs")
    found = taken(lines("SKU;Marketplace;Cost;From;Until", "A-1;DE;6.00;2026-03-01;31.12.9999"), "costs")
    assert told(found) == (1, [], {"added": 1})
    assert list(Cost.objects.order_by("valid_from").values_list("amount", "valid_until")) == [
        (Decimal(5), date(2026, 2, 28)),
        (Decimal(6), date.max),
    ]


def test_dry_run_says_the_same_and_writes_nothing() -> None:
    upload = checked(MIXED)
    before = told(upload)
    assert (upload.state, upload.position, upload.checked["refused"]) == ("kept", 0, 5)
    assert not Product.objects.exists()
    assert told(load.work_off(load.take(ME, upload))) == before
    assert Product.objects.count() == 1


@pytest.mark.parametrize("size", [1, 2])
def test_parts_of_any_size_say_the_same(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = told(checked(MIXED))
    monkeypatch.setattr(load, "PART", size)
    assert told(checked(MIXED)) == whole
    assert told(taken(MIXED)) == whole


def test_rows_change_what_they_fill_and_leave_the_rest() -> None:
    row = product("A-1", title="Spoon", case_pack=6, asin="B012345678", on_hand=4, reserved=3)
    upload = taken(lines("SKU;Case pack;Title;ASIN", "A-1;12;;-"))
    row.refresh_from_db()
    assert told(upload) == (1, [], {"changed": 1})
    assert (row.case_pack, row.title, row.asin, row.on_hand, row.reserved, row.version) == (12, "Spoon", "", 4, 3, 2)
    entry = Entry.objects.get(action="product.changed")
    assert (entry.old, entry.new) == ({"case_pack": 6, "asin": "B012345678"}, {"case_pack": 12, "asin": ""})


def test_rows_that_say_nothing_new_change_nothing() -> None:
    row = product("A-1", title="Spoon", case_pack=6)
    assert told(taken(lines("SKU;Case pack", "A-1;6"))) == (1, [], {"unchanged": 1})
    row.refresh_from_db()
    assert row.version == 1


def test_number_given_free_in_the_same_file_may_be_taken() -> None:
    product("A-1", gtin=f"0{EAN}")
    content = lines("SKU;EAN", "A-1;-", f"A-2;{EAN}")
    assert told(checked(content))[1] == []
    assert told(taken(content)) == (2, [], {"changed": 1, "added": 1})


def test_stock_in_a_products_file_is_a_count(held_clock: Any) -> None:
    taken(lines("SKU;Stock", "A-1;7"))
    row = Product.objects.get()
    assert (row.on_hand, row.counted_at) == (7, held_clock)


def test_case_in_the_file_is_held_against_the_inner_pack_there_is() -> None:
    product("A-1", case_pack=12, inner_pack=6)
    assert told(taken(lines("SKU;Case pack", "A-1;10"))) == (0, [(2, "inner_pack", "")], {})


def test_row_that_looks_like_a_secret_is_refused() -> None:
    assert told(taken(lines("SKU;Title", "A-1;Atzr|IwEBIabcdefghijklmnopqrst")))[0] == 0
    assert not Product.objects.exists()


def test_alias_that_looks_like_a_secret_is_refused_alone_and_foreseen() -> None:
    product("A-1")
    content = lines("SKU;Alias", "A-1;Atzr|IwEBIabcdefghijklmnopqrst", "A-1;Spoon")
    expected = (1, [(2, "alias", "Atzr|IwEBIabcdefghijklmnopqrst")], {"added": 1})
    assert told(checked(content, "aliases")) == expected
    assert told(taken(content, "aliases")) == expected


def test_the_same_content_has_no_second_effect() -> None:
    first = taken(GOOD)
    Product.objects.filter(sku="A-1").update(title="Renamed")
    second = taken(GOOD, name="other.csv")
    assert (second.state, second.repeats, second.taken) == ("done", first, 0)
    assert Product.objects.get(sku="A-1").title == "Renamed"


def test_the_same_content_counts_again_when_asked_to() -> None:
    taken(GOOD)
    Product.objects.filter(sku="A-1").update(title="Renamed")
    assert told(load.work_off(load.take(ME, bring(GOOD), again=True))) == (2, [], {"unchanged": 1, "changed": 1})


def test_the_same_content_of_which_nothing_was_taken_may_come_again() -> None:
    content = lines("SKU;Stock", "A-1;7")
    assert told(taken(content, "stock")) == (0, [(2, "sku", "A-1")], {})
    product("A-1")
    assert told(taken(content, "stock")) == (1, [], {"changed": 1})


def test_the_same_content_with_another_meaning_is_another_file() -> None:
    content = lines("A;B", "x;y")
    taken(content, columns={"sku": "A"})
    assert taken(content, columns={"sku": "B"}).repeats is None
    assert [row[0] for row in rows()] == ["x", "y"]


def test_file_without_a_needed_column_is_not_taken() -> None:
    upload = bring(lines("Colour;Title", "red;Spoon"))
    for verb in (load.check, load.take):
        with pytest.raises(Refused) as error:
            verb(ME, upload)
        assert [problem.where for problem in error.value.problems] == ["sku"]
    assert not Product.objects.exists()


def test_columns_may_be_said_anew_before_anything_is_taken() -> None:
    upload = checked(lines("Colour;Nr.;Name", "red;A-1;Spoon"), columns={"sku": "Colour"})
    upload = load.remap(ME, upload, {"sku": "Nr.", "title": "Name"}, {"mark": ","})
    assert upload.checked == {}
    load.work_off(load.take(ME, upload))
    assert rows() == [("A-1", "", "Spoon", None)]
    with pytest.raises(Conflict):
        load.remap(ME, upload, {"sku": "Colour"}, {})


def test_file_without_heads_is_taken_from_its_first_row() -> None:
    upload = taken(lines("A-1;Spoon", "A-2;Bowl"), columns={"sku": "1", "title": "2"}, options={"headless": True})
    assert told(upload) == (2, [], {"added": 2})


def test_taking_twice_at_once_is_a_conflict() -> None:
    upload = bring(GOOD)
    same = Upload.objects.get(pk=upload.pk)
    load.take(ME, upload)
    with pytest.raises(Conflict):
        load.take(ME, same)
    with pytest.raises(Conflict):
        load.check(ME, same)


def test_two_dry_runs_at_once_are_a_conflict() -> None:
    upload = bring(GOOD)
    same = Upload.objects.get(pk=upload.pk)
    load.check(ME, upload)
    with pytest.raises(Conflict):
        load.check(ME, same)
    assert runs.Run.objects.count() == 1


def test_stopped_file_goes_on_behind_its_last_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its worker is told to stop after the first part; what that one claimed is remembered by the next worker."""
    monkeypatch.setattr(load, "PART", 2)
    upload = load.take(ME, bring(MIXED))
    answers = iter([False, True])
    with monkeypatch.context() as patched:
        patched.setattr(runs, "should_stop", lambda run: setattr(run, "told_to_stop", stop := next(answers)) or stop)
        upload = load.work_off(upload)
    assert (upload.state, upload.position, upload.taken) == ("taking", 3, 1)
    upload = load.work_off(upload)
    assert (upload.state, upload.taken, upload.refused) == ("done", 1, 5)
    assert RowReport.objects.filter(upload=upload, dry=False).count() == 6


def test_cancelled_file_stops_and_goes_on_when_brought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PART", 1)
    upload = load.take(ME, bring(GOOD))
    load.cancel(ME, upload)
    upload.refresh_from_db()
    assert upload.state == "stopped"
    again = load.take(ME, bring(GOOD))
    assert again.pk == upload.pk
    assert told(load.work_off(again)) == (2, [], {"added": 2})


@pytest.mark.parametrize("ended", ["cancelled by its run", "cancelled after its worker died", "an error"])
def test_file_whose_work_ended_without_telling_it_stops_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, held_clock: Any, ended: str
) -> None:
    upload = load.take(ME, bring(GOOD))
    assert upload.run is not None
    if ended == "cancelled by its run":
        runs.cancel(upload.run, by=ME.name)
    elif ended == "cancelled after its worker died":
        Run.objects.filter(pk=upload.run.pk).update(state=RunState.RUNNING)
        runs.cancel(upload.run, by=ME.name)
        runs.work(upload.run.pk)
    else:
        with monkeypatch.context() as patched:
            patched.setattr(load.read, "count", lambda *_given: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                runs.work(upload.run.pk)
    upload.refresh_from_db()
    assert (upload.state, load.at_work(upload)) == ("taking", False)
    again = load.take(ME, bring(GOOD))
    assert again.pk == upload.pk
    assert told(load.work_off(again)) == (2, [], {"added": 2})


def test_files_whose_work_ended_without_telling_them_are_found_by_the_clock() -> None:
    upload, other = load.take(ME, bring(GOOD)), load.take(ME, bring(MIXED))
    assert upload.run is not None
    runs.cancel(upload.run, by=ME.name)
    settle_files()
    upload.refresh_from_db()
    other.refresh_from_db()
    assert (upload.state, other.state) == ("stopped", "taking")
    assert Entry.objects.get(action="file.stopped").because == "cancelled"
    assert told(load.work_off(load.go_on(ME, upload))) == (2, [], {"added": 2})


def test_only_a_stopped_file_goes_on() -> None:
    """Another one would pass by the guard that nothing is taken twice."""
    for upload in (bring(GOOD), taken(GOOD)):
        before = upload.state
        with pytest.raises(Conflict):
            load.go_on(ME, upload)
        upload.refresh_from_db()
        assert upload.state == before


def test_file_that_cannot_be_read_on_stops_with_its_problem() -> None:
    upload = load.take(ME, bring(GOOD))
    store.path_of(upload.sha256).unlink()
    upload = load.work_off(upload)
    assert upload.state == "stopped"
    assert "Bring it again" in upload.problem


def test_part_that_another_worker_has_taken_is_not_taken_again() -> None:
    upload = load.take(ME, bring(GOOD))
    work = load._Work(Upload.objects.get(pk=upload.pk), runs.Run.objects.get(pk=upload.run_id), dry=False)
    Upload.objects.filter(pk=upload.pk).update(position=3)
    with pytest.raises(Conflict):
        work._take(next(load.parts_of(work.upload)), 10)
    assert not Product.objects.exists()


def test_row_whose_number_is_taken_in_between_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adds the same EAN after we have looked: the table refuses that row, the others are taken."""
    product("OTHER", gtin=f"0{EAN}")
    monkeypatch.setattr(products_load, "_holders", lambda name, rows: {})
    upload = taken(lines(HEAD, "A-1;;x;", f"A-2;{EAN};x;", "A-3;;x;"))
    assert told(upload) == (2, [(3, "sku", "A-2")], {"added": 2})
    assert Entry.objects.filter(action="product.added").count() == 2


def test_reasons_beyond_the_most_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MOST_REPORTS", 2)
    monkeypatch.setattr(load, "PART", 2)
    upload = taken(lines("SKU;Case pack", *(f"A-{n};many" for n in range(5))))
    assert upload.refused == 5
    assert len(upload_report(upload)["refused"]) == 2


def test_workbook_is_taken_with_its_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx", [["SKU", "Marketplace", "Cost", "Valid from"], ["A-1", "DE", 1.234, "2026-01-01"]]
    )
    product("A-1")
    assert told(taken(path.read_bytes(), "costs", name="x.xlsx")) == (1, [], {"added": 1})
    assert str(Product.objects.get().costs.get().amount) == "1.2340"


def test_report_is_a_file_to_mend_the_rows_by() -> None:
    upload = taken(lines("Artikelnummer;Case pack", "=1+1;many"))
    found = list(as_csv(upload))
    assert found[:2] == ["\ufeff", "Row,Column,Value,Reason\r\n"]
    assert found[2].startswith("2,Case pack,many,")


def test_too_large_a_file_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 10)
    before = set(store.folder().iterdir())
    with pytest.raises(Refused) as error:
        bring(GOOD)
    assert error.value.code == "too-large"
    assert set(store.folder().iterdir()) == before
    assert not Upload.objects.exists()


def test_files_are_readable_for_their_owner_alone() -> None:
    path = store.path_of(bring(GOOD).sha256)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.read_bytes() == GOOD


def test_content_is_taken_once_whatever_happens_at_once() -> None:
    first = taken(GOOD)
    with pytest.raises(IntegrityError):
        Upload.objects.create(
            kind="products",
            name="x",
            size=1,
            sha256=first.sha256,
            fingerprint=first.fingerprint,
            state="taking",
            by="x",
        )


def test_whoever_only_looks_brings_nothing() -> None:
    who = make_cast().who("warehouse")
    with pytest.raises(Denied):
        bring(GOOD, who=who)
    upload = bring(GOOD)
    for verb in (load.check, load.take, load.go_on, load.cancel):
        with pytest.raises(Denied):
            verb(who, upload)
    with pytest.raises(Denied):
        load.remap(who, upload, {"sku": "SKU"}, {})
    upload.refresh_from_db()
    assert upload.state == "kept"
    assert not Product.objects.exists()


def test_kinds_of_products_are_registered() -> None:
    assert [kind.name for kind in filekinds.kinds()][:4] == ["products", "stock", "costs", "aliases"]
