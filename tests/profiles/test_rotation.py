"""The clock of 180 days: each threshold and the days between, one alert for each profile whose severity grows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from cast import make_cast
from plug import facts
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.jobs import registry
from purveyor.people.who import Who
from purveyor.profiles import rotation
from purveyor.profiles.domain import add_profile, answer_age, change_profile, disconnect_profile, store_secret
from purveyor.profiles.models import Profile, Secret
from purveyor.profiles.queries import of_unknown_age

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NEXT = "the-second-client-secret"


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    """A profile whose client secret was made right now."""
    return add_profile(ROOT, **facts(secret_issued_at=held_clock))


def look() -> tuple[str, str] | None:
    """What the clock says now: severity and how many days its words name."""
    registry.recurring_tasks()["profiles.secret_age"].run()
    found = Alert.objects.filter(kind="profile.secret_age").exclude(state="closed").first()
    if found is None:
        return None
    words = found.message.partition(": ")[2]
    return str(found.severity), "over" if "refuses" in words else words.split()[2]


TABLE = [
    (180 * DAY, None),
    (120 * DAY, None),
    (90 * DAY + SECOND, None),
    (90 * DAY, ("info", "90")),
    (75 * DAY, ("info", "90")),
    (60 * DAY + SECOND, ("info", "90")),
    (60 * DAY, ("info", "60")),
    (45 * DAY, ("info", "60")),
    (30 * DAY + SECOND, ("info", "60")),
    (30 * DAY, ("warn", "30")),
    (20 * DAY, ("warn", "30")),
    (14 * DAY + SECOND, ("warn", "30")),
    (14 * DAY, ("warn", "14")),
    (10 * DAY, ("warn", "14")),
    (7 * DAY + SECOND, ("warn", "14")),
    (7 * DAY, ("bad", "7")),
    (3 * DAY, ("bad", "7")),
    (DAY + SECOND, ("bad", "7")),
    (DAY, ("bad", "one")),
    (SECOND, ("bad", "one")),
    (0 * DAY, ("bad", "over")),
    (-30 * DAY, ("bad", "over")),
]


@pytest.mark.parametrize(("left", "said"), TABLE)
def test_warning_at_each_threshold_and_between(mine: Profile, left: timedelta, said: tuple[str, str] | None) -> None:
    clock.turn(rotation.LIFE - left)
    assert look() == said


def test_every_threshold_of_the_rule_is_in_the_table() -> None:
    named = {left // DAY for left, _said in TABLE if left % DAY == timedelta(0)}
    assert {days for days, _severity in rotation.STEPS} == {90, 60, 30, 14, 7, 1}
    assert {days for days, _severity in rotation.STEPS} < named


def test_a_whole_life_is_one_alert_whose_severity_grows(mine: Profile) -> None:
    heard = []
    for _day in range(190):
        clock.turn(DAY)
        heard.append(look())
    assert [words for place, words in enumerate(heard) if words and words != heard[place - 1]] == [
        ("info", "90"),
        ("info", "60"),
        ("warn", "30"),
        ("warn", "14"),
        ("bad", "7"),
        ("bad", "one"),
        ("bad", "over"),
    ]
    assert Alert.objects.count() == 1
    told = {name: Entry.objects.filter(action=f"alert.{name}").count() for name in ("opened", "changed", "closed")}
    assert told == {"opened": 1, "changed": 6, "closed": 0}


def test_words_name_the_day_and_what_to_do(mine: Profile, held_clock: datetime) -> None:
    clock.turn(160 * DAY)
    look()
    found = Alert.objects.get()
    assert found.message == "The client secret of acme-de expires on 2026-08-29: at most 30 days are left."
    assert found.hint.startswith("Rotate the secret in Vendor Central")
    assert (found.kind, found.remedy, found.profile) == ("profile.secret_age", "mend the settings", mine)


def test_a_new_secret_closes_the_alert_and_starts_the_clock_anew(mine: Profile) -> None:
    clock.turn(175 * DAY)
    assert look() == ("bad", "7")
    store_secret(ROOT, mine, client_secret=NEXT)
    closed = Alert.objects.get()
    assert (closed.state, Entry.objects.get(action="alert.closed").because) == (
        "closed",
        "A new client secret is stored.",
    )
    age = rotation.age(mine)
    assert age is not None
    assert (look(), age.known, age.days_left) == (None, True, 180)
    clock.turn(90 * DAY)
    assert look() == ("info", "90")


def test_a_new_refresh_token_is_no_new_secret(mine: Profile) -> None:
    clock.turn(175 * DAY)
    look()
    store_secret(ROOT, mine, refresh_token="Atzr|another-fake-refresh-token")
    assert look() == ("bad", "7")


def test_a_new_secret_that_was_made_long_ago_keeps_the_alert(mine: Profile) -> None:
    clock.turn(175 * DAY)
    look()
    store_secret(ROOT, mine, client_secret=NEXT, issued_at=clock.now() - 100 * DAY)
    assert (look(), Alert.objects.count()) == (("info", "90"), 1)


def test_the_old_slot_does_not_count(mine: Profile) -> None:
    clock.turn(100 * DAY)
    store_secret(ROOT, mine, client_secret=NEXT)
    assert look() is None


@pytest.mark.parametrize("wipe", ["disconnect", "other address"])
def test_without_a_secret_nothing_is_said(mine: Profile, wipe: str) -> None:
    clock.turn(175 * DAY)
    look()
    if wipe == "disconnect":
        disconnect_profile(ROOT, mine)
    else:
        change_profile(ROOT, mine, login_url="http://127.0.0.1:9/other")
    assert (look(), Alert.objects.get(kind="profile.secret_age").state) == (None, "closed")


def test_each_profile_has_its_own(mine: Profile) -> None:
    clock.turn(100 * DAY)
    other = add_profile(ROOT, **facts(name="other", secret_issued_at=clock.now() - 170 * DAY))
    look()
    found = {(a.profile.name, str(a.severity)) for a in Alert.objects.select_related("profile") if a.profile}
    assert found == {(mine.name, "info"), (other.name, "warn")}


# ── the age nobody knows ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def unknown(held_clock: datetime) -> Profile:
    return add_profile(ROOT, **facts())


def asked() -> list[str]:
    return [profile.name for profile in of_unknown_age(Profile.objects.all())]


def test_unknown_age_is_asked_and_counts_from_its_storing(unknown: Profile) -> None:
    age = rotation.age(unknown)
    assert age is not None
    assert (asked(), age.known, age.since) == (["acme-de"], False, clock.now())
    clock.turn(170 * DAY)
    assert look() == ("warn", "14")


def test_answer_with_a_day_is_asked_once(unknown: Profile) -> None:
    made = clock.now() - 100 * DAY
    answer_age(ROOT, unknown, made)
    age = rotation.age(Profile.objects.get())
    assert age is not None
    assert (asked(), age.known, age.expires_at) == ([], True, made + rotation.LIFE)
    told = Entry.objects.get(action="profile.secret_age_answered")
    assert (told.by, told.new) == (ROOT.name, {"known": True, "issued_at": "2025-11-22T09:00:00Z"})
    assert [str(a.severity) for a in Alert.objects.all()] == ["info"]


def test_answer_that_nobody_knows_counts_from_its_storing_and_is_asked_once(unknown: Profile) -> None:
    stored = clock.now()
    clock.turn(5 * DAY)
    answer_age(ROOT, unknown, None)
    assert (asked(), Secret.objects.get(kind="client_secret").issued_at) == ([], stored)
    assert Entry.objects.get(action="profile.secret_age_answered").new["known"] is False


def test_answer_of_a_day_to_come_is_refused(unknown: Profile) -> None:
    with pytest.raises(Refused) as caught:
        answer_age(ROOT, unknown, clock.now() + DAY)
    assert ([p.where for p in caught.value.problems], asked()) == (["issued_at"], ["acme-de"])


def test_answer_without_a_secret_finds_none(unknown: Profile) -> None:
    disconnect_profile(ROOT, unknown)
    with pytest.raises(NotFound):
        answer_age(ROOT, unknown, None)


@pytest.mark.parametrize("who", ["stranger", "vendor_manager", "auditor"])
def test_answer_needs_the_permission(unknown: Profile, who: str) -> None:
    with pytest.raises(Denied):
        answer_age(make_cast(unknown).who(who), unknown, None)
    assert asked() == ["acme-de"]


def test_add_refuses_a_secret_made_tomorrow(held_clock: datetime) -> None:
    with pytest.raises(Refused) as caught:
        add_profile(ROOT, **facts(secret_issued_at=held_clock + DAY))
    assert ([p.where for p in caught.value.problems], Profile.objects.count()) == (["secret_issued_at"], 0)


@pytest.mark.parametrize("language", ["en", "de"])
def test_closing_is_written_down_in_one_language(mine: Profile, language: str) -> None:
    clock.turn(100 * DAY)
    rotation.watch(mine)
    with translation.override(language):
        store_secret(ROOT, mine, client_secret=NEXT)
    assert Entry.objects.get(action="alert.closed").because == "A new client secret is stored."
