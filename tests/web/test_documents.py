"""Documents: followed by themselves, explained where they are stuck, decided by a person where nobody else can tell."""

from __future__ import annotations

import pytest
from django.test import Client

from cast import Cast
from deliver import document_of, work
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.decide import current_hold
from purveyor.outbox.models import Document
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import body_of, text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def sent(cast: Cast, order: Order) -> Document:
    """An acknowledgement Amazon took."""
    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    return document_of(order)


@pytest.fixture
def queued(cast: Cast, order: Order) -> Document:
    """An acknowledgement that waits, because sending is off."""
    Profile.objects.update(sending=False)
    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    return document_of(order)


@pytest.fixture
def asked(sent: Document) -> Document:
    """One about which only a person can tell."""
    Document.objects.filter(pk=sent.pk).update(
        state="asked",
        problem={"message": "Amazon never showed it.", "remedy": "ask Amazon", "said": ["hm"], "request_id": "r-1"},
    )
    return Document.objects.get(pk=sent.pk)


def at(document: Document, tail: str = "") -> str:
    return f"/documents/{document.pk}/{tail}"


def test_page_shows_bytes_digest_tries_and_who(anna: Client, sent: Document, order: Order) -> None:
    answer = anna.get(at(sent))
    page = text_of(answer)
    assert body_of(answer)["acknowledgements"][0]["purchaseOrderNumber"] == order.number
    assert sent.digest in answer.content.decode()
    assert sent.transaction_id in page
    assert sent.attempts.get().request_id in page
    assert "HTTP 202 · taken by Amazon" in page
    assert "Sent" in page
    assert "vendor-manager" in page


def test_page_of_an_exchange_shows_no_secret(anna: Client, sent: Document, plugged: World) -> None:
    page = anna.get(at(sent)).content.decode()
    account = plugged.accounts[0]
    assert account.client_secret not in page
    assert account.refresh_token not in page
    assert "Atza|" not in page


def test_list_shows_state_and_finds_by_transaction(anna: Client, sent: Document, order: Order) -> None:
    assert order.number in anna.get("/documents/").content.decode()
    assert order.number in anna.get(f"/documents/?q={sent.transaction_id[:20]}").content.decode()
    assert order.number not in anna.get("/documents/?state=failed").content.decode()


def test_empty_list_teaches(anna: Client) -> None:
    assert "Answer an order, and its acknowledgement appears here" in text_of(anna.get("/documents/"))


def test_search_leads_straight_to_the_transaction(anna: Client, sent: Document) -> None:
    assert anna.get(f"/search/?q={sent.transaction_id}").headers["Location"] == at(sent)


def test_asked_document_shows_amazons_words_ours_and_the_remedy(anna: Client, asked: Document) -> None:
    page = text_of(anna.get(at(asked)))
    assert "Amazon never showed it." in page
    assert "Amazon's words: hm" in page
    assert "Ask Amazon" in page
    assert "Amazon's request id r-1" in page


@pytest.mark.parametrize(("verdict", "state"), [("arrived", "verified"), ("resend", "queued"), ("give up", "failed")])
def test_person_decides_with_a_reason(anna: Client, asked: Document, verdict: str, state: str) -> None:
    answer = anna.post(at(asked, "resolve/"), {"verdict": verdict, "because": "looked in Vendor Central"})
    assert answer.headers["Location"] == at(asked)
    asked.refresh_from_db()
    assert asked.state == state
    assert "“looked in Vendor Central”" in text_of(anna.get(at(asked)))


def test_decision_without_a_reason_is_asked_for(anna: Client, asked: Document) -> None:
    answer = anna.post(at(asked, "resolve/"), {"verdict": "arrived", "because": " "})
    assert answer.status_code == 422
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_decision_that_comes_too_late_says_so(anna: Client, asked: Document) -> None:
    Document.objects.filter(pk=asked.pk).update(state="verified")
    answer = anna.post(at(asked, "resolve/"), {"verdict": "resend", "because": "not there"})
    assert (answer.status_code, "No decision is asked for" in text_of(answer)) == (409, True)


def test_who_may_not_decide_is_not_asked_and_cannot(cast: Cast, browser: Browser, asked: Document) -> None:
    client = browser(cast.finance)
    assert "Only you can tell" not in text_of(client.get(at(asked)))
    assert client.post(at(asked, "resolve/"), {"verdict": "resend", "because": "x"}).status_code == 403
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_queued_document_is_withdrawn(anna: Client, queued: Document, order: Order) -> None:
    page = text_of(anna.get(at(queued)))
    assert "Waits until sending is switched on" in page
    assert anna.post(at(queued, "withdraw/"), {"because": "wrong price"}).headers["Location"] == at(queued)
    order.refresh_from_db()
    assert order.state == "answer failed"


def test_sent_document_cannot_be_withdrawn(anna: Client, sent: Document) -> None:
    answer = anna.post(at(sent, "withdraw/"))
    assert (answer.status_code, "cannot be withdrawn any more" in text_of(answer)) == (409, True)


def test_moving_document_reloads_itself_and_a_settled_one_does_not(anna: Client, sent: Document) -> None:
    assert 'hx-trigger="every 3s"' in anna.get(at(sent)).content.decode()
    Document.objects.filter(pk=sent.pk).update(state="verified")
    assert "hx-trigger" not in anna.get(at(sent)).content.decode()


def test_sending_is_held_and_goes_on_by_who_may_everywhere(root: Client, anna: Client) -> None:
    assert anna.post("/documents/hold/", {"do": "hold", "because": "x"}).status_code == 403
    root.post("/documents/hold/", {"do": "hold", "because": ""})
    assert current_hold() is None
    root.post("/documents/hold/", {"do": "hold", "because": "stocktaking"})
    assert "stocktaking" in text_of(anna.get("/"))
    assert anna.post("/documents/hold/", {"do": "release"}).status_code == 403
    root.post("/documents/hold/", {"do": "release"})
    assert current_hold() is None


def test_rail_counts_documents_that_need_somebody(anna: Client, asked: Document) -> None:
    page = anna.get("/documents/").content.decode()
    assert '<span class="count count-loud"><span class="sr-only">: </span>1<span class="sr-only"> need a person' in page


def test_stranger_sees_no_document(cast: Cast, browser: Browser, sent: Document) -> None:
    client = browser(cast.stranger)
    assert client.get(at(sent)).status_code == 404
    assert sent.subject not in client.get("/documents/").content.decode()
