"""Which head is which column: found in any order and language, or asked for."""

from __future__ import annotations

import pytest

from cast import make_cast
from channels.making import ME
from purveyor.audit.models import Entry
from purveyor.base import filekinds
from purveyor.channels import mapping
from purveyor.channels.models import Mapping
from purveyor.common.errors import Denied, NotFound, Refused

PRODUCTS = "products"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kind", "heads", "found"),
    [
        (PRODUCTS, ["title", "sku"], {"sku": "sku", "title": "title"}),
        (PRODUCTS, ["EAN-Code", "Artikelnummer"], {"sku": "Artikelnummer", "gtin": "EAN-Code"}),
        (PRODUCTS, ["Vendor SKU", "CASE_PACK"], {"sku": "Vendor SKU", "case_pack": "CASE_PACK"}),
        (PRODUCTS, ["Weight (g)", "Bezeichnung"], {"title": "Bezeichnung", "weight_grams": "Weight (g)"}),
        (PRODUCTS, ["UPC", "EAN", "Colour", ""], {"gtin": "EAN"}),
        ("costs", ["Land", "EK-Preis", "SKU"], {"sku": "SKU", "marketplace": "Land", "amount": "EK-Preis"}),
        ("costs", ["Ab", "Bis"], {"valid_from": "Ab", "valid_until": "Bis"}),
    ],
)
def test_heads_are_known_in_any_order_and_language(kind: str, heads: list[str], found: dict[str, str]) -> None:
    assert mapping.suggest(filekinds.find(kind), heads) == found


@pytest.mark.unit
@pytest.mark.parametrize(
    ("columns", "wrong"),
    [
        ({"sku": "A"}, []),
        ({}, ["sku"]),
        ({"sku": "A", "colour": "B"}, ["colour"]),
        ({"sku": "A", "title": "Z"}, ["title"]),
        ({"sku": "A", "title": "A"}, ["sku", "title"]),
    ],
)
def test_problems_are_named_by_column(columns: dict[str, str], wrong: list[str]) -> None:
    found = mapping.problems_of(filekinds.find(PRODUCTS), columns, ["A", "B"])
    assert [problem.where for problem in found] == wrong


@pytest.mark.integration
@pytest.mark.django_db
def test_saved_mapping_that_fits_best_is_chosen(held_clock: object) -> None:
    kind = filekinds.find(PRODUCTS)
    mapping.save(ME, kind, "small", {"sku": "A"}, {})
    mapping.save(ME, kind, "large", {"sku": "A", "title": "B"}, {"mark": ","})
    mapping.save(ME, kind, "strange", {"sku": "A", "title": "B", "asin": "C"}, {})
    mapping.save(ME, filekinds.find("stock"), "other", {"sku": "A", "on_hand": "B"}, {})
    found = mapping.choose(kind, ["A", "B", "D"])
    assert found is not None
    assert (found.name, found.options) == ("large", {"mark": ",", "headless": False})
    assert mapping.choose(kind, ["X"]) is None


@pytest.mark.integration
@pytest.mark.django_db
def test_saving_under_the_same_name_changes_it_and_is_told() -> None:
    kind = filekinds.find(PRODUCTS)
    mapping.save(ME, kind, " mine ", {"sku": "A"}, {})
    mapping.save(ME, kind, "mine", {"sku": "B"}, {})
    assert mapping.find(kind, "mine").columns == {"sku": "B"}
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == ["mapping.added", "mapping.changed"]
    mapping.remove(ME, kind, "mine")
    with pytest.raises(NotFound):
        mapping.find(kind, "mine")


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "columns", "options"),
    [
        ("", {"sku": "A"}, {}),
        ("x" * 81, {"sku": "A"}, {}),
        ("x", {"title": "A"}, {}),
        ("x", {"sku": "A"}, {"mark": ";"}),
    ],
)
def test_mapping_that_cannot_be_is_not_saved(name: str, columns: dict[str, str], options: dict[str, str]) -> None:
    with pytest.raises(Refused):
        mapping.save(ME, filekinds.find(PRODUCTS), name, columns, options)
    assert not Mapping.objects.exists()


@pytest.mark.integration
@pytest.mark.django_db
def test_mapping_is_saved_and_removed_by_those_alone_who_may() -> None:
    kind, who = filekinds.find(PRODUCTS), make_cast().who("warehouse")
    mapping.save(ME, kind, "mine", {"sku": "A"}, {})
    with pytest.raises(Denied):
        mapping.save(who, kind, "mine", {"sku": "B"}, {})
    with pytest.raises(Denied):
        mapping.remove(who, kind, "mine")
    assert Mapping.objects.get().columns == {"sku": "A"}
