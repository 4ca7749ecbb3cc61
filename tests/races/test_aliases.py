"""Two files that bring the same name for different products at once: one row is refused, the others are taken."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from products.making import product
from purveyor.base.filekinds import Loading, Outcome, Row
from purveyor.products.domain.load_more import _alias_owners, take_aliases
from purveyor.products.models import Alias
from racing import one_inside_the_other

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def rows(sku: str, *names: str) -> list[Row]:
    return [Row(at, {"sku": sku, "alias": name}, {"alias": name}) for at, name in enumerate(names, 2)]


def taken(found: list[Row]) -> Outcome:
    return take_aliases(found, Loading("system:test", "x.csv", dry_run=False))


def test_name_that_two_files_bring_is_refused_the_later_one_alone() -> None:
    product("A"), product("B")
    first, second = one_inside_the_other(
        lambda: taken(rows("A", "Wanted")), lambda: taken(rows("B", "wanted", "Of its own"))
    )
    assert (first.taken, second.taken, [(one.row, one.column) for one in second.refused]) == (1, 1, [(2, "alias")])
    assert set(Alias.objects.values_list("product__sku", "value")) == {("A", "Wanted"), ("B", "Of its own")}


def test_names_twin_that_look_before_the_other_wrote_fail_whole() -> None:
    """Both have looked before either has written; only the table's own constraint is left."""
    one, other = product("A"), product("B")
    assert [_alias_owners(rows(sku, "Wanted")) for sku in "AB"] == [{}, {}]
    Alias.objects.create(product=one, value="Wanted", normalised="WANTED")
    with pytest.raises(IntegrityError):
        Alias.objects.bulk_create(
            [
                Alias(product=other, value="Of its own", normalised="OFITSOWN"),
                Alias(product=other, value="wanted", normalised="WANTED"),
            ]
        )
    assert Alias.objects.count() == 1
