"""A partner's channel: its folder as files come and go by it, who may sign in by it, and what the audit is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from cast import make_profile
from channels.making import EAN, HEAD, ME, lines
from channels.sftp.foreign import HOST_KEY, OTHER_HOST_KEY, PASSWORD, line_of, server
from channels.sftp.hosting import KEY, OTHER, done, house
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.channels import setup, watch, ways
from purveyor.channels.models import Arrival, Channel
from purveyor.channels.sftp import partners
from purveyor.channels.sftp.jail import MEGABYTE, Quota
from purveyor.channels.sftp.keys import fingerprint
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.products.models import Product

GOOD = lines(HEAD, f"A-1;{EAN};Tea;6")


def partner(user: str, *, key: asyncssh.SSHKey = KEY, name: str = "", **more: Any) -> Channel:
    options = {"user": user, "keys": line_of(key)} | more.pop("options", {})
    told = {"kind": "products"} | more
    return setup.add(ME, setup.Asked(name=name or user, way="partner", options=options, **told))


@pytest.fixture
def user(tmp_path: Path) -> str:
    """A name no other test has; its folder lies in the run's home."""
    return "p" + "".join(c for c in tmp_path.name.lower() if c.isalnum())[-20:]


@pytest.mark.django_db
def test_a_partner_has_a_user_good_keys_and_limits(user: str) -> None:
    channel = partner(user, options={"keys": f"# of the WMS\n{line_of(KEY)} wms\n"})
    assert channel.options == {
        "user": user,
        "keys": f"{line_of(KEY)} wms",
        "largest": 64,
        "files": 1000,
        "quiet": setup.QUIET,
    }
    assert sorted(p.name for p in partners.root_of(user).iterdir()) == ["done", "error", "in", "out"]
    for wrong, where in (
        ({"user": "../etc"}, "user"),
        ({"user": "ACME"}, "user"),
        ({"user": "a" * 33}, "user"),
        ({"keys": ""}, "keys"),
        ({"keys": "ssh-ed25519 nonsense"}, "keys"),
        ({"largest": "0"}, "largest"),
        ({"largest": "65"}, "largest"),
        ({"files": "many"}, "files"),
        ({}, "user"),  # another channel has this one
    ):
        with pytest.raises(Refused) as refused:
            partner(user, name="another", options=wrong)
        assert [one.where for one in refused.value.problems] == [where], wrong
    assert Channel.objects.count() == 1


@pytest.mark.django_db
def test_what_a_partner_brings_through_the_server_is_taken_and_filed_beside_in(user: str, held_clock: object) -> None:
    channel = partner(user)
    with house(partners.root_of(user).parent) as at:
        at.book.partners[user] = partners.standing([user])[user]

        async def bring() -> None:
            async with at.files(username=user) as sftp, sftp.open("in/list.csv", "wb") as file:
                await file.write(GOOD)

        async def fetch() -> tuple[list[str], bytes]:
            async with at.files(username=user) as sftp:
                found = sorted(await sftp.listdir("done"))
                async with sftp.open("done/list.csv.report.csv", "rb") as file:
                    return found, bytes(await file.read())

        done(bring())
        for _time in range(2):
            watch.look(channel.pk)
            clock.turn(timedelta(seconds=setup.QUIET + 1))
        found, report = done(fetch())
    assert list(Product.objects.values_list("sku", flat=True)) == ["A-1"]
    assert list(Arrival.objects.values_list("name", "state")) == [("list.csv", "done")]
    assert (found, b"Rows taken: 1." in report) == (["list.csv", "list.csv.report.csv"], True)


@pytest.mark.django_db
def test_what_goes_out_to_a_partner_lies_in_out_alone(user: str) -> None:
    place = ways.Place("x", {"user": user, "keys": line_of(KEY)}, {}, outgoing=True)
    way = ways.find("partner")
    way.prepare(place)
    with way.reach(place) as there:
        there.put("list.csv", b"pick this")
    lies = {p.relative_to(partners.root_of(user)).as_posix() for p in partners.root_of(user).rglob("*.csv")}
    assert lies == {"out/list.csv"}
    with way.reach(replace(place, outgoing=False)) as there:
        assert there.list() == []


@pytest.mark.django_db
def test_only_partners_that_are_switched_on_may_sign_in_each_by_the_keys_of_its_channels(user: str) -> None:
    channel = partner(user, options={"largest": "2", "files": "7"})
    setup.add(
        ME, replace(setup.asked_of(channel), name="out", kind="pick-list", outgoing=True, options=_with(OTHER, user))
    )
    found = partners.standing([user, "nobody"])
    assert {name: (one.keys, one.quota) for name, one in found.items()} == {
        user: (frozenset([KEY.public_data, OTHER.public_data]), Quota(2 * MEGABYTE, 7))
    }
    setup.switch(ME, user, on=False)
    assert partners.standing([user])[user].keys == {OTHER.public_data}
    setup.remove(ME, "out")
    assert partners.standing([user]) == {}


