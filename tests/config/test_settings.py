from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SHOW = "from purveyor.config import settings as s; print({expression})"


def settings(tmp_path: Path, expression: str, **options: str) -> subprocess.CompletedProcess[str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PURVEYOR_", "DJANGO_"))}
    environment = kept | {"PURVEYOR_HOME": str(tmp_path / "home")} | options
    code = SHOW.format(expression=expression)
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_reading_the_settings_touches_nothing(tmp_path: Path) -> None:
    assert settings(tmp_path, "s.DATABASES['default']['ENGINE']").stdout == "django.db.backends.sqlite3\n"
    assert not (tmp_path / "home").exists()


def test_a_public_https_address_is_allowed_trusted_and_makes_cookies_secure(tmp_path: Path) -> None:
    expression = "(s.ALLOWED_HOSTS[-1], s.CSRF_TRUSTED_ORIGINS, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    found = settings(tmp_path, expression, PURVEYOR_PUBLIC_URL="https://hub.example.com:8443")
    assert found.stdout == "('hub.example.com', ['https://hub.example.com:8443'], True, True)\n"


def test_without_a_public_address_only_the_own_machine_is_allowed(tmp_path: Path) -> None:
    expression = "(s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.SESSION_COOKIE_SECURE)"
    found = settings(tmp_path, expression)
    assert found.stdout == "(['127.0.0.1', 'localhost', '[::1]', '127.0.0.1'], [], False)\n"


def test_procrastinate_is_installed_on_postgres_only(tmp_path: Path) -> None:
    expression = "'procrastinate.contrib.django' in s.INSTALLED_APPS"
    assert settings(tmp_path, expression).stdout == "False\n"
    assert settings(tmp_path, expression, PURVEYOR_DATABASE_URL="postgresql://h/n").stdout == "True\n"


def test_the_driver_of_postgres_is_not_loaded_for_sqlite(tmp_path: Path) -> None:
    assert settings(tmp_path, "'psycopg' in __import__('sys').modules").stdout == "False\n"


def test_nonsense_refuses_with_one_line(tmp_path: Path) -> None:
    found = settings(tmp_path, "1", PURVEYOR_PORT="none")
    last = found.stderr.strip().splitlines()[-1]
    assert last == (
        "purveyor.common.errors.Misconfigured: PURVEYOR_PORT is 'none'; allowed is a whole number from 1 to 65535."
    )


def test_start_makes_home_and_django_ready(tmp_path: Path) -> None:
    code = (
        "from purveyor.config.start import start; start(); start()\n"
        "from django.apps import apps; print(apps.get_model('jobs.Run').__name__)"
    )
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PURVEYOR_", "DJANGO_"))}
    environment = kept | {"PURVEYOR_HOME": str(tmp_path / "home")}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout == "Run\n"
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
