"""Both languages are complete, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

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
