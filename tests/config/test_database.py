from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from purveyor.common.errors import Misconfigured
from purveyor.config.database import is_postgres_url, settings_for, sqlite_file

HOME = Path("/srv/hub")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("url", "file"),
    [
        (None, "/srv/hub/purveyor.sqlite3"),
        ("sqlite:///other.sqlite3", "/srv/hub/other.sqlite3"),
        ("sqlite:////var/db/x.sqlite3", "/var/db/x.sqlite3"),
    ],
)
def test_sqlite_file_is_relative_to_home_or_absolute(url: str | None, file: str) -> None:
    assert sqlite_file(url, HOME) == Path(file)
    assert settings_for(url, HOME)["NAME"] == file


@pytest.mark.unit
def test_postgres_address_is_taken_apart() -> None:
    found = settings_for("postgresql://hub:p%40ss@db.example.com:5433/orders?sslmode=require", HOME)
    wanted = {"NAME": "orders", "USER": "hub", "PASSWORD": "p@ss", "HOST": "db.example.com", "PORT": "5433"}
    assert {k: found[k] for k in wanted} == wanted
    assert found["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.unit
def test_postgres_address_that_makes_no_sense_does_not_show_its_password() -> None:
    with pytest.raises(Misconfigured) as caught:
        settings_for("postgresql://hub:obvfake@h/n?nonsense=1", HOME)
    assert "obvfake" not in str(caught.value)


@pytest.mark.unit
def test_is_postgres_url_knows_both_spellings() -> None:
    said = [is_postgres_url(u) for u in ("postgres://h/n", "postgresql://h/n", "sqlite:///postgres:", None)]
    assert said == [True, True, False, False]


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_sqlite_is_set_up_to_keep_what_it_promised() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        found = {}
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000}
    assert connection.transaction_mode == "IMMEDIATE"
