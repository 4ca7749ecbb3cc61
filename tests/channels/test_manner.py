"""How a file's texts are meant where they do not say it: encoding, separator, dates, units, constants."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.making import ME, bring, lines, taken, told
from products.making import product
from purveyor.base import filekinds
from purveyor.base.columns import Column, text, whole
from purveyor.channels import load, manner, mapping
from purveyor.common.errors import Refused
from purveyor.common.lenient import Unreadable
from purveyor.products.models import Cost, Product

WEIGHT = Column("weight", "Weight", whole(0, 10**9), measure="weight")
LENGTH = Column("length", "Length", whole(0, 10**9), measure="length")
DAY = Column("day", "Day", text(20), measure="day")


def meant(column: Column, cell: str, **options: Any) -> str:
    return manner.meant(column, cell, options)


@pytest.mark.unit
@pytest.mark.once
@pytest.mark.parametrize(
    ("order", "cell", "day"),
    [
        ("dmy", "31.03.2026", "2026-03-31"),
        ("dmy", "4/3/26", "2026-03-04"),
        ("mdy", "4/3/2026", "2026-04-03"),
        ("mdy", "04-03-26", "2026-04-03"),
        ("ymd", "2026/4/3", "2026-04-03"),
        ("ymd", "20260403", "2026-04-03"),
        ("ymd", "260403", "2026-04-03"),
        ("dmy", "03042026", "2026-04-03"),
        ("mdy", "4/3/2026 13:45", "2026-04-03"),
        ("", "31.03.2026", "31.03.2026"),
    ],
)
def test_a_day_is_read_in_the_order_that_is_said(order: str, cell: str, day: str) -> None:
    assert meant(DAY, cell, dates=order) == day


@pytest.mark.unit
@pytest.mark.once
@pytest.mark.parametrize(
    ("order", "cell"),
    [("dmy", "31.02.2026"), ("mdy", "31.03.2026"), ("ymd", "31.03.2026"), ("dmy", "1.1.202"), ("dmy", "soon")],
)
def test_a_day_that_is_none_is_refused(order: str, cell: str) -> None:
    with pytest.raises(Unreadable, match=cell):
        meant(DAY, cell, dates=order)


@pytest.mark.unit
@pytest.mark.once
def test_weights_and_lengths_are_converted_and_rounded_to_whole_units() -> None:
    assert meant(WEIGHT, "1,25", mark=",", units={"weight": "kg"}) == "1250"
    assert meant(WEIGHT, "2", units={"weight": "lb"}) == "907"
    assert meant(WEIGHT, "0.5", units={"weight": "oz"}) == "14"
    assert meant(LENGTH, "12.5", units={"length": "cm"}) == "125"
    assert meant(LENGTH, "10", units={"length": "in"}) == "254"
    assert meant(WEIGHT, "1250", units={"length": "kg"}) == "1250"
    assert meant(WEIGHT, "-", units={"weight": "kg"}) == "-"
    assert manner.meant(WEIGHT, "1.250", {"mark": ",", "units": {"weight": "kg"}}, number=True) == "1250"
    for cell in ("1.250", "heavy"):
        with pytest.raises(Unreadable):
            meant(WEIGHT, cell, units={"weight": "kg"})


@pytest.mark.unit
@pytest.mark.once
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["dmy", "mdy", "ymd"]), st.sampled_from("./- "))
def test_every_day_is_read_back_in_every_order(day: date, order: str, sign: str) -> None:
    parts = {"d": f"{day.day:02}", "m": f"{day.month:02}", "y": f"{day.year}"}
    assert meant(DAY, sign.join(parts[one] for one in order), dates=order) == day.isoformat()
    assert meant(DAY, "".join(parts[one] for one in order), dates=order) == day.isoformat()


@pytest.mark.unit
@pytest.mark.once
@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"mark": ";"}, "mark"),
        ({"encoding": "ebcdic"}, "encoding"),
        ({"separator": ";;"}, "separator"),
        ({"separator": "a"}, "separator"),
        ({"separator": '"'}, "separator"),
        ({"dates": "dym"}, "dates"),
        ({"units": {"sku": "kg"}}, "sku"),
        ({"units": {"weight_grams": "cm"}}, "weight_grams"),
        ({"units": {"nothing": "kg"}}, "nothing"),
        ({"constants": {"nothing": "x"}}, "nothing"),
        ({"constants": {"case_pack": "six"}}, "case_pack"),
        ({"constants": {"title": "x" * 201}}, "title"),
    ],
)
def test_options_that_fit_no_column_are_refused_with_their_place(options: dict[str, Any], where: str) -> None:
    with pytest.raises(Refused) as refused:
        manner.tidied(filekinds.find("products"), options)
    assert [one.where for one in refused.value.problems] == [where]


@pytest.mark.integration
@pytest.mark.django_db
def test_a_saved_mapping_reads_any_systems_file() -> None:
    product("A-1")
    columns = {"sku": "1", "amount": "2", "valid_from": "3"}
    options = {
        "mark": ",",
        "headless": True,
        "encoding": "cp850",
        "separator": "~",
        "dates": "mdy",
        "constants": {"marketplace": "DE", "currency": "EUR"},
    }
    mapping.save(ME, filekinds.find("costs"), "old system", columns, options)
    content = "A-1~1,50~4/30/2026\r\nA-2~2,50~4/30/2026\r\nA-1~9~31/4/2026\r\n".encode("cp850")
    found = taken(content, "costs", saved="old system")
    assert told(found) == (1, [(2, "sku", "A-2"), (3, "valid_from", "31/4/2026")], {"added": 1})
    cost = Cost.objects.get()
    assert (cost.amount, cost.marketplace, cost.valid_from) == (Decimal("1.5"), "DE", date(2026, 4, 30))
    assert found.options == mapping.find(filekinds.find("costs"), "old system").options


@pytest.mark.integration
@pytest.mark.django_db
def test_a_constant_stands_in_for_blank_cells_alone() -> None:
    options = {"constants": {"title": "Tea", "case_pack": "6"}}
    taken(lines("SKU;Title", "A-1;", "A-2;Milk"), options=options)
    found = list(Product.objects.order_by("sku").values_list("sku", "title", "case_pack"))
    assert found == [("A-1", "Tea", 6), ("A-2", "Milk", 6)]


@pytest.mark.integration
@pytest.mark.django_db
def test_a_file_that_is_read_wrongly_is_read_anew_as_somebody_says() -> None:
    upload = bring("SKU~Title\r\nA-1~Müsli\r\n".encode("cp850"))
    assert upload.columns == {}
    found = load.reread(ME, upload, {"encoding": "cp850", "separator": "~"})
    assert (found.columns, found.shape["encoding"], found.shape["separator"]) == (
        {"sku": "SKU", "title": "Title"},
        "cp850",
        "~",
    )
    load.work_off(load.take(ME, found))
    assert Product.objects.get().title == "Müsli"


@pytest.mark.integration
@pytest.mark.django_db
def test_the_same_bytes_meant_otherwise_are_another_file() -> None:
    content = lines("SKU;Weight", "A-1;2")
    taken(content)
    second = taken(content, options={"units": {"weight_grams": "kg"}})
    assert (second.repeats, Product.objects.get().weight_grams) == (None, 2000)
