"""What the check says where the login refuses: which value, which cause is likely, none of them certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plug import CLIENT_SECRET, ROOT
from profiles.examined import heard, of
from purveyor.common import clock
from purveyor.profiles.doctor import (
    check_profile,
    connection_of,
    examine,
)
from purveyor.profiles.domain import store_secret
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WRONG = "The client secret is not the one Amazon shows: cut off, mistyped, or of another application."
OTHER_CLIENT = "The client id belongs to another application than the client secret."
ROTATED = "The secret was rotated in Vendor Central more than seven days ago and is not stored here yet."
REVOKED = "The authorisation was revoked in Vendor Central, or replaced when the application was changed."
OTHER_APP = "The refresh token was made for another application than this client id."


def test_a_refused_client_names_no_cause_as_certain(profile: Profile, plugged: World) -> None:
    mine = replace(connection_of(profile), client_secrets=(CLIENT_SECRET,))
    found = heard(mine, "login")
    assert (found.said, found.code, bool(found.request_id)) == (
        "invalid_client: Client authentication failed.",
        "login-invalid-client",
        True,
    )
    assert found.means == (
        "Amazon does not take client id and client secret together. It does not say which of the two is wrong."
    )
    assert found.causes[:2] == (WRONG, OTHER_CLIENT)
    assert_no_secret(str(found), world=plugged)


def test_the_stand_in_says_the_same_of_a_wrong_secret_a_wrong_id_and_an_expired_one(
    profile: Profile, plugged: World
) -> None:
    mine = connection_of(profile)
    wrong_secret = heard(replace(mine, client_secrets=(CLIENT_SECRET,)), "login")
    wrong_id = heard(replace(mine, client_id="amzn1.application-oa2-client." + "0" * 32), "login")
    plugged.set_account(secret_expires_at=clock.now())
    expired = heard(mine, "login")
    assert {found.said for found in (wrong_secret, wrong_id, expired)} == {
        "invalid_client: Client authentication failed."
    }
    assert {found.means for found in (wrong_secret, wrong_id, expired)} == {wrong_secret.means}


def test_a_secret_past_its_180_days_is_the_first_suspect(profile: Profile, plugged: World) -> None:
    mine = connection_of(profile)
    plugged.set_account(secret_expires_at=clock.now())
    known = replace(mine.evidence, secret_issued_at=clock.now() - timedelta(days=181), worked_at=clock.now())
    found = heard(replace(mine, evidence=known), "login")
    assert found.causes[:2] == (
        "The client secret has ended: it is 181 days old, and Amazon ends one after 180.",
        ROTATED,
    )


def test_a_pair_that_worked_before_was_rather_rotated_than_mistyped(profile: Profile) -> None:
    mine = connection_of(profile)
    known = replace(mine.evidence, worked_at=clock.now() - timedelta(hours=2))
    found = heard(replace(mine, client_secrets=(CLIENT_SECRET,), evidence=known), "login")
    assert (found.causes[0], found.causes.index(WRONG) > 1) == (ROTATED, True)


def test_a_refused_token_proves_the_client(profile: Profile, plugged: World) -> None:
    mine = connection_of(profile)
    plugged.revoke()
    found = heard(mine, "login")
    assert (found.code, found.means) == (
        "login-invalid-grant",
        "Client id and client secret are right: Amazon knows the application. It does not take the refresh token.",
    )
    assert found.do == ("In Vendor Central choose Edit App, Authorise, Authorise app, and store the new refresh token.")
    assert (found.causes[0], set(found.causes) >= {REVOKED, OTHER_APP}) == (OTHER_APP, True)


def test_a_token_that_worked_before_was_rather_revoked(profile: Profile, plugged: World) -> None:
    mine = connection_of(profile)
    plugged.revoke()
    found = heard(replace(mine, evidence=replace(mine.evidence, worked_at=clock.now())), "login")
    assert found.causes[0] == REVOKED


def test_the_stand_in_says_the_same_of_a_revoked_and_a_foreign_token(profile: Profile, plugged: World) -> None:
    mine = connection_of(profile)
    other = plugged.add_account("Other")
    foreign = heard(replace(mine, refresh_token=other.refresh_token), "login")
    plugged.revoke()
    revoked = heard(mine, "login")
    assert (foreign.said, foreign.means) == (revoked.said, revoked.means)


def test_a_short_token_is_suspected_of_not_being_whole(profile: Profile) -> None:
    found = heard(replace(connection_of(profile), refresh_token="Atzr|cut-off-here"), "login")
    assert found.causes[0] == "The refresh token is not whole: it has 17 characters, usual are several hundred."


def test_an_application_without_the_grant_is_told_apart(profile: Profile, plugged: World) -> None:
    plugged.set_account(grants=("client_credentials",))
    found = heard(connection_of(profile), "login")
    assert (found.code, found.means) == (
        "login-unauthorized-client",
        "Amazon knows the application, but it may not exchange refresh tokens.",
    )


@pytest.mark.parametrize(
    ("fault", "means"),
    [
        (
            "throttled",
            "Amazon has had too many questions of this application for the moment. The connection itself may be fine.",
        ),
        ("server-error", "Amazon has trouble at its own side. Nothing of this connection is proved wrong."),
        ("empty-503", "Amazon has trouble at its own side. Nothing of this connection is proved wrong."),
    ],
)
@pytest.mark.parametrize(("operation", "step"), [("token", "login"), ("getPurchaseOrders", "orders")])
def test_throttling_and_outages_prove_nothing_wrong(
    profile: Profile, plugged: World, fault: str, means: str, operation: str, step: str
) -> None:
    plugged.faults.always(fault, operation)
    assert heard(connection_of(profile), step).means == means
    check_profile(ROOT, profile)
    profile.refresh_from_db()
    assert (profile.trouble, profile.paused_at) == ({}, None)


def test_the_old_secret_that_still_works_is_told(profile: Profile, plugged: World) -> None:
    store_secret(ROOT, profile, client_secret=CLIENT_SECRET)
    report = examine(connection_of(profile))
    found = of(report, "login")
    assert (report.ok, report.worked_slot, found.state, found.said) == (
        True,
        "old",
        "warn",
        "Amazon gave a token for the old client secret and refused the new one: "
        "invalid_client: Client authentication failed.",
    )
