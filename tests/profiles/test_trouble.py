"""Lasting trouble of a connection."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from plug import facts
from purveyor.amazon import errors
from purveyor.amazon.errors import Said
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, PurveyorError
from purveyor.people.who import Who
from purveyor.profiles.clients import clear_trouble, note_trouble
from purveyor.profiles.domain import add_profile
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROLE = errors.Forbidden("Unauthorized", operation="getPurchaseOrders", said=[Said("Unauthorized", "no role")])
GRANT = errors.InvalidGrant("invalid_grant", request_id="r-1")


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    return add_profile(Who.cli(), **facts())


def told() -> list[tuple[dict[str, str], dict[str, str]]]:
    return [(e.old, e.new) for e in Entry.objects.filter(action="profile.trouble").order_by("pk")]


def test_trouble_is_kept_with_its_remedy(mine: Profile) -> None:
    note_trouble(mine, GRANT)
    expected = {
        "code": "login-invalid-grant",
        "message": "invalid_grant",
        "remedy": "mend the settings",
        "hint": "Authorise the application again in Vendor Central and store the new refresh token.",
        "request_id": "r-1",
        "operation": "",
        "at": clock.now().isoformat(),
    }
    stored = Profile.objects.get()
    assert (stored.said_trouble, mine.trouble) == (expected, stored.trouble)
    with override("de"):
        assert stored.said_trouble["hint"].startswith("Autorisieren Sie")


def test_trouble_is_written_and_told_only_when_it_changes(mine: Profile) -> None:
    note_trouble(mine, GRANT)
    since = clock.now().isoformat()
    clock.turn(timedelta(minutes=15))
    note_trouble(mine, errors.InvalidGrant("invalid_grant", request_id="r-2"))
    assert (Profile.objects.get().trouble["at"], len(told())) == (since, 1)
    note_trouble(mine, ROLE)
    assert told()[1] == (
        {"code": "login-invalid-grant", "remedy": "mend the settings"},
        {"code": "amazon-forbidden", "remedy": "mend the settings"},
    )


def test_trouble_of_another_hint_is_another_trouble(mine: Profile) -> None:
    note_trouble(mine, ROLE)
    note_trouble(mine, errors.Forbidden("Unauthorized", said=[Said("Unauthorized", "access token is revoked")]))
    assert len(told()) == 2


@pytest.mark.parametrize(
    "error",
    [
        errors.LoginUnavailable("later"),
        errors.Throttled("429"),
        errors.ServerError("500"),
        errors.NotConnected("no network"),
        errors.BadRequest("400"),
        PurveyorError("ours"),
    ],
)
def test_passing_or_foreign_errors_are_no_trouble(mine: Profile, error: PurveyorError) -> None:
    note_trouble(mine, error)
    assert (Profile.objects.get().trouble, told()) == ({}, [])


@pytest.mark.parametrize("error", [ROLE, GRANT, errors.Redirected("302"), Misconfigured("no key file")])
def test_lasting_errors_are_trouble(mine: Profile, error: PurveyorError) -> None:
    note_trouble(mine, error)
    assert Profile.objects.get().trouble["code"] == error.code


def test_trouble_ends_and_is_told_once(mine: Profile) -> None:
    note_trouble(mine, GRANT)
    other = Profile.objects.get()
    clear_trouble(other)
    clear_trouble(mine)
    assert (Profile.objects.get().trouble, other.trouble) == ({}, {})
    assert told()[1:] == [({"code": "login-invalid-grant", "remedy": "mend the settings"}, {"code": "none"})]


def test_good_connection_costs_one_read(mine: Profile) -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        clear_trouble(mine)
    assert [q["sql"].split()[0] for q in seen] == ["SELECT"]


def test_trouble_of_a_removed_profile_is_nothing(mine: Profile) -> None:
    gone = Profile.objects.get()
    mine.delete()
    note_trouble(gone, GRANT)
    assert told() == []
