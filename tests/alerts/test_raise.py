"""One alert per cause while it stands; other words go into it; it closes when the cause is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import make_profile
from purveyor.alerts import kinds
from purveyor.alerts.domain import take
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from purveyor.common import clock
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

CAUSE = "profile:7:trouble"


def raised(**other: Any) -> Alert:
    words = {"kind": "profile.trouble", "severity": "warn", "message": Phrase("It does not work.")} | other
    return raise_alert(CAUSE, **words)


def _rows() -> list[tuple[str, str, str]]:
    return list(Alert.objects.order_by("pk").values_list("state", "severity", "message"))


def _said() -> list[tuple[str, Any]]:
    return list(Entry.objects.order_by("pk").values_list("action", "new"))


def test_alert_opens_once_per_cause() -> None:
    first, second = raised(), raised()
    assert (first.pk, _rows()) == (second.pk, [("open", "warn", "It does not work.")])
    told = {"kind": "profile.trouble", "severity": "warn", "message": "It does not work."}
    assert _said() == [("alert.opened", told)]


def test_alert_takes_other_words_and_severity() -> None:
    raised()
    found = raised(severity="bad", message=Phrase("Worse."))
    assert ((found.severity, found.message), _rows()) == (("bad", "Worse."), [("open", "bad", "Worse.")])
    assert _said()[1:] == [("alert.changed", {"severity": "bad", "message": "Worse."})]


def test_another_request_id_alone_changes_nothing() -> None:
    raised(request_id="one")
    raised(request_id="two")
    assert (Alert.objects.get().request_id, len(_said())) == ("one", 1)


def test_another_cause_is_another_alert() -> None:
    raised()
    raise_alert("profile:8:trouble", kind="profile.trouble", severity="info", message=Phrase("Another."))
    assert _rows() == [("open", "warn", "It does not work."), ("open", "info", "Another.")]


def test_a_cause_that_comes_back_is_another_alert() -> None:
    first = raised()
    clock.turn(timedelta(hours=1))
    assert (close_alert(CAUSE, "It works again."), close_alert(CAUSE, "Twice.")) == (True, False)
    second = raised()
    first.refresh_from_db()
    assert (first.state, first.closed_at, second.state) == ("closed", clock.now(), "open")
    assert Entry.objects.get(action="alert.closed").because == "It works again."


def test_what_became_worse_after_it_was_taken_is_open_again() -> None:
    alert = raised()
    take(Who.cli(), alert.pk)
    raised(message=Phrase("The same, in other words."))
    assert _rows() == [("taken", "warn", "The same, in other words.")]
    raised(severity="bad", message=Phrase("Worse."))
    assert (_rows(), Alert.objects.get().taken_by) == ([("open", "bad", "Worse.")], "")


def test_an_alert_goes_with_its_profile() -> None:
    profile = make_profile()
    assert raised(profile_id=profile.pk).profile == profile
    assert Entry.objects.get().profile == "acme-de"
    profile.delete()
    assert _rows() == []


def test_words_that_look_like_a_secret_stay_out_of_the_audit() -> None:
    raised(message=Phrase("Atzr|an-obviously-fake-refresh-token-for-tests"))
    assert _said()[0][1]["message"] == "[redacted]"


def test_unknown_kinds_and_severities_are_refused() -> None:
    with pytest.raises(kinds.UnknownKind):
        raised(kind="something")
    with pytest.raises(ValueError, match="loud"):
        raised(severity="loud")
    assert _rows() == []


def test_a_kind_has_one_meaning() -> None:
    known = kinds.find("profile.trouble")
    kinds.add([known])
    with pytest.raises(ValueError, match="already another"):
        kinds.add([kinds.Kind("profile.trouble", "Another.", "Another.")])
