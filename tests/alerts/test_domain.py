"""What people do about alerts, and whose they see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cast import Cast, make_cast, make_user
from purveyor.alerts import kinds, queries
from purveyor.alerts.domain import assign, close, comment, take
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

ROOT = Who.cli()
BY_HAND = "test.by_hand"


@pytest.fixture(autouse=True)
def _a_kind_closed_by_hand() -> Iterator[None]:
    kinds.add([kinds.Kind(BY_HAND, "Something happened.", "A person closes it.", by_hand=True)])
    yield
    del kinds.KINDS[BY_HAND]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def raised(cast: Cast | None = None, kind: str = BY_HAND, cause: str = "cause", **other: Any) -> Alert:
    words: dict[str, Any] = {"severity": "warn", "message": Phrase("Something.")}
    where = cast.profile.pk if cast else None
    return raise_alert(cause, kind=kind, profile_id=where, **(words | other))


def now(alert: Alert) -> tuple[str, str]:
    alert.refresh_from_db()
    return alert.state, alert.taken_by


def test_take_says_who_looks_after_it(cast: Cast) -> None:
    alert, anna = raised(cast), cast.who("vendor_manager")
    assert (take(anna, alert.pk).taken_by, now(alert)) == (anna.name, ("taken", anna.name))
    told = Entry.objects.get(action="alert.taken")
    assert (told.by, told.profile, told.new) == (anna.name, "acme-de", {"state": "taken", "taken_by": anna.name})


def test_take_twice_is_once_and_another_takes_it_over(cast: Cast) -> None:
    alert, anna, root = raised(cast), cast.who("vendor_manager"), cast.who("administrator")
    take(anna, alert.pk)
    take(anna, alert.pk)
    assert Entry.objects.filter(action="alert.taken").count() == 1
    take(root, alert.pk)
    assert now(alert) == ("taken", root.name)


def test_close_by_hand_says_why(cast: Cast) -> None:
    alert = raised(cast)
    close(cast.who("vendor_manager"), alert.pk, "Seen.")
    assert (now(alert), Entry.objects.get(action="alert.closed").because) == (("closed", ""), "Seen.")


def test_what_closes_by_itself_is_not_closed_by_hand(cast: Cast) -> None:
    alert = raised(cast, kind="profile.trouble")
    with pytest.raises(Conflict) as caught:
        close(ROOT, alert.pk)
    assert caught.value.message == "This alert closes by itself: The connection works again."
    assert (caught.value.code, now(alert)) == ("closes-by-itself", ("open", ""))


@pytest.mark.parametrize("verb", [take, close, lambda who, number: assign(who, number, "administrator")])
def test_a_closed_alert_stays_as_it_is(cast: Cast, verb: Any) -> None:
    alert = raised(cast)
    close_alert("cause", "Gone.")
    count = Entry.objects.count()
    with pytest.raises(Conflict):
        verb(ROOT, alert.pk)
    assert (now(alert), Entry.objects.count()) == (("closed", ""), count)


def give(who: Who, number: int) -> Any:
    return assign(who, number, "vendor-manager")


def say(who: Who, number: int) -> Any:
    return comment(who, number, "Seen.")


def test_assign_gives_it_to_somebody_who_may_see_it(cast: Cast) -> None:
    alert, anna = raised(cast), cast.who("vendor_manager")
    assert assign(anna, alert.pk, "Warehouse").taken_by == "user:warehouse"
    assign(anna, alert.pk, "warehouse")
    told = Entry.objects.get(action="alert.assigned")
    assert (told.by, told.new) == (anna.name, {"state": "taken", "taken_by": "user:warehouse"})
    take(anna, alert.pk)
    assert now(alert) == ("taken", anna.name)


@pytest.mark.parametrize("name", ["stranger", "nobody", "", "shut-out"])
def test_assign_refuses_who_may_not_see_it(cast: Cast, name: str) -> None:
    make_user("shut-out", "warehouse", cast.profile, is_active=False)
    alert, count = raised(cast), Entry.objects.count()
    with pytest.raises(Refused) as caught:
        assign(cast.who("vendor_manager"), alert.pk, name)
    assert [problem.where for problem in caught.value.problems] == ["person"]
    assert (now(alert), Entry.objects.count()) == (("open", ""), count)


def test_what_concerns_the_installation_is_for_those_who_see_all_of_it(cast: Cast) -> None:
    alert = raised()
    with pytest.raises(Refused):
        assign(ROOT, alert.pk, "vendor-manager")
    assert assign(ROOT, alert.pk, "administrator").taken_by == "user:administrator"


def test_comments_are_kept_in_order_and_told_also_of_a_closed_alert(cast: Cast) -> None:
    alert, anna = raised(cast), cast.who("vendor_manager")
    comment(anna, alert.pk, " One. ")
    close_alert("cause", "Gone.")
    comment(anna, alert.pk, "Two.")
    assert [(c.by, c.text) for c in queries.comments(alert)] == [(anna.name, "One."), (anna.name, "Two.")]
    assert [e.new for e in Entry.objects.filter(action="alert.commented")] == [{"text": "One."}, {"text": "Two."}]


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_no_comment_and_too_long_a_one_are_refused(cast: Cast, text: str) -> None:
    alert = raised(cast)
    with pytest.raises(Refused):
        comment(cast.who("vendor_manager"), alert.pk, text)
    assert queries.comments(alert).count() == 0


def test_a_comment_that_looks_like_a_secret_stays_out_of_the_audit(cast: Cast) -> None:
    comment(ROOT, raised(cast).pk, "Atzr|an-obviously-fake-refresh-token-for-tests")
    assert Entry.objects.get(action="alert.commented").new == {"text": "[redacted]"}


@pytest.mark.parametrize("verb", [take, close, give, say])
@pytest.mark.parametrize(
    ("who", "error"), [("stranger", NotFound), ("warehouse", Denied), ("finance", Denied), ("auditor", Denied)]
)
def test_those_who_may_not_change_nothing(cast: Cast, who: str, error: type[Exception], verb: Any) -> None:
    alert, count = raised(cast), Entry.objects.count()
    with pytest.raises(error):
        verb(cast.who(who), alert.pk)
    assert (now(alert), Entry.objects.count(), queries.comments(alert).count()) == (("open", ""), count, 0)


def test_alerts_are_seen_by_those_of_their_profile(cast: Cast) -> None:
    mine = raised(cast)
    ours = raised(cause="the whole installation")
    theirs = raise_alert("theirs", kind=BY_HAND, severity="bad", message=Phrase("Theirs."), profile_id=cast.other.pk)
    seen = {
        name: {alert.pk for alert in queries.visible_to(cast.who(name))}
        for name in ("warehouse", "stranger", "administrator")
    }
    assert seen == {
        "warehouse": {mine.pk},
        "stranger": {theirs.pk},
        "administrator": {mine.pk, ours.pk, theirs.pk},
    }


def test_today_lists_what_it_does_not_tell_anyway_the_worst_first(cast: Cast) -> None:
    raised(cast, cause="1", severity="info")
    worst = raised(cast, cause="2", severity="bad")
    raised(cast, cause="3", kind="profile.trouble", severity="bad")
    raised(cast, cause="4", severity="bad")
    close_alert("4", "Gone.")
    found = [alert.severity for alert in queries.for_today(ROOT)]
    assert (found, queries.for_today(ROOT)[0]) == (["bad", "info"], worst)


@pytest.mark.parametrize(
    ("state", "causes"),
    [
        ("standing", {"open", "taken"}),
        ("open", {"open"}),
        ("taken", {"taken"}),
        ("closed", {"closed"}),
        ("all", {"open", "taken", "closed"}),
    ],
)
def test_alerts_by_state(state: str, causes: set[str]) -> None:
    for cause in ("open", "taken", "closed"):
        raised(cause=cause)
    take(ROOT, Alert.objects.get(cause="taken").pk)
    close_alert("closed", "Gone.")
    assert set(queries.in_state(Alert.objects.all(), state).values_list("cause", flat=True)) == causes


def test_there_is_no_other_state() -> None:
    with pytest.raises(ValueError, match="asleep"):
        queries.in_state(Alert.objects.all(), "asleep")
