"""Settings of a profile that hold from a moment on."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import Cast, make_cast, make_profile
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.people.who import Who
from purveyor.profiles import dated, setting_kinds
from purveyor.profiles.dated import Setting
from purveyor.profiles.domain.settings import set_setting, withdraw_setting
from purveyor.profiles.models import DatedSetting, Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
DAY = timedelta(days=1)
SLACK = Setting("trial.slack", setting_kinds.decimal("0", "10"), "0", "Slack", "How much is let pass.")
HOURS = Setting("trial.hours", setting_kinds.number(1, 48), "24", "Hours", "How long it may take.")


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dated, "SETTINGS", {})
    dated.add([SLACK, HOURS])


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def held() -> tuple[list[tuple[str, str, datetime]], int]:
    return list(DatedSetting.objects.values_list("name", "value", "valid_from")), Entry.objects.count()


def test_setting_nobody_said_anything_about_is_its_default(cast: Cast) -> None:
    assert dated.value(cast.profile, "trial.slack") == Decimal(0)
    assert dict(dated.values(cast.profile)) == {"trial.slack": Decimal(0), "trial.hours": 24}


def test_setting_holds_from_its_moment_on_and_not_before(cast: Cast, held_clock: datetime) -> None:
    set_setting(ROOT, cast.profile, "trial.slack", " 1.5 ")
    set_setting(ROOT, cast.profile, "trial.slack", "2", valid_from=held_clock + DAY)
    at = (held_clock - DAY, held_clock, held_clock + DAY - timedelta(seconds=1), held_clock + DAY)
    assert [str(dated.value(cast.profile, "trial.slack", moment)) for moment in at] == ["0", "1.5", "1.5", "2"]
    assert [str(dated.values(cast.profile, moment)["trial.slack"]) for moment in at] == ["0", "1.5", "1.5", "2"]
    assert dated.value(cast.other, "trial.slack") == Decimal(0)


def test_setting_said_twice_for_one_moment_counts_as_said_last(cast: Cast, held_clock: datetime) -> None:
    set_setting(ROOT, cast.profile, "trial.hours", "10")
    set_setting(ROOT, cast.profile, "trial.hours", "12", because="ten was too few")
    assert (dated.value(cast.profile, "trial.hours"), DatedSetting.objects.count()) == (12, 1)
    rows = Entry.objects.filter(action="profile.setting_changed").order_by("pk")
    told: list[Any] = list(rows.values_list("old", "new", "because"))
    assert (told[1][0]["value"], told[1][1]["value"], told[1][2]) == ("10", "12", "ten was too few")


def test_first_change_is_told_against_the_default(cast: Cast, held_clock: datetime) -> None:
    set_setting(ROOT, cast.profile, "trial.hours", "10")
    told = Entry.objects.get(action="profile.setting_changed")
    said = {"setting": "trial.hours", "valid_from": told.new and told.new["valid_from"]}
    assert (told.object_name, told.old, told.new) == ("acme-de", said | {"value": "24"}, said | {"value": "10"})


@pytest.mark.parametrize(
    ("name", "value", "after", "where"),
    [
        ("trial.slack", "10.5", None, "value"),
        ("trial.slack", "-1", None, "value"),
        ("trial.slack", "1,5", None, "value"),
        ("trial.slack", "1.00001", None, "value"),
        ("trial.hours", "1.5", None, "value"),
        ("trial.hours", "", None, "value"),
        ("trial.hours", "5", timedelta(seconds=-1), "valid_from"),
    ],
)
def test_nonsense_is_refused_by_its_field(
    cast: Cast, held_clock: datetime, name: str, value: str, after: timedelta | None, where: str
) -> None:
    before = held()
    with pytest.raises(Refused) as caught:
        set_setting(ROOT, cast.profile, name, value, valid_from=None if after is None else held_clock + after)
    assert ([p.where for p in caught.value.problems], held()) == ([where], before)


def test_unknown_setting_is_refused_with_those_there_are(cast: Cast) -> None:
    before = held()
    with pytest.raises(NotFound) as caught:
        set_setting(ROOT, cast.profile, "trial.unheard", "1")
    assert (caught.value.hint, held()) == ("There are: trial.hours, trial.slack.", before)


def test_moment_without_a_zone_is_refused(cast: Cast) -> None:
    before = held()
    with pytest.raises(Refused):
        set_setting(ROOT, cast.profile, "trial.hours", "5", valid_from=datetime(2999, 1, 1))
    assert held() == before


@pytest.mark.parametrize("player", ["warehouse", "auditor", "integrator", "finance", "stranger"])
def test_settings_are_changed_by_who_may_and_by_nobody_else(cast: Cast, player: str, held_clock: datetime) -> None:
    planned = set_setting(ROOT, cast.profile, "trial.hours", "5", valid_from=held_clock + DAY)
    before = held()
    with pytest.raises(Denied):
        set_setting(cast.who(player), cast.profile, "trial.hours", "6")
    with pytest.raises(Denied):
        withdraw_setting(cast.who(player), cast.profile, planned.pk, name="trial.hours")
    assert held() == before
    assert set_setting(cast.who("vendor_manager"), cast.profile, "trial.hours", "6").by == "user:vendor-manager"


def test_planned_setting_is_taken_back_and_one_in_force_is_not(cast: Cast, held_clock: datetime) -> None:
    now = set_setting(ROOT, cast.profile, "trial.hours", "5")
    planned = set_setting(ROOT, cast.profile, "trial.hours", "6", valid_from=held_clock + DAY)
    foreign = set_setting(ROOT, cast.other, "trial.hours", "7", valid_from=held_clock + DAY)
    assert list(dated.planned(cast.profile)) == [planned]
    for number in (now.pk, foreign.pk, 0):
        with pytest.raises(NotFound):
            withdraw_setting(ROOT, cast.profile, number, name="trial.hours")
    with pytest.raises(NotFound):
        withdraw_setting(ROOT, cast.profile, planned.pk, name="trial.slack")
    withdraw_setting(ROOT, cast.profile, planned.pk, name="trial.hours", because="a slip")
    assert [row.pk for row in dated.history(cast.profile)] == [now.pk]
    assert Entry.objects.get(action="profile.setting_withdrawn").because == "a slip"


def test_value_that_cannot_be_read_any_more_is_the_default(cast: Cast) -> None:
    when = clock.now()
    DatedSetting.objects.create(
        profile=cast.profile, name="trial.hours", value="99", valid_from=when, by="system:old", at=when
    )
    assert dated.value(cast.profile, "trial.hours") == 24
    assert dated.values(cast.profile)["trial.hours"] == 24


def test_settings_of_many_profiles_are_one_query(cast: Cast) -> None:
    profiles: list[Profile] = [cast.profile, cast.other, make_profile("third")]
    set_setting(ROOT, cast.other, "trial.hours", "7")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = dated.values_of(profiles)
    assert (len(seen), [found[p.pk]["trial.hours"] for p in profiles]) == (1, [24, 7, 24])


def test_name_with_two_meanings_and_a_default_of_nonsense_stop_the_start() -> None:
    dated.add([HOURS])
    with pytest.raises(ValueError, match="already another setting"):
        dated.add([Setting("trial.hours", setting_kinds.number(1, 2), "1", "", "")])
    with pytest.raises(ValueError, match="never"):
        dated.add([Setting("trial.new", setting_kinds.yes_no(), "never", "", "")])
    assert sorted(dated.SETTINGS) == ["trial.hours", "trial.slack"]
