"""Lists as files: what is shown, in its order and with its columns; long ones as work with progress."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from cast import Cast
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from purveyor.channels import exports
from purveyor.common import clock
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.people.models import Grant

from .conftest import Browser
from .test_order import text_of
from .test_orders_many import fill

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


@pytest.fixture
def kept() -> list[Path]:
    """The folder of the files, empty."""
    for file in exports.folder().iterdir():
        file.unlink()
    return [exports.folder()]


def body(answer: object) -> bytes:
    return b"".join(answer)  # type: ignore[call-overload,no-any-return]  # streams and whole answers alike


def test_export_has_the_columns_and_the_order_of_what_is_shown(anna: Client, place: Place) -> None:
    cheap, dear = place({"amount": 1, "cost": "1.00"}), place({"amount": 1, "cost": "99.00"})
    text = body(anna.get("/lists/orders/export.csv?sort=-value&columns=number,value")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["number", "profile", "total", "currency"]
    assert [row[0] for row in rows[1:]] == [dear.number, cheap.number]
    told = json.loads(body(anna.get("/lists/orders/export.json?columns=number,pieces&sort=value")))
    assert [list(row) for row in told["orders"]] == [["number", "profile", "eaches"]] * 2
    assert [row["number"] for row in told["orders"]] == [cheap.number, dear.number]


def test_workbook_holds_texts_and_numbers_and_no_formula(anna: Client, place: Place) -> None:
    order = place({"amount": 3, "cost": "1.50"})
    Order.objects.update(ship_to="=1+1", vendor_code="00123")
    answer = anna.get("/lists/orders/export.xlsx?columns=number,to,vendor,pieces,value")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(answer)))
    head, row = book.get_sheet_by_index(0).to_python()
    assert dict(zip(head, row, strict=True)) == {
        "number": order.number,
        "profile": order.profile.name,
        "ship_to": "=1+1",
        "vendor_code": "00123",
        "eaches": 3,
        "total": 4.5,
        "currency": "EUR",
    }
    assert b"<f>" not in body(answer)


def test_selection_is_exported_alone_and_only_what_one_may_see(
    anna: Client, cast: Cast, browser: Browser, place: Place
) -> None:
    one, _two, three = place(), place(), place()
    told = {"order": [one.pk, three.pk], "form": "json", "query": ""}
    found = json.loads(body(anna.post("/lists/orders/export/", told)))
    assert {row["number"] for row in found["orders"]} == {one.number, three.number}
    assert json.loads(body(browser(cast.stranger).post("/lists/orders/export/", told))) == {"orders": []}
    every = json.loads(body(anna.post("/lists/orders/export/", told | {"every": "on", "query": "state=new"})))
    assert len(every["orders"]) == 3


def test_profile_in_view_limits_the_export(cast: Cast, browser: Browser, place: Place) -> None:
    place()
    Grant.objects.create(user=cast.vendor_manager, role="commerce", profile=cast.other)
    client = browser(cast.vendor_manager)
    client.post("/scope/", {"profile": cast.other.name})
    assert json.loads(body(client.get("/lists/orders/export.json"))) == {"orders": []}


@pytest.mark.parametrize("name", ["documents", "alerts", "audit"])
def test_every_list_is_exported_to_who_may_see_it(name: str, root: Client, cast: Cast, browser: Browser) -> None:
    from purveyor.alerts.raise_ import close_alert, raise_alert

    raise_alert("cause", kind="profile.trouble", severity="bad", message=Phrase("Bad."))
    raise_alert("gone", kind="profile.trouble", severity="bad", message=Phrase("Gone."))
    close_alert("gone", "mended")
    found = json.loads(body(root.get(f"/lists/{name}/export.json")))
    assert list(found) == [name]
    if name == "alerts":
        assert [row["message"] for row in found[name]] == ["Bad."]
    if name == "audit":
        assert browser(cast.warehouse).get("/lists/audit/export.json").status_code == 403


def test_unknown_list_column_and_form_are_refused(anna: Client) -> None:
    assert anna.get("/lists/nothing/export.csv").status_code == 404
    assert anna.get("/lists/orders/export.csv?columns=price").status_code == 422
    assert anna.post("/lists/orders/export/", {"form": "pdf"}).status_code == 422


@pytest.fixture
def long(anna: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An export of more rows than a page waits for, begun."""
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    fill(cast.profile, 5)
    page = anna.get("/lists/orders/export.csv?sort=number&columns=number")
    assert "Export 5 rows" in text_of(page)
    assert Run.objects.count() == 0
    told = {"query": "sort=number&columns=number", "form": "csv", "every": "on"}
    answer = anna.post("/lists/orders/export/", told)
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/runs/{run.pk}/"
    return run


def test_long_export_is_written_by_a_worker_and_fetched(anna: Client, long: Run) -> None:
    assert anna.get(f"/exports/{long.pk}/").status_code == 422
    run_due(["jobs.run"])
    long.refresh_from_db()
    assert (long.state, long.done, long.total, long.result["rows"]) == ("done", 5, 5, 5)
    assert f'href="/exports/{long.pk}/"' in anna.get(f"/runs/{long.pk}/").content.decode()
    lines = body(anna.get(f"/exports/{long.pk}/")).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["number", *(f"N{i:07}" for i in range(5))]
    assert Entry.objects.filter(action="list.exported", by="user:vendor-manager").count() == 1


def test_file_is_its_askers_alone_and_asks_for_their_rights_again(
    anna: Client, cast: Cast, browser: Browser, long: Run
) -> None:
    run_due(["jobs.run"])
    assert browser(cast.administrator).get(f"/exports/{long.pk}/").status_code == 404
    Grant.objects.create(user=cast.vendor_manager, role="auditor", profile=cast.other)
    Grant.objects.filter(user=cast.vendor_manager, profile=cast.profile).delete()
    assert anna.get(f"/exports/{long.pk}/").status_code == 403


def test_file_is_gone_after_a_day(anna: Client, kept: list[Path], long: Run) -> None:
    run_due(["jobs.run"])
    assert len(list(kept[0].iterdir())) == 1
    exports.tidy()
    assert len(list(kept[0].iterdir())) == 1
    Run.objects.update(finished_at=clock.now() - timedelta(days=1, seconds=1))
    assert anna.get(f"/exports/{long.pk}/").status_code == 422
    exports.tidy()
    assert list(kept[0].iterdir()) == []


def test_cancelled_export_leaves_nothing(anna: Client, kept: list[Path], long: Run) -> None:
    Run.objects.update(cancel_requested=True, state="running", started_at=clock.now())
    run_due(["jobs.run"])
    long.refresh_from_db()
    assert long.state == "cancelled"
    assert list(kept[0].iterdir()) == []


def test_worker_asks_for_the_rights_again(cast: Cast, long: Run) -> None:
    Grant.objects.filter(user=cast.vendor_manager).delete()
    run_due(["jobs.run"])
    long.refresh_from_db()
    assert (long.state, "orders.view" in long.problem) == ("failed", True)


def test_answer_is_a_whole_one(anna: Client, order: Order) -> None:
    answer = anna.get("/lists/orders/export.xlsx")
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 200
