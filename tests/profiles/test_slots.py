"""Secrets in two slots."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cast import make_cast
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.jobs import registry
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile, drop_old_secrets, note_trouble, store_secret
from purveyor.profiles.domain.trouble import SecretsMissing
from purveyor.profiles.models import Profile, SharedToken
from purveyor.profiles.queries import secrets_of
from purveyor.vault import sealing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
SECOND, THIRD = "the-second-client-secret", "the-third-client-secret"


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    found = add_profile(ROOT, **facts())
    SharedToken.objects.create(profile=found, key="token", sealed=sealing.seal(b"access"))
    return found


def slots(profile: Profile, kind: str = "client_secret") -> dict[str, str]:
    return {s.slot: sealing.unseal(s.sealed).decode() for s in profile.secrets.filter(kind=kind)}


def test_store_puts_the_new_one_first_and_keeps_the_old(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=f" {SECOND}\n")
    assert slots(mine) == {"new": SECOND, "old": CLIENT_SECRET}
    assert slots(mine, "refresh_token") == {"new": REFRESH_TOKEN}


def test_store_a_third_one_keeps_the_second(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    store_secret(ROOT, mine, client_secret=THIRD)
    assert slots(mine) == {"new": THIRD, "old": SECOND}


def test_store_the_same_value_changes_nothing(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    count = Entry.objects.count()
    store_secret(ROOT, mine, client_secret=SECOND)
    assert (slots(mine), Entry.objects.count()) == ({"new": SECOND, "old": CLIENT_SECRET}, count)


def test_store_the_old_value_again_turns_the_slots(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    store_secret(ROOT, mine, client_secret=CLIENT_SECRET)
    assert slots(mine) == {"new": CLIENT_SECRET, "old": SECOND}


def test_store_a_client_secret_keeps_the_access_token(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    assert mine.shared_tokens.count() == 1


def test_store_a_refresh_token_gives_up_the_access_token(mine: Profile) -> None:
    store_secret(ROOT, mine, refresh_token="Atzr|another-fake-refresh-token")
    assert mine.shared_tokens.count() == 0


def test_store_is_told_by_kind(mine: Profile) -> None:
    Entry.objects.all()._raw_delete(Entry.objects.db)
    store_secret(ROOT, mine, client_secret=SECOND, refresh_token="Atzr|another-fake-refresh-token")
    told = [(e.action, e.by, e.object_name, e.new) for e in Entry.objects.order_by("pk")]
    assert told == [
        ("profile.secret_stored", ROOT.name, "acme-de", {"kind": kind}) for kind in ("client_secret", "refresh_token")
    ]


def test_store_forgets_the_trouble(mine: Profile) -> None:
    note_trouble(mine, SecretsMissing("x"))
    store_secret(ROOT, mine, client_secret=SECOND)
    assert Profile.objects.get().trouble == {}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({}, [""]),
        ({"client_secret": ""}, ["client_secret"]),
        ({"client_secret": REFRESH_TOKEN, "refresh_token": CLIENT_ID}, ["client_secret", "refresh_token"]),
        ({"client_secret": SECOND, "refresh_token": "Atza|of-an-hour"}, ["refresh_token"]),
    ],
)
def test_store_refuses_wrong_shapes_and_stores_nothing(mine: Profile, given: dict[str, str], where: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        store_secret(ROOT, mine, **given)
    assert [problem.where for problem in caught.value.problems] == where
    assert (slots(mine), slots(mine, "refresh_token")) == ({"new": CLIENT_SECRET}, {"new": REFRESH_TOKEN})


@pytest.mark.parametrize("who", ["stranger", "vendor_manager", "warehouse", "finance", "auditor"])
def test_store_is_denied_and_nothing_stored(mine: Profile, who: str) -> None:
    with pytest.raises(Denied):
        store_secret(make_cast(mine).who(who), mine, client_secret=SECOND)
    assert slots(mine) == {"new": CLIENT_SECRET}


@pytest.mark.parametrize("who", ["integrator", "administrator"])
def test_store_is_allowed(mine: Profile, who: str) -> None:
    store_secret(make_cast(mine).who(who), mine, client_secret=SECOND)
    assert slots(mine)["new"] == SECOND


def test_store_over_a_value_that_no_key_opens(mine: Profile) -> None:
    mine.secrets.filter(kind="client_secret").update(sealed=b"gone")
    store_secret(ROOT, mine, client_secret=SECOND)
    assert sealing.unseal(mine.secrets.get(kind="client_secret", slot="new").sealed).decode() == SECOND


def test_old_secret_is_dropped_after_seven_days(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    clock.turn(timedelta(days=7) - timedelta(seconds=1))
    assert (drop_old_secrets(), slots(mine)) == (0, {"new": SECOND, "old": CLIENT_SECRET})
    clock.turn(timedelta(seconds=1))
    assert (drop_old_secrets(), slots(mine)) == (1, {"new": SECOND})


def test_old_secret_is_dropped_by_a_recurring_task(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    clock.turn(timedelta(days=7))
    registry.recurring_tasks()["profiles.drop_old_secrets"].run()
    assert slots(mine) == {"new": SECOND}


def test_secrets_are_listed_without_their_values(mine: Profile) -> None:
    store_secret(ROOT, mine, client_secret=SECOND)
    listed = secrets_of(mine)
    now, week = clock.now(), clock.now() + timedelta(days=7)
    assert [(s.kind, s.slot, s.stored_at, s.drops_at) for s in listed] == [
        ("client_secret", "new", now, None),
        ("client_secret", "old", now, week),
        ("refresh_token", "new", now, None),
    ]
    assert {field for s in listed for field in s.get_deferred_fields()} == {"sealed"}
