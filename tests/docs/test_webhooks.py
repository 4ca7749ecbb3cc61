"""The example in docs/developer/webhooks.md verifies what the hub really signs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purveyor.alerts import backoff, deliver
from purveyor.alerts.events import signature
from purveyor.base.http import LARGEST, LONGEST

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "developer" / "webhooks.md").read_text(encoding="utf-8")
BODY = '{"id":"evt_1","name":"Müller"}'.encode()


@pytest.fixture
def is_ours() -> Callable[..., bool]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Callable[..., bool]] = {}
    exec(code, names)
    return names["is_ours"]


def test_the_example_takes_what_is_signed_with_any_secret_in_force(is_ours: Callable[..., bool]) -> None:
    header = signature(["new", "old"], datetime.now(UTC), BODY)
    assert [is_ours(secret, header, BODY) for secret in ("new", "old", "other")] == [True, True, False]


def test_the_example_refuses_what_was_changed_or_is_old(is_ours: Callable[..., bool]) -> None:
    header = signature(["new"], datetime.now(UTC), BODY)
    assert not is_ours("new", header, BODY + b" ")
    assert not is_ours("new", header.replace("t=", "t=1"), BODY)
    old = signature(["new"], datetime.fromtimestamp(time.time() - 301, UTC), BODY)
    assert (is_ours("new", old, BODY), is_ours("new", old, BODY, tolerance=400)) == (False, True)


def test_the_page_names_the_figures_of_the_code() -> None:
    assert (LONGEST, LARGEST, deliver.SHOWN, backoff.MOST_TRIES) == (10, 64 * 1024, 500, 21)
    assert "within ten seconds" in PAGE
    assert "first 64 KiB" in PAGE
    assert "first 500 characters" in PAGE
    assert "after 21 tries" in PAGE
