"""``alert``: list, take, close."""

from __future__ import annotations

from datetime import datetime

import pytest

from cast import make_user
from cli.conftest import Run
from purveyor.alerts import kinds
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import raise_alert
from purveyor.base.phrase import Phrase
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def alert(profile: Profile, held_clock: datetime) -> Alert:
    words = {"severity": "warn", "message": Phrase("It does not work."), "hint": Phrase("Mend it.")}
    return raise_alert("cause", kind="profile.trouble", profile_id=profile.pk, **words)


def test_alerts_are_listed_the_worst_first(run: Run, alert: Alert) -> None:
    raise_alert("worse", kind="profile.trouble", severity="bad", message=Phrase("Worse."))
    rows = run("alert", "list", "--json").json["alerts"]
    assert [(r["message"], r["profile"]) for r in rows] == [("Worse.", None), ("It does not work.", "acme-de")]
    (mine,) = run("alert", "list", "--profile", "acme-de", "--json").json["alerts"]
    assert mine["opened_at"] == "2026-03-02T09:00:00Z"
    assert run("alert", "list", "--state", "closed").out == "No alert stands.\n"


def test_alert_is_taken_and_not_closed_by_hand(run: Run, alert: Alert) -> None:
    assert run("alert", "take", str(alert.pk)).out == "taken: It does not work.\nMend it.\n"
    done = run("alert", "close", str(alert.pk), "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "closes-by-itself")
    assert (Alert.objects.get().state, Alert.objects.get().taken_by) == ("taken", Who.cli().name)


def test_alert_is_closed_by_hand_where_its_kind_allows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.KINDS, "test", kinds.Kind("test", "Something.", "A person closes it.", by_hand=True))
    made = raise_alert("cause", kind="test", severity="info", message=Phrase("Look."))
    assert run("alert", "close", str(made.pk), "--because", "Seen.", "--json").json["state"] == "closed"
    assert run("alert", "close", "999", "--json").json["error"]["code"] == "not-found"


def test_alert_is_given_and_commented(run: Run, alert: Alert, profile: Profile) -> None:
    make_user("dora", "warehouse", profile)
    assert run("alert", "assign", str(alert.pk), "dora", "--json").json["taken_by"] == "user:dora"
    assert run("alert", "assign", str(alert.pk), "nobody", "--json").json["error"]["code"] == "refused"
    assert run("alert", "comment", str(alert.pk), "On it.", "--json").json["text"] == "On it."
    shown = run("alert", "show", str(alert.pk)).out.splitlines()
    assert shown == [
        "taken: It does not work.",
        "Mend it.",
        f"2026-03-02T09:00:00Z {Who.cli().name}: On it.",
    ]
