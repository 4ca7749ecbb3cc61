"""Both languages are complete, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from purveyor.orders.domain import holding, policy
from purveyor.orders.domain.carry_out import sentence
from purveyor.web.timeline import said

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


def test_catalogues_are_complete_and_up_to_date() -> None:
    pytest.importorskip("babel", reason="Babel is not installed")
    told = [sys.executable, "scripts/messages", "check"]
    done = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("complete and up to date\n", 0), done.stderr


def test_german_is_spoken_from_the_compiled_catalogue() -> None:
    with translation.override("de"):
        assert gettext("Fulfillment center") == "Logistikzentrum"
        assert [ngettext("%(n)s order", "%(n)s orders", n) % {"n": n} for n in (1, 2)] == [
            "1 Bestellung",
            "2 Bestellungen",
        ]


def test_english_is_spoken_where_the_usual_language_is_german() -> None:
    with translation.override("en"):
        assert gettext("Fulfillment center") == "Fulfillment center"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (sentence(policy.STOCK), "Die geltende Antwortregel antwortet bei Eingang, aus dem Bestand."),
        (holding.GONE, "der Befund ist weg, oder jemand hat ihn erledigt"),
        ("a person looked at the change", "jemand hat die Änderung angesehen"),
    ],
)
def test_reasons_of_the_hub_are_told_in_the_readers_language(stored: str, told: str) -> None:
    with translation.override("de"):
        assert said(stored) == told
