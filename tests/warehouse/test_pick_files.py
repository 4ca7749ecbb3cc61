"""Pick results by file: what is taken, what is refused and why, and that no split of a result changes what it says."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cast import make_profile
from channels.making import told
from purveyor.alerts.models import Alert
from purveyor.channels import load
from purveyor.channels.models import Upload
from purveyor.common import clock
from purveyor.profiles.models import Profile, VendorCode
from purveyor.warehouse.domain import hold
from purveyor.warehouse.models import Picked, PickList, PickResult
from warehouse.making import HEAD, ME, dry, ean, line, order, picked, product, released, results, state, took

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def profile() -> Profile:
    return make_profile()


def test_file_says_what_was_picked_of_many_orders(profile: Profile) -> None:
    first, second = released(profile), released(profile, "4BBBBBBB")
    found = took(profile, "4ABCDEFG;SKU-1;7", "4BBBBBBB;SKU-2;6", "4ABCDEFG;SKU-1;3", "4BBBBBBB;SKU-1;10")
    assert told(found) == (4, [], {"lists": 2})
    assert picked(first) == {"1": (10, 0, ""), "2": (0, 0, "missing")}
    assert picked(second) == {"1": (10, 0, ""), "2": (6, 0, "")}
    assert (state(first), results(first)) == ("picked", [(f"file-{found.pk}", "taken")])
    assert PickResult.objects.get(pick_list=first).upload_id == found.pk


NAMES = [
    (f"4ABCDEFG;{ean(1)}", "po;ean;quantity"),
    ("4abcdefg;B0TEST0001", "po;asin;quantity"),
    ("4ABCDEFG;1", "po;line;quantity"),
    (f"4ABCDEFG;1;{ean(1)};SKU-1;B0TEST0001", "po;line;ean;sku;asin;quantity"),
    (f"4ABCDEFG;{ean(1)}", "Bestellnummer;Barcode;Menge"),
]


@pytest.mark.parametrize(("row", "head"), NAMES)
def test_line_is_named_by_any_of_its_numbers(profile: Profile, row: str, head: str) -> None:
    made = released(profile)
    assert told(took(profile, f"{row};4", head=head)) == (1, [], {"lists": 1})
    assert picked(made) == {"1": (4, 0, "missing"), "2": (0, 0, "missing")}


def test_cases_count_by_the_case_pack_and_a_cases_own_number_means_cases(profile: Profile) -> None:
    made = released(profile, eaches=[100, 100])
    case = "1" + f"0{ean(1)}"[1:13]
    from purveyor.common.gs1 import check_digit

    gtin = case + check_digit(case)
    rows = (f"4ABCDEFG;{gtin};2;", f"4ABCDEFG;{gtin};3;each", f"4ABCDEFG;{ean(1)};1;Karton", f"4ABCDEFG;{ean(2)};5;Stk")
    assert told(took(profile, *rows, head="po;ean;quantity;unit"))[0] == 4
    assert picked(made) == {"1": (8 + 3 + 4, 0, "missing"), "2": (5, 0, "missing")}


def test_number_of_a_case_that_is_a_product_of_its_own_means_that_one(profile: Profile) -> None:
    from purveyor.common.gs1 import check_digit

    case = "1" + f"0{ean(1)}"[1:13]
    product(2, gtin=case + check_digit(case))
    made = released(profile)
    took(profile, f"4ABCDEFG;{case + check_digit(case)};2", head="po;ean;quantity")
    assert picked(made) == {"1": (0, 0, "missing"), "2": (2, 0, "missing")}


WRONG = [
    ("4NOORDER;SKU-1;1", "po", "Profile acme-de has no order of this number."),
    ("4WAITING;SKU-1;1", "po", "The order is not released to the warehouse, or its pick list was taken back."),
    (
        "4HELDHEL;SKU-1;1",
        "po",
        "Pick list 4HELDHEL-1 is on hold. a rat Let it go on first, then bring the row again.",
    ),
    ("4ABCDEFG;SKU-9;1", "sku", "There is no product of this number or name."),
    ("4ABCDEFG;SKU-3;1", "sku", "Pick list 4ABCDEFG-1 does not ask for this."),
    ("4ABCDEFG;SKU-1;-1", "quantity", "“-1” is not between 0 and 1000000000."),
    ("4ABCDEFG;SKU-1;1,5", "quantity", "“1,5” is not a whole number."),
    ("4ABCDEFG;SKU-1;", "quantity", "This must be filled in."),
    (";SKU-1;1", "po", "This must be filled in."),
]


@pytest.mark.parametrize(("row", "column", "reason"), WRONG)
def test_bad_row_is_refused_alone(profile: Profile, row: str, column: str, reason: str) -> None:
    made, held = released(profile), released(profile, "4HELDHEL")
    order(profile, "4WAITING")
    product(3)
    hold.hold(ME, held.pk, "a rat")
    found = took(profile, row, "4ABCDEFG;SKU-1;2")
    assert [(one.row, one.column, one.reason) for one in found.reports.all()] == [(2, column, reason)]
    assert (picked(made)["1"], picked(held)["1"], state(held)) == ((2, 0, "missing"), (0, 0, "missing"), "held")


MORE_WRONG = [
    (f"{ean(1)[:-1]}0", "", "", "", "", "ean", "mistyped"),
    ("", "9", "", "", "", "line", "does not ask for this"),
    ("", "", "", "", "", "ean", "names neither a line nor a product"),
    (ean(1), "2", "", "", "", "line", "orders another product"),
    ("", "1", "pallet", "", "", "unit", "no unit we know"),
    ("", "2", "case", "", "", "unit", "Nobody knows how many pieces a case holds"),
    ("", "1", "", "31.02.2026", "", "expiry", "is not a day"),
    ("", "1", "", "", "04.03.2026 10:00", "picked_at", "more than a day ahead"),
    ("", "1", "", "", "yesterday", "picked_at", "is not a moment"),
]


@pytest.mark.parametrize(("code", "number", "unit", "expiry", "at", "column", "reason"), MORE_WRONG)
def test_bad_cell_is_named_with_its_cure(
    profile: Profile,
    held_clock: object,
    code: str,
    number: str,
    unit: str,
    expiry: str,
    at: str,
    column: str,
    reason: str,
) -> None:
    product(2, case_pack=None)
    made = released(profile)
    head = "po;ean;line;quantity;unit;expiry;picked_at"
    found = took(profile, f"4ABCDEFG;{code};{number};1;{unit};{expiry};{at}", head=head)
    assert [(one.row, one.column, reason in one.reason) for one in found.reports.all()] == [(2, column, True)]
    assert (results(made), state(made)) == ([], "released")


def test_names_of_different_products_in_one_row_are_refused(profile: Profile) -> None:
    made = released(profile)
    found = took(profile, f"4ABCDEFG;{ean(1)};SKU-2;1", head="po;ean;sku;quantity")
    assert [one.reason for one in found.reports.all()] == ["EAN, SKU and ASIN of this row mean different products."]
    assert results(made) == []


def test_product_on_two_lines_needs_the_line(profile: Profile) -> None:
    wanted = order(profile, eaches=[5])
    line(wanted, 2, 5, product=product(1)).save()
    from purveyor.warehouse.domain.release import release

    made = release(ME, wanted.pk)
    found = took(profile, "4ABCDEFG;SKU-1;;5", "4ABCDEFG;;2;5", head="po;sku;line;quantity")
    assert [(one.row, one.column) for one in found.reports.all()] == [(2, "line")]
    assert picked(made) == {"1": (0, 0, "missing"), "2": (5, 0, "")}


def test_row_of_another_partner_is_refused(profile: Profile) -> None:
    VendorCode.objects.create(profile=profile, code="ACME2")
    made = released(profile)
    rows = ("4ABCDEFG;SKU-1;1;acme1", "4ABCDEFG;SKU-1;1;ACME2", "4ABCDEFG;SKU-1;1;OTHER")
    found = took(profile, *rows, head=f"{HEAD};vendor_code")
    assert [(one.row, one.reason) for one in found.reports.all()] == [
        (3, "The order belongs to vendor code ACME1."),
        (4, "Profile acme-de has no such vendor code."),
    ]
    assert picked(made)["1"] == (1, 0, "missing")


def test_order_of_another_profile_is_unknown(profile: Profile) -> None:
    other = make_profile("other-uk")
    made = released(other)
    assert told(took(profile, "4ABCDEFG;SKU-1;1")) == (0, [(2, "po", "4ABCDEFG")], {})
    assert results(made) == []


def test_too_much_is_never_taken_and_the_alert_names_both_numbers(profile: Profile) -> None:
    made = released(profile)
    found = took(profile, "4ABCDEFG;SKU-1;8", "4ABCDEFG;SKU-1;5", "4ABCDEFG;SKU-2;6")
    assert told(found) == (3, [], {"lists": 1, "excess": 3})
    assert picked(made) == {"1": (10, 3, ""), "2": (6, 0, "")}
    alert = Alert.objects.get()
    assert (alert.kind, alert.profile, alert.message) == (
        "warehouse.excess",
        profile,
        "Too much was picked for pick list 4ABCDEFG-1. Line 1: 13 were picked, 10 are asked for.",
    )


def test_later_file_replaces_the_earlier_one(profile: Profile) -> None:
    made = released(profile)
    first = took(profile, "4ABCDEFG;SKU-1;10", "4ABCDEFG;SKU-2;6")
    second = took(profile, "4ABCDEFG;SKU-1;9")
    assert told(second) == (1, [], {"lists": 1, "replaced": 1})
    assert results(made) == [(f"file-{first.pk}", "replaced"), (f"file-{second.pk}", "taken")]
    assert picked(made) == {"1": (9, 0, "missing"), "2": (0, 0, "missing")}


def test_result_that_is_older_by_its_own_time_is_refused_whole(profile: Profile, held_clock: object) -> None:
    """Also what a later part of it says: half of a result would be a wrong one."""
    made = released(profile)
    head = f"{HEAD};result;picked_at"
    took(profile, "4ABCDEFG;SKU-1;10;R2;2026-03-01T10:00", head=head)
    late = took(profile, "4ABCDEFG;SKU-1;1;R1;2026-03-01T09:59", head=head)
    more = took(profile, "4ABCDEFG;SKU-2;1;R1;2026-03-01T10:01", head=head)
    assert [[(one.column, one.reason) for one in found.reports.all()] for found in (late, more)] == [
        [("picked_at", "It is older than the result that stands.")],
        [
            (
                "result",
                "A later result took the place of this one, or it was taken back. Bring it under a new reference.",
            )
        ],
    ]
    assert results(made) == [("R2", "taken"), ("R1", "replaced")]
    assert picked(made) == {"1": (10, 0, ""), "2": (0, 0, "missing")}
    took(profile, "4ABCDEFG;SKU-1;4;R3;2026-03-01T10:00", head=head)
    assert picked(made)["1"] == (4, 0, "missing")


def test_rows_of_one_result_in_one_part_are_judged_by_their_latest_moment(profile: Profile, held_clock: object) -> None:
    made = released(profile)
    head = f"{HEAD};result;picked_at"
    took(profile, "4ABCDEFG;SKU-1;10;R1;2026-03-01T10:00", head=head)
    took(profile, "4ABCDEFG;SKU-1;2;R2;2026-03-01T09:00", "4ABCDEFG;SKU-2;3;R2;2026-03-01T11:00", head=head)
    assert picked(made) == {"1": (2, 0, "missing"), "2": (3, 0, "missing")}


def test_same_file_twice_has_no_second_effect(profile: Profile) -> None:
    made = released(profile)
    took(profile, "4ABCDEFG;SKU-1;7")
    second = took(profile, "4ABCDEFG;SKU-1;7", name="again.csv")
    assert (second.taken, second.repeats_id is not None, picked(made)["1"]) == (0, True, (7, 0, "missing"))


COUNTED = (
    "Rows of this file were counted in this result already. Bring only the refused ones, mended, as a new file, or all "
    "of them under a new result name."
)


def said_of(upload: Upload, *, dry: bool = False) -> list[tuple[int, str, str]]:
    return list(upload.reports.filter(dry=dry).order_by("row").values_list("row", "column", "reason"))


def test_half_good_file_of_a_named_result_taken_again_adds_nothing(profile: Profile) -> None:
    """Neither as it was nor with other columns; the dry run says so before. What was not counted yet still may come."""
    from channels.making import ME as FILES
    from channels.making import bring, lines

    made = released(profile)
    head, rows = f"{HEAD};result;note", ("4ABCDEFG;SKU-1;5;R1;x", "4BBBBBBB;SKU-1;3;R1;x", "4ABCDEFG;SKU-9;1;R1;x")
    first = took(profile, *rows, head=head)
    assert (first.taken, first.refused, picked(made)["1"]) == (1, 2, (5, 0, "missing"))
    second = released(profile, "4BBBBBBB")

    same = bring(lines(head, *rows), "pick", profile=profile)
    refused = [(2, "result", COUNTED), (4, "sku", "There is no product of this number or name.")]
    checked = load.work_off(load.check(FILES, same))
    assert (checked.checked["taken"], said_of(checked, dry=True)) == (1, refused)
    taken = load.work_off(load.take(FILES, same, again=True))
    assert (told(taken)[0], told(taken)[2], said_of(taken)) == (1, {"lists": 1}, refused)
    other = bring(lines(head, *rows), "pick", profile=profile)
    mapped = load.remap(FILES, other, {**other.columns, "lot": "note"}, other.options)
    assert said_of(load.work_off(load.take(FILES, mapped))) == [
        (2, "result", COUNTED),
        (3, "result", COUNTED),
        refused[1],
    ]
    assert (picked(made), picked(second)["1"]) == ({"1": (5, 0, "missing"), "2": (0, 0, "missing")}, (3, 0, "missing"))
    assert PickResult.objects.get(pick_list=made).upload_id == first.pk

    took(profile, "4ABCDEFG;SKU-1;2;R1;mended", head=head)
    assert picked(made)["1"] == (7, 0, "missing")


def test_file_counts_anew_once_its_result_has_another_name(profile: Profile) -> None:
    """And one that names no result is one of its own each time, so it replaces."""
    from channels.making import ME as FILES
    from channels.making import bring, lines

    made = released(profile)
    content = lines(f"{HEAD};a;b", "4ABCDEFG;SKU-1;5;R1;R2")
    for result, column in (("R1", "a"), ("R2", "b"), ("", ""), ("", "")):
        found = bring(content, "pick", profile=profile)
        columns = {"po": "po", "sku": "sku", "quantity": "quantity"} | ({"result": column} if column else {})
        done = load.work_off(load.take(FILES, load.remap(FILES, found, columns, found.options), again=True))
        assert (done.taken, picked(made)["1"]) == (1, (5, 0, "missing"))
        assert results(made)[-1] == (result or f"file-{done.pk}", "taken")
    assert len(results(made)) == 4


def test_reasons_are_known_by_their_words(profile: Profile) -> None:
    made = released(profile, eaches=[10, 6, 5])
    rows = ("4ABCDEFG;SKU-1;7;beschädigt", "4ABCDEFG;SKU-2;0;Damaged", "4ABCDEFG;SKU-3;5;the cat sat on it")
    took(profile, *rows, head=f"{HEAD};Grund")
    assert picked(made) == {"1": (7, 0, "damaged"), "2": (0, 0, "damaged"), "3": (5, 0, "")}


def test_file_of_no_profile_says_so(profile: Profile) -> None:
    from channels.making import ME as FILES
    from channels.making import bring, lines
    from purveyor.common.errors import Refused

    make_profile("other-uk")
    with pytest.raises(Refused) as error:
        load.take(FILES, bring(lines(HEAD, "4ABCDEFG;SKU-1;1"), "pick"))
    assert [(one.where, one.message) for one in error.value.problems] == [
        ("profile", "Say for which profile this file is.")
    ]
    assert Upload.objects.get().state == "kept"


def test_dry_run_says_what_the_real_one_does(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Part by part, also what rows of an earlier part have come to: replaced results, and pieces that are too many."""
    monkeypatch.setattr(load, "PART", 2)
    made, second = released(profile), released(profile, "4BBBBBBB")
    head = f"{HEAD};result;picked_at"
    took(profile, "4ABCDEFG;SKU-1;4;R0;2026-03-01T08:00", head=head)
    rows = [
        "4ABCDEFG;SKU-1;9;R1;2026-03-01T10:00",
        "4ABCDEFG;SKU-1;9;R0;2026-03-01T12:00",
        "4ABCDEFG;SKU-1;9;R1;2026-03-01T10:00",
        "4BBBBBBB;SKU-2;7;R1;",
        "4ABCDEFG;SKU-2;1;R2;2026-03-01T09:00",
        "4NOORDER;SKU-2;1;R2;",
        "4ABCDEFG;SKU-2;1;R3;2026-03-01T11:00",
    ]
    before = list(Picked.objects.values_list("result", "eaches", "excess"))
    said = dry(profile, *rows, head=head)
    assert list(Picked.objects.values_list("result", "eaches", "excess")) == before
    assert (state(second), results(made)) == ("released", [("R0", "taken")])
    done = took(profile, *rows, head=head, name="real.csv")
    assert said.checked == {"taken": done.taken, "refused": done.refused, "effects": done.effects}
    assert (done.taken, done.refused, done.effects) == (4, 3, {"lists": 2, "replaced": 2, "excess": 9})
    assert [(one.row, one.column, one.reason) for one in said.reports.filter(dry=True)] == [
        (one.row, one.column, one.reason) for one in done.reports.filter(dry=False)
    ]


