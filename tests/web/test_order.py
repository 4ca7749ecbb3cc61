"""The page of one order and the way of its answer: typed, previewed exactly, sent once, shown when proved."""

from __future__ import annotations

import html
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cast import Cast, make_user
from deliver import document_of, later, pull, until_settled, work
from purveyor.audit.models import Entry
from purveyor.orders.models import Acknowledgement, Order, Snapshot
from purveyor.outbox.models import Document
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .conftest import Browser
from .test_answering import typed

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def address(order: Order, tail: str = "") -> str:
    return f"/orders/{order.pk}/{tail}"


def send(client: Client, order: Order, do: str = "send", **fields: str) -> Any:
    data = typed(order, **fields)
    data["do"] = do
    return client.post(address(order, "answer/"), data)


def text_of(answer: Any) -> str:
    """The page's words, one blank between them."""
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare))


def body_of(answer: Any) -> dict[str, Any]:
    """The document a preview shows."""
    shown = re.search(r'<pre class="body"[^>]*>(.*?)</pre>', answer.content.decode(), re.DOTALL)
    assert shown
    return json.loads(html.unescape(shown[1]))


def test_page_of_a_new_order_opens_with_the_sheet(anna: Client, order: Order) -> None:
    page = text_of(anna.get(address(order)))
    assert "Amazon waits for an answer." in page
    assert "4 cases of 6" in page
    assert "Preview the answer" in page


def test_page_for_who_may_only_look_has_no_sheet(cast: Cast, browser: Browser, order: Order) -> None:
    page = browser(cast.warehouse).get(address(order)).content.decode()
    assert "somebody else has to give it" in page
    assert "<form id=" not in page


def test_preview_shows_line_by_line_and_the_exact_document(anna: Client, order: Order) -> None:
    answer = send(anna, order, "preview", accept_1="7")
    page = text_of(answer)
    assert (answer.status_code, "This will be sent for" in page) == (200, True)
    assert "Accepted 31 ea" in page
    assert "Rejected 3 ea" in page
    items = body_of(answer)["acknowledgements"][0]["items"]
    told = [(a["acknowledgementCode"], a["acknowledgedQuantity"]) for i in items for a in i["itemAcknowledgements"]]
    assert told == [
        ("Accepted", {"amount": 7, "unitOfMeasure": "Eaches"}),
        ("Rejected", {"amount": 3, "unitOfMeasure": "Eaches"}),
        ("Accepted", {"amount": 4, "unitOfMeasure": "Cases", "unitSize": 6}),
    ]


def test_preview_decides_nothing(anna: Client, order: Order) -> None:
    before = Entry.objects.count()
    send(anna, order, "preview", accept_1="7")
    assert (Acknowledgement.objects.count(), Document.objects.count(), Entry.objects.count()) == (0, 0, before)


def test_what_is_sent_is_what_the_preview_showed(anna: Client, order: Order) -> None:
    shown = body_of(send(anna, order, "preview", accept_1="7"))
    send(anna, order, accept_1="7")
    work()
    sent = json.loads(bytes(document_of(order).body))
    for one in (shown, sent):
        one["acknowledgements"][0].pop("acknowledgementDate")
    assert sent == shown


def test_answer_is_sent_proved_and_shown(anna: Client, order: Order) -> None:
    answer = send(anna, order, accept_1="7", because="only seven left")
    assert answer.headers["Location"] == address(order)
    moving = anna.get(address(order)).content.decode()
    assert 'hx-trigger="every 3s"' in moving
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in moving
    until_settled(_document(order))
    page = text_of(anna.get(address(order)))
    assert "Answered, and proved by Amazon's own status." in page
    assert "“only seven left”" in page
    assert "Partly accepted 7 ea accepted, 3 ea rejected" in page
    assert "hx-trigger" not in anna.get(address(order)).content.decode()


def _document(order: Order) -> Document:
    work()
    return document_of(order)


def test_change_leads_back_with_everything_typed(anna: Client, order: Order) -> None:
    page = send(anna, order, "change", accept_1="7", cost_2="1,90").content.decode()
    assert re.search(r'name="accept-1" value="7"', page)
    assert re.search(r'name="cost-2" value="1,90"', page)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"accept_1": "11"}, "Line 1 answers 11 pieces, but only 10 are ordered."),
        ({"accept_2": "23"}, "Line 2 is ordered in cases of 6; 23 pieces fill no whole case."),
        ({"cost_1": "4.30"}, "Line 1: the cost may not be above the order's; reject the line instead."),
        ({"accept_1": "many"}, "“many” is not a whole number of pieces."),
    ],
)
@pytest.mark.parametrize("do", ["preview", "send"])
def test_findings_stand_above_the_line_and_nothing_is_lost(
    anna: Client, order: Order, fields: dict[str, str], said: str, do: str
) -> None:
    answer = send(anna, order, do, **fields)
    page = answer.content.decode()
    assert (answer.status_code, said in html.unescape(page)) == (422, True)
    (name, value), *_ = fields.items()
    assert f'name="{name.replace("_", "-")}" value="{value}"' in page
    assert 'aria-invalid="true"' in page
    assert Acknowledgement.objects.count() == 0


def test_split_and_drop_work_without_script(anna: Client, order: Order) -> None:
    page = send(anna, order, "split:1", accept_1="6").content.decode()
    assert 'name="eaches-1-0" value="4"' in page
    more = {"code_1_0": "Accepted", "eaches_1_0": "4", "day_1_0": "", "reason_1_0": ""}
    page = send(anna, order, "drop:1|0", accept_1="6", **more).content.decode()
    assert 'name="eaches-1-0"' not in page


