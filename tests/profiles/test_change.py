"""Changing, switching and removing profiles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cast import make_cast
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.people.who import Who
from purveyor.profiles.domain import (
    add_profile,
    change_profile,
    remove_profile,
    store_secret,
    switch_importing,
    switch_sending,
)
from purveyor.profiles.models import Profile, SharedToken
from purveyor.vault import sealing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
SECRETS = {"client_secret": "another-secret-altogether", "refresh_token": "Atzr|another-fake-refresh-token"}


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    found = add_profile(ROOT, **facts())
    SharedToken.objects.create(profile=found, key="token", sealed=sealing.seal(b"access"))
    return found


def kept(profile: Profile) -> tuple[list[str], int]:
    """The secrets that open, and how many access tokens are shared."""
    found = profile.secrets.order_by("kind", "slot")
    return [sealing.unseal(s.sealed).decode() for s in found], profile.shared_tokens.count()


ALL_KEPT = ([CLIENT_SECRET, REFRESH_TOKEN], 1)


def last_told(action: str) -> tuple[Any, Any]:
    told = Entry.objects.filter(action=action).order_by("-pk")[0]
    return told.old, told.new


def refused(profile: Profile, **changes: Any) -> set[str]:
    before = Profile.objects.values().get(pk=profile.pk)
    with pytest.raises(Refused) as caught:
        change_profile(ROOT, profile, **changes)
    assert Profile.objects.values().get(pk=profile.pk) == before
    return {problem.where for problem in caught.value.problems}


def test_change_of_a_plain_fact_keeps_the_secrets(mine: Profile) -> None:
    change_profile(ROOT, mine, visibility_seconds=7, import_from=clock.now(), vendor_codes=["ACME1", "ACME3"])
    assert (mine.visibility_seconds, mine.import_from) == (7, clock.now())
    assert [code.code for code in mine.vendor_codes.all()] == ["ACME1", "ACME3"]
    assert (kept(mine), mine.sending) == (ALL_KEPT, True)
    assert last_told("profile.changed") == (
        {"visibility_seconds": 60, "import_from": None, "vendor_codes": ["ACME1"]},
        {"visibility_seconds": 7, "import_from": "2026-03-02T09:00:00Z", "vendor_codes": ["ACME1", "ACME3"]},
    )


def test_change_may_switch_importing(mine: Profile) -> None:
    change_profile(ROOT, mine, importing=False, visibility_seconds=8)
    assert (mine.importing, mine.visibility_seconds, kept(mine)) == (False, 8, ALL_KEPT)
    assert last_told("profile.importing_switched") == ({"importing": True}, {"importing": False})


def test_change_of_nothing_is_not_told(mine: Profile) -> None:
    count = Entry.objects.count()
    change_profile(ROOT, mine, visibility_seconds=60, endpoint=mine.endpoint + "/")
    change_profile(ROOT, mine, environment=None, endpoint=None, client_secret=None, importing=True)
    assert (Entry.objects.count(), kept(mine)) == (count, ALL_KEPT)


def test_change_takes_vendor_codes_away(mine: Profile) -> None:
    change_profile(ROOT, mine, vendor_codes=["ACME9"])
    assert [code.code for code in mine.vendor_codes.all()] == ["ACME9"]


IDENTITY = [
    {"endpoint": "http://127.0.0.1:10"},
    {"login_url": "http://127.0.0.1:10/token"},
    {"environment": "production"},
    {"environment": "sandbox"},
    {"marketplace": "FR"},
    {"client_id": CLIENT_ID[:-1] + "0"},
]


@pytest.mark.parametrize("change", IDENTITY)
def test_change_of_address_or_account_wipes_the_secrets_and_asks_again(mine: Profile, change: dict[str, str]) -> None:
    change_profile(ROOT, mine, **change)
    assert kept(mine) == ([], 0)
    assert (mine.trouble["code"], mine.trouble["remedy"]) == ("profile-secrets-missing", "mend the settings")
    assert Entry.objects.filter(action="profile.secrets_wiped").count() == 1


@pytest.mark.parametrize("change", IDENTITY)
def test_change_of_address_may_bring_the_secrets(mine: Profile, change: dict[str, str]) -> None:
    change_profile(ROOT, mine, **change, **SECRETS)
    assert kept(mine) == ([SECRETS["client_secret"], SECRETS["refresh_token"]], 0)
    assert mine.trouble == {}


@pytest.mark.parametrize("only", ["client_secret", "refresh_token"])
def test_change_of_address_takes_no_half_of_the_secrets(mine: Profile, only: str) -> None:
    missing = ({"client_secret", "refresh_token"} - {only}).pop()
    assert refused(mine, endpoint="http://127.0.0.1:10", **{only: SECRETS[only]}) == {missing}
    assert kept(mine) == ALL_KEPT


def test_change_of_a_secret_alone_keeps_the_old_one(mine: Profile) -> None:
    change_profile(ROOT, mine, client_secret=SECRETS["client_secret"])
    assert kept(mine) == ([SECRETS["client_secret"], CLIENT_SECRET, REFRESH_TOKEN], 1)


def test_change_to_amazon_switches_sending_off(mine: Profile) -> None:
    change_profile(ROOT, mine, environment="production")
    assert (mine.sending, mine.endpoint, mine.login_url, mine.visibility_seconds) == (False, "", "", 1800)
    old, new = last_told("profile.changed")
    assert (old["sending"], new["sending"]) == (True, False)


def test_change_never_switches_sending_on(mine: Profile) -> None:
    switch_sending(ROOT, mine, False)
    change_profile(ROOT, mine, endpoint="http://127.0.0.1:10")
    assert mine.sending is False


def test_change_at_a_simulator_keeps_sending_on(mine: Profile) -> None:
    change_profile(ROOT, mine, endpoint="http://127.0.0.1:10")
    assert mine.sending is True


def test_change_of_a_production_marketplace_switches_sending_off(mine: Profile) -> None:
    change_profile(ROOT, mine, environment="production")
    switch_sending(ROOT, mine, True)
    change_profile(ROOT, mine, marketplace="FR")
    assert mine.sending is False


def test_change_reports_all_problems(mine: Profile) -> None:
    assert refused(mine, marketplace="XX", vendor_codes=[], client_secret="", refresh_token=CLIENT_ID) == {
        "marketplace", "vendor_codes", "client_secret", "refresh_token",
    }  # fmt: skip
    assert kept(mine) == ALL_KEPT


def test_change_of_an_unknown_field_is_refused(mine: Profile) -> None:
    assert refused(mine, sending=False) == {"sending"}
    assert refused(mine, name="other") == {"name"}


def test_change_to_a_custom_endpoint_needs_the_option(mine: Profile, set_option: Callable[[str, str], None]) -> None:
    custom = {"environment": "custom", "endpoint": "https://hub.example.com", "login_url": "https://hub.example.com/t"}
    assert refused(mine, **custom) == {"endpoint"}
    set_option("PURVEYOR_CUSTOM_ENDPOINTS", "yes")
    change_profile(ROOT, mine, **custom)
    set_option("PURVEYOR_CUSTOM_ENDPOINTS", "no")
    change_profile(ROOT, mine, visibility_seconds=90)
    assert refused(mine, endpoint="https://other.example.com") == {"endpoint"}
    assert (mine.visibility_seconds, mine.endpoint) == (90, "https://hub.example.com")


class Manager(Who):
    """Manages profiles, but not their secrets."""

    def may(self, permission: str, profile: Any = None) -> bool:
        return permission == "profiles.manage"


@pytest.mark.parametrize("to_custom", [True, False])
def test_change_of_custom_addresses_needs_the_credentials_permission(
    mine: Profile, set_option: Callable[[str, str], None], to_custom: bool
) -> None:
    set_option("PURVEYOR_CUSTOM_ENDPOINTS", "yes")
    custom = {"environment": "custom", "endpoint": "https://hub.example.com", "login_url": "https://hub.example.com/t"}
    if not to_custom:
        change_profile(ROOT, mine, **custom)
    wanted = custom if to_custom else {"environment": "production"}
    who = Manager("user:manager", user=make_cast(mine).warehouse)
    with pytest.raises(Denied, match=r"profiles\.credentials"):
        change_profile(who, mine, **wanted)
    assert change_profile(who, mine, visibility_seconds=9).visibility_seconds == 9


def test_change_of_secrets_needs_the_credentials_permission_at_amazon(mine: Profile) -> None:
    change_profile(ROOT, mine, environment="production", **SECRETS)
    who = Manager("user:manager", user=make_cast(mine).warehouse)
    with pytest.raises(Denied, match=r"profiles\.credentials"):
        change_profile(who, mine, client_secret=CLIENT_SECRET)
    assert kept(mine) == ([SECRETS["client_secret"], SECRETS["refresh_token"]], 0)


@pytest.mark.parametrize("who", ["stranger", "vendor_manager", "warehouse", "finance", "auditor"])
def test_change_is_denied_and_nothing_changed(mine: Profile, who: str) -> None:
    cast = make_cast(mine)
    with pytest.raises(Denied):
        change_profile(cast.who(who), mine, visibility_seconds=5)
    with pytest.raises(Denied):
        switch_importing(cast.who(who), mine, False)
    with pytest.raises(Denied):
        remove_profile(cast.who(who), mine)
    mine.refresh_from_db()
    assert (mine.visibility_seconds, mine.importing) == (60, True)


@pytest.mark.parametrize("on", [True, False])
def test_switch_sending_is_told_once_with_its_reason(mine: Profile, on: bool) -> None:
    Profile.objects.filter(pk=mine.pk).update(sending=not on)
    switch_sending(ROOT, mine, on, because="the first week is over")
    switch_sending(ROOT, mine, on)
    told = Entry.objects.get(action="profile.sending_switched")
    assert (told.old, told.new, told.because) == ({"sending": not on}, {"sending": on}, "the first week is over")
    assert (mine.sending, Profile.objects.get(pk=mine.pk).sending) == (on, on)


@pytest.mark.parametrize(("who", "allowed"), [("vendor_manager", True), ("administrator", True)])
def test_switch_sending_is_allowed(mine: Profile, who: str, allowed: bool) -> None:
    switch_sending(make_cast(mine).who(who), mine, False)
    assert Profile.objects.get(pk=mine.pk).sending is False


@pytest.mark.parametrize("who", ["stranger", "warehouse", "integrator", "auditor", "finance"])
def test_switch_sending_is_denied_and_nothing_changed(mine: Profile, who: str) -> None:
    with pytest.raises(Denied):
        switch_sending(make_cast(mine).who(who), mine, False)
    assert Profile.objects.get(pk=mine.pk).sending is True


def test_switch_importing_is_told(mine: Profile) -> None:
    switch_importing(make_cast(mine).who("integrator"), mine, False)
    assert Profile.objects.get(pk=mine.pk).importing is False
    assert last_told("profile.importing_switched") == ({"importing": True}, {"importing": False})


def test_remove_takes_secrets_and_tokens_along(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECRETS["client_secret"])
    remove_profile(ROOT, mine)
    assert (Profile.objects.count(), SharedToken.objects.count()) == (0, 0)
    assert Entry.objects.filter(action="profile.removed").count() == 1


def test_remove_is_refused_while_there_are_documents(mine: Profile) -> None:
    now = clock.now()
    Document.objects.create(profile=mine, kind="acknowledgement", subject="1", state_at=now, created_at=now, body=b"")
    with pytest.raises(Refused, match="has orders or documents"):
        remove_profile(ROOT, mine)
    assert (Profile.objects.count(), kept(mine)) == (1, ALL_KEPT)
    assert Entry.objects.filter(action="profile.removed").count() == 0


def test_change_to_another_amazon_is_refused_once_there_are_orders(mine: Profile, held_clock: datetime) -> None:
    """Answers decided for a simulator's orders would leave to Amazon itself, where the numbers mean something else."""
    Order.objects.create(
        profile=mine,
        number="1ABCDEFG",
        state_at=held_clock,
        ordered_at=held_clock,
        due_at=held_clock,
        first_seen_at=held_clock,
    )
    assert refused(mine, environment="production") == {"environment"}
    assert refused(mine, marketplace="FR") == {"marketplace"}
    assert kept(mine) == ALL_KEPT
    change_profile(ROOT, mine, endpoint="http://127.0.0.1:10", **SECRETS)
    assert (mine.endpoint, mine.environment) == ("http://127.0.0.1:10", "simulator")