@pytest.mark.parametrize("result", ["", "R1"])
def test_stopped_file_goes_on_and_counts_nothing_twice(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, result: str
) -> None:
    """It breaks off between writing a part and noting its place; both are undone, and both are done again. The same
    bytes brought anew meanwhile add nothing to a result with a name, and do not stop the first from going on."""
    from channels.making import ME as FILES
    from channels.making import bring, lines

    monkeypatch.setattr(load, "PART", 2)
    made = released(profile)
    content = lines(f"{HEAD};result", *[f"4ABCDEFG;SKU-1;1;{result}"] * 5)
    upload = bring(content, "pick", profile=profile)
    forward, times = load._Work._go_forward, []

    def breaks(self: load._Work, *args: object) -> None:
        times.append(1)
        if len(times) == 2:
            raise OSError("the disk is full")
        forward(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(load._Work, "_go_forward", breaks)
    begun = load.take(FILES, upload)
    with pytest.raises(OSError, match="full"):
        load.work_off(begun)
    assert picked(made)["1"] == (2, 0, "missing")
    load.settle_lost(Upload.objects.all())
    begun.refresh_from_db()
    if result:
        anew = load.work_off(load.take(FILES, bring(content, "pick", profile=profile), again=True))
        assert said_of(anew) == [(row, "result", COUNTED) for row in range(2, 7)]
    done = load.work_off(load.go_on(FILES, begun))
    assert (done.state, done.taken, done.effects, picked(made)["1"]) == ("done", 5, {"lists": 1}, (5, 0, "missing"))


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["4ABCDEFG", "4BBBBBBB"]),
        st.sampled_from(["SKU-1", "SKU-2"]),
        st.integers(0, 8),
        st.sampled_from(["", "L1", "L2"]),
        st.sampled_from(["", "2026-05-01", "2026-04-01"]),
        st.sampled_from(["", "missing", "damaged"]),
        st.sampled_from(["", "yes", "no"]),
        st.sampled_from(["", "2026-03-01T10:00", "2026-03-01T11:00"]),
    ),
    min_size=1,
    max_size=10,
)


