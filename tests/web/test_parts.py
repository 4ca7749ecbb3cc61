"""Every state has one word and one colour, and the stylesheet knows every colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import purveyor.web
from purveyor.common.errors import Remedy
from purveyor.common.states import Machine
from purveyor.jobs.states import RUN
from purveyor.orders.states import ORDER, AnswerCode, RejectionReason
from purveyor.outbox.states import DOCUMENT
from purveyor.web.parts import BADGES, Badge, Tone, badge
from purveyor.web.words import WORDS, words

pytestmark = pytest.mark.unit

CSS = (Path(purveyor.web.__file__).parent / "static" / "purveyor" / "app.css").read_text()


def _states(machine: Machine) -> set[str]:
    return {str(s) for arrow in machine.arrows for s in (arrow.source, arrow.target)}


@pytest.mark.parametrize(("kind", "machine"), [("order", ORDER), ("document", DOCUMENT), ("run", RUN)])
def test_badges_know_exactly_the_states_of_their_machine(kind: str, machine: Machine) -> None:
    assert set(BADGES[kind]) == _states(machine)


def test_badges_know_exactly_the_answer_codes() -> None:
    assert set(BADGES["answer"]) == set(AnswerCode)


def test_badge_of_a_strange_state_is_its_own_word_in_the_quiet_colour() -> None:
    assert badge("order", "sideways") == Badge("sideways", Tone.QUIET)


@pytest.mark.parametrize("kind", BADGES)
def test_words_of_a_kind_differ(kind: str) -> None:
    found = [str(one.word) for one in BADGES[kind].values()]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("tone", Tone)
def test_tone_has_its_two_colours_in_the_stylesheet(tone: Tone) -> None:
    rule = rf"\.{tone} {{ --tone: var\(--{tone}\); --tone-soft: var\(--{tone}-soft\); }}"
    assert re.search(rule, CSS), tone


def test_remedies_and_reasons_all_have_words() -> None:
    assert set(WORDS["remedy"]) == set(Remedy)
    assert set(WORDS["reason"]) == set(RejectionReason)


def test_words_of_a_strange_name_are_the_name() -> None:
    assert words("remedy", "pray") == "pray"
