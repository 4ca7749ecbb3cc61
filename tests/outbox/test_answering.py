"""Answering as machines do: by number, seen exactly before it is decided."""

from __future__ import annotations

import json

import pytest

from cast import make_user
from deliver import ANNA, placed
from purveyor.common.errors import Denied, Refused
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.models import Acknowledgement
from purveyor.outbox import answering
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

FULL_REJECTION = {"1": [LineAnswer("Rejected", 10, "TemporarilyUnavailable")]}


class NoRejecting(Who):
    """May everything but reject."""

    def holds(self, wanted, profile=None):  # type: ignore[no-untyped-def, override]  # the values are only handed on
        asked = list(wanted)
        return "orders.reject" not in asked and super().holds(asked, profile)


def test_preview_is_what_will_leave_and_decides_nothing(plugged: World, profile: Profile) -> None:
    order = placed(plugged, profile)
    shown = json.loads(answering.preview(ANNA, order))
    (item,) = shown["acknowledgements"][0]["items"]
    assert [one["acknowledgedQuantity"]["amount"] for one in item["itemAcknowledgements"]] == [10]
    assert Acknowledgement.objects.count() == 0


def test_preview_needs_the_permissions_of_the_decision(plugged: World, profile: Profile) -> None:
    order = placed(plugged, profile)
    with pytest.raises(Denied, match=r"orders\.acknowledge"):
        answering.preview(Who.of(make_user("auditor", "auditor")), order)
    careful = NoRejecting("user:careful")
    answering.preview(careful, order)
    with pytest.raises(Denied, match=r"orders\.reject"):
        answering.preview(careful, order, FULL_REJECTION)


def test_preview_refuses_in_the_words_of_the_decision(plugged: World, profile: Profile) -> None:
    order = placed(plugged, profile)
    with pytest.raises(Refused) as refusal:
        answering.preview(ANNA, order, {})
    assert [problem.check for problem in refusal.value.problems] == ["AC-01"]


def test_each_order_is_told_in_the_shape_of_every_error() -> None:
    (told,) = answering.answer_many(ANNA, answering.resolve(ANNA, ["NOPE"]))
    assert told.row()["error"] == {
        "code": "not-found",
        "message": "There is no order NOPE.",
        "remedy": "mend the data",
        "request_id": "",
    }
