"""Pick lists on their pages: the list, one of them, what is done about it, what was picked; all without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cast import Cast
from purveyor.channels.models import Upload
from purveyor.orders.models import Order
from purveyor.warehouse.domain.hold import hold
from purveyor.warehouse.models import Picked, PickList, PickResult, ReleaseTry
from warehouse.making import ME, order, picked, released, results, state

from .conftest import Browser

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def out(cast: Cast) -> PickList:
    return released(cast.profile)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


def test_list_shows_pick_lists_by_state_with_the_count_of_the_rail(anna: Client, out: PickList, cast: Cast) -> None:
    held = released(cast.profile, "4BBBBBBB")
    hold(ME, held.pk, "a rat")
    text = page(anna, "/warehouse/")
    rail = '<span class="sr-only">: </span>1<span class="sr-only"> to pick</span>'
    for word in ("4ABCDEFG-1", "4BBBBBBB-1", "BER8", "To pick", rail):
        assert word in text, word
    only = page(anna, "/warehouse/?state=held")
    assert ("4ABCDEFG-1" in only, "4BBBBBBB-1" in only) == (False, True)


def test_empty_list_says_where_lists_come_from(anna: Client, cast: Cast) -> None:
    assert "Release an order on its page" in page(anna, "/warehouse/")


def test_page_shows_lines_and_what_can_be_done(anna: Client, out: PickList) -> None:
    text = page(anna, f"/warehouse/lists/{out.pk}/")
    for word in ("A-01", "SKU-1", "Put on hold", "Take the list back", "Everything as asked", "lines.csv"):
        assert word in text, word
    assert "Take the result back" not in text


def do(client: Client, out: PickList, verb: str, **data: str) -> Any:
    return client.post(f"/warehouse/lists/{out.pk}/do/{verb}/", data)


def test_list_is_held_goes_on_and_is_taken_back(anna: Client, out: PickList) -> None:
    refused = do(anna, out, "hold")
    assert (refused.status_code, state(out), "Say why." in refused.content.decode()) == (422, "released", True)
    assert do(anna, out, "hold", because="a rat").status_code == 302
    assert "a rat" in page(anna, f"/warehouse/lists/{out.pk}/")
    assert do(anna, out, "hold", because="twice").status_code == 409
    assert (do(anna, out, "go-on").status_code, state(out)) == (302, "released")
    assert (do(anna, out, "cancel", because="wrong day").status_code, state(out)) == (302, "cancelled")
    assert do(anna, out, "dance").status_code == 404


def say(client: Client, out: PickList, **data: str) -> Any:
    told = {name.replace("_", "-"): value for name, value in data.items()}
    return client.post(f"/warehouse/lists/{out.pk}/picked/", {"do": "say"} | told)


def test_what_was_picked_is_written_down_lot_by_lot(anna: Client, out: PickList) -> None:
    more = say(anna, out, do="more:1", quantity_1_0="4", lot_1_0="L1")
    text = more.content.decode()
    assert (more.status_code, 'id="quantity-1-1"' in text, 'value="L1"' in text) == (200, True, True)
    typed = {"quantity_1_0": "1", "unit_1_0": "case", "lot_1_0": "L1", "expiry_1_0": "2027-01-31"}
    done = say(anna, out, **typed, quantity_1_1="5", lot_1_1="L2", quantity_2_0="", reason_2_0="damaged")
    assert (done.status_code, state(out)) == (302, "picked")
    assert picked(out) == {"1": (9, 0, "missing"), "2": (0, 0, "damaged")}
    assert list(Picked.objects.filter(eaches__gt=0).order_by("lot").values_list("lot", "eaches")) == [
        ("L1", 4),
        ("L2", 5),
    ]
    text = page(anna, f"/warehouse/lists/{out.pk}/")
    for word in ("damaged", "not found", "Take the result back", "Say anew what was picked"):
        assert word in text, word


def test_everything_as_asked_is_one_button(anna: Client, out: PickList) -> None:
    say(anna, out, do="all")
    assert picked(out) == {"1": (10, 0, ""), "2": (6, 0, "")}
    assert PickResult.objects.get().way == "screen"
    do(anna, out, "take-back", because="the wrong shelf")
    assert (state(out), [one[1] for one in results(out)]) == ("released", ["replaced"])


def test_what_cannot_be_taken_stays_typed_beside_its_reason(anna: Client, out: PickList) -> None:
    wrong = say(anna, out, quantity_1_0="3", quantity_2_0="-1", lot_2_0="LOT-7")
    text = wrong.content.decode()
    assert (wrong.status_code, 'value="LOT-7"' in text, 'value="-1"' in text) == (422, True, True)
    row = text.partition('value="-1"')[0].rpartition("<tr>")[2]
    assert "is not between 0 and" in row
    empty = say(anna, out)
    assert (empty.status_code, results(out), state(out)) == (422, [], "released")


def test_warehouse_of_a_held_list_takes_nothing(anna: Client, out: PickList) -> None:
    hold(ME, out.pk, "a rat")
    assert "Everything as asked" not in page(anna, f"/warehouse/lists/{out.pk}/")
    refused = say(anna, out, do="all")
    assert (refused.status_code, "on hold" in refused.content.decode(), results(out)) == (422, True, [])


def test_auditor_sees_and_does_nothing_and_a_stranger_sees_nothing(browser: Browser, cast: Cast, out: PickList) -> None:
    auditor, stranger = browser(cast.auditor), browser(cast.stranger)
    text = page(auditor, f"/warehouse/lists/{out.pk}/")
    assert ("Put on hold" in text, "Everything as asked" in text) == (False, False)
    assert (do(auditor, out, "hold", because="x").status_code, say(auditor, out, do="all").status_code) == (403, 403)
    page(stranger, f"/warehouse/lists/{out.pk}/", 404)
    assert say(stranger, out, do="all").status_code == 404
    assert "4ABCDEFG-1" not in page(stranger, "/warehouse/")
    assert (state(out), results(out)) == ("released", [])


def test_order_is_released_on_its_page_in_the_version_seen(anna: Client, cast: Cast) -> None:
    made = order(cast.profile, version=2)
    ReleaseTry.objects.create(order=made, order_version=2, problems=["Line 1: nobody knows."])
    text = page(anna, f"/orders/{made.pk}/")
    assert ("Release to the warehouse" in text, "Line 1: nobody knows." in text) == (True, True)
    where = f"/orders/{made.pk}/to-warehouse/"
    stale = anna.post(where, {"version": "1"}, follow=True).content.decode()
    assert ("Amazon changed order 4ABCDEFG meanwhile." in stale, PickList.objects.count()) == (True, 0)
    text = anna.post(where, {"version": "2"}, follow=True).content.decode()
    assert ("4ABCDEFG-1" in text, 'class="button small">Release to the warehouse' in text) == (True, False)


def test_many_orders_are_released_and_taken_back(anna: Client, cast: Cast) -> None:
    made, closed = order(cast.profile), order(cast.profile, "4CLOSED", state="closed")
    told = {"order": [made.pk, closed.pk]}
    text = anna.post("/orders/many/warehouse/", told | {"do": "preview"}).content.decode()
    assert "It is being answered, closed or cancelled." in text
    done = anna.post("/orders/many/warehouse/", told | {"do": "go"}).content.decode()
    out = PickList.objects.get()
    assert (out.order_id, state(out)) == (made.pk, "released")
    undo = {"undo": f'{{"{made.pk}": {out.pk}}}'}
    assert f"{made.pk}" in done
    anna.post("/orders/many/warehouse/undo/", undo)
    assert state(out) == "cancelled"
    again = anna.post("/orders/many/warehouse/undo/", undo).content.decode()
    assert "Its pick list has gone on already." in again


def test_file_of_picks_is_brought_and_looked_at_first(anna: Client, cast: Cast, out: PickList) -> None:
    assert "Pick results: Says what the warehouse picked" in page(anna, "/warehouse/")
    content = SimpleUploadedFile("picks.csv", b"po;sku;quantity\n4ABCDEFG;SKU-1;7\n")
    told = {"kind": "pick", "profile": "acme-de", "file": content}
    brought = anna.post("/warehouse/file/", told, follow=True)
    upload = Upload.objects.get()
    assert (upload.profile, upload.state, results(out)) == (cast.profile, "kept", [])
    text = brought.content.decode()
    assert ("Pick results" in text, 'href="/warehouse/"' in text) == (True, True)
    anna.post(
        f"/files/{upload.pk}/", {"do": "take", "columns": "1", **{f"column-{n}": n for n in ("po", "sku", "quantity")}}
    )
    assert picked(out)["1"] == (7, 0, "missing")
    assert "1 pick lists" in page(anna, f"/files/{upload.pk}/")
    for wrong in ({"kind": "pick", "profile": "acme-de"}, {"kind": "products", "profile": "acme-de", "file": content}):
        assert anna.post("/warehouse/file/", wrong).status_code == 422


def test_today_asks_for_lists_to_pick_and_those_on_hold(browser: Browser, cast: Cast, out: PickList) -> None:
    hold(ME, released(cast.profile, "4BBBBBBB").pk, "a rat")
    text = page(browser(cast.warehouse), "/")
    for word in ("4ABCDEFG-1", "Pick it: it goes to BER8.", "4BBBBBBB-1", "Let it go on or take it back. a rat"):
        assert word in text, word
    assert Order.objects.count() == 2


def test_csv_of_a_list(anna: Client, out: PickList) -> None:
    answer = anna.get(f"/warehouse/lists/{out.pk}/lines.csv")
    assert (answer.headers["Content-Disposition"], len(answer.content.splitlines())) == (
        'attachment; filename="4ABCDEFG-1.csv"',
        3,
    )
