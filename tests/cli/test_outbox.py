"""``purveyor outbox``: list, show, run, and what a person decides."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_profile
from cli.conftest import Run
from deliver import placed, until_settled, work
from plug import connect
from purveyor.orders.models import Order
from purveyor.outbox.models import Document, Hold
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def document(run: Run, plugged: World, profile: Profile) -> Document:
    """An accepted order's document, queued."""
    number = placed(plugged, profile).number
    assert run("order", "acknowledge", number, "--accept").status == 0
    return Document.objects.get()


def test_list_shows_the_contract(run: Run, document: Document) -> None:
    done = run("outbox", "list", "--json")
    (row,) = done.json["documents"]
    wanted = {
        "id": document.pk,
        "kind": "acknowledgement",
        "subject": document.subject,
        "profile": "acme-de",
        "state": "queued",
        "transaction_id": None,
        "sent_at": None,
        "problem": None,
    }
    assert (done.status, done.json["count"], done.json["held"]) == (0, 1, "")
    assert {key: row[key] for key in wanted} == wanted


def test_list_is_narrowed(run: Run, document: Document) -> None:
    def count(*options: str) -> int:
        return run("outbox", "list", "--json", *options).json["count"]

    assert [count("--state", "queued"), count("--state", "sent")] == [1, 0]
    make_profile("other")
    assert [count("--profile", "acme-de"), count("--profile", "other")] == [1, 0]
    assert [count("--search", document.subject[:3]), count("--search", "zzz")] == [1, 0]
    assert count("--limit", "1") == 1


def test_list_of_an_unknown_state_is_wrong_usage(run: Run, db: None) -> None:
    done = run("outbox", "list", "--state", "lost", "--json")
    assert (done.status, "presumed accepted" in done.json["error"]["message"]) == (2, True)


def test_list_asks_as_often_for_three_as_for_one(
    run: Run, document: Document, plugged: World, profile: Profile, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as once:
        run("outbox", "list", "--json")
    for _each in range(2):
        run("order", "acknowledge", placed(plugged, profile).number, "--accept")
    with django_assert_num_queries(len(once)):
        assert run("outbox", "list", "--json").json["count"] == 3


def test_show_holds_body_and_attempts_without_secrets(run: Run, document: Document, plugged: World) -> None:
    work()
    done = run("outbox", "show", str(document.pk), "--json")
    (attempt,) = done.json["attempts"]
    assert (attempt["number"], attempt["outcome"], attempt["status"]) == (1, "sent", 202)
    assert done.json["body"]["acknowledgements"][0]["purchaseOrderNumber"] == document.subject
    assert attempt["exchange"]["operation"] == "submitAcknowledgement"
    assert_no_secret(done.out, world=plugged)
    assert_no_secret(run("outbox", "show", str(document.pk)).out, world=plugged)


def test_show_unknown_or_of_another_profile(run: Run, document: Document) -> None:
    for arguments in (["999"], [str(document.pk), "--profile", "other"]):
        done = run("outbox", "show", *arguments, "--json")
        assert (done.status, done.json["error"]["code"]) == (1, "not-found")
    assert run("outbox", "show", "words", "--json").status == 2


def test_run_sends_and_follows_until_settled(run: Run, document: Document) -> None:
    done = run("outbox", "run", "--wait", "3600", "--json")
    assert (done.status, done.json["sent"], done.json["settled"], done.json["states"]) == (0, 1, True, {})
    document.refresh_from_db()
    assert document.state == "verified"


def test_run_without_time_does_what_is_due_and_says_what_is_open(run: Run, document: Document) -> None:
    done = run("outbox", "run", "--wait", "0", "--json")
    assert (done.status, done.json["sent"], done.json["settled"], done.json["states"]) == (0, 1, False, {"sent": 1})


def test_run_of_another_profile_leaves_it(run: Run, document: Document, plugged: World) -> None:
    connect(plugged.add_account("other-vendor", marketplace="FR", vendor_codes=("OTHER",)), name="acme-fr")
    assert run("outbox", "run", "--profile", "acme-fr", "--wait", "0", "--json").json["sent"] == 0
    assert run("outbox", "run", "--profile", "none", "--json").status == 1
    document.refresh_from_db()
    assert document.state == "queued"


def test_hold_and_release(run: Run, document: Document) -> None:
    assert run("outbox", "hold", "--json").status == 2
    done = run("outbox", "hold", "--because", "stocktaking", "--json")
    assert (done.status, done.json["held"], done.json["reason"]) == (0, True, "stocktaking")
    done = run("outbox", "run", "--wait", "0", "--json")
    assert (done.json["sent"], done.json["held"]) == (0, "stocktaking")
    assert "purveyor outbox release" in done.err
    assert run("outbox", "list", "--json").json["held"] == "stocktaking"
    assert "Sending is held: stocktaking" in run("outbox", "list").out
    done = run("outbox", "release", "--because", "done", "--json")
    assert done.json == {"held": False, "released": 1}
    assert Hold.objects.get().released_by.startswith("cli:")
    assert run("outbox", "run", "--wait", "0", "--json").json["sent"] == 1


def test_withdraw_frees_the_order(run: Run, document: Document) -> None:
    done = run("outbox", "withdraw", str(document.pk), "--because", "too early", "--json")
    assert (done.status, done.json["state"], done.json["problem"]["code"]) == (0, "failed", "withdrawn")
    assert Order.objects.get().state == "answer failed"
    again = run("outbox", "withdraw", str(document.pk), "--json")
    assert (again.status, again.json["error"]["code"]) == (1, "conflict")


def test_resolve_decides_what_nobody_can_tell(run: Run, document: Document, plugged: World) -> None:
    plugged.faults.once("processing-for-ever")
    work()
    until_settled(document)
    assert document.state == "asked"
    assert run("outbox", "resolve", str(document.pk), "arrived", "--json").status == 2
    assert run("outbox", "resolve", str(document.pk), "perhaps", "--because", "x", "--json").status == 2
    done = run("outbox", "resolve", str(document.pk), "give-up", "--because", "seen nothing", "--json")
    assert (done.status, done.json["state"], done.json["problem"]["code"]) == (0, "failed", "given-up")


def test_resolve_when_nothing_is_asked_is_a_conflict(run: Run, document: Document) -> None:
    done = run("outbox", "resolve", str(document.pk), "arrived", "--because", "seen", "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "conflict")
    document.refresh_from_db()
    assert document.state == "queued"


def test_a_problem_is_shown_with_its_remedy(run: Run, document: Document, plugged: World) -> None:
    plugged.faults.always("missing-role")
    work()
    shown = run("outbox", "show", str(document.pk))
    assert "Remedy: mend the settings" in shown.out
    assert run("outbox", "list", "--json").json["documents"][0]["problem"]["remedy"] == "mend the settings"
