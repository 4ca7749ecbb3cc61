"""Three doors, one verb: what is refused about an offer is refused in the same words by page, REST and command line."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from cast import make_cast, make_user
from offers import making
from purveyor.cli.main import cli
from purveyor.offers.models import Answer, Offer
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import User
from purveyor.people.permissions import ROLES
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def carl(profile: Profile) -> User:
    make_cast(profile)
    return make_user("carl", "commerce", profile)


@pytest.fixture
def found(profile: Profile, carl: User) -> Offer:
    return making.offer(profile, making.UNKNOWN)


def by_rest(user: User, of: Offer, method: str, path: str, body: Any) -> Any:
    _token, plain = make_token(user, "erp", sorted(ROLES["commerce"].permissions), of.profile)
    headers = {"authorization": f"Bearer {plain}"}
    path = f"/api/v1/offers/{of.pk}/{path}"
    return Client().generic(method, path, json.dumps(body), "application/json", headers=headers).json()


def by_command(*words: str) -> Any:
    done = CliRunner().invoke(cli, ["offer", *words, "--json"])
    assert done.exit_code == 1, done.output
    return json.loads(done.stdout)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("row", "quantity", "said"),
    [
        (5, 101, "101 pieces are not between 0 and the 100 asked for."),
        (9, 5, "The row waits for its product; until it is mapped it can only be declined."),
        (77, 5, "There is no such cell, or it is named twice."),
    ],
)
def test_bad_answer_is_refused_in_the_same_words(carl: User, found: Offer, row: int, quantity: int, said: str) -> None:
    cell = {"row": row, "delivery": 1, "quantity": quantity}
    rest = by_rest(carl, found, "PUT", "answers", {"stage": "commerce", "answers": [cell]})
    assert [one["message"] for one in rest["problems"]] == [said]
    shell = by_command("answer", "BB-1", "--stage", "commerce", "--row", str(row), "--quantity", str(quantity))
    assert [one["message"] for one in shell["problems"]] == [said]
    assert [one["message"] for one in shell["error"]["problems"]] == [said]
    sent = {"answers": json.dumps({"stage": "commerce", "cells": [cell | {"version": 0, "quantity": str(quantity)}]})}
    page = browser_of(carl).post(f"/offers/{found.pk}/grid/answers/", sent).json()
    assert page["problems"] == [{"cell": f"{row}/1", "message": said}]
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(
    ("verb", "rest", "shell", "said"),
    [
        ("hand-on", {}, ["hand-on", "BB-1"], "3 cells are not decided yet, the first is row 5, delivery 1."),
        (
            "send-back",
            {"stage": "warehouse", "reason": "no"},
            ["send-back", "BB-1", "--to", "warehouse", "--reason", "no"],
            "Stage Warehouse of offer BB-1 has not handed it on.",
        ),
        ("complete", {}, ["complete", "BB-1"], "Stage Commerce is not done."),
        ("confirm", {}, ["confirm", "BB-1"], "No stage of offer BB-1 waits for a second person."),
        (
            "withdraw",
            {"reason": " "},
            ["withdraw", "BB-1", "--reason", " "],
            "Say why the offer is given up.",
        ),
    ],
)
def test_deed_is_refused_in_the_same_words(
    carl: User, found: Offer, verb: str, rest: dict[str, Any], shell: list[str], said: str
) -> None:
    for told in (by_rest(carl, found, "POST", verb, rest), by_command(*shell)):
        error = told["error"]
        assert said in [error["message"], *(one["message"] for one in error.get("problems", ()))]
    answer = browser_of(carl).post(f"/offers/{found.pk}/do/{verb}/", rest)
    assert (answer.status_code, said in html.unescape(answer.content.decode())) == (422, True)
    assert making.states(found) == ["open", "waiting", "waiting"]
