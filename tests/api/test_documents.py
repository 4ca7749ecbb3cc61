"""Documents over REST, the hold on sending, and today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.conftest import Caller, said
from deliver import until_settled, work
from purveyor.common import clock
from purveyor.orders.models import Order
from purveyor.outbox.models import Document, Hold
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


@pytest.fixture
def document(anna: Caller, place: Place) -> Document:
    """A queued document."""
    return make(anna, place)


def make(anna: Caller, place: Place) -> Document:
    order = place()
    assert anna.post(f"/orders/acme-de/{order.number}/acknowledgement").status_code == 201
    return Document.objects.get(subject=order.number)


def test_list_shows_the_contract(anna: Caller, document: Document) -> None:
    told = anna.read("/documents")
    (row,) = told["documents"]
    wanted = {"id": document.pk, "kind": "acknowledgement", "subject": document.subject, "state": "queued"}
    assert ({key: row[key] for key in wanted}, told["next"]) == (wanted, "")
    assert (row["transaction_id"], row["sent_at"], row["problem"], row["digest"]) == (None, None, None, document.digest)


def test_list_is_narrowed_and_paged(anna: Caller, root: Caller, place: Place, document: Document) -> None:
    clock.turn(timedelta(minutes=1))
    second = make(anna, place)
    work()

    def ids(query: str) -> list[int]:
        return [row["id"] for row in anna.read(f"/documents{query}")["documents"]]

    assert ids("") == [second.pk, document.pk]
    assert (ids("?state=sent"), ids("?state=queued")) == ([second.pk, document.pk], [])
    assert (ids(f"?q={document.subject[:6]}"), ids("?kind=asn")) == ([document.pk], [])
    assert root.read("/documents?profile=other-uk")["documents"] == []
    first = anna.read("/documents?limit=1")
    assert ids(f"?limit=1&cursor={first['next']}") == [document.pk]


def test_list_asks_as_often_for_three_as_for_one(anna: Caller, place: Place, document: Document) -> None:
    anna.get("/documents")
    with CaptureQueriesContext(connection) as once:
        anna.get("/documents")
    make(anna, place)
    make(anna, place)
    with CaptureQueriesContext(connection) as thrice:
        assert len(anna.read("/documents")["documents"]) == 3
    assert len(thrice) == len(once)


def test_show_holds_body_and_attempts_without_secrets(anna: Caller, document: Document, plugged: World) -> None:
    work()
    answer = anna.get(f"/documents/{document.pk}")
    shown = json.loads(answer.content)
    (attempt,) = shown["attempts"]
    assert (attempt["outcome"], attempt["status"]) == ("sent", 202)
    assert shown["body"]["acknowledgements"][0]["purchaseOrderNumber"] == document.subject
    assert_no_secret(answer.content.decode(), world=plugged)


def test_body_is_the_exact_bytes(anna: Caller, document: Document) -> None:
    answer = anna.get(f"/documents/{document.pk}/body")
    assert (hashlib.sha256(answer.content).hexdigest(), answer.content) == (document.digest, bytes(document.body))


def test_withdraw_frees_the_order(anna: Caller, document: Document) -> None:
    told = json.loads(anna.post(f"/documents/{document.pk}/withdraw", {"because": "too early"}).content)
    assert (told["state"], told["problem"]["code"]) == ("failed", "withdrawn")
    assert Order.objects.get().state == "answer failed"
    assert said(anna.post(f"/documents/{document.pk}/withdraw", {})) == (409, "conflict")


def test_resolve_decides_what_nobody_can_tell(anna: Caller, document: Document, plugged: World) -> None:
    plugged.faults.once("processing-for-ever")
    work()
    until_settled(document)
    path = f"/documents/{document.pk}/resolve"
    assert said(anna.post(path, {"verdict": "perhaps", "because": "x"})) == (422, "invalid")
    assert said(anna.post(path, {"verdict": "arrived", "because": " "})) == (422, "refused")
    told = json.loads(anna.post(path, {"verdict": "resend", "because": "not there"}).content)
    assert told["state"] == "queued"


def test_hold_keeps_everything_back_until_released(root: Caller, document: Document) -> None:
    assert root.read("/documents/hold") == {"held": False, "reason": "", "by": "", "at": None}
    assert said(root.post("/documents/hold", {"because": ""})) == (422, "invalid")
    told = json.loads(root.post("/documents/hold", {"because": "stocktaking"}).content)
    assert (told["held"], told["reason"], told["by"]) == (True, "stocktaking", "token:administrator/erp 0")
    work()
    document.refresh_from_db()
    assert document.state == "queued"
    assert json.loads(root.post("/documents/hold/release", {"because": "done"}).content)["held"] is False
    work()
    document.refresh_from_db()
    assert (document.state, Hold.objects.filter(released_at=None).count()) == ("sent", 0)


def test_today_counts_what_needs_somebody(anna: Caller, place: Place, document: Document) -> None:
    told = anna.read("/today")
    assert told["orders"] == {"waiting": 0, "overdue": 0, "next_due_at": None, "aside": 0}
    place(at=clock.now() - timedelta(hours=30))
    place()
    anna.post(f"/documents/{document.pk}/withdraw", {})
    told = anna.read("/today")
    assert (told["orders"]["waiting"], told["orders"]["overdue"]) == (3, 1)
    assert told["orders"]["next_due_at"] == "2026-03-02T03:00:00Z"
    assert [row["id"] for row in told["documents"]["by_remedy"]["mend the data"]] == [document.pk]
    assert (told["documents"]["failed"], told["documents"]["held"]) == (1, "")


def test_today_names_profiles_in_trouble_and_those_that_do_not_send(
    anna: Caller, document: Document, plugged: World
) -> None:
    plugged.faults.always("missing-role")
    work()
    anna.post("/profiles/acme-de/sending", {"on": False})
    told = anna.read("/today")
    assert (list(told["profiles"]["troubled"]), told["profiles"]["not_sending"]) == (["acme-de"], ["acme-de"])
    assert told["documents"]["waiting_for_sending"] == 1


def test_today_of_a_stranger_is_empty(stranger: Caller, document: Document) -> None:
    told = stranger.read("/today")
    assert (told["orders"]["waiting"], told["documents"]["under_way"], told["profiles"]["troubled"]) == (0, 0, {})
