"""Adding and changing products, their other names and their costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cast import make_cast
from products.making import EAN, OTHER_EAN, UPC, alias, cost, product
from purveyor.audit.models import Entry
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.people.who import Who
from purveyor.products.domain import update
from purveyor.products.models import Alias, Cost, Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ME = Who.system("test")


def problems(error: pytest.ExceptionInfo[Refused]) -> dict[str, str]:
    return {problem.where: problem.message for problem in error.value.problems}


def test_create_reads_what_it_is_given_and_writes_it_down() -> None:
    row = update.create(
        ME,
        {
            "sku": " SPOON-1 ",
            "asin": "b012345678",
            "gtin": UPC,
            "title": "Spoon",
            "case_pack": "1.200",
            "inner_pack": 12,
        }
        | {"weight_grams": "1,5 kg", "length_mm": "12 in", "expiry_tracked": "ja", "location": " A-07 ", "prep": "bag"},
    )
    row.refresh_from_db()
    assert (row.sku, row.asin, row.gtin, row.case_pack, row.inner_pack) == (
        "SPOON-1",
        "B012345678",
        f"00{UPC}",
        1200,
        12,
    )
    assert (row.weight_grams, row.length_mm, row.expiry_tracked, row.active, row.on_hand) == (
        1500,
        305,
        True,
        True,
        None,
    )
    assert (row.location, row.prep) == ("A-07", "bag")
    entry = Entry.objects.get()
    assert (entry.action, entry.object_name, entry.old) == ("product.added", "SPOON-1", None)
    assert entry.new["gtin"] == f"00{UPC}"


def test_create_names_every_problem_with_its_field() -> None:
    with pytest.raises(Refused) as error:
        update.create(ME, {"asin": "short", "gtin": EAN[:-1] + "2", "case_pack": 10, "inner_pack": 4, "colour": "red"})
    assert set(problems(error)) == {"sku", "asin", "gtin", "inner_pack", "colour"}
    assert "would have to be 1" in problems(error)["gtin"]
    assert not Product.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("sku", "SPOON-1"), ("asin", "B012345678"), ("gtin", EAN)])
def test_number_of_another_product_is_refused(field: str, value: str) -> None:
    product("SPOON-1", asin="B012345678", gtin=f"0{EAN}")
    with pytest.raises(Refused) as error:
        update.create(ME, {"sku": "OTHER"} | {field: value})
    assert problems(error) == {field: "This belongs to product SPOON-1 already."}
    assert Product.objects.count() == 1


def test_blank_numbers_are_nobodys() -> None:
    product("SPOON-1")
    update.create(ME, {"sku": "OTHER", "asin": "", "gtin": ""})
    assert Product.objects.count() == 2


def test_change_writes_only_what_changed_and_tells_it(held_clock: Any) -> None:
    row = product(case_pack=6, asin="B012345678", on_hand=5, reserved=2)
    found = update.change(ME, row, {"case_pack": "12", "title": "Wooden spoon", "asin": ""})
    assert (found.case_pack, found.asin, found.version, found.updated_at) == (12, "", 2, held_clock)
    assert (found.on_hand, found.reserved) == (5, 2)
    entry = Entry.objects.get()
    assert (entry.old, entry.new) == ({"case_pack": 6, "asin": "B012345678"}, {"case_pack": 12, "asin": ""})


def test_change_to_what_it_is_does_nothing() -> None:
    row = update.change(ME, product(case_pack=6), {"case_pack": 6})
    assert row.version == 1
    assert not Entry.objects.exists()


def test_change_of_an_old_version_is_a_conflict() -> None:
    row = product(case_pack=6)
    update.change(ME, product_again := Product.objects.get(), {"case_pack": 8})
    with pytest.raises(Conflict):
        update.change(ME, row, {"case_pack": 12})
    with pytest.raises(Conflict):
        update.change(ME, product_again, {"case_pack": 12}, seen=1)
    assert Product.objects.get().case_pack == 8


def test_change_holds_a_new_inner_pack_against_the_case_there_is() -> None:
    row = product(case_pack=10)
    with pytest.raises(Refused) as error:
        update.change(ME, row, {"inner_pack": 4})
    assert set(problems(error)) == {"inner_pack"}


def test_change_keeps_its_own_numbers_and_refuses_those_of_others() -> None:
    row = product("SPOON-1", gtin=f"0{EAN}")
    product("OTHER", gtin=f"0{OTHER_EAN}")
    assert update.change(ME, row, {"sku": "SPOON-2", "gtin": EAN}).sku == "SPOON-2"
    with pytest.raises(Refused) as error:
        update.change(ME, row, {"gtin": OTHER_EAN})
    assert set(problems(error)) == {"gtin"}


def test_change_of_a_product_that_is_gone_is_a_conflict() -> None:
    row = product()
    Product.objects.all().delete()
    with pytest.raises(Conflict):
        update.change(ME, row, {"title": "x"})


def test_alias_is_added_once_and_told() -> None:
    row = product()
    first = update.add_alias(ME, row, " Old  name ")
    assert update.add_alias(ME, row, "OLD NAME").pk == first.pk
    assert (first.value, first.normalised) == ("Old  name", "OLDNAME")
    assert Entry.objects.get().new == {"alias": "Old  name"}


@pytest.mark.parametrize("value", ["taken", "OTHER", "B012345678", EAN, "", "  ", "x" * 81])
def test_alias_that_means_another_product_or_nothing_is_refused(value: str) -> None:
    other = product("OTHER", asin="B012345678", gtin=f"0{EAN}")
    alias(other, "Taken")
    with pytest.raises(Refused):
        update.add_alias(ME, product(), value)
    assert Alias.objects.count() == 1


def test_alias_is_removed_from_its_own_product_alone() -> None:
    row, other = product(), product("OTHER")
    alias(row, "Old name")
    with pytest.raises(NotFound):
        update.remove_alias(ME, other, "Old name")
    assert Alias.objects.count() == 1
    update.remove_alias(ME, row, "old NAME")
    assert not Alias.objects.exists()
    assert Entry.objects.get().old == {"alias": "old NAME"}


def costs(of: Product) -> list[tuple[str, str, str | None, str]]:
    rows = Cost.objects.filter(product=of).order_by("marketplace", "valid_from")
    return [(c.marketplace, str(c.valid_from), c.valid_until and str(c.valid_until), str(c.amount)) for c in rows]


def test_cost_closes_the_period_before_it(held_clock: Any) -> None:
    row, other = product(), product("OTHER")
    cost(row, "2026-01-01")
    cost(row, "2026-01-01", marketplace="FR")
    cost(other, "2026-01-01")
    found = update.set_cost(ME, row, {"marketplace": "de", "amount": "4,75"})
    assert (found.valid_from, found.currency, found.amount) == (date(2026, 3, 2), "EUR", Decimal("4.75"))
    assert costs(row) == [
        ("DE", "2026-01-01", "2026-03-01", "4.5000"),
        ("DE", "2026-03-02", None, "4.7500"),
        ("FR", "2026-01-01", None, "4.5000"),
    ]
    assert costs(other) == [("DE", "2026-01-01", None, "4.5000")]
    told = {"marketplace": "DE", "amount": "4.7500", "currency": "EUR", "valid_from": "2026-03-02", "valid_until": None}
    assert (Entry.objects.get().old, Entry.objects.get().new) == (None, told)


def test_cost_that_begins_the_same_day_replaces_and_tells_what_was() -> None:
    row = product()
    cost(row, "2026-01-01")
    given = {"marketplace": "DE", "amount": "5", "currency": "EUR", "valid_from": "2026-01-01"}
    update.set_cost(ME, row, given)
    update.set_cost(ME, row, given)
    assert costs(row) == [("DE", "2026-01-01", None, "5.0000")]
    assert Entry.objects.get().old["amount"] == "4.5000"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"amount": "5"}, {"marketplace"}),
        ({"marketplace": "DE"}, {"amount"}),
        ({"marketplace": "XX", "amount": "0"}, {"marketplace", "amount"}),
        ({"marketplace": "DE", "amount": "1,234"}, {"amount"}),
        ({"marketplace": "DE", "amount": "1.23456"}, {"amount"}),
        ({"marketplace": "DE", "amount": "5", "currency": "€"}, {"currency"}),
        (
            {"marketplace": "DE", "amount": "5", "valid_from": "2026-02-02", "valid_until": "2026-02-01"},
            {"valid_until"},
        ),
        ({"marketplace": "DE", "amount": "5", "valid_until": "2026-03-01"}, {"valid_until"}),
        (
            {"marketplace": "DE", "amount": "5", "valid_from": "2025-01-01", "valid_until": "2026-01-01"},
            {"valid_until"},
        ),
        ({"marketplace": "DE", "amount": "5", "until": "2026-03-01"}, {"until"}),
    ],
)
def test_cost_that_cannot_be_is_refused_with_its_field(held_clock: Any, given: dict[str, str], where: set[str]) -> None:
    row = product()
    cost(row, "2026-01-01")
    with pytest.raises(Refused) as error:
        update.set_cost(ME, row, given)
    assert set(problems(error)) == where
    assert costs(row) == [("DE", "2026-01-01", None, "4.5000")]


def test_cost_of_one_day_is_a_period() -> None:
    row = product()
    update.set_cost(
        ME, row, {"marketplace": "DE", "amount": "5", "valid_from": "2026-02-02", "valid_until": "2026-02-02"}
    )
    assert costs(row) == [("DE", "2026-02-02", "2026-02-02", "5.0000")]


def test_cost_is_removed() -> None:
    row = product()
    cost(row, "2026-01-01")
    with pytest.raises(NotFound):
        update.remove_cost(ME, row, "DE", date(2026, 1, 2))
    update.remove_cost(ME, row, "DE", date(2026, 1, 1))
    assert costs(row) == []
    assert Entry.objects.get().old["amount"] == "4.5000"


def test_whoever_only_looks_changes_nothing() -> None:
    who, row = make_cast().who("warehouse"), product(case_pack=6)
    alias(row, "Old")
    cost(row, "2026-01-01")
    for verb in (
        lambda: update.create(who, {"sku": "NEW"}),
        lambda: update.change(who, row, {"case_pack": 12}),
        lambda: update.add_alias(who, row, "New"),
        lambda: update.remove_alias(who, row, "Old"),
        lambda: update.set_cost(who, row, {"marketplace": "DE", "amount": "9"}),
        lambda: update.remove_cost(who, row, "DE", date(2026, 1, 1)),
    ):
        with pytest.raises(Denied):
            verb()
    assert (Product.objects.get().case_pack, Alias.objects.get().value, len(costs(row))) == (6, "Old", 1)
    assert not Entry.objects.exists()


def test_whoever_may_on_one_profile_may_change_the_catalogue_of_the_house() -> None:
    assert update.create(make_cast().who("vendor_manager"), {"sku": "NEW"}).sku == "NEW"
