"""Sentences that are kept as what they were made of, and read in another language."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import override

from purveyor.base.phrase import Phrase, _, kept, shown

pytestmark = pytest.mark.unit


def test_a_phrase_is_a_text_and_fills_in_by_name() -> None:
    made = _("Profile %(name)s is paused: %(message)s") % {"name": "acme", "message": "100 %"}
    assert (made, type(made)) == ("Profile acme is paused: 100 %", Phrase)


def test_what_was_kept_is_read_in_the_readers_language() -> None:
    one = _("%(one)s or %(other)s") % {"one": "A", "other": "B"}
    told = {"means": _("%(means)s Other operations of this account are open.") % {"means": one}, "ok": None, "n": 3}
    stored = json.loads(json.dumps(kept(told)))
    with override("de"):
        found = shown(stored)
    assert found == {"means": "A oder B Andere Operationen dieses Kontos stehen offen.", "ok": None, "n": 3}
    assert shown(stored) == told


@pytest.mark.parametrize("plain", ["", "plain", 7, None, True, ["a", 1], {"a": {"b": []}}])
def test_everything_else_is_kept_as_it_is(plain: object) -> None:
    assert shown(kept(plain)) == plain


def test_a_percent_sign_that_fills_nothing_in_stays() -> None:
    assert shown(kept(Phrase("100 % sure"))) == "100 % sure"


def test_a_phrase_of_nothing_is_empty_and_not_the_catalogues_head() -> None:
    assert Phrase("") == ""
