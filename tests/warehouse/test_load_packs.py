"""Pack results by file: a packing is what its file says, rows in any order, bad ones refused alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cast import Cast, make_cast
from channels.making import bring, checked, lines, taken, told
from products.making import EAN, product
from purveyor.channels import load
from purveyor.channels.report import upload_report
from purveyor.common.errors import Denied, Refused
from purveyor.warehouse.models import Packing, PackStep
from warehouse.boxes import OTHER_SSCC, SSCC, order, shown

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HEAD = "Shipment;PO;Quantity;Unit;EAN;Carton;Pallet;Lot;Expiry date;carton_sscc;carton_weight"


@pytest.fixture
def cast(held_clock: object) -> Cast:
    found = make_cast()
    spoon = product("SPOON-1", gtin=f"0{EAN}", asin="B0TEST0001", case_pack=6)
    fork = product("FORK-1", asin="B0TEST0002")
    order(found.profile, "4ABCDEFG", 30, 10, of=[spoon, fork])
    order(found.profile, "4HIJKLMN", 12, of=[spoon])
    order(found.other, "4OTHERPO", 9, of=[spoon])
    return found


def packed(cast: Cast, *rows: str, head: str = HEAD, **more: Any) -> Any:
    return taken(lines(head, *rows), "pack", profile=cast.profile, **more)


GOOD = (
    f"S-1;4ABCDEFG;2;case;{EAN};C1;P1;L1;31.03.2027;{SSCC};9000",
    f"S-2;4HIJKLMN;3;;{EAN};A;;;;;",
    f"S-1;4abcdefg;4;Stück;{EAN};C1;P1;L1;2027-03-31;{SSCC};",
    f"S-1;4HIJKLMN;5;each;{EAN};;P1;;;;",
)


def test_rows_of_a_reference_make_one_packing_wherever_they_stand(cast: Cast) -> None:
    upload = packed(cast, *GOOD)
    assert told(upload) == (4, [], {"packings added": 2, "cartons": 2})
    first, second = Packing.objects.order_by("reference")
    assert shown(first) == {"P1": [("1", 5)], "C1": [("1", 16)]}
    assert shown(second) == {"A": [("1", 3)]}
    box = first.cartons.get()
    assert (box.sscc, box.weight_grams, box.pallet.key) == (SSCC, 9000, "P1")  # type: ignore[union-attr]
    content = first.contents.get(carton=box)
    assert (content.lot, content.expiry) == ("L1", date(2027, 3, 31))
    assert (first.upload_id, first.by_itself, first.steps.count()) == (upload.pk, True, 1)


def test_dry_run_says_the_same_and_writes_nothing(cast: Cast) -> None:
    upload = checked(lines(HEAD, *GOOD, "S-3;4NOBODY1;1;;;C1;;;;;"), "pack", profile=cast.profile)
    assert upload.checked == {"taken": 4, "refused": 1, "effects": {"packings added": 2, "cartons": 2}}
    assert Packing.objects.count() == 0


def test_the_same_reference_in_a_later_file_replaces(cast: Cast) -> None:
    packed(cast, *GOOD)
    again = packed(cast, f"S-1;4ABCDEFG;1;;{EAN};C9;;;;;")
    assert told(again) == (1, [], {"packings replaced": 1, "cartons": 1})
    assert shown(Packing.objects.get(reference="S-1")) == {"C9": [("1", 1)]}
    assert shown(Packing.objects.get(reference="S-2")) == {"A": [("1", 3)]}


def test_the_same_bytes_have_no_second_effect(cast: Cast) -> None:
    packed(cast, *GOOD)
    again = load.take(packer(cast), bring(lines(HEAD, *GOOD), "pack", packer(cast), profile=cast.profile))
    assert again.repeats is not None
    assert PackStep.objects.count() == 2


def packer(cast: Cast) -> Any:
    return cast.who("warehouse")


def test_bad_rows_are_refused_alone_with_column_and_reason(cast: Cast) -> None:
    rows = (
        f"S-1;4ABCDEFG;5;;{EAN};C1;;;;{SSCC};",
        f"S-1;4NOBODY1;5;;{EAN};C1;;;;;",
        f"S-1;4OTHERPO;5;;{EAN};C1;;;;;",
        "S-1;4ABCDEFG;5;;4099100000016;C1;;;;;",
        "S-1;4ABCDEFG;5;;4006381333932;C1;;;;;",
        f"S-1;4ABCDEFG;-5;;{EAN};C1;;;;;",
        f"S-1;4ABCDEFG;1,5;;{EAN};C1;;;;;",
        f"S-1;4ABCDEFG;0;;{EAN};C1;;;;;",
        f"S-1;4ABCDEFG;5;dozen;{EAN};C1;;;;;",
        f"S-1;4ABCDEFG;5;;{EAN};C1;;;31.02.2027;;",
        f"S-1;4ABCDEFG;5;;{EAN};;;;;;",
        f"S-1;4ABCDEFG;5;;{EAN};C1;P7;;;{OTHER_SSCC};",
        f"S-1;4ABCDEFG;5;;{EAN};C2;;;;{SSCC};",
        f"S-1;4ABCDEFG;5;;{EAN};C3;;;;003456789012345671;",
        ";4ABCDEFG;5;;;C1;;;;;",
        f"{'S' * 81};4ABCDEFG;5;;{EAN};C1;;;;;",
        "S-1;4ABCDEFG;5;;;C1;;;;;",
    )
    upload = packed(cast, *rows)
    taken_rows, refused, _effects = told(upload)
    assert taken_rows == 1
    assert [(row, column) for row, column, _value in refused] == [
        (3, "po"),
        (4, "po"),
        (5, "ean"),
        (6, "ean"),
        (7, "quantity"),
        (8, "quantity"),
        (9, "quantity"),
        (10, "unit"),
        (11, "expiry"),
        (12, "carton"),
        (13, "carton_sscc"),
        (14, "carton_sscc"),
        (15, "carton_sscc"),
        (16, "reference"),
        (17, "reference"),
        (18, "line"),
    ]
    assert shown(Packing.objects.get()) == {"C1": [("1", 5)]}
    reasons = {one["row"]: one["reason"] for one in upload_report(upload)["refused"]}
    assert reasons[3] == "There is no order 4NOBODY1."
    assert reasons[5] == "Order 4ABCDEFG has no line of product 4099100000016."


def test_a_carton_on_two_pallets_is_refused_from_the_second_on(cast: Cast) -> None:
    upload = packed(
        cast,
        f"S-1;4ABCDEFG;5;;{EAN};C1;P1;;;;",
        f"S-1;4ABCDEFG;5;;{EAN};C1;P2;;;;",
        f"S-1;4ABCDEFG;5;;{EAN};C1;;;;;",
    )
    assert told(upload)[1] == [(3, "pallet", "P2")]
    assert shown(Packing.objects.get()) == {"P1": [], "C1": [("1", 10)]}


def test_a_reference_none_of_whose_rows_can_be_taken_stays_as_it_was(cast: Cast) -> None:
    packed(cast, *GOOD)
    packed(cast, f"S-2;4NOBODY1;1;;{EAN};C9;;;;;")
    assert shown(Packing.objects.get(reference="S-2")) == {"A": [("1", 3)]}


def test_a_carton_without_a_name_goes_by_its_sscc(cast: Cast) -> None:
    head = "Lieferschein;Bestellung;Menge;Artikelnummer;NVE"
    packed(cast, f"S-1;4ABCDEFG;5;FORK-1;(00){SSCC}", f"S-1;4ABCDEFG;2;SPOON-1;00{SSCC}", head=head)
    assert shown(Packing.objects.get()) == {SSCC: [("1", 2), ("2", 5)]}


def test_files_of_packs_are_for_those_who_pack_and_name_their_profile(cast: Cast) -> None:
    with pytest.raises(Denied):
        bring(lines(HEAD, *GOOD), "pack", cast.who("auditor"), profile=cast.profile)
    with pytest.raises(Denied):
        bring(lines(HEAD, *GOOD), "pack", cast.who("warehouse"), profile=cast.other)
    assert bring(lines(HEAD, *GOOD), "pack", cast.who("warehouse")).profile == cast.profile  # the only one of theirs
    nobody = bring(lines(HEAD, *GOOD, GOOD[1]), "pack", cast.who("administrator"))
    assert nobody.profile is None
    with pytest.raises(Refused, match="does not say everything") as error:
        load.take(cast.who("administrator"), nobody)
    assert [one.where for one in error.value.problems] == ["profile"]


def test_any_order_of_the_rows_makes_the_same_packing(cast: Cast) -> None:
    rows = [
        f"S-1;4ABCDEFG;{count};;{EAN};C{n % 3};P{n % 2};L{n % 2};;;"
        if n % 3
        else f"S-1;4HIJKLMN;1;;{EAN};;P{n % 2};;;;"
        for n, count in enumerate((3, 4, 5, 1, 2, 6))
    ]
    rows = [row.replace("C1;P1", "C1;P0").replace("C2;P1", "C2;P0") for row in rows]
    found = []
    for order_of_rows in (rows, rows[::-1], rows[3:] + rows[:3]):
        packed(cast, *order_of_rows)
        found.append(shown(Packing.objects.get()))
    assert found[0] == found[1] == found[2]
