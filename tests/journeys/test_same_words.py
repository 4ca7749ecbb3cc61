"""Three doors, one verb: the same bad answer is refused in the same words by page, REST and command line."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from click.testing import CliRunner
from django.http import QueryDict
from django.test import Client

from cast import make_cast
from deliver import placed, pull_status
from purveyor.cli.main import cli
from purveyor.orders.domain.answer import propose_full
from purveyor.orders.models import Acknowledgement, Order
from purveyor.outbox.models import Document
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import User
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from purveyor.web.answering import Sheet

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINES = ({"amount": 10, "cost": "4.20"}, {"amount": 4, "unit": "Cases", "unit_size": 6, "cost": "2.00"})

Lines = list[dict[str, Any]]


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    """Ten pieces of one thing, four cases of another."""
    return placed(plugged, profile, *LINES)


@pytest.fixture
def anna(profile: Profile) -> User:
    """The vendor manager, who uses every door."""
    return make_cast(profile).vendor_manager


def lines_of(order: Order, **changes: Mapping[str, Any]) -> Lines:
    """A full acceptance as machines write it, with changes to the one entry of a line: ``_1={"eaches": 11}``."""
    found = []
    for number, (entry,) in propose_full(order).items():
        told = {"code": entry.code, "eaches": entry.eaches} | changes.get(f"_{number}", {})
        found.append({"line": number, "answers": [told]})
    return found


def by_rest(user: User, order: Order, lines: Lines | None) -> list[str]:
    _token, plain = make_token(user, "erp", ["orders.view", "orders.acknowledge", "orders.reject"], order.profile)
    answer = Client().post(
        f"/api/v1/orders/{order.profile}/{order.number}/acknowledgement",
        {"lines": lines},
        "application/json",
        headers={"authorization": f"Bearer {plain}"},
    )
    return _words(answer.json()["error"])


def by_command(user: User, order: Order, lines: Lines | None) -> list[str]:
    if lines is None:
        done = CliRunner().invoke(cli, ["order", "acknowledge", order.number, "--accept", "--json"])
    else:
        given = json.dumps({"orders": [{"number": order.number, "lines": lines}]})
        done = CliRunner().invoke(cli, ["order", "acknowledge", "--answers", "-", "--json"], input=given)
    assert done.exit_code == 1
    return _words(json.loads(done.stdout)["error"])


def by_page(user: User, order: Order, fields: Mapping[str, str]) -> str:
    data = QueryDict(mutable=True)
    for row in Sheet(order, list(order.lines.all())).rows:
        told = {"accept": row.accept, "rest": row.rest, "later": row.later, "date": row.date, "cost": row.cost}
        data.update({f"{name}-{row.line.number}": value for name, value in told.items()})
    data.update({**fields, "do": "send"})
    browser = Client()
    browser.force_login(user)
    answer = browser.post(f"/orders/{order.pk}/answer/", data)
    assert answer.status_code in (409, 422)
    return html.unescape(answer.content.decode())


def _words(error: Mapping[str, Any]) -> list[str]:
    return [problem["message"] for problem in error.get("problems", ())] or [error["message"]]


@pytest.mark.parametrize(
    ("change", "fields", "said"),
    [
        (
            {"_1": {"eaches": 11}},
            {"accept-1": "11"},
            "Line 1 answers 11 pieces, but only 10 are ordered.",
        ),
        (
            {"_2": {"eaches": 25}},
            {"accept-2": "25"},
            "Line 2 is ordered in cases of 6; 25 pieces fill no whole case.",
        ),
        (
            {"_1": {"net_cost": "4.30"}},
            {"cost-1": "4.30"},
            "Line 1: the cost may not be above the order's; reject the line instead.",
        ),
        (
            {"_1": {"net_cost": "4.12345"}},
            {"cost-1": "4.12345"},
            "Line 1: a cost has at most four places behind the point.",
        ),
    ],
)
def test_a_bad_answer_is_refused_in_the_same_words(
    anna: User, order: Order, change: dict[str, Any], fields: dict[str, str], said: str
) -> None:
    lines = lines_of(order, **change)
    assert (said in by_rest(anna, order, lines), said in by_command(anna, order, lines)) == (True, True)
    assert said in by_page(anna, order, fields)
    assert by_rest_and_command_agree(anna, order, lines)
    order.refresh_from_db()
    assert (order.state, Acknowledgement.objects.count(), Document.objects.count()) == ("new", 0, 0)


def by_rest_and_command_agree(user: User, order: Order, lines: Lines | None) -> bool:
    user.tokens.all().delete()
    return by_rest(user, order, lines) == by_command(user, order, lines)


def _elsewhere(world: World, order: Order) -> None:
    world.acknowledge_elsewhere(order.number)
    pull_status(order.profile, order.number)


def _on_its_way(world: World, order: Order) -> None:
    assert CliRunner().invoke(cli, ["order", "acknowledge", order.number, "--accept"]).exit_code == 0


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_elsewhere, "This order was answered elsewhere. Confirm that yours shall replace it."),
        (_on_its_way, "is on its way already."),
    ],
)
def test_an_order_that_takes_no_answer_says_so_in_the_same_words(
    anna: User, order: Order, plugged: World, happens: Callable[[World, Order], None], said: str
) -> None:
    happens(plugged, order)
    before = Acknowledgement.objects.count()
    assert [said in words for words in (*by_rest(anna, order, None), *by_command(anna, order, None))] == [True, True]
    assert said in by_page(anna, order, {})
    assert by_rest_and_command_agree(anna, order, None)
    assert Acknowledgement.objects.count() == before


def test_the_connection_check_says_the_same_at_every_door(plugged: World, profile: Profile, anna: User) -> None:
    plugged.set_account(roles=())
    browser = Client()
    browser.force_login(anna)
    browser.post("/profiles/acme-de/check/")
    page = html.unescape(browser.get("/profiles/acme-de/check/").content.decode())
    _token, plain = make_token(anna, "erp", ["profiles.view", "sync.run"], profile)
    asked = Client().post("/api/v1/profiles/acme-de/check", headers={"Authorization": f"Bearer {plain}"}).json()
    typed = CliRunner().invoke(cli, ["profile", "check", "acme-de", "--json"])
    told = json.loads(typed.stdout)
    words = [[(c["name"], c["state"], c["means"], c["do"]) for c in answer["checks"]] for answer in (asked, told)]
    assert (words[0], typed.exit_code) == (words[1], 1)
    assert [c["means"] in page and c["do"] in page for c in asked["checks"]] == [True] * 8