def said_of_all() -> list[tuple[object, ...]]:
    names = ("pick_line__pick_list__number", "pick_line__line__number", "lot", "expiry", "eaches", "excess", "short")
    rows = Picked.objects.filter(result__state="taken").values_list(*names, "prepared", "result__picked_at")
    return sorted(rows, key=str)


@settings(max_examples=25)
@given(rows=ROWS, seed=st.integers(0, 2**16), part=st.integers(1, 4))
def test_any_split_of_one_result_over_files_and_parts_gives_the_same_picks(
    rows: list[tuple[object, ...]], seed: int, part: int
) -> None:
    from django.db import transaction

    dice = random.Random(seed)
    texts = [";".join(map(str, (*row, "R1", serial))) for serial, row in enumerate(rows)]
    head = "po;sku;quantity;lot;expiry;reason;prepared;picked_at;result;serial"
    whole, size = [], load.PART
    for split in (False, True):
        with transaction.atomic():
            profile = make_profile()
            released(profile)
            released(profile, "4BBBBBBB")
            if split:
                dice.shuffle(texts)
                cut = dice.randint(0, len(texts))
                load.PART = part
            try:
                for number, some in enumerate([texts[:cut], texts[cut:]] if split else [texts]):
                    if some:
                        took(profile, *some, head=head, name=f"{split}-{number}.csv")
            finally:
                load.PART = size
            whole.append(said_of_all())
            transaction.set_rollback(True)
    assert whole[0] == whole[1]


def test_one_part_costs_the_same_questions_for_one_row_and_for_many(
    profile: Profile, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from purveyor.base.filekinds import Loading, Row, Source
    from purveyor.warehouse.load_picks import take

    for number in ("4AAAAAAA", "4BBBBBBB", "4CCCCCCC"):
        released(profile, number)
    where = {"path": None, "columns": {}, "heads": (), "facts": {}}
    source = Source(who=ME, profile=profile, upload=0, **where)  # type: ignore[arg-type]

    def asked(*numbers: str) -> int:
        loading = Loading("test", "x.csv", dry_run=True, source=source)
        rows = [Row(at, {"po": number, "sku": "SKU-1", "quantity": 1}) for at, number in enumerate(numbers)]
        with CaptureQueriesContext(connection) as found:
            assert take(rows, loading).taken == len(numbers)
        return len(found)

    assert asked("4AAAAAAA") == asked("4AAAAAAA", "4BBBBBBB", "4CCCCCCC")
    assert clock.now() - timedelta(days=1) < PickList.objects.earliest("pk").released_at
