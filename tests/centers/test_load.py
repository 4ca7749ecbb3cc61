"""Centers by file, and out again."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_cast
from centers.making import ELSEWHERE, center, known, learnt, seen
from channels.making import bring, checked, lines, taken, told
from purveyor.alerts.models import Alert
from purveyor.base import filekinds
from purveyor.centers.models import Center
from purveyor.common.errors import Denied

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HEAD = "FC;Straße;PLZ;Ort;Land;Time zone;Referenz"


def test_rows_add_and_change(held_clock: Any) -> None:
    center(address_line1="Old 1")
    upload = taken(lines(HEAD, "ber9;Weg 3;10115;Berlin;de;europe/berlin;R1", "NEW1;Weg 4;;;;;"), kind="centers")
    assert told(upload) == (2, [], {"added": 1, "changed": 1})
    found = known("BER9")
    assert (found.city, found.country_code, found.time_zone, found.internal_reference) == (
        "Berlin",
        "DE",
        "Europe/Berlin",
        "R1",
    )
    assert (found.source, found.source_note, found.versions.count()) == ("file", "list.csv", 1)
    assert (known().address_line1, known().city, known().time_zone) == ("Weg 4", "Musterstadt", "Europe/Berlin")


def test_bad_rows_are_told_and_good_ones_taken(held_clock: Any) -> None:
    upload = taken(
        lines(HEAD, "B/9;;;;;;", "BER9;;;;GER;;", "BER9;;;;;Mars/Base;", "BER8;;;;;Europe/Berlin;", "ber8;;;;;;X"),
        kind="centers",
    )
    assert told(upload)[:2] == (
        1,
        [(2, "code", "B/9"), (3, "country_code", "GER"), (4, "time_zone", "Mars/Base"), (6, "code", "ber8")],
    )
    assert known("BER8").time_zone == "Europe/Berlin"


def test_dry_run_says_the_same_and_writes_nothing(held_clock: Any) -> None:
    before = list(Center.objects.order_by("pk").values())
    upload = checked(lines(HEAD, "BER9;;;;;Europe/Berlin;", "LEJ1;;;Halle;;;", "DTM2;;;Dortmund;;;"), kind="centers")
    assert told(upload) == (3, [], {"added": 1, "changed": 1, "unchanged": 1})
    assert list(Center.objects.order_by("pk").values()) == before


def test_day_to_come_is_refused_and_an_order_only_offers_against_a_file(held_clock: Any) -> None:
    upload = taken(lines("Code;City;Valid from", "BER9;Berlin;2026-03-03", "BER8;Berlin;2026-03-01"), kind="centers")
    assert told(upload) == (1, [(2, "valid_from", "2026-03-03")], {"added": 1})
    cast = make_cast()
    learnt(seen("BER8", ELSEWHERE), profile_id=cast.profile.pk)
    assert (known("BER8").city, known("BER8").offered["parts"]) == ("Berlin", ELSEWHERE)
    assert Alert.objects.filter(cause="center.moved:BER8").count() == 1


def test_what_goes_out_comes_in_unchanged(held_clock: Any) -> None:
    kind = filekinds.find("centers")
    rows = [
        filekinds.Row(n, {name: value for name, value in row.items() if value}) for n, row in enumerate(kind.rows(), 2)
    ]
    before = list(Center.objects.order_by("pk").values())
    outcome = kind.take(rows, filekinds.Loading("user:anna", "out.csv", dry_run=False))
    assert (outcome.taken, outcome.refused, dict(outcome.effects)) == (len(rows), [], {"unchanged": len(rows)})
    assert list(Center.objects.order_by("pk").values()) == before


def test_known_centers_of_a_group_take_one_question(held_clock: Any, django_assert_num_queries: Any) -> None:
    kind = filekinds.find("centers")
    for count in (1, 3):
        rows = [filekinds.Row(n, {"code": code}) for n, code in enumerate(["LEJ1", "DTM2", "STR1"][:count])]
        with django_assert_num_queries(3):  # a savepoint around the question
            kind.take(rows, filekinds.Loading("user:anna", "out.csv", dry_run=False))


def test_who_may_only_look_brings_nothing(held_clock: Any) -> None:
    cast = make_cast()
    before = Center.objects.count()
    with pytest.raises(Denied):
        bring(lines(HEAD, "BER9;;;;;;"), kind="centers", who=cast.who("warehouse"))
    assert Center.objects.count() == before
