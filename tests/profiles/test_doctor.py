"""The check of a connection: every step in words, what ends it, and that nothing is changed at Amazon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from cast import make_cast, make_profile
from plug import ROOT, connect
from profiles.examined import GOOD, NAMES, heard, of, states
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied
from purveyor.profiles.clients import client_for
from purveyor.profiles.doctor import (
    check_profile,
    connection_of,
    examine,
    last_check,
)
from purveyor.profiles.domain import change_profile
from purveyor.profiles.models import Profile, SharedToken
from purveyor.simulator.apps import TRACKING
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_a_good_connection_passes_every_step(profile: Profile) -> None:
    told = check_profile(ROOT, profile)
    assert (told["ok"], [check["name"] for check in told["checks"]], states(told)) == (True, NAMES, GOOD)
    assert [check["ok"] for check in told["checks"]] == [True, True, None, True, True, None, True, None]
    assert set(told["checks"][0]) == {
        *("name", "ok", "tried", "said", "means", "do", "request_id", "causes", "state", "code")
    }
    assert [check["name"] for check in told["checks"] if check["request_id"]] == [
        "network",
        "login",
        "orders",
        "status",
    ]
    entry = Entry.objects.get(action="profile.checked")
    assert (entry.new, entry.object_name) == ({"ok": True, "failed": ""}, "acme-de")


def test_the_answer_is_kept_with_its_time(profile: Profile) -> None:
    told = check_profile(ROOT, profile)
    kept = Profile.objects.get()
    assert (last_check(kept), kept.checked_at, kept.check_at) == (told, clock.now(), clock.now() + timedelta(days=1))


def test_a_profile_removed_while_amazon_is_asked_keeps_nothing(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from purveyor.profiles.doctor import kept

    def meanwhile(*args: Any, **more: Any) -> Any:
        report = examine(*args, **more)
        Profile.objects.get(pk=profile.pk).delete()
        return replace(report, error=None)

    profile.secrets.filter(kind="client_secret").update(issued_at=clock.now() - timedelta(days=175))
    monkeypatch.setattr(kept, "examine", meanwhile)
    monkeypatch.setattr(kept, "tell", lambda *_: pytest.fail("there is no profile to tell of"))
    check_profile(ROOT, profile)
    assert not Entry.objects.filter(action="profile.checked").exists()


def test_the_answer_is_read_in_the_readers_language(profile: Profile, plugged: World) -> None:
    plugged.set_account(roles=())
    check_profile(ROOT, profile)
    with override("de"):
        found = last_check(Profile.objects.get())["checks"][4]
    assert (found["means"], found["causes"][0]) == (
        "Alle Geheimnisse stimmen. Amazon verweigert getPurchaseOrders; das öffnet die Rolle Amazon Fulfillment oder "
        "Inventory and Order Tracking.",
        "Die Anwendung hat keine Rolle, die diese Operation öffnet.",
    )


@pytest.mark.parametrize(
    ("fault", "operation", "ended"),
    [
        ("server-error", "token", ["good", "good", "unknown", "bad", *["skipped"] * 4]),
        ("refused", "getPurchaseOrders", ["good", "good", "unknown", "good", "bad", *["skipped"] * 3]),
        ("throttled", "getPurchaseOrders", ["good", "good", "unknown", "good", "bad", *["skipped"] * 3]),
        ("missing-role", "getPurchaseOrders", ["good", "good", "unknown", "good", "bad", "skipped", "good", "unknown"]),
        ("missing-role", "getPurchaseOrdersStatus", [*GOOD[:6], "bad", "unknown"]),
    ],
)
def test_it_ends_where_going_on_is_senseless(
    profile: Profile, plugged: World, fault: str, operation: str, ended: list[str]
) -> None:
    plugged.faults.always(fault, operation)
    told = check_profile(ROOT, profile)
    assert (told["ok"], states(told)) == (False, ended)
    bad = next(check for check in told["checks"] if check["state"] == "bad")
    assert (bool(bad["said"]), bool(bad["means"]), bool(bad["do"])) == (True, True, True)
    assert Entry.objects.get(action="profile.checked").new == {"ok": False, "failed": bad["name"]}


def test_a_lasting_trouble_is_kept_and_cleared(profile: Profile, plugged: World) -> None:
    plugged.revoke()
    told = check_profile(ROOT, profile)
    profile.refresh_from_db()
    assert (states(told)[3], profile.trouble["code"]) == ("bad", "login-invalid-grant")
    assert_no_secret(str(told), world=plugged)
    plugged.set_account(revoked=False)
    assert check_profile(ROOT, profile)["ok"] is True
    profile.refresh_from_db()
    assert profile.trouble == {}


def test_the_secrets_are_tried_and_not_a_token_they_gave_earlier(profile: Profile, plugged: World) -> None:
    from purveyor.amazon.operations.orders import get_purchase_orders

    get_purchase_orders(client_for(profile), created_after=clock.now(), created_before=clock.now())
    assert SharedToken.objects.count() == 1
    plugged.faults.always("server-error", "token")
    assert states(check_profile(ROOT, profile))[3] == "bad"


def test_a_profile_without_secrets_says_so(profile: Profile) -> None:
    change_profile(ROOT, profile, login_url=profile.login_url + "/other")
    told = check_profile(ROOT, profile)
    assert (states(told), told["checks"][0]["do"]) == (
        ["bad", *["skipped"] * 7],
        "Store both secrets of the profile.",
    )


def test_a_stranger_is_denied_and_nothing_is_asked(db: None) -> None:
    cast = make_cast(make_profile())
    with pytest.raises(Denied):
        check_profile(cast.who("stranger"), cast.profile)
    assert Entry.objects.filter(action="profile.checked").count() == 0
    cast.profile.refresh_from_db()
    assert (cast.profile.checked, cast.profile.checked_at) == ({}, None)


def test_examining_touches_no_database(profile: Profile, django_assert_num_queries: Any) -> None:
    connection = connection_of(profile)
    with django_assert_num_queries(0):
        assert examine(connection).ok is True


def test_a_connection_never_shows_its_secrets(profile: Profile, plugged: World) -> None:
    assert_no_secret(repr(connection_of(profile)), world=plugged)


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_value_in_the_wrong_field_ends_it_at_once(profile: Profile) -> None:
    mine = connection_of(profile)
    report = examine(replace(mine, client_secrets=(mine.refresh_token,)))
    assert [check.state for check in report.checks] == ["bad", *["skipped"] * 7]
    assert of(report, "secrets").means == (
        "client_secret: This is the refresh token, not the client secret. The two fields are swapped."
    )


def test_an_old_secret_is_warned_of_while_it_works(profile: Profile) -> None:
    mine = connection_of(profile)
    old = replace(mine.evidence, secret_issued_at=clock.now() - timedelta(days=170))
    report = examine(replace(mine, evidence=old))
    found = of(report, "secrets")
    assert (report.ok, found.state, found.means) == (
        True,
        "warn",
        "The client secret is 170 days old. Amazon ends one after 180 days.",
    )


# ── operations ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_role_names_the_operation_and_the_roles(profile: Profile, plugged: World) -> None:
    plugged.set_account(roles=())
    found = heard(connection_of(profile), "orders")
    assert found.means == (
        "All secrets are right. Amazon refuses getPurchaseOrders, which the role Amazon Fulfillment or Inventory and "
        "Order Tracking opens."
    )
    assert found.do == (
        "Give the application the role Amazon Fulfillment or Inventory and Order Tracking in Vendor Central, authorise "
        "it again and store the fresh refresh token."
    )
    assert found.causes[:2] == (
        "The application has no role that opens this operation.",
        "The role was added after the application was authorised: authorise it again.",
    )


def test_one_refused_operation_among_open_ones_says_so(profile: Profile, plugged: World) -> None:
    plugged.faults.always("missing-role", "getPurchaseOrdersStatus")
    assert heard(connection_of(profile), "status").means == (
        "All secrets are right. Amazon refuses getPurchaseOrdersStatus, which the role Amazon Fulfillment or Inventory "
        "and Order Tracking opens. Other operations of this account are open."
    )


def test_the_lesser_role_opens_no_transactions_in_the_far_east(db: None, plugged: World) -> None:
    far = connect(plugged.add_account("Tokyo", marketplace="JP", roles=(TRACKING,)), "tokyo", marketplace="JP")
    mine = connection_of(far)
    known = replace(mine, evidence=replace(mine.evidence, transaction_id="20260302-1"))
    report = examine(known)
    found = of(report, "transactions")
    assert (of(report, "orders").state, found.state) == ("good", "bad")
    assert "refuses getTransaction, which the role Amazon Fulfillment opens." in found.means


def test_an_access_token_refused_at_once_points_at_the_authorisation(profile: Profile, plugged: World) -> None:
    plugged.faults.always("revoked", "getPurchaseOrders")
    report = examine(connection_of(profile))
    found = of(report, "orders")
    assert found.means == "Amazon gave an access token, and refuses it now. Client id and client secret are right."
    assert [check.state for check in report.checks][5:] == ["skipped"] * 3


def test_a_feature_that_is_off_is_not_tried(profile: Profile) -> None:
    report = examine(replace(connection_of(profile), features=frozenset({"import"})))
    off = [check.name for check in report.checks if check.means == "Not tried, since the feature is switched off."]
    assert (report.ok, off) == (True, ["status", "transactions"])


def test_nothing_is_changed_at_amazon(profile: Profile, plugged: World) -> None:
    plugged.place()
    check_profile(ROOT, profile)
    assert plugged.requests["submitAcknowledgement"] == 0
