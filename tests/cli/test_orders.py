"""``purveyor order``: list, show, acknowledge."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cast import make_profile
from cli.conftest import Run
from deliver import placed, pull, pull_status, work
from plug import connect
from purveyor.common import clock
from purveyor.common.windows import local
from purveyor.orders.models import Acknowledgement, Order
from purveyor.outbox.models import Document
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

CASES = {"amount": 6, "unit": "Cases", "unit_size": 12, "cost": "4.20", "asin": "B012345678", "sku": "4006381333931"}


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    """A new order of six cases of twelve and five pieces."""
    return placed(plugged, profile, CASES, {"amount": 5, "cost": "1.10", "backorder": True})


@pytest.fixture
def twins(plugged: World, profile: Profile, order: Order) -> Profile:
    """A second profile with an order of the same number."""
    plugged.add_account("other-vendor", marketplace="FR", vendor_codes=("OTHER",))
    other = connect(plugged.accounts[1], name="acme-fr")
    plugged.place(number=order.number, lines=1, account="other-vendor")
    pull(other, order.number)
    return other


def answers(number: str, *lines: dict[str, Any]) -> dict[str, Any]:
    return {"orders": [{"number": number, "lines": list(lines)}]}


def line(number: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"line": number, "answers": list(entries)}


SHORT = {"code": "Rejected", "eaches": 12, "reason": "TemporarilyUnavailable"}
CUT = (
    line(
        "1", {"code": "Accepted", "eaches": 60}, {"code": "Rejected", "eaches": 12, "reason": "TemporarilyUnavailable"}
    ),
    line("2", {"code": "Accepted", "eaches": 5}),
)


def test_list_shows_the_contract(run: Run, order: Order) -> None:
    done = run("order", "list", "--json")
    assert (done.status, done.err) == (0, "")
    (row,) = done.json["orders"]
    assert done.json["count"] == 1
    assert [row[key] for key in ("number", "profile", "state", "type")] == [order.number, "acme-de", "new", "undefined"]
    assert (row["eaches"], row["line_count"], row["total"]) == (77, 2, "307.90")


def test_list_says_of_what_currency_a_total_is(run: Run, order: Order) -> None:
    head, row = run("order", "list").out.splitlines()
    assert (head.split()[-2:], row.split()[-2:]) == (["TOTAL", "CURRENCY"], ["307.90", order.currency])


def test_show_says_the_window(run: Run, order: Order) -> None:
    told = run("order", "show", order.number, "--json").json
    window, zone = told["delivery_window"], told["time_zone"]
    shown = run("order", "show", order.number).out.splitlines()
    assert [one.split(maxsplit=2)[2] for one in shown if one.startswith("delivery window")] == [
        f"{local(window['start'], zone)} – {local(window['end'], zone)} {zone}"
    ]


def test_list_is_narrowed(run: Run, order: Order, plugged: World, profile: Profile) -> None:
    other = placed(plugged, profile, {"amount": 1, "cost": "1.00", "asin": "B087654321"})
    run("order", "acknowledge", other.number, "--accept")

    def numbers(*options: str) -> list[str]:
        done = run("order", "list", "--json", *options)
        assert done.status == 0, done
        return [row["number"] for row in done.json["orders"]]

    assert numbers() == sorted([order.number, other.number], key=lambda n: n == order.number)
    assert numbers("--state", "new") == [order.number]
    assert numbers("--state", "acknowledging") == [other.number]
    assert numbers("--type", "weekly") == []
    assert numbers("--waiting") == [order.number]
    assert numbers("--overdue") == []
    assert numbers("--limit", "1") == [other.number]
    make_profile("quiet")
    assert numbers("--profile", "quiet") == []
    assert numbers("--search", "b087654321") == [other.number]
    assert numbers("--search", "4006381333931") == [order.number]
    assert numbers("--search", order.number[:4].lower()) == [order.number]
    clock.turn(timedelta(days=2))
    assert numbers("--overdue") == [order.number]


def test_list_of_an_unknown_state_is_refused(run: Run, db: None) -> None:
    done = run("order", "list", "--state", "lost", "--json")
    assert (done.status, done.json["error"]["problems"][0]["where"]) == (1, "state")


def test_list_for_people(run: Run, order: Order) -> None:
    assert run("order", "list").out.splitlines()[1].split()[:3] == [order.number, "acme-de", "new"]
    assert run("order", "list", "--state", "closed").out == "No such order.\n"


def test_list_asks_as_often_for_three_as_for_one(
    run: Run, order: Order, plugged: World, profile: Profile, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        run("order", "list", "--json")
    for _each in range(2):
        placed(plugged, profile, CASES)
    with django_assert_num_queries(len(asked)):
        assert run("order", "list", "--json").json["count"] == 3


def test_show_holds_the_contract(run: Run, order: Order) -> None:
    shown = run("order", "show", order.number, "--json").json
    assert [shown[key] for key in ("number", "state", "profile")] == [order.number, "new", "acme-de"]
    assert [version["version"] for version in shown["versions"]] == [1]
    first, second = shown["lines"]
    assert (first["line"], first["asin"]) == ("1", "B012345678")
    assert first["ordered"] == {"eaches": 72, "amount": 6, "unit": "Cases", "unit_size": 12}
    assert second["ordered"] == {"eaches": 5, "amount": 5, "unit": "Eaches", "unit_size": 1}
    assert [first[key] for key in ("acknowledged", "received", "findings")] == [None, None, []]
    assert [step["action"] for step in shown["history"]] == ["order.received"]
    assert shown["documents"] == []


def test_show_tells_what_was_answered_sent_and_received(
    run: Run, order: Order, plugged: World, profile: Profile
) -> None:
    run("order", "acknowledge", "--answers", "-", stdin=answers(order.number, *CUT))
    run("outbox", "run", "--wait", "600", "--profile", "acme-de")
    plugged.receive(order.number, {"1": 48})
    pull_status(profile, order.number)
    shown = run("order", "show", order.number, "--json").json
    assert shown["state"] == "acknowledged"
    first = shown["lines"][0]
    assert {key: first["acknowledged"][key] for key in ("eaches", "amount", "accepted", "rejected")} == {
        "eaches": 60,
        "amount": 5,
        "accepted": 60,
        "rejected": 12,
    }
    assert [entry["code"] for entry in first["acknowledged"]["answers"]] == ["Accepted", "Rejected"]
    assert (first["received"]["eaches"], first["received"]["amount"]) == (48, 4)
    (document,) = shown["documents"]
    assert (document["state"], document["subject"]) == ("verified", order.number)
    happened = [step["action"] for step in shown["history"]]
    assert happened[:3] == ["order.received", "order.acknowledged", "document.queued"]
    assert [step["at"] for step in shown["history"]] == sorted(step["at"] for step in shown["history"])


def test_show_finds_cancelled_lines_and_what_stands_against_accepting(
    run: Run, plugged: World, profile: Profile
) -> None:
    order = placed(plugged, profile, CASES, {"amount": 3, "cost": "0"})
    plugged.cancel(order.number, 1)
    pull(profile, order.number)
    first, second = run("order", "show", order.number, "--json").json["lines"]
    assert [finding["check"] for finding in first["findings"]] == ["CANCELLED"]
    assert [finding["check"] for finding in second["findings"]] == ["AC-02"]


def test_show_for_people(run: Run, order: Order) -> None:
    shown = run("order", "show", order.number).out
    assert "72 (6 × 12)" in shown
    assert "Nothing was sent." in shown


def test_show_unknown_order(run: Run, db: None) -> None:
    done = run("order", "show", "NONE", "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "not-found")


def test_ambiguous_number_is_wrong_usage_and_names_the_profiles(run: Run, order: Order, twins: Profile) -> None:
    for command in (["show", order.number], ["acknowledge", order.number, "--accept"]):
        done = run("order", *command, "--json")
        message = done.json["error"]["message"]
        assert (done.status, "acme-de" in message, "acme-fr" in message) == (2, True, True)
    assert Acknowledgement.objects.count() == 0
    assert run("order", "show", order.number, "--profile", "acme-fr", "--json").json["profile"] == "acme-fr"


def test_accept_answers_each_order_alone(run: Run, order: Order, plugged: World, profile: Profile) -> None:
    other = placed(plugged, profile, CASES)
    done = run("order", "acknowledge", order.number, other.number, "--accept", "--because", "as usual", "--json")
    assert (done.status, done.json["acknowledged"], done.json["refused"]) == (0, 2, 0)
    assert [(row["number"], row["ok"], row["state"]) for row in done.json["orders"]] == [
        (order.number, True, "acknowledging"),
        (other.number, True, "acknowledging"),
    ]
    documents = list(Document.objects.order_by("id").values_list("subject", "state"))
    assert documents == [(order.number, "queued"), (other.number, "queued")]
    assert [a["acknowledgement"]["document"] for a in done.json["orders"]] == [
        d.pk for d in Document.objects.order_by("id")
    ]
    assert Acknowledgement.objects.first().because == "as usual"


def test_accept_of_several_where_one_is_refused_ends_1_and_tells_all(run: Run, order: Order) -> None:
    done = run("order", "acknowledge", order.number, "NONE", "--accept", "--json")
    assert (done.status, done.json["acknowledged"], done.json["refused"]) == (1, 1, 1)
    assert [row["ok"] for row in done.json["orders"]] == [True, False]
    assert done.json["error"]["code"] == "partly-refused"
    assert [problem["where"] for problem in done.json["error"]["problems"]] == ["NONE"]


def test_the_same_number_twice_is_once(run: Run, order: Order) -> None:
    assert run("order", "acknowledge", order.number, order.number, "--accept", "--json").json["acknowledged"] == 1


def test_answers_cut_a_line_and_reach_amazon_exactly(run: Run, order: Order, plugged: World, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers(order.number, *CUT)), encoding="utf-8")
    before = run("order", "acknowledge", "--answers", str(file), "--dry-run", "--json").json
    assert Acknowledgement.objects.count() == 0
    assert run("order", "acknowledge", "--answers", str(file), "--json").status == 0
    assert bytes(Document.objects.get().body).decode() == before["orders"][0]["text"]
    work()
    (sent,) = plugged.acknowledgements(order.number)
    assert json.loads(before["orders"][0]["text"]) == before["orders"][0]["body"]
    items = before["acknowledgements"][0]["items"]
    assert [e["acknowledgedQuantity"]["amount"] for e in items[0]["itemAcknowledgements"]] == [5, 1]
    assert sent is not None


def test_dry_run_prints_the_exact_body_and_decides_nothing(run: Run, order: Order) -> None:
    done = run("order", "acknowledge", order.number, "--accept", "--dry-run")
    assert (done.status, Acknowledgement.objects.count(), Document.objects.count()) == (0, 0, 0)
    run("order", "acknowledge", order.number, "--accept")
    assert done.out.strip().encode() == bytes(Document.objects.get().body)


def test_accept_of_several_where_one_is_refused_shows_what_was_taken_too(run: Run, order: Order) -> None:
    done = run("order", "acknowledge", order.number, "NOPE", "--accept")
    assert [row.split()[0] for row in done.out.splitlines()] == ["NUMBER", order.number, "NOPE"]
    assert done.err.splitlines()[0] == "1 of 2 orders were refused."


def test_lines_not_named_are_refused_not_guessed(run: Run, order: Order) -> None:
    done = run("order", "acknowledge", "--answers", "-", "--json", stdin=answers(order.number, CUT[0]))
    (problem,) = done.json["error"]["problems"]
    assert (done.status, problem["check"], problem["where"]) == (1, "AC-01", "lines[2]")
    assert (Acknowledgement.objects.count(), Order.objects.get().state) == (0, "new")
    again = run("order", "acknowledge", "--answers", "-", "--dry-run", "--json", stdin=answers(order.number, CUT[0]))
    assert (again.status, again.json["error"]) == (1, done.json["error"])


def test_answers_may_be_picked_from(run: Run, order: Order, plugged: World, profile: Profile) -> None:
    other = placed(plugged, profile, {"amount": 1, "cost": "1.00"})
    both = answers(order.number, *CUT)
    both["orders"] += answers(other.number, line("1", {"code": "Accepted", "eaches": 1}))["orders"]
    done = run("order", "acknowledge", other.number, "--answers", "-", "--json", stdin=both)
    assert ([row["number"] for row in done.json["orders"]], order.number in done.err) == ([other.number], True)
    done = run("order", "acknowledge", "NONE", "--answers", "-", "--json", stdin=both)
    assert (done.status, done.json["error"]["message"]) == (1, "The file answers no order NONE.")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{", "The answers are not JSON: "),
        ({"orders": []}, "The answers cannot be read; nothing was sent."),
        ({"orders": [{"number": "X", "lines": [{"line": "1", "answers": [{"code": "Maybe"}]}]}]}, "The answers cannot"),
    ],
)
def test_answers_that_cannot_be_read(run: Run, db: None, given: Any, message: str) -> None:
    done = run("order", "acknowledge", "--answers", "-", "--json", stdin=given)
    assert (done.status, done.json["error"]["message"][: len(message)]) == (1, message)


def test_answers_file_that_is_not_there_or_no_text(run: Run, db: None, tmp_path: Path) -> None:
    done = run("order", "acknowledge", "--answers", str(tmp_path / "none.json"), "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "refused")
    odd = tmp_path / "odd.json"
    odd.write_bytes(b"\xff\xfe")
    done = run("order", "acknowledge", "--answers", str(odd), "--json")
    assert (done.status, done.json["error"]["message"]) == (1, "The answers are not text in UTF-8.")


@pytest.mark.parametrize("arguments", [["PO1"], ["--accept"], ["PO1", "--accept", "--answers", "-"]])
def test_acknowledge_wrong_usage(run: Run, db: None, arguments: list[str]) -> None:
    done = run("order", "acknowledge", *arguments, "--json", stdin="{}")
    assert (done.status, done.json["error"]["code"]) == (2, "usage")


def test_an_answer_on_its_way_is_a_conflict(run: Run, order: Order) -> None:
    run("order", "acknowledge", order.number, "--accept")
    done = run("order", "acknowledge", order.number, "--accept", "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "conflict")


def test_answered_elsewhere_blocks_until_confirmed(run: Run, order: Order, plugged: World, profile: Profile) -> None:
    plugged.acknowledge_elsewhere(order.number)
    pull_status(profile, order.number)
    done = run("order", "acknowledge", order.number, "--accept", "--json")
    assert [p["check"] for p in done.json["error"]["problems"]] == ["ELSEWHERE"]
    assert run("order", "acknowledge", order.number, "--accept", "--confirm-elsewhere", "--json").status == 0


def test_every_version_is_shown_as_it_came(run: Run, plugged: World, profile: Profile, order: Order) -> None:
    plugged.change(order.number, quantities={"1": 5})
    pull(profile, order.number)
    pull_status(profile, order.number)
    amounts = []
    for version in ("1", "2"):
        told = run("order", "version", order.number, version, "--json").json
        assert (told["number"], told["kind"], told["version"]) == (order.number, "order", int(version))
        amounts.append(told["document"]["orderDetails"]["items"][0]["orderedQuantity"]["amount"])
    assert amounts == [6, 5]
    status = run("order", "version", order.number, "1", "--status", "--json").json
    assert status["document"]["purchaseOrderStatus"] == "OPEN"
    assert run("order", "version", order.number, "1").out.startswith('{\n  "purchaseOrderNumber"')
    nowhere = run("order", "version", order.number, "9", "--json")
    assert (nowhere.status, nowhere.json["error"]["message"]) == (1, f"Order {order.number} has no version 9.")


@pytest.mark.parametrize("command", [("order", "list"), ("outbox", "list"), ("aside", "list"), ("order", "show", "X")])
def test_profile_there_is_not_is_told(run: Run, order: Order, command: tuple[str, ...]) -> None:
    done = run(*command, "--profile", "nope", "--json")
    assert (done.status, done.json["error"]["message"]) == (1, "There is no profile nope.")


def test_profile_is_known_in_any_case(run: Run, order: Order) -> None:
    assert run("order", "list", "--profile", "ACME-DE", "--json").json["count"] == 1
    assert run("order", "show", order.number, "--profile", "ACME-DE", "--json").json["number"] == order.number
