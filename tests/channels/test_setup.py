"""Setting up channels: who may, what is refused, and that no secret is ever shown again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast
from channels.channelling import Watched, watched
from channels.making import ME
from purveyor.audit.models import Entry
from purveyor.channels import again, setup, ways
from purveyor.channels.models import Channel
from purveyor.channels.outward import channel_row
from purveyor.channels.places import place_of
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.people.domain.tokens import make_token
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
SECRET = "obviously not a real one"


class Locked:
    """A way with a secret, whose test says whether it was right."""

    name = "sftp"
    label = "Locked"
    every = 5.0
    leads = ("host",)
    shared = ()
    fields = (ways.Field("host", "Host", needed=True), ways.Field("password", "Password", secret=True))

    def settle(self, place: ways.Place) -> dict[str, Any]:
        return dict(place.options)

    def spot(self, place: ways.Place) -> tuple[Any, ...]:
        return (place.options["host"],)

    def facts(self, place: ways.Place) -> list[tuple[Any, str]]:
        return []

    def prepare(self, place: ways.Place) -> None:
        if place.options["host"] == "nowhere":
            raise ways.Unreachable("nowhere")

    @contextmanager
    def reach(self, place: ways.Place) -> Iterator[Any]:
        raise ways.Unreachable("locked")
        yield

    def test(self, place: ways.Place) -> ways.Tested:
        return ways.Tested([ways.Check("login", "Log in", place.secrets.get("password") == SECRET)], {"host": "found"})


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ways._ways, "sftp", Locked())


@pytest.fixture
def cast() -> Cast:
    return make_cast()


ASKED = setup.Asked("erp", "sftp", "products", options={"host": "h"}, secrets={"password": SECRET})


def wrong(asked: setup.Asked) -> list[str]:
    with pytest.raises(Refused) as refused:
        setup.add(ME, asked)
    return [one.where for one in refused.value.problems]


@pytest.mark.usefixtures("locked")
def test_a_secret_is_sealed_kept_and_never_told() -> None:
    made = setup.add(ME, ASKED)
    assert place_of(made).secrets == {"password": SECRET}
    kept = setup.change(ME, "erp", replace(setup.asked_of(made), quiet=9))
    assert (place_of(kept).secrets, kept.options) == ({"password": SECRET}, {"host": "h", "quiet": 9})
    other = setup.change(ME, "erp", replace(setup.asked_of(kept), secrets={"password": "another"}))
    assert place_of(other).secrets == {"password": "another"}
    told = f"{channel_row(other)} {setup.asked_of(other)} {list(Entry.objects.values())}"
    assert SECRET not in told
    assert "another" not in told
    assert bytes(Channel.objects.get().sealed or b"").find(SECRET.encode()) == -1
    assert channel_row(other)["secrets"] == ["password"]


@pytest.mark.usefixtures("locked")
def test_a_stored_secret_is_shown_nowhere_but_where_it_was_given_for() -> None:
    made = setup.add(ME, ASKED)
    elsewhere = replace(setup.asked_of(made), options={"host": "thief"})
    for ask in (lambda: setup.try_asked(ME, elsewhere, "erp"), lambda: setup.change(ME, "erp", elsewhere)):
        with pytest.raises(Refused) as error:
            ask()
        assert [one.where for one in error.value.problems] == ["password"]
    made.refresh_from_db()
    assert (made.options["host"], place_of(made).secrets) == ("h", {"password": SECRET})
    moved = setup.change(ME, "erp", replace(elsewhere, secrets={"password": "another"}))
    assert (moved.options["host"], place_of(moved).secrets) == ("thief", {"password": "another"})


@pytest.mark.usefixtures("locked")
def test_a_connection_is_tested_before_it_is_stored_and_with_the_secret_it_has() -> None:
    tested = setup.try_asked(ME, ASKED)
    assert (tested.ok, tested.learned, Channel.objects.count()) == (True, {"host": "found"}, 0)
    assert not setup.try_asked(ME, replace(ASKED, secrets={"password": "x"})).ok
    setup.add(ME, ASKED)
    assert setup.try_out(ME, "erp").ok
    assert setup.try_asked(ME, replace(ASKED, secrets={}), "erp").ok
    assert not setup.try_asked(ME, replace(ASKED, secrets={"password": "x"}), "erp").ok
    assert setup.try_out(ME, "erp").ok


@pytest.mark.usefixtures("locked")
def test_everything_that_is_wrong_is_named_at_its_field(cast: Cast) -> None:
    assert wrong(replace(ASKED, name="Wrong name")) == ["name"]
    assert wrong(replace(ASKED, quiet=-1, form="pdf", saved="none")) == ["quiet", "form", "saved"]
    assert wrong(replace(ASKED, options={"host": "h", "port": "1"})) == ["port"]
    assert wrong(replace(ASKED, options={"host": "h", "password": "plain"})) == ["password"]
    assert wrong(replace(ASKED, kind="offer")) == ["profile"]
    assert wrong(replace(ASKED, kind="products", outgoing=True)) == ["kind"]
    assert wrong(replace(ASKED, options={"host": "nowhere"})) == ["host"]
    setup.add(ME, ASKED)
    assert wrong(replace(ASKED, options={"host": "other"})) == ["name"]
    assert wrong(replace(ASKED, name="other")) == ["host"]
    with pytest.raises(NotFound):
        setup.add(ME, replace(ASKED, way="pigeon"))
    assert Channel.objects.count() == 1


def test_two_people_who_change_one_channel_do_not_overwrite_each_other(tmp_path: Path) -> None:
    made = watched(tmp_path.name).channel
    asked = setup.asked_of(made)
    setup.change(ME, "wms", replace(asked, whole=True), version=made.version)
    with pytest.raises(Conflict):
        setup.change(ME, "wms", replace(asked, quiet=5), version=made.version)
    with pytest.raises(Refused):
        setup.change(ME, "wms", replace(asked, outgoing=True, kind="pick-list"))
    found = Channel.objects.get()
    assert (found.whole, found.options["quiet"], found.version) == (True, 2, 2)


def test_nobody_sets_up_what_they_may_not_do_themselves(cast: Cast, tmp_path: Path) -> None:
    asked = setup.Asked("mine", kind="products", profile=cast.profile, options={"folder": tmp_path.name})
    offers = replace(asked, name="offers", kind="offer", options={"folder": "offers"})
    for who in ("warehouse", "vendor_manager", "stranger"):
        for wanted in (asked, offers):
            with pytest.raises(Denied):
                setup.add(cast.who(who), wanted)
    token, _plain = make_token(cast.administrator, "erp", [setup.MANAGE, setup.SEE])
    with pytest.raises(Denied):
        setup.add(Who.of_token(token), asked)
    for outside in (replace(asked, profile=cast.other), replace(asked, profile=None)):
        with pytest.raises(Denied):
            setup.add(cast.who("integrator"), outside)
    assert Channel.objects.count() == 0
    setup.add(cast.who("integrator"), asked)
    # What the files of one profile say, their bringers say: whoever connects them need not be one.
    setup.remove(ME, setup.add(cast.who("integrator"), offers).name)
    assert [one.name for one in setup.channels(cast.who("warehouse"))] == ["mine"]
    assert list(setup.channels(cast.who("stranger"))) == []
    for verb in (setup.remove, setup.try_out, again.look_now):
        with pytest.raises(Denied):
            verb(cast.who("warehouse"), "mine")
        with pytest.raises(NotFound):
            verb(cast.who("stranger"), "mine")
    assert Channel.objects.get().on


def test_a_channel_of_every_profile_is_for_those_who_see_every_profile(cast: Cast, tmp_path: Path) -> None:
    watched(tmp_path.name)
    assert list(setup.channels(cast.who("integrator"))) == []
    assert [one.name for one in setup.channels(cast.who("administrator"))] == ["wms"]


def test_a_channel_that_is_removed_leaves_its_files(tmp_path: Path, held_clock: object) -> None:
    one: Watched = watched(tmp_path.name)
    one.took(b"SKU;Title\r\nA-1;Tea\r\n")
    setup.remove(ME, "wms")
    assert (Channel.objects.count(), one.lies()) == (0, ["done/list.csv", "done/list.csv.report.csv"])
    with pytest.raises(NotFound):
        setup.one(ME, "wms")


def test_a_file_that_is_being_taken_keeps_its_channel(tmp_path: Path, held_clock: object) -> None:
    one = watched(tmp_path.name)
    one.took(b"SKU;Title\r\nA-1;Tea\r\n")
    one.channel.arrivals.update(state="kept")
    with pytest.raises(Conflict):
        setup.remove(ME, "wms")


@pytest.mark.usefixtures("locked")
def test_a_channel_whose_secret_was_given_up_is_off() -> None:
    setup.add(ME, ASKED)
    assert Channel.give_up() == 1
    assert list(Channel.objects.values_list("sealed", "on")) == [(None, False)]
