"""What a reply or an error means for the document: every error of Amazon's has its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from purveyor.amazon import errors
from purveyor.amazon.operations.orders import Submitted
from purveyor.outbox.outcome import outcome_of, taken

pytestmark = pytest.mark.unit

FAILED = {errors.BadRequest, errors.NotFoundAtAmazon, errors.TooLarge, errors.UnsupportedMedia}
SOON = {errors.NotConnected, errors.Throttled, errors.LoginUnavailable}
UNKNOWN = {errors.ReplyLost, errors.ServerError, errors.Unreadable, errors.Redirected, errors.AmazonError}


def tree(kind):
    return {kind}.union(*(tree(below) for below in kind.__subclasses__()))


MENDING = {kind for kind in tree(errors.AmazonError) if issubclass(kind, errors.LoginError | errors.Forbidden)} - SOON


def test_every_error_of_amazons_has_its_place():
    assert tree(errors.AmazonError) == FAILED | SOON | UNKNOWN | MENDING


@pytest.mark.parametrize("kind", sorted(FAILED, key=str))
def test_refused_document_fails(kind):
    found = outcome_of(kind("no", status=400, request_id="r1"), 1)
    assert (found.state, found.problem["code"], found.request_id) == ("failed", kind.code, "r1")
    assert (found.status, outcome_of(kind("no"), 1).status) == (400, None)


@pytest.mark.parametrize("kind", sorted(SOON, key=str))
def test_weather_is_tried_again_soon_and_is_no_problem(kind):
    found = outcome_of(kind("later"), 1)
    assert (found.state, found.problem, found.wait) == ("queued", {}, timedelta(seconds=2))


@pytest.mark.parametrize("kind", sorted(MENDING, key=str))
def test_refused_access_is_tried_again_later_with_its_remedy(kind):
    found = outcome_of(kind("no"), 1)
    assert (found.state, found.wait) == ("queued", timedelta(minutes=1))
    assert found.problem["remedy"] == str(kind("no").remedy)


@pytest.mark.parametrize("kind", sorted(UNKNOWN, key=str))
def test_everything_else_is_unknown(kind):
    found = outcome_of(kind("?", request_id="r1"), 1)
    assert (found.state, found.problem["remedy"], found.request_id) == ("unknown", "wait", "r1")


def test_unforeseen_error_is_unknown_and_does_not_show_its_words():
    found = outcome_of(KeyError("secret"), 1)
    assert found.state == "unknown"
    assert "secret" not in str(found.problem)


def test_waits_double_up_to_a_bound():
    waits = [outcome_of(errors.Throttled("later"), n).wait.total_seconds() for n in (1, 2, 3, 8, 9, 500)]
    assert waits == [2, 4, 8, 256, 300, 300]
    assert outcome_of(errors.Forbidden("no"), 500).wait == timedelta(minutes=15)


def test_acceptance_keeps_transaction_and_request_id():
    found = taken(Submitted("t1", "r1", 202))
    assert (found.state, found.transaction_id, found.request_id, found.status) == ("sent", "t1", "r1", 202)
