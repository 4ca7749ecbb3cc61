"""Alerts over REST."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from cast import Cast
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import Phrase
from purveyor.common import clock

from .conftest import Caller, Make, said

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def alert(cast: Cast, held_clock: datetime) -> Alert:
    words = {
        "severity": "bad",
        "message": Phrase("It does not work."),
        "hint": Phrase("Mend it."),
        "remedy": "mend the settings",
    }
    return raise_alert("cause", kind="profile.trouble", profile_id=cast.profile.pk, request_id="r-1", **words)


def test_alerts_are_listed_with_everything(anna: Caller, alert: Alert) -> None:
    moment = "2026-03-02T09:00:00Z"
    assert anna.read("/alerts") == {
        "alerts": [
            {
                "id": alert.pk,
                "kind": "profile.trouble",
                "severity": "bad",
                "state": "open",
                "profile": "acme-de",
                "message": "It does not work.",
                "hint": "Mend it.",
                "values": {},
                "remedy": "mend the settings",
                "request_id": "r-1",
                "taken_by": "",
                "opened_at": moment,
                "updated_at": moment,
                "closed_at": None,
            }
        ],
        "next": "",
    }
    assert anna.read(f"/alerts/{alert.pk}")["id"] == alert.pk


def test_alerts_are_those_that_stand_unless_asked(anna: Caller, alert: Alert) -> None:
    close_alert("cause", "Gone.")
    counts = {state: len(anna.read(f"/alerts?state={state}")["alerts"]) for state in ("standing", "closed", "all")}
    assert (counts, anna.read("/alerts")["alerts"]) == ({"standing": 0, "closed": 1, "all": 1}, [])
    assert said(anna.get("/alerts?state=asleep")) == (422, "invalid")


def test_alerts_are_paged_newest_first(anna: Caller, alert: Alert, cast: Cast) -> None:
    clock.turn(timedelta(hours=1))
    raise_alert("another", kind="profile.trouble", severity="info", message=Phrase("B."), profile_id=cast.profile.pk)
    first = anna.read("/alerts?limit=1")
    second = anna.read(f"/alerts?limit=1&cursor={first['next']}")
    assert [a["message"] for a in first["alerts"] + second["alerts"]] == ["B.", "It does not work."]
    assert second["next"] == ""


def test_alert_is_taken(anna: Caller, alert: Alert) -> None:
    answer = json.loads(anna.post(f"/alerts/{alert.pk}/take").content)
    assert (answer["state"], answer["taken_by"]) == ("taken", "token:vendor-manager/erp 0")


def test_alert_that_closes_by_itself_is_not_closed(anna: Caller, alert: Alert) -> None:
    assert said(anna.post(f"/alerts/{alert.pk}/close")) == (409, "closes-by-itself")
    assert Alert.objects.get().state == "open"


@pytest.mark.parametrize("verb", ["take", "close"])
def test_others_may_not(verb: str, cast: Cast, caller: Make, stranger: Caller, nobody: Caller, alert: Alert) -> None:
    path = f"/alerts/{alert.pk}/{verb}"
    assert said(caller(cast.warehouse).post(path)) == (403, "denied")
    assert said(stranger.post(path)) == (404, "not-found")
    assert said(nobody.post(path)) == (401, "not-signed-in")
    assert (stranger.read("/alerts")["alerts"], Alert.objects.get().state) == ([], "open")


def test_alerts_are_on_today_where_nothing_else_tells_them(anna: Caller, cast: Cast, alert: Alert) -> None:
    raise_alert("age", kind="profile.secret_age", severity="warn", message=Phrase("Old."), profile_id=cast.profile.pk)
    assert [a["message"] for a in anna.read("/today")["alerts"]] == ["Old."]


def test_comments_are_kept_and_told(anna: Caller, alert: Alert) -> None:
    answer = anna.post(f"/alerts/{alert.pk}/comments", {"text": " Seen by the dock. "})
    told = {
        "id": alert.comments.get().pk,
        "by": "token:vendor-manager/erp 0",
        "at": "2026-03-02T09:00:00Z",
        "text": "Seen by the dock.",
    }
    assert (answer.status_code, json.loads(answer.content)) == (201, told)
    assert anna.read(f"/alerts/{alert.pk}")["comments"] == [told]
    assert said(anna.post(f"/alerts/{alert.pk}/comments", {"text": "  "})) == (422, "refused")


def test_alert_is_given_to_somebody_who_may_see_it(anna: Caller, alert: Alert, cast: Cast) -> None:
    answer = json.loads(anna.post(f"/alerts/{alert.pk}/assign", {"person": "warehouse"}).content)
    assert (answer["state"], answer["taken_by"]) == ("taken", "user:warehouse")
    assert said(anna.post(f"/alerts/{alert.pk}/assign", {"person": "stranger"})) == (422, "refused")
