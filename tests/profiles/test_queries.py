"""Questions about profiles, and how a profile is shown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_cast, make_profile
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.amazon.errors import InvalidGrant
from purveyor.common.errors import NotFound
from purveyor.people.who import Who
from purveyor.profiles import queries
from purveyor.profiles.domain import add_profile, note_trouble, switch_importing
from purveyor.profiles.schemas import profile_row

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()


def test_profiles_visible_are_those_one_holds_something_on() -> None:
    cast = make_cast()
    seen = {
        name: [p.name for p in queries.visible_to(cast.who(name))]
        for name in ("warehouse", "stranger", "administrator")
    }
    assert seen == {"warehouse": ["acme-de"], "stranger": ["other-uk"], "administrator": ["acme-de", "other-uk"]}


def test_profile_by_name_in_any_case() -> None:
    cast = make_cast()
    assert queries.by_name(cast.who("warehouse"), " ACME-de ") == cast.profile


def test_profile_of_a_name_longer_than_a_database_compares_is_none() -> None:
    cast = make_cast()
    with pytest.raises(NotFound) as caught:
        queries.by_name(cast.who("warehouse"), "x" * 70_000)
    assert caught.value.message == f"There is no profile {'x' * 50}."


@pytest.mark.parametrize("name", ["other-uk", "nobody"])
def test_profile_of_others_is_not_told_from_none(name: str) -> None:
    cast = make_cast()
    with pytest.raises(NotFound) as caught:
        queries.by_name(cast.who("warehouse"), name)
    assert caught.value.message == f"There is no profile {name}."


def test_profile_by_name_asks_for_the_permission() -> None:
    cast = make_cast()
    with pytest.raises(NotFound):
        queries.by_name(cast.who("warehouse"), "acme-de", "profiles.send")


@pytest.mark.parametrize("count", [1, 3])
def test_profiles_are_listed_with_the_same_number_of_queries(count: int) -> None:
    for number in range(count):
        add_profile(ROOT, **facts(name=f"p{number}", vendor_codes=["ACME1", "ACME2"]))
    with CaptureQueriesContext(connection) as seen:
        assert len([profile_row(p) for p in queries.visible_to(ROOT)]) == count
    assert len(seen) == 3


def test_counts_of_what_one_sees() -> None:
    cast = make_cast()
    note_trouble(make_profile("third", sending=True), InvalidGrant("x"))
    assert queries.counts(cast.who("administrator")) == {"all": 3, "troubled": 1, "silent": 2}
    assert queries.counts(cast.who("warehouse")) == {"all": 1, "troubled": 0, "silent": 1}
    assert [p.name for p in queries.troubled(cast.who("administrator"))] == ["third"]


def test_importing_profiles_leave_out_those_switched_off() -> None:
    cast = make_cast()
    switch_importing(ROOT, cast.other, False)
    assert [p.name for p in queries.importing()] == ["acme-de"]


def test_profile_row_shows_everything_but_secrets(held_clock: datetime) -> None:
    made = add_profile(ROOT, **facts(import_from=held_clock))
    row = profile_row(made)
    assert row == {
        "name": "acme-de", "marketplace": "DE", "vendor_codes": ["ACME1"], "environment": "simulator",
        "endpoint": "http://127.0.0.1:9", "login_url": "http://127.0.0.1:9/auth/o2/token", "client_id": CLIENT_ID,
        "visibility_seconds": 60, "importing": True, "sending": True, "reading_status": True,
        "import_from": held_clock, "import_acknowledged": True,
        "trouble": {}, "paused_at": None, "next_try_at": None, "worked_at": None, "checked_at": None,
        "created_at": held_clock, "disconnected_at": None,
        "secrets": [
            {
                "kind": "client_secret", "slot": "new", "stored_at": held_clock, "drops_at": None,
                "issued_at": None, "expires_at": held_clock + timedelta(days=180), "days_left": 180,
            },
            {"kind": "refresh_token", "slot": "new", "stored_at": held_clock, "drops_at": None},
        ],
    }  # fmt: skip
    assert [value for value in (CLIENT_SECRET, REFRESH_TOKEN) if value in str(row)] == []


def test_profile_row_of_amazon_names_the_addresses_in_use() -> None:
    made = add_profile(ROOT, **facts(environment="production", endpoint="", login_url=""))
    assert profile_row(made)["endpoint"] == "https://sellingpartnerapi-eu.amazon.com"
