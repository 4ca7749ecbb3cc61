"""What a look means for a document: facts and a look in, a step out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.making import NOW
from outbox.test_judge import BODY, shown
from purveyor.amazon import errors
from purveyor.amazon.errors import Said
from purveyor.amazon.messages.transactions import Transaction
from purveyor.outbox.judge import Verdict
from purveyor.outbox.look import Look
from purveyor.outbox.steps import Facts, after_losing_sight, after_sending
from purveyor.outbox.timing import Pace

pytestmark = pytest.mark.unit

PACE = Pace(1800)
FAILURE = Transaction("t1", "failure", (Said("INVALID", "no such line"),))


def sent(look, minutes, state="sent"):
    facts = Facts(state, NOW, BODY, "t1", 1)
    return after_sending(facts, look, PACE, NOW + timedelta(minutes=minutes))


def lost(look, minutes, *, state="unknown", transaction_id="", attempts=1):
    facts = Facts(state, NOW, BODY, transaction_id, attempts)
    return after_losing_sight(facts, look, PACE, NOW + timedelta(minutes=minutes))


def told(step):
    return (step.state, (step.problem or {}).get("code", ""))


UNCHANGED, ARRIVED = Look(Verdict.UNCHANGED, {}), Look(Verdict.ARRIVED, {})
CANNOT_TELL, DIFFERS = Look(Verdict.CANNOT_TELL, {}), Look(Verdict.DIFFERS, shown((3, 7), (0, 10)))
NOT_SHOWN = Look(Verdict.CANNOT_TELL)


@pytest.mark.parametrize(
    ("look", "minutes", "state", "expected"),
    [
        (ARRIVED, 0, "sent", ("verified", "")),
        (ARRIVED, 500, "presumed accepted", ("verified", "")),
        (UNCHANGED, 14, "sent", (None, "")),
        (UNCHANGED, 15, "sent", ("presumed accepted", "")),
        (UNCHANGED, 15, "presumed accepted", (None, "")),
        (UNCHANGED, 119, "presumed accepted", (None, "")),
        (UNCHANGED, 120, "presumed accepted", ("asked", "never-shown")),
        (CANNOT_TELL, 120, "presumed accepted", ("asked", "never-shown")),
        (DIFFERS, 14, "sent", (None, "")),
        (DIFFERS, 30, "presumed accepted", ("asked", "shows-another-answer")),
        (Look(Verdict.UNCHANGED, None, FAILURE), 1, "sent", ("failed", "refused-by-amazon")),
        (Look(Verdict.ARRIVED, None, FAILURE), 1, "sent", ("verified", "")),
        (Look(Verdict.UNCHANGED, None, Transaction("t1", "Success")), 1, "sent", ("presumed accepted", "")),
        (Look(Verdict.UNCHANGED, None, Transaction("t1", "Processing")), 1, "sent", (None, "")),
        (Look(None, trouble=errors.ServerError("x")), 500, "sent", (None, "")),
        (Look(None, trouble=errors.Forbidden("x")), 500, "sent", (None, "amazon-forbidden")),
    ],
)
def test_sent_document(look, minutes, state, expected):
    assert told(sent(look, minutes, state)) == expected


@pytest.mark.parametrize(
    ("look", "minutes", "more", "expected"),
    [
        (ARRIVED, 0, {}, ("verified", "")),
        (UNCHANGED, 29, {}, (None, "")),
        (UNCHANGED, 30, {}, ("queued", "")),
        (UNCHANGED, 30, {"attempts": 4}, ("queued", "")),
        (UNCHANGED, 30, {"attempts": 5}, ("asked", "tried-too-often")),
        (UNCHANGED, 30, {"transaction_id": "t1"}, (None, "")),
        (UNCHANGED, 120, {"transaction_id": "t1"}, ("asked", "never-shown")),
        (CANNOT_TELL, 29, {}, (None, "")),
        (CANNOT_TELL, 30, {}, ("asked", "cannot-tell")),
        (NOT_SHOWN, 119, {}, (None, "")),
        (NOT_SHOWN, 120, {}, ("asked", "cannot-tell")),
        (DIFFERS, 29, {}, (None, "")),
        (DIFFERS, 30, {}, ("asked", "shows-another-answer")),
        (DIFFERS, 120, {"transaction_id": "t1"}, ("asked", "shows-another-answer")),
        (Look(Verdict.UNCHANGED, None, FAILURE), 1, {"transaction_id": "t1"}, ("failed", "refused-by-amazon")),
        (Look(None, trouble=errors.ServerError("x")), 500, {}, (None, "")),
        (UNCHANGED, 500, {"state": "asked"}, (None, "")),
        (DIFFERS, 500, {"state": "asked"}, (None, "")),
        (ARRIVED, 500, {"state": "asked"}, ("verified", "")),
    ],
)
def test_document_nobody_knows_of(look, minutes, more, expected):
    assert told(lost(look, minutes, **more)) == expected


def test_look_at_the_end_of_the_visibility_time_is_never_missed():
    assert lost(UNCHANGED, 20).due_at == NOW + timedelta(minutes=30)
    longer = Pace(3600)
    facts = Facts("unknown", NOW, BODY, "", 1)
    step = after_losing_sight(facts, UNCHANGED, longer, NOW + timedelta(minutes=31))
    assert step.due_at == NOW + timedelta(minutes=60)


def test_staying_keeps_what_was_said_of_an_unknown_and_clears_it_of_a_sent_one():
    assert (lost(UNCHANGED, 1).problem, sent(UNCHANGED, 1).problem) == (None, {})


def test_whoever_is_asked_is_looked_up_for_once_in_a_visibility_time():
    assert lost(UNCHANGED, 500, state="asked").due_at == NOW + timedelta(minutes=530)
    assert lost(UNCHANGED, 3, state="asked").due_at == NOW + timedelta(minutes=33)


def test_trouble_with_looking_comes_back_by_the_schedule():
    assert lost(Look(None, trouble=errors.ServerError("x")), 3).due_at == NOW + timedelta(minutes=5)


def test_difference_names_both_numbers_of_each_line():
    message = lost(DIFFERS, 30).problem["message"]
    assert message.count("line ") == 1
    assert "line 1: ours 10 confirmed and 0 rejected, Amazon's 3 and 7" in message
