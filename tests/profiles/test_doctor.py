"""The check of a connection: every step in words, what ends it, and that nothing is changed at Amazon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from cast import make_cast, make_profile
from plug import CLIENT_SECRET, ROOT, connect
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied
from purveyor.profiles.clients import client_for
from purveyor.profiles.doctor import (
    Check,
    Connection,
    Report,
    check_profile,
    connection_of,
    examine,
    last_check,
)
from purveyor.profiles.domain import change_profile, store_secret
from purveyor.profiles.models import Profile, SharedToken
from purveyor.simulator.apps import TRACKING
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NAMES = ["secrets", "network", "clock", "login", "orders", "order", "status", "transactions"]
GOOD = ["good", "good", "unknown", "good", "good", "unknown", "good", "unknown"]
"""Of a good profile without orders: the stand-in names no time when it is plugged in."""


def states(told: dict[str, Any]) -> list[str]:
    return [check["state"] for check in told["checks"]]


def of(report: Report, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


def heard(connection: Connection, name: str) -> Check:
    """What an examination says at one step."""
    return of(examine(connection), name)


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


# ── login ───────────────────────────────────────────────────────────────────────────────────────────────────────────

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


def parties(country: str, vat: str = "") -> dict[str, Any]:
    """An order's parties on Amazon's side: shipped to one country, billed by a tax number."""
    tax = {"taxInfo": {"taxRegistrationType": "VAT", "taxRegistrationNumber": vat}} if vat else {}
    return {
        "shipToParty": {"partyId": "ABC1", "address": {"name": "Amazon", "countryCode": country}},
        "billToParty": {"partyId": "AMZ"} | tax,
    }


# ── the account ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_order_proves_the_account_and_is_told_of(profile: Profile, plugged: World) -> None:
    number = plugged.place(lines=2, parties=parties("DE"))
    report = examine(connection_of(profile))
    found = of(report, "order")
    assert (found.state, found.means) == ("good", "Vendor code, currency and country fit.")
    assert report.seen is not None
    assert (report.seen.order_number, report.seen.vendor_code, report.seen.currency) == (number, "WALD1", "EUR")
    assert report.seen.parties["selling"]["party_id"] == "WALD1"
    assert report.seen.orders_per_day == pytest.approx(1 / 7)


def test_an_order_for_another_country_alone_proves_nothing(profile: Profile, plugged: World) -> None:
    plugged.place(parties=parties("PL"))
    assert heard(connection_of(profile), "order").means == (
        "Vendor code and currency fit. Which country the account is of does not show in the orders looked at."
    )
    plugged.place(parties=parties("DE"))
    assert heard(connection_of(profile), "order").means == "Vendor code, currency and country fit."


def test_a_tax_number_proves_the_country(profile: Profile, plugged: World) -> None:
    plugged.place(parties=parties("PL", "DE000111222"))
    assert heard(connection_of(profile), "order").means == "Vendor code, currency and country fit."


def test_a_border_crossed_once_is_not_another_account(profile: Profile, plugged: World) -> None:
    plugged.place(parties=parties("FR"))
    assert heard(connection_of(profile), "order").state == "bad"
    plugged.place(parties=parties("DE"))
    assert heard(connection_of(profile), "order").state == "good"


def test_orders_a_day_are_counted_over_a_shorter_time_where_there_are_many(profile: Profile, plugged: World) -> None:
    for _ in range(310):
        plugged.place()
    report = examine(connection_of(profile))
    assert report.seen is not None
    assert report.seen.orders_per_day == 300 * 24


def test_an_older_order_is_found_where_the_last_week_has_none(profile: Profile, plugged: World) -> None:
    number = plugged.place()
    clock.turn(timedelta(days=20))
    report = examine(connection_of(profile))
    assert report.seen is not None
    assert (report.seen.order_number, report.seen.orders_per_day) == (number, None)


def test_an_account_without_orders_is_not_known_yet(profile: Profile) -> None:
    found = heard(connection_of(profile), "order")
    assert (found.ok, found.state, found.means) == (
        None,
        "unknown",
        "Not known yet: vendor code, country and region show with the first order.",
    )


def test_a_vendor_code_of_another_account_is_told(profile: Profile, plugged: World) -> None:
    plugged.place()
    found = heard(replace(connection_of(profile), vendor_codes=("ACME9",)), "order")
    assert (found.state, found.means) == (
        "bad",
        "This account has orders for vendor code WALD1; entered is ACME9.",
    )
    assert found.do == (
        "Compare with Settings, Contacts in Vendor Central: add WALD1 if it is yours, else authorise the application "
        "for the vendor group that is meant."
    )


def test_another_countrys_account_is_told(db: None, plugged: World) -> None:
    london = plugged.add_account("London", marketplace="GB")
    plugged.place(account=london)
    found = heard(connection_of(connect(london, "london", marketplace="DE")), "order")
    assert (found.state, found.means) == (
        "bad",
        "The order looks like one of another country's account than DE (EUR).",
    )
    assert found.causes[0] == "The refresh token was made while signed in to another country's Vendor Central."
    assert "connect this account as marketplace GB." in found.do


def test_another_country_of_the_same_currency_is_told(db: None, plugged: World) -> None:
    paris = plugged.add_account("Paris", marketplace="FR")
    plugged.place(account=paris)
    found = heard(connection_of(connect(paris, "paris", marketplace="DE")), "order")
    assert (found.state, found.means) == (
        "bad",
        "The order looks like one of another country's account than DE (EUR).",
    )


def test_another_region_is_told(db: None, plugged: World) -> None:
    seattle = plugged.add_account("Seattle", marketplace="US")
    plugged.place(account=seattle)
    found = heard(connection_of(connect(seattle, "seattle", marketplace="DE")), "order")
    assert (found.state, found.means) == (
        "bad",
        "The account belongs to region NA; marketplace DE is in region EU.",
    )
