"""Charts: drawings that say what they show, the same figures as a table, and the page around them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cast import Cast
from purveyor.orders.models import Order
from purveyor.web.charts import Series, brief, columns, nice, rows

from .conftest import Browser
from .test_order import text_of

Place = Callable[..., Order]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def drawing(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.unit
def test_bars_stand_in_proportion_and_each_says_what_it_is() -> None:
    chart = columns("o", "Orders", "3 in all", "Week", ["a", "b", "c"], Series("Orders", [1, 2, None], ["1", "2", "–"]))
    found = drawing(chart.svg)
    bars = found.findall(f"{SVG}rect")
    tall = [float(bar.attrib["height"]) for bar in bars]
    assert tall[1] == pytest.approx(2 * tall[0], abs=0.2)
    assert [bar.findtext(f"{SVG}title") for bar in bars] == ["a: Orders 1", "b: Orders 2"]
    assert found.findtext(f"{SVG}title") == "Orders"
    assert found.findtext(f"{SVG}desc") == "3 in all"
    assert found.attrib["role"] == "img"
    assert chart.table == [("a", ["1"]), ("b", ["2"]), ("c", ["–"])]


@pytest.mark.unit
def test_level_bars_are_as_long_as_their_share() -> None:
    chart = rows("c", "Open", "", "Center", ["X", "Y"], Series("Orders", [4, 1], ["4", "1"]))
    long = [float(bar.attrib["width"]) for bar in drawing(chart.svg).findall(f"{SVG}rect")]
    assert long[0] == pytest.approx(4 * long[1], abs=0.2)


@pytest.mark.unit
def test_names_cannot_break_out_of_the_drawing() -> None:
    chart = rows("c", "Open", "", "Center", ["<script>"], Series("O", [1], ["1"]))
    assert "<script>" not in chart.svg


@pytest.mark.unit
def test_nothing_is_drawn_of_nothing() -> None:
    assert columns("o", "Orders", "", "Week", ["a"], Series("Orders", [None], ["–"])).empty
    assert columns("o", "Orders", "", "Week", [], Series("Orders", [], [])).empty


@pytest.mark.unit
@given(st.floats(0.001, 1e12))
def test_scale_ends_at_a_round_number_above_and_not_far_above(most: float) -> None:
    assert most <= nice(most) * (1 + 1e-9)
    assert nice(most) <= most * 2.5 * (1 + 1e-9)


@pytest.mark.unit
def test_scale_words_are_brief() -> None:
    assert [brief(value) for value in (0, 0.5, 999, 1000, 2_500_000)] == ["0", "0.5", "999", "1k", "2.5M"]
    assert nice(0) == 1.0


@pytest.mark.integration
@pytest.mark.django_db
def test_page_draws_and_tells_the_same_as_a_table(anna: Client, place: Place) -> None:
    order = place({"amount": 10, "cost": "4.20"})
    page = anna.get("/charts/?weeks=4")
    text = text_of(page)
    assert "Orders per week" in text
    assert "1 orders in 4 weeks" in text
    assert "Value per week in EUR" in text
    assert "42.00 EUR in all" in text
    assert f"Fulfillment center Orders Pieces {order.ship_to} 1 10" in text
    assert "<style" not in page.content.decode()
    assert 'aria-current="page">4 weeks' in page.content.decode()


@pytest.mark.integration
@pytest.mark.django_db
def test_page_shows_each_only_what_they_may_see(cast: Cast, browser: Browser, order: Order) -> None:
    assert "0 orders in 13 weeks" in text_of(browser(cast.stranger).get("/charts/"))
    assert browser(cast.vendor_manager).get("/charts/?weeks=5").status_code == 422


@pytest.mark.integration
@pytest.mark.django_db
def test_figures_are_told_over_rest_and_by_command(cast: Cast, order: Order) -> None:
    import json

    from click.testing import CliRunner

    from purveyor.cli.main import cli
    from purveyor.people.domain.tokens import make_token

    _token, plain = make_token(cast.vendor_manager, "erp", ["orders.view"], cast.profile)
    answer = Client().get("/api/v1/figures?weeks=4", headers={"authorization": f"Bearer {plain}"})
    told = json.loads(answer.content)
    assert (answer.status_code, told["weeks"][-1]["orders"], told["open_by_center"][0]["orders"]) == (200, 1, 1)
    said = json.loads(CliRunner().invoke(cli, ["figures", "--weeks", "4", "--json"]).stdout)
    assert said["weeks"] == told["weeks"]


def test_scale_names_its_unit() -> None:
    drawn = columns("o", "Rate", "", "Week", ["a"], Series("Rate", [50.0], ["50 %"]), unit="%").svg
    assert [f">{said}<" in drawn for said in ("0 %", "25 %", "50 %")] == [True, True, True]