def test_order_changed_meanwhile_is_a_conflict_that_keeps_the_sheet(
    anna: Client, order: Order, plugged: World, profile: Profile
) -> None:
    data = typed(order, accept_1="7") | {"do": "send", "version": str(order.version)}
    plugged.change(order.number, quantities={"1": 8})
    pull(profile, order.number)
    answer = anna.post(address(order, "answer/"), data)
    page = text_of(answer)
    assert (answer.status_code, "Amazon changed order" in page) == (409, True)
    assert 'name="accept-1" value="7"' in answer.content.decode()
    assert Acknowledgement.objects.count() == 0


def test_sent_twice_is_sent_once(anna: Client, order: Order) -> None:
    send(anna, order)
    assert send(anna, order).status_code == 409
    assert Acknowledgement.objects.count() == 1


def test_who_may_not_reject_is_not_offered_it_and_cannot(
    cast: Cast, browser: Browser, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No role of today holds one without the other; a token or a role to come may."""
    from purveyor.people import permissions

    narrow = permissions.Role("narrow", "Narrow", "", frozenset({"orders.view", "orders.acknowledge"}))  # type: ignore[arg-type]  # plain words will do
    monkeypatch.setitem(permissions.ROLES, "narrow", narrow)
    client = browser(make_user("nora", "narrow", cast.profile))
    page = client.get(address(order)).content.decode()
    assert ("accept-1" in page, "TemporarilyUnavailable" in page) == (True, False)
    assert send(client, order, accept_1="7").status_code == 403
    assert Acknowledgement.objects.count() == 0


def test_answer_of_a_stranger_is_not_found(cast: Cast, browser: Browser, order: Order) -> None:
    assert send(browser(cast.stranger), order).status_code == 404


def test_answer_of_a_looker_is_denied(cast: Cast, browser: Browser, order: Order) -> None:
    assert send(browser(cast.finance), order).status_code == 403


def test_order_answered_elsewhere_wants_a_word_first(
    anna: Client, order: Order, plugged: World, profile: Profile
) -> None:
    plugged.acknowledge_elsewhere(order.number)
    pull(profile, order.number)
    page = text_of(anna.get(address(order)))
    assert "Amazon shows an answer that is not ours." in page
    assert "Preview the answer" not in page
    assert "confirm_elsewhere" in anna.get(address(order) + "?answer").content.decode()
    assert "This order was answered elsewhere. Confirm" in text_of(send(anna, order, "preview"))
    assert send(anna, order, "preview", confirm_elsewhere="1").status_code == 200


def test_cancelled_lines_are_shown_and_need_no_answer(
    anna: Client, order: Order, plugged: World, profile: Profile
) -> None:
    plugged.cancel(order.number, line=2)
    pull(profile, order.number)
    page = text_of(anna.get(address(order)))
    assert "cancelled needs no answer" in page
    order.refresh_from_db()
    assert "1 cancelled line is left out." in text_of(send(anna, order, "preview"))


def test_sending_switched_off_is_said_before_and_after(anna: Client, order: Order) -> None:
    Profile.objects.update(sending=False)
    assert "Sending is off for this profile" in text_of(send(anna, order, "preview"))
    send(anna, order)
    later(60)
    assert "goes out as soon as sending is switched on" in text_of(anna.get(address(order)))
    assert document_of(order).state == "queued"


def test_correction_starts_from_the_answer_in_force(anna: Client, order: Order) -> None:
    send(anna, order, accept_1="7")
    until_settled(_document(order))
    assert "Correct the answer" in text_of(anna.get(address(order)))
    page = anna.get(address(order) + "?answer").content.decode()
    assert 'name="accept-1" value="7"' in page
    assert 'name="eaches-1-0" value="3"' in page


def test_version_nested_too_deeply_to_be_laid_out_is_shown_as_it_came(anna: Client, order: Order) -> None:
    first = order.snapshots.get(kind="order", version=1)
    deep = b"[" * 5000 + b"]" * 5000
    Snapshot.objects.create(
        order=order, kind="order", version=2, at=first.at, content_hash="x", raw=zlib.compress(deep)
    )
    shown = anna.get(address(order, "versions/order/2/"))
    assert (shown.status_code, deep.decode() in shown.content.decode()) == (200, True)


def test_versions_are_shown_word_for_word(anna: Client, order: Order, plugged: World, profile: Profile) -> None:
    plugged.change(order.number, quantities={"1": 8})
    pull(profile, order.number)
    page = text_of(anna.get(address(order)))
    assert "Amazon changed the order: version 2" in page
    snapshot = order.snapshots.get(kind="order", version=1)
    shown = anna.get(address(order, "versions/order/1/"))
    assert body_of(shown) == json.loads(snapshot.document())
    assert snapshot.request_id in text_of(shown)
    assert "What it changed" not in text_of(shown)
    changed = text_of(anna.get(address(order, "versions/order/2/")))
    assert "orderDetails.items[1].orderedQuantity.amount 10 8" in changed
    assert anna.get(address(order, "versions/order/9/")).status_code == 404


def test_documents_are_hidden_from_who_may_not_see_them(
    cast: Cast, browser: Browser, anna: Client, order: Order
) -> None:
    send(anna, order)
    work()
    maker = browser(make_user("mike", "manufacturing", cast.profile))
    assert document_of(order).transaction_id not in maker.get(address(order)).content.decode()
    assert document_of(order).transaction_id in anna.get(address(order)).content.decode()