@pytest.mark.django_db
def test_no_other_profile_gets_into_a_partners_folder(user: str) -> None:
    mine, other = make_profile(), make_profile("other-uk", marketplace="GB")
    partner(user, kind="pick", profile=mine)
    asked = setup.Asked("thief", "partner", "pick-list", profile=other, outgoing=True, options=_with(OTHER, user))
    with pytest.raises(Refused) as error:
        setup.add(ME, asked)
    assert ([one.where for one in error.value.problems], user in error.value.message) == (["user"], False)
    assert partners.standing([user])[user].keys == {KEY.public_data}
    setup.add(ME, replace(asked, name="out", profile=mine))
    assert partners.standing([user])[user].keys == {KEY.public_data, OTHER.public_data}


def _with(key: asyncssh.SSHKey, user: str) -> dict[str, str]:
    return {"user": user, "keys": line_of(key)}


@pytest.mark.django_db(transaction=True)
def test_the_audit_is_told_of_logins_and_refusals_once_an_hour_and_never_of_unknown_names(user: str) -> None:
    channel, hour = partner(user), [0.0]
    ledger = partners.Ledger(lambda: hour[0])
    assert [ledger.find(name) is not None for name in (user, "nobody")] == [True, False]
    assert list(ledger.standing([user, "nobody"])) == [user]
    for _time in range(3):
        ledger.signed_in(user, "192.0.2.1", "SHA256:abc")
        ledger.refused(user, "192.0.2.9", 4)
        ledger.refused("", "192.0.2.9", 5)
    hour[0] = partners.HOUR
    ledger.signed_in(user, "192.0.2.1", "SHA256:abc")
    told = Entry.objects.filter(action__startswith="sftp.").order_by("pk")
    signed = (
        "sftp.signed_in",
        "system:sftp",
        str(channel.pk),
        {"user": user, "address": "192.0.2.1", "fingerprint": "SHA256:abc"},
    )
    assert list(told.values_list("action", "by", "object_id", "new")) == [
        signed,
        ("sftp.refused", "system:sftp", str(channel.pk), {"user": user, "address": "192.0.2.9", "failures": 4}),
        ("sftp.refused", "system:sftp", "", {"user": "", "address": "192.0.2.9", "failures": 5}),
        signed,
    ]
    for number in range(2 * partners.MOST_TOLD):
        ledger.refused("", f"198.51.100.{number}", 1)
    assert told.count() == 3 + partners.MOST_TOLD


@pytest.mark.django_db
def test_the_test_of_a_partner_says_whether_the_server_runs_and_which_keys_open(user: str) -> None:
    partner(user)
    tested = setup.try_out(ME, user)
    assert [(one.name, str(one.state)) for one in tested.checks] == [
        ("folder", "good"),
        ("keys", "good"),
        ("server", "warn"),
    ]
    assert fingerprint(KEY.public_data) in tested.checks[1].said
    (partners.root_of(user) / "in").rmdir()
    (partners.root_of(user) / "in").symlink_to("/tmp")
    bad = setup.try_out(ME, user)
    assert (bad.ok, bad.checks[0].name, bad.checks[0].ok) == (False, "folder", False)


@pytest.mark.django_db
def test_a_channel_of_anothers_server_stops_with_an_alert_when_its_key_changes_and_changes_nothing(
    tmp_path: Path, held_clock: object
) -> None:
    with server(tmp_path / "wms") as at:
        options = {"host": "127.0.0.1", "port": str(at.port), "user": "hub", "folder": ""}
        asked = setup.Asked("wms", "sftp", "products", options=options, secrets={"secret": PASSWORD})
        learned = setup.try_asked(ME, asked).learned
        assert at.said == []
        channel = setup.add(ME, replace(asked, options=options | learned))
        assert PASSWORD.encode() not in bytes(channel.sealed or b"")
        (at.root / "list.csv").write_bytes(GOOD)
        for _time in range(2):
            watch.look(channel.pk)
            clock.turn(timedelta(seconds=6))
        port = at.port
        assert sorted(p.name for p in at.root.rglob("*.csv")) == ["list.csv", "list.csv.report.csv"]
        assert sorted(p.name for p in at.root.iterdir()) == ["done"]
    assert list(Product.objects.values_list("sku", flat=True)) == ["A-1"]

    with server(tmp_path / "other", host_keys=[OTHER_HOST_KEY], port=port) as at:
        (at.root / "list.csv").write_bytes(lines(HEAD, f"A-2;{EAN};Tea;6"))
        watch.look(channel.pk)
        told = Alert.objects.exclude(state="closed").get()
        assert (told.kind, told.severity) == ("channel.failed", "bad")
        for key in (HOST_KEY, OTHER_HOST_KEY):
            assert fingerprint(key.public_data) in told.message
        assert (at.said, [p.name for p in at.root.iterdir()]) == ([], ["list.csv"])
        assert list(Product.objects.values_list("sku", flat=True)) == ["A-1"]
        # A person takes the new key over: the channel works again.
        new = setup.try_out(ME, "wms").learned
        asked = setup.asked_of(channel)
        setup.change(ME, "wms", replace(asked, options={**asked.options, **new}))
        watch.look(channel.pk)
        channel.refresh_from_db()
        assert (Alert.objects.exclude(state="closed").count(), channel.problem) == (0, "")
