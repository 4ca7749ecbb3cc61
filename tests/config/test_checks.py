from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from purveyor.config import checks, options

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


Say = Callable[..., None]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """Set options for one test; None takes one back."""

    def set_options(**said: object) -> None:
        for name, value in said.items():
            if value is None:
                monkeypatch.delenv(f"PURVEYOR_{name}", raising=False)
            else:
                monkeypatch.setenv(f"PURVEYOR_{name}", str(value))
        options.values.cache_clear()

    yield set_options
    monkeypatch.undo()
    options.values.cache_clear()


def ids() -> list[str]:
    return [f.id for f in checks.findings()]


def test_a_sound_installation_has_no_findings(home: Path) -> None:
    assert checks.findings() == []


def test_a_missing_home_is_found(say: Say, tmp_path: Path) -> None:
    say(HOME=str(tmp_path / "none"))
    assert [f.id for f in checks.home_folder()] == ["home-missing"]


def test_a_home_open_to_others_is_found(home: Path) -> None:
    home.chmod(0o750)
    try:
        assert ids() == ["home-open"]
    finally:
        home.chmod(0o700)


@pytest.mark.parametrize(
    ("mode", "found"), [(0o600, []), (0o400, []), (0o640, ["key-file-open"]), (0o604, ["key-file-open"])]
)
def test_a_key_file_open_to_others_is_found(say: Say, tmp_path: Path, mode: int, found: list[str]) -> None:
    keys = tmp_path / "k"
    keys.write_text("obviously fake")
    keys.chmod(mode)
    say(KEYS_FILE=str(keys))
    assert [f.id for f in checks.secret_files()] == found


def test_keys_in_the_database_file_are_found(say: Say, home: Path) -> None:
    say(DATABASE_URL=None, KEYS_FILE=home / "purveyor.sqlite3")
    assert [f.id for f in checks.keys_beside_database()] == ["keys-are-database"]


def test_missing_migrations_are_found() -> None:
    MigrationRecorder(connection).record_unapplied("jobs", latest("jobs"))
    assert ids() == ["migrations-pending"]


def latest(app: str) -> str:
    return max(name for a, name in MigrationRecorder(connection).applied_migrations() if a == app)


def test_listening_to_the_world_without_an_address_is_found(say: Say) -> None:
    say(HOST="0.0.0.0")
    assert [f.id for f in checks.public_address()] == ["public-url-missing"]


def test_a_public_address_without_encryption_is_found(say: Say) -> None:
    say(PUBLIC_URL="http://hub.example.com")
    assert [f.id for f in checks.public_address()] == ["public-url-plain"]


def test_the_embedded_engine_on_postgres_is_found(say: Say) -> None:
    say(ENGINE="embedded")
    say(DATABASE_URL="postgresql://h/n")
    assert [f.id for f in checks.engine()] == ["engine-embedded"]


def test_an_unreachable_database_is_found(tmp_path: Path) -> None:
    broken = connection.copy()
    nowhere = {"NAME": str(tmp_path / "no" / "such")} if connection.vendor == "sqlite" else {"PORT": "1"}
    broken.settings_dict = connection.settings_dict | nowhere
    (found,) = checks.database(broken)
    assert found.id == "database-unreachable"
    assert found.sentence.startswith("The database does not answer: ")


def test_every_finding_has_a_hint(say: Say, tmp_path: Path) -> None:
    say(HOME=str(tmp_path / "none"))
    say(HOST="0.0.0.0")
    found = checks.findings()
    assert len(found) >= 2
    assert [f for f in found if not f.hint or not f.sentence.endswith(".")] == []


@pytest.mark.parametrize(("version", "found"), [(130000, []), (129999, ["database-old"])])
def test_an_old_server_is_found(version: int, found: list[str]) -> None:
    server = SimpleNamespace(vendor="postgresql", pg_version=version)
    assert [f.id for f in checks._version(*checks.version_of(server))] == found
