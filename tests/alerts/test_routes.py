"""Routes tell: the right people, by mail, webhook or chat, at once or gathered, each alert once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest

from alerts_hooks import added
from cast import Cast, make_cast
from purveyor.alerts import tell
from purveyor.alerts.domain import routes, take
from purveyor.alerts.domain.routes import Asked
from purveyor.alerts.models import Alert, Notice, Route
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.people.models import Grant, User
from purveyor.people.who import Who
from receiver import Receiver, receiving
from smtp import MailServer, mail_server

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.usefixtures("held_clock", "key_file"),
]

ROOT = Who.cli()
SetOption = Callable[[str, str], None]


@pytest.fixture
def there(set_option: SetOption) -> Iterator[Receiver]:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "yes")
    with receiving() as found:
        yield found


@pytest.fixture
def mails(set_option: SetOption) -> Iterator[MailServer]:
    with mail_server() as found:
        set_option("PURVEYOR_SMTP_HOST", "127.0.0.1")
        set_option("PURVEYOR_SMTP_PORT", str(found.port))
        set_option("PURVEYOR_SMTP_TLS", "none")
        set_option("PURVEYOR_MAIL_FROM", "hub@example.com")
        yield found


@pytest.fixture
def cast() -> Cast:
    found = make_cast()
    for user in (found.vendor_manager, found.warehouse, found.stranger, found.administrator):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.com")
    return found


def raised(cast: Cast, cause: str = "cause", **other: Any) -> Alert:
    words: dict[str, Any] = {"kind": "profile.trouble", "severity": "warn", "message": Phrase("It does not work.")}
    return raise_alert(cause, **({"profile_id": cast.profile.pk} | words | other))


def made(**asked: Any) -> Route:
    return routes.add(ROOT, Asked(**({"name": "duty", "role": "vendor-manager"} | asked)))


def told() -> int:
    """Tell what is due of every route."""
    return sum(tell.tell_due(key) for key in tell.due(clock.now(), 50))


def test_mail_goes_to_the_role_on_the_profile(cast: Cast, mails: MailServer) -> None:
    made()
    raised(cast, hint=Phrase("Mend it."))
    assert (told(), told()) == (1, 0)
    ((to, mail),) = mails.mails
    assert (to, mail["to"], mail["from"]) == (
        ["vendor-manager@example.com"],
        "vendor-manager@example.com",
        "hub@example.com",
    )
    assert mail["subject"] == "Purveyor: Warning (acme-de): It does not work."
    assert mail.get_content().strip() == "Warning (acme-de): It does not work.\n  Mend it."


def test_mail_speaks_the_reader_s_language(cast: Cast, mails: MailServer) -> None:
    User.objects.filter(username="vendor-manager").update(language="de")
    made()
    raised(cast)
    told()
    assert mails.mails[0][1]["subject"].startswith("Purveyor: Warnung (acme-de)")


def test_mail_links_to_the_alert_where_the_hub_knows_its_address(
    cast: Cast, mails: MailServer, set_option: SetOption
) -> None:
    set_option("PURVEYOR_PUBLIC_URL", "https://hub.example.com")
    made()
    alert = raised(cast)
    told()
    assert f"https://hub.example.com/alerts/{alert.pk}/" in mails.mails[0][1].get_content()


def test_mail_to_one_person_each_for_themselves(cast: Cast, mails: MailServer) -> None:
    made(name="one", role="", person="warehouse")
    made(name="two", role="administrator")
    raised(cast)
    told()
    assert sorted(to for to, _mail in mails.mails) == [["administrator@example.com"], ["warehouse@example.com"]]


def test_nobody_is_told_what_they_may_not_see(cast: Cast, mails: MailServer) -> None:
    made(role="", person="stranger")
    raised(cast)
    raise_alert("all", kind="profile.trouble", severity="bad", message=Phrase("Everywhere."))
    assert (told(), mails.mails, Notice.objects.count()) == (0, [], 0)


def test_rights_that_went_since_count(cast: Cast, mails: MailServer) -> None:
    made()
    raised(cast)
    Grant.objects.filter(user=cast.vendor_manager).delete()
    assert (told(), mails.mails, Notice.objects.get().state) == (0, [], "dropped")


@pytest.mark.parametrize(
    ("asked", "meets"),
    [
        ({}, True),
        ({"severity": "warn"}, True),
        ({"severity": "bad"}, False),
        ({"kinds": ["profile.trouble"]}, True),
        ({"kinds": ["profile.check"]}, False),
        ({"profile": "acme-de"}, True),
        ({"profile": "other-uk"}, False),
        ({"on": False}, False),
    ],
)
def test_which_alerts_a_route_is_for(cast: Cast, asked: dict[str, Any], meets: bool) -> None:
    made(**asked)
    raised(cast)
    assert Notice.objects.count() == meets


def test_the_close_is_told_to_those_who_heard_of_it(cast: Cast, mails: MailServer) -> None:
    made()
    raised(cast)
    told()
    made(name="later", role="administrator")
    close_alert("cause", "Gone.")
    told()
    assert [(to, mail["subject"]) for to, mail in mails.mails[1:]] == [
        (["vendor-manager@example.com"], "Purveyor: Closed (acme-de): It does not work.")
    ]


def test_what_becomes_worse_is_told_again(cast: Cast, mails: MailServer) -> None:
    made(name="bad only", severity="bad")
    alert = raised(cast)
    take(ROOT, alert.pk)
    assert told() == 0
    raised(cast, severity="bad")
    raised(cast, severity="warn")
    assert (told(), Notice.objects.get().news) == (1, "worse")


def test_worse_while_open_is_told_too(cast: Cast) -> None:
    made()
    raised(cast, severity="info")
    raised(cast, severity="bad")
    assert list(Notice.objects.order_by("pk").values_list("news", flat=True)) == ["opened", "worse"]


def test_a_digest_holds_each_alert_once_and_says_what_closed(cast: Cast, mails: MailServer) -> None:
    made(pace="daily", daily_at=time(8), zone="Europe/Berlin")
    raised(cast, "one", message=Phrase("One."))
    raised(cast, "two", message=Phrase("Two."), severity="bad")
    close_alert("one", "Gone.")
    assert told() == 0
    clock.turn(timedelta(hours=22))
    assert (told(), len(mails.mails)) == (3, 1)
    mail = mails.mails[0][1]
    assert mail["subject"] == "Purveyor: 2 alerts"
    assert mail.get_content().strip() == "Serious (acme-de): Two.\n\nClosed (acme-de): One."


def test_quiet_hours_hold_back_all_but_what_is_serious(cast: Cast, mails: MailServer) -> None:
    made(quiet_from=time(8), quiet_until=time(17))
    raised(cast, "one")
    assert told() == 0
    raised(cast, "two", severity="bad", message=Phrase("Serious."))
    assert (told(), "Serious" in mails.mails[0][1]["subject"]) == (1, True)
    clock.turn(timedelta(hours=8))
    assert (told(), len(mails.mails)) == (1, 2)


def test_what_cannot_be_told_is_tried_again_and_alerted(cast: Cast, mails: MailServer) -> None:
    made()
    mails.refuses.add("vendor-manager@example.com")
    raised(cast)
    for _n in range(3):
        assert told() == 0
        clock.turn(timedelta(minutes=10))
    notice = Notice.objects.get(alert__cause="cause")
    assert (notice.state, notice.tries, notice.error) == ("waiting", 3, "550 nobody here is vendor-manager@example.com")
    alert = Alert.objects.get(kind="route.failing")
    assert (alert.message, alert.state) == ("Route duty does not get through.", "open")
    mails.refuses.clear()
    told()
    alert.refresh_from_db()
    assert (alert.state, len(mails.mails)) == ("closed", 1)


def test_a_route_does_not_tell_of_its_own_trouble(cast: Cast) -> None:
    route = made()
    raise_alert(
        f"route:{route.pk}:failing",
        kind="route.failing",
        severity="warn",
        message=Phrase("x"),
        profile_id=cast.profile.pk,
    )
    assert Notice.objects.count() == 0


def test_without_a_server_mail_says_what_is_missing(cast: Cast) -> None:
    made()
    raised(cast)
    assert told() == 0
    assert "PURVEYOR_SMTP_HOST" in Notice.objects.get().error


def test_chat_says_it_in_text_and_its_address_stays_sealed(cast: Cast, there: Receiver) -> None:
    address = there.url + "/T0/an-obviously-fake-path"
    route = made(sink="chat", role="", address=address)
    raised(cast)
    there.answer = lambda came: (404, {}, f"no hook at {came.path}".encode())
    assert told() == 0
    text = json.loads(there.requests[0].body)["text"]
    assert text.startswith("Purveyor: Warning (acme-de): It does not work.")
    assert Notice.objects.get().error == "404 no hook at /•••"
    kept = [str(e.content()) for e in Entry.objects.all()] + [str(vars(Route.objects.get()))]
    assert [one for one in kept if "obviously-fake" in one] == []
    assert route.host == address.split("/")[2]


def test_names_in_an_alert_call_nobody_in_the_chat(cast: Cast, there: Receiver) -> None:
    made(sink="chat", role="", address=there.url)
    raised(
        cast,
        message=Phrase("<!channel> <@U1> <https://evil.example|Purveyor> @here [all](https://evil.example) 1 < 2 @ 3"),
    )
    told()
    text = json.loads(there.requests[0].body)["text"]
    assert text.startswith(
        "Purveyor: Warning (acme-de): <\u200b!channel> <\u200b@\u200bU1> <\u200bhttps://evil.example|Purveyor> "
        "@\u200bhere [all]\u200b(https://evil.example) 1 < 2 @ 3"
    )


def test_webhook_tells_it_signed(cast: Cast, there: Receiver) -> None:
    hook, _secret = added(there.url)
    made(sink="webhook", role="", webhook=hook.pk)
    alert = raised(cast)
    told()
    (came,) = there.requests
    said = json.loads(came.body)
    assert (said["type"], said["route"], [one["id"] for one in said["alerts"]]) == ("alerts.notice", "duty", [alert.pk])
    assert came.headers["purveyor-signature"].startswith(f"t={int(clock.now().timestamp())},v1=")


def test_the_test_button(cast: Cast, mails: MailServer, there: Receiver) -> None:
    mail = made()
    said = routes.try_out(cast.who("administrator"), mail.pk)
    assert (said.ok, said.status, mails.mails[0][0]) == (True, 250, ["administrator@example.com"])
    chat = made(name="chat", sink="chat", role="", address=there.url)
    assert routes.try_out(ROOT, chat.pk).status == 200
    assert json.loads(there.requests[0].body)["text"].startswith("Purveyor: Test")
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"name": ""}, "name"),
        ({"sink": "pigeon"}, "sink"),
        ({"severity": "loud"}, "severity"),
        ({"kinds": ["poems"]}, "kinds"),
        ({"pace": "yearly"}, "pace"),
        ({"pace": "daily"}, "daily_at"),
        ({"zone": "Middle/Earth"}, "zone"),
        ({"zone": "CET"}, "zone"),
        ({"quiet_from": time(8)}, "quiet_until"),
        ({"quiet_from": time(8), "quiet_until": time(8)}, "quiet_until"),
        ({"role": ""}, "role"),
        ({"role": "king"}, "role"),
        ({"role": "vendor-manager", "person": "warehouse"}, "role"),
        ({"role": "", "person": "nobody"}, "person"),
        ({"name": "pvy_abcdef123456_" + "a" * 30}, "name"),
        ({"sink": "chat"}, "address"),
        ({"sink": "chat", "address": "https://user@hub.example.com"}, "address"),
        ({"sink": "webhook"}, "webhook"),
        ({"sink": "webhook", "webhook": 999}, "webhook"),
    ],
)
def test_nonsense_is_refused(cast: Cast, asked: dict[str, Any], where: str) -> None:
    count = Entry.objects.count()
    with pytest.raises(Refused) as caught:
        made(**asked)
    assert [problem.where for problem in caught.value.problems] == [where]
    assert (Route.objects.count(), Entry.objects.count()) == (0, count)


def test_a_change_keeps_what_is_not_named(cast: Cast) -> None:
    route = made(sink="chat", role="", address="https://chat.example.com/T0/fake")
    sealed = bytes(Route.objects.get().sealed or b"")
    routes.change(ROOT, route.pk, {"severity": "bad", "pace": "daily", "daily_at": time(8)})
    found = Route.objects.get()
    assert (found.severity, found.pace, found.host, bytes(found.sealed or b"") == sealed) == (
        "bad",
        "daily",
        "chat.example.com",
        True,
    )
    routes.change(ROOT, route.pk, {"sink": "mail", "role": "finance"})
    found.refresh_from_db()
    assert (found.sealed, found.host, found.role) == (None, "", "finance")
    with pytest.raises(Refused) as caught:
        routes.change(ROOT, route.pk, {"profile": "acme-de"})
    assert caught.value.problems[0].where == "profile"


def test_a_webhook_of_one_profile_hears_no_alerts_of_all(cast: Cast, there: Receiver) -> None:
    hook, _secret = added(there.url, profile="acme-de")
    with pytest.raises(Refused):
        made(sink="webhook", role="", webhook=hook.pk)
    assert made(sink="webhook", role="", webhook=hook.pk, profile="acme-de").webhook_id == hook.pk


@pytest.mark.parametrize("name", ["stranger", "warehouse", "integrator", "auditor"])
def test_others_can_do_nothing_with_it(cast: Cast, name: str) -> None:
    route, who = made(profile="acme-de"), cast.who(name)
    count = Entry.objects.count()
    for verb in (lambda: routes.change(who, route.pk, {"on": False}), lambda: routes.remove(who, route.pk)):
        with pytest.raises(NotFound):
            verb()
    with pytest.raises(NotFound):
        routes.try_out(who, route.pk)
    with pytest.raises(Denied):
        routes.add(who, Asked(name="mine", role="finance", profile="acme-de"))
    assert (Route.objects.get().on, Entry.objects.count()) == (True, count)


def test_the_vendor_manager_routes_their_profile_only(cast: Cast) -> None:
    who = cast.who("vendor_manager")
    made(name="everywhere")
    mine = routes.add(who, Asked(name="mine", role="finance", profile="acme-de"))
    assert [one.name for one in routes.routes(who)] == ["mine"]
    with pytest.raises(Denied):
        routes.add(who, Asked(name="other", role="finance"))
    routes.remove(who, mine.pk)
    assert [one.name for one in Route.objects.all()] == ["everywhere"]


def test_raising_costs_one_question_more_while_there_is_no_route(cast: Cast, django_assert_num_queries: Any) -> None:
    raised(cast, "warm")
    with django_assert_num_queries(7):
        raised(cast, "another")


def test_zone_nobody_names_is_that_of_the_profile_or_the_one_all_profiles_share(cast: Cast) -> None:
    assert (cast.profile.marketplace, cast.other.marketplace) == ("DE", "GB")
    assert made(profile=cast.profile.name).zone == "Europe/Berlin"
    assert made(name="british", profile=cast.other.name).zone == "Europe/London"
    assert made(name="every").zone == "UTC"
    cast.other.delete()
    assert made(name="alike").zone == "Europe/Berlin"
    said = made(name="said", zone=" asia/tokyo ")
    assert said.zone == "Asia/Tokyo"
    assert routes.change(ROOT, said.pk, {"zone": ""}).zone == "Europe/Berlin"
    assert routes.change(ROOT, said.pk, {"on": False}).zone == "Europe/Berlin"
