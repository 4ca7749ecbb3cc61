"""The demo as its user meets it: from an empty folder to orders on the page, stopped and started again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.demo_start import A_NUMBER
from bench.hub import Person, running_demo

pytestmark = [pytest.mark.browser]


def signed_in(demo) -> Person:
    person = Person(demo.page)
    person.wait_for("/health/live", "", 30)
    person.sign_in(demo.user, demo.password)
    return person


def test_demo_shows_orders_and_goes_on_where_it_stopped(tmp_path):
    with running_demo(tmp_path) as demo:
        number, password = signed_in(demo).wait_for("/orders/", A_NUMBER, 60)[1], demo.password
        assert demo.page.startswith("http://127.0.0.1:")
    assert demo.process.returncode == 0
    with running_demo(tmp_path) as again:
        assert again.password == password
        assert number in signed_in(again).get(f"/orders/?q={number}")
