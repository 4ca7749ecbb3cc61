"""Invitations by REST: brought for a profile, looked at row by row, taken; and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse

from api.conftest import Caller, Make
from cast import make_cast
from channels.workbooks.inviting import a_profile, know
from purveyor.channels.models import Upload
from purveyor.offers.models import Offer
from purveyor.simulator import offers as buyer
from purveyor.simulator.offers.model import Invitation
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()


def read(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def hand_over(caller: Caller, world: World, of: Invitation, **form: str) -> HttpResponse:
    return caller.hand_over("/files/bring/offer", buyer.workbook(world, of.number), **form)


def test_invitation_is_brought_looked_at_and_taken(world: World, caller: Make) -> None:
    anna = caller(make_cast(a_profile()).vendor_manager)
    of = buyer.invite(world, layout="plain")
    know(of.rows[:3])
    kept = read(hand_over(anna, world, of, profile="acme-de", facts=json.dumps({"number": "BB-7"})), 201)
    assert (kept["profile"], kept["facts"]) == ("acme-de", {"number": "BB-7"})
    path = f"/files/{kept['id']}"
    seen = anna.read(f"{path}/preview")
    assert [one["where"] for one in seen["problems"]] == ["expires_at"]
    assert (seen["counts"]["taken"], seen["counts"]["waits"], len(seen["rows"])) == (3, 9, 12)
    assert read(anna.post(f"{path}/check"), 422)["code"] == "refused"
    body = {"columns": kept["columns"], "facts": {"expires_at": "2026-03-20 12:00"}}
    assert read(anna.ask("PUT", f"{path}/columns", body))["facts"]["expires_at"] == "2026-03-20 12:00"
    assert anna.read(f"{path}/preview")["offer"]["expires_at"] == "2026-03-20T11:00:00Z"
    assert read(anna.post(f"{path}/check"))["taken"] == 12
    assert not Offer.objects.exists()
    assert read(anna.post(f"{path}/take"))["taken"] == 12
    assert Offer.objects.get().number == "BB-7"


def test_kinds_tell_what_a_file_may_say_of_itself(world: World, caller: Make) -> None:
    anna = caller(make_cast(a_profile()).vendor_manager)
    kinds = {one["name"]: one for one in anna.read("/files/kinds")["kinds"]}
    facts = [one["name"] for one in kinds["offer"]["facts"]]
    assert (facts[:3], kinds["offer"]["of_profile"]) == (["number", "expires_at", "zone"], True)
    assert (kinds["products"]["facts"], kinds["products"]["of_profile"]) == ([], False)


def test_facts_are_one_object_of_texts(world: World, caller: Make) -> None:
    anna = caller(make_cast(a_profile()).vendor_manager)
    of = buyer.invite(world, layout="plain")
    for wrong in ("no json", "[]", '{"number": 5}', "[" * 100_000, r'{"number": "\ud800"}', r'{"a\u0000": "b"}'):
        answer = hand_over(anna, world, of, facts=wrong)
        assert [one["where"] for one in read(answer, 422)["problems"]] == ["facts"]
    assert not Upload.objects.exists()


def test_invitation_of_a_profile_shows_to_nobody_elsewhere(world: World, caller: Make) -> None:
    cast = make_cast(a_profile())
    anna, stranger = caller(cast.vendor_manager), caller(cast.stranger)
    of = buyer.invite(world, layout="german")
    kept = read(hand_over(anna, world, of, profile="acme-de"), 201)
    for path in ("", "/preview"):
        assert stranger.get(f"/files/{kept['id']}{path}").status_code == 404
    assert stranger.post(f"/files/{kept['id']}/take").status_code == 404
    assert stranger.read("/files")["files"] == []
    assert hand_over(stranger, world, of, profile="acme-de").status_code == 404
    theirs = read(hand_over(stranger, world, of), 201)
    assert (theirs["profile"], anna.get(f"/files/{theirs['id']}").status_code) == (None, 404)
    assert stranger.read(f"/files/{theirs['id']}")["id"] == theirs["id"]


def test_whoever_only_sees_offers_brings_none(world: World, caller: Make) -> None:
    cast = make_cast(a_profile())
    anna, auditor = caller(cast.vendor_manager), caller(cast.auditor)
    of = buyer.invite(world, layout="german")
    assert hand_over(auditor, world, of).status_code == 403
    kept = read(hand_over(anna, world, of), 201)
    assert auditor.get(f"/files/{kept['id']}").status_code == 200
    assert auditor.get(f"/files/{kept['id']}/preview").status_code == 403
    assert auditor.post(f"/files/{kept['id']}/take").status_code == 403
    assert not Offer.objects.exists()
