"""What orders teach: new codes, newer addresses; never against a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cast import make_profile
from centers.making import DAY, ELSEWHERE, NOON, STREET, center, known, learnt, seen
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.centers.domain.facts import contradicts, place_key
from purveyor.centers.models import Center, Version
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: Any) -> Profile:
    return make_profile()


def standing() -> list[tuple[str, str]]:
    return sorted(Alert.objects.exclude(state="closed").values_list("cause", "profile__name"))


def test_new_code_is_added_with_its_address_and_asked_about_once(mine: Profile) -> None:
    learnt(seen("new1"), seen("NEW1", order="P2"), profile_id=mine.pk)
    found = known()
    assert (found.address_line1, found.city, found.time_zone, found.source) == (
        "Langer Weg 1",
        "Musterstadt",
        "",
        "order",
    )
    assert (found.source_note, found.valid_from, found.version) == ("", DAY, 1)
    assert standing() == [("center.unknown:NEW1", "acme-de")]
    version = Version.objects.get(center=found)
    assert (version.number, version.facts, version.by) == (1, STREET, "system:intake.new")
    learnt(seen(), profile_id=mine.pk)
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == ["center.learned", "alert.opened"]


def test_code_without_an_address_is_known_all_the_same(mine: Profile) -> None:
    learnt(seen(address={}), profile_id=mine.pk)
    assert (known().place, standing()) == ("", [("center.unknown:NEW1", "acme-de")])
    learnt(seen(order="P2"), profile_id=mine.pk)
    assert (known().address_line1, known().version) == ("Langer Weg 1", 2)


def test_an_order_without_a_code_teaches_nothing(mine: Profile) -> None:
    before = Center.objects.count()
    learnt(seen(""), profile_id=mine.pk)
    assert (Center.objects.count(), standing()) == (before, [])


def test_newer_order_takes_the_place_of_an_older_one_and_history_keeps_both(mine: Profile) -> None:
    learnt(seen(), profile_id=mine.pk)
    learnt(seen(address=ELSEWHERE, at=NOON - timedelta(days=400), order="OLD"), profile_id=mine.pk)
    assert known().city == "Musterstadt"
    learnt(seen(address=ELSEWHERE, at=NOON + timedelta(days=1), order="P2"), profile_id=mine.pk)
    assert (known().city, known().valid_from, known().version) == ("Neustadt", date(2026, 3, 3), 2)
    assert [v.facts["city"] for v in known().versions.order_by("number")] == ["Musterstadt", "Neustadt"]
    assert standing() == [("center.unknown:NEW1", "acme-de")]


def test_two_addresses_of_one_day_do_not_chase_each_other(mine: Profile) -> None:
    learnt(seen(), profile_id=mine.pk)
    learnt(seen(address=ELSEWHERE), profile_id=mine.pk)
    assert (known().city, known().version) == ("Musterstadt", 1)


def test_order_confirms_a_seeded_address_and_leaves_its_zone(mine: Profile) -> None:
    learnt(seen("LEJ1", at=NOON - timedelta(days=400)), profile_id=mine.pk)
    found = known("LEJ1")
    assert (found.city, found.source, found.time_zone, found.version) == ("Musterstadt", "order", "Europe/Berlin", 2)
    assert standing() == []


@pytest.mark.parametrize("source", ["person", "file"])
def test_against_a_persons_word_an_order_only_offers(mine: Profile, source: str) -> None:
    center(source=source)
    learnt(seen(address=ELSEWHERE, order="P9"), profile_id=mine.pk)
    found = known()
    assert (found.city, found.source, found.version) == ("Musterstadt", source, 1)
    assert found.offered == {"parts": ELSEWHERE, "valid_from": "2026-03-02"}
    assert standing() == [("center.moved:NEW1", "acme-de")]
    learnt(seen(address=ELSEWHERE, order="P10"), profile_id=mine.pk)
    assert Entry.objects.get(action="center.offered").because == "P9"


def test_older_order_offers_nothing_against_a_person(mine: Profile) -> None:
    center()
    learnt(seen(address=ELSEWHERE, at=NOON - timedelta(days=1)), profile_id=mine.pk)
    assert (known().offered, standing()) == ({}, [])


def test_declined_address_is_not_offered_again(mine: Profile) -> None:
    center(declined=place_key(ELSEWHERE))
    learnt(seen(address=ELSEWHERE), profile_id=mine.pk)
    assert (known().offered, standing()) == ({}, [])


@pytest.mark.parametrize(
    "same",
    [
        {"address_line1": "LANGER WEG, 1"},
        {"address_line1": "Langer Weg", "address_line2": "1"},
        {"city": ""},
        {"state_or_region": "Sachsen"},
        {"name": "Somebody else"},
    ],
)
def test_spelling_and_silence_contradict_nothing(same: dict[str, str]) -> None:
    assert not contradicts(STREET, STREET | same)


@pytest.mark.parametrize("part", ["address_line1", "city", "postal_code", "country_code"])
def test_another_part_contradicts(part: str) -> None:
    assert contradicts(STREET, STREET | {part: "XX"})


def test_hostile_address_is_cut_and_never_refused(mine: Profile) -> None:
    hostile = {"name": "n" * 500, "address_line1": "AKIA1234567890ABCDEF", "country_code": "Germany", "city": "x\u200b"}
    learnt(seen("C" * 40, hostile, order="Atzr|fake"), profile_id=mine.pk)
    found = known("C" * 20)
    assert (len(found.name), found.country_code, found.city) == (200, "", "x")
    assert Entry.objects.get(action="center.learned").because == "[redacted]"
    assert "AKIA" not in "".join(str(entry.new) for entry in Entry.objects.all())


def test_known_centers_of_a_page_take_one_question(mine: Profile, django_assert_num_queries: Any) -> None:
    codes = [f"C{n}" for n in range(30)]
    learnt(*map(seen, codes), profile_id=mine.pk)
    for count in (1, 3, 30):
        with django_assert_num_queries(1):
            learnt(*map(seen, codes[:count]), profile_id=mine.pk)
