"""A person's word about a center: stored, checked, kept against orders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from cast import Cast, make_cast
from centers.making import ELSEWHERE, NOON, center, known, learnt, seen
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.centers.domain import change
from purveyor.centers.domain.update import decline_offer, set_center, take_offer
from purveyor.centers.models import Center, Version
from purveyor.centers.queries import find, narrow, search
from purveyor.common.errors import Conflict, Denied, NotFound, Refused

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast(held_clock: Any) -> Cast:
    return make_cast()


def stands() -> list[str]:
    return sorted(Alert.objects.exclude(state="closed").values_list("cause", flat=True))


def test_zone_closes_the_question_and_leaves_the_orders_word(cast: Cast) -> None:
    learnt(seen(), profile_id=cast.profile.pk)
    assert stands() == ["center.unknown:NEW1"]
    set_center(cast.who("vendor_manager"), " new1 ", {"time_zone": "europe/warsaw", "internal_reference": "W-7"})
    found = known()
    assert (found.time_zone, found.internal_reference, found.source, found.version) == (
        "Europe/Warsaw",
        "W-7",
        "order",
        2,
    )
    assert stands() == []
    entry = Entry.objects.get(action="center.changed")
    assert (entry.old, entry.new) == ({}, {"internal_reference": "W-7", "time_zone": "Europe/Warsaw"})
    set_center(cast.who("vendor_manager"), "NEW1", {"time_zone": ""})
    assert stands() == ["center.unknown:NEW1"]


def test_changed_address_is_a_persons_word_from_its_day_on(cast: Cast) -> None:
    who = cast.who("vendor_manager")
    set_center(who, "LEJ1", {"city": "Neustadt"}, valid_from=date(2026, 2, 20), note="letter")
    found = known("LEJ1")
    assert (found.city, found.address_line1, found.source) == ("Neustadt", "Amazonstraße 1", "person")
    assert (found.source_note, found.valid_from) == ("letter", date(2026, 2, 20))
    assert [(v.number, v.source, v.facts["city"]) for v in found.versions.order_by("number")] == [
        (1, "seed", "Leipzig"),
        (2, "person", "Neustadt"),
    ]
    set_center(who, "LEJ1", {"city": "Neustadt"})
    assert (known("LEJ1").version, known("LEJ1").valid_from) == (2, date(2026, 2, 20))


def test_new_code_is_added_and_asked_about_without_a_zone(cast: Cast) -> None:
    set_center(cast.who("integrator"), "ber9", {"city": "Berlin"})
    assert (known("BER9").source, known("BER9").valid_from) == ("person", date(2026, 3, 2))
    assert stands() == ["center.unknown:BER9"]
    set_center(cast.who("integrator"), "BER8", {"time_zone": "Europe/Berlin"})
    assert stands() == ["center.unknown:BER9"]


def test_question_is_stored_in_english_whoever_brought_it_up(cast: Cast) -> None:
    with override("de"):
        set_center(cast.who("vendor_manager"), "XXX1", {"city": "Ulm"})
    assert Alert.objects.get().message == "The time zone of fulfillment center XXX1 is not known."
    with override("de"):
        set_center(cast.who("vendor_manager"), "XXX1", {"time_zone": "Europe/Berlin"})
    assert Entry.objects.get(action="alert.closed").because == "The time zone is stored."


@pytest.mark.parametrize(
    ("code", "given", "more", "where"),
    [
        ("", {}, {}, ["code"]),
        ("A/B", {}, {}, ["code"]),
        ("C" * 21, {}, {}, ["code"]),
        ("LEJ1", {"time_zone": "Mars/Base", "country_code": "GER"}, {}, ["country_code", "time_zone"]),
        ("LEJ1", {"time_zone": "CET"}, {}, ["time_zone"]),
        ("LEJ1", {"postal_code": "1" * 21, "colour": "red"}, {}, ["colour", "postal_code"]),
        ("LEJ1", {}, {"valid_from": date(2026, 3, 3), "note": "n" * 201}, ["valid_from", "source_note"]),
    ],
)
def test_nonsense_is_refused_whole(
    cast: Cast, code: str, given: dict[str, str], more: dict[str, Any], where: list[str]
) -> None:
    before = list(Center.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused:
        set_center(cast.who("vendor_manager"), code, {"city": "Berlin"} | given, **more)
    assert [problem.where for problem in refused.value.problems] == where
    assert list(Center.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("name", ["warehouse", "finance", "auditor"])
def test_who_may_only_look_changes_nothing(cast: Cast, name: str) -> None:
    center(offered={"parts": ELSEWHERE, "valid_from": "2026-03-02"})
    before = (list(Center.objects.order_by("pk").values()), Version.objects.count(), Entry.objects.count())
    for act in (
        lambda: set_center(cast.who(name), "NEW1", {"city": "Elsewhere"}),
        lambda: take_offer(cast.who(name), "NEW1"),
        lambda: decline_offer(cast.who(name), "NEW1"),
    ):
        with pytest.raises(Denied):
            act()
    assert (list(Center.objects.order_by("pk").values()), Version.objects.count(), Entry.objects.count()) == before


def test_registry_is_the_houses(cast: Cast) -> None:
    set_center(cast.who("stranger"), "LEJ1", {"internal_reference": "L"})
    assert known("LEJ1").internal_reference == "L"


def test_somebody_faster_is_said(cast: Cast) -> None:
    who = cast.who("vendor_manager")
    set_center(who, "LEJ1", {"city": "One"}, expect_version=1)
    with pytest.raises(Conflict):
        set_center(who, "LEJ1", {"city": "Two"}, expect_version=1)
    assert known("LEJ1").city == "One"


def test_write_lets_a_newer_version_stand(cast: Cast) -> None:
    stale = known("LEJ1")
    set_center(cast.who("vendor_manager"), "LEJ1", {"city": "One"})
    assert change.write(stale, {"city": "Two"}, by="user:late") is False
    assert (known("LEJ1").city, known("LEJ1").versions.count()) == ("One", 2)


def test_offer_is_taken(cast: Cast) -> None:
    center(phone="123")
    learnt(seen(address=ELSEWHERE, at=NOON + timedelta(days=2), order="P9"), profile_id=cast.profile.pk)
    take_offer(cast.who("vendor_manager"), "NEW1")
    found = known()
    assert (found.city, found.source, found.valid_from) == ("Neustadt", "person", date(2026, 3, 4))
    assert (found.phone, found.time_zone, found.offered, stands()) == ("", "Europe/Berlin", {}, [])
    with pytest.raises(Refused):
        take_offer(cast.who("vendor_manager"), "NEW1")


def test_offer_is_declined_for_good(cast: Cast) -> None:
    center()
    learnt(seen(address=ELSEWHERE), profile_id=cast.profile.pk)
    decline_offer(cast.who("vendor_manager"), "NEW1", because="it is the old gate")
    assert (known().city, known().offered, stands()) == ("Musterstadt", {}, [])
    assert Entry.objects.get(action="center.declined").because == "it is the old gate"
    learnt(seen(address=ELSEWHERE), profile_id=cast.profile.pk)
    assert (known().offered, stands()) == ({}, [])


def test_own_change_settles_an_offer(cast: Cast) -> None:
    center()
    learnt(seen(address=ELSEWHERE), profile_id=cast.profile.pk)
    set_center(cast.who("vendor_manager"), "NEW1", {"internal_reference": "R"})
    assert stands() == ["center.moved:NEW1"]
    set_center(cast.who("vendor_manager"), "NEW1", ELSEWHERE)
    assert (known().offered, stands()) == ({}, [])


def test_find_and_search(db: None) -> None:
    center(internal_reference="ERP-77")
    assert (find("new1").code, [one.code for one in search(Center.objects.all(), "erp-77")]) == ("NEW1", ["NEW1"])
    assert sorted(one.code for one in search(Center.objects.all(), "lei")) == ["LEJ1"]
    assert [one.code for one in search(Center.objects.all(), "dtm")] == ["DTM2"]
    assert [one.code for one in narrow(Center.objects.all(), source="person")] == ["NEW1"]
    assert sorted(one.code for one in narrow(Center.objects.all(), country="pl")) == ["KTW1", "WRO1"]
    center("NOZ1", time_zone="")
    assert [one.code for one in narrow(Center.objects.all(), unknown=True)] == ["NOZ1"]
    with pytest.raises(Refused):
        narrow(Center.objects.all(), source="dream")
    with pytest.raises(NotFound):
        find("WHO1")
