"""What the connection check tells beside its answer: once for each cause, and nothing of a profile that was let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plug import ROOT
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import close_alert
from purveyor.audit.models import Entry
from purveyor.base.phrase import _
from purveyor.common import clock
from purveyor.common.errors import Misconfigured
from purveyor.profiles.doctor import check_profile, daily, examine, kept
from purveyor.profiles.doctor.report import Check, Report
from purveyor.profiles.domain import disconnect_profile, note_trouble
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def ahead(seconds: int) -> Report:
    """A clock that runs ahead."""
    means = _("This machine's clock is %(count)d seconds ahead, so deadlines are counted wrong.") % {"count": seconds}
    return Report((Check("clock", "").warn("", means, "Set the clock."),))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[[Profile, Report], None]:
    def run(profile: Profile, report: Report) -> None:
        monkeypatch.setattr(kept, "examine", lambda *_args, **_more: report)
        check_profile(ROOT, profile)

    return run


def told() -> list[str]:
    """What the audit was told of alerts."""
    return list(Entry.objects.filter(action__startswith="alert.").order_by("pk").values_list("action", flat=True))


def test_another_number_in_the_same_sentence_is_not_told_again(profile: Profile, found: Any) -> None:
    for seconds in (70, 71, 90):
        found(profile, ahead(seconds))
    assert told() == ["alert.opened"]
    assert "70 seconds" in Alert.objects.get().message


def test_another_cause_is_told(profile: Profile, found: Any) -> None:
    found(profile, ahead(70))
    means = _("This account has orders for vendor code %(seen)s; entered is %(entered)s.")
    for entered in ("ACME8", "ACME9"):
        order = Check("order", "").bad("", means % {"seen": "WALD1", "entered": entered}, "Compare.")
        found(profile, Report((order,)))
    assert told() == ["alert.opened", "alert.changed", "alert.changed"]
    assert Alert.objects.get().message.endswith("entered is ACME9.")


def test_cause_that_lasts_is_told_again_once_its_alert_is_closed(profile: Profile, found: Any) -> None:
    found(profile, ahead(70))
    close_alert(f"profile:{profile.pk}:check", "by somebody")
    found(profile, ahead(70))
    assert told() == ["alert.opened", "alert.closed", "alert.opened"]


def test_worse_is_told(profile: Profile, found: Any) -> None:
    found(profile, ahead(70))
    worse = Check("clock", "").bad("", ahead(400).checks[0].means, "Set the clock.")
    found(profile, Report((worse,)))
    assert (told(), Alert.objects.get().severity) == (["alert.opened", "alert.changed"], "bad")


# ── let go meanwhile ────────────────────────────────────────────────────────────────────────────────────────────────


def test_daily_check_leaves_a_profile_alone_that_was_disconnected_meanwhile(profile: Profile, plugged: World) -> None:
    Profile.objects.update(check_at=clock.now())
    assert daily.due(clock.now(), 9) == [profile.pk]
    disconnect_profile(ROOT, profile)
    before = Profile.objects.values().get()
    daily.examine_one(profile.pk, clock.now())
    assert Profile.objects.values().get() == before
    assert not Entry.objects.filter(action="profile.checked").exists()


def test_daily_check_examines_one_that_is_connected(profile: Profile, plugged: World) -> None:
    Profile.objects.update(check_at=clock.now())
    daily.examine_one(profile.pk, clock.now())
    assert Entry.objects.filter(action="profile.checked").count() == 1


def test_profile_disconnected_while_amazon_is_asked_keeps_and_tells_nothing(
    profile: Profile, plugged: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged.revoke()

    def meanwhile(*args: Any, **more: Any) -> Report:
        report = examine(*args, **more)
        disconnect_profile(ROOT, Profile.objects.get(pk=profile.pk))
        return report

    monkeypatch.setattr(kept, "examine", meanwhile)
    assert check_profile(ROOT, profile)["ok"] is False
    left = Profile.objects.get()
    assert (left.trouble, left.paused_at, left.checked, left.checked_at) == ({}, None, {}, None)
    assert not Alert.objects.exists()


def test_trouble_of_a_profile_that_is_connected_is_noted(profile: Profile) -> None:
    note_trouble(profile, Misconfigured("shut"))
    assert Profile.objects.get().trouble["message"] == "shut"
