from __future__ import annotations

import pytest
from django.utils import translation

from purveyor.audit import actions
from purveyor.audit.actions import ACTIONS, Action
from purveyor.audit.models import Entry

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_action_has_a_name_and_a_sentence_that_can_be_filled(name: str) -> None:
    noun, _, verb = name.partition(".")
    assert (noun.replace("_", "").isalpha(), verb.replace("_", "").isalpha()) == (True, True)
    entry = Entry(action=name, object_name="N", old={"state": "a"}, new={"state": "b"})
    with translation.override("en"):
        assert "%" not in actions.say(entry)


def test_say_tells_the_states() -> None:
    entry = Entry(action="state.changed", object_name="4XY", old={"state": "new"}, new={"state": "answered", "x": 1})
    with translation.override("en"):
        assert actions.say(entry) == "4XY went from new to answered"


def test_say_an_action_that_is_gone_tells_its_name() -> None:
    assert actions.say(Entry(action="offer.melted")) == "offer.melted"


def test_add_a_name_with_two_meanings_is_an_error() -> None:
    actions.add([ACTIONS["order.received"]])
    with pytest.raises(ValueError, match=r"order\.received"):
        actions.add([Action("order.received", "Something else")])
    assert ACTIONS["order.received"].sentence != "Something else"


def test_schema_names_the_fields() -> None:
    assert ACTIONS["grant.given"].schema() == {
        "type": ["object", "null"],
        "properties": {"role": {}},
        "additionalProperties": False,
    }
    assert ACTIONS["order.received"].schema() == {"type": ["object", "null"]}
