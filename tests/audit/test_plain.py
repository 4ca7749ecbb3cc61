from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy

from purveyor.audit.plain import plain

pytestmark = pytest.mark.unit


class State(StrEnum):
    NEW = "new"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (Decimal("1.50"), "1.50"),
        (State.NEW, "new"),
        (gettext_lazy("Orders of nobody"), "Orders of nobody"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), "2026-03-02T01:00:00Z"),
        (datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=1))), "2026-03-02T00:00:00Z"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({State.NEW: (1, [2])}, {"new": [1, [2]]}),
        ({"b", "a"}, ["a", "b"]),
        ("nul\x00 and half a pair \ud800", "nul\ufffd and half a pair \ufffd\ufffd\ufffd"),
    ],
)
def test_plain_is_what_both_databases_keep(value: object, told: object) -> None:
    assert plain(value) == told


@pytest.mark.parametrize("value", [b"bytes", object()])
def test_plain_refuses_what_has_no_plain_form(value: object) -> None:
    with pytest.raises(TypeError, match=r"has no plain form"):
        plain({"deep": [value]})
