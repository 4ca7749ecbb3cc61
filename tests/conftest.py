"""Chooses the database and the home folder before Django starts, and holds the clock.

Every process of the run (each worker of pytest-xdist too) has a home of its own, thrown away at its end. The database
is SQLite in it, or what PURVEYOR_TEST_DATABASE_URL names (see scripts/with-postgres).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

_SHM = "/dev/shm"


def _start_django() -> None:
    base = _SHM if os.access(_SHM, os.W_OK) else None
    home = tempfile.mkdtemp(prefix="purveyor-test-", dir=base)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in [n for n in os.environ if n.startswith("PURVEYOR_")]:
        if not name.startswith(("PURVEYOR_TEST_", "PURVEYOR_PG_URL", "PURVEYOR_MODELS", "PURVEYOR_BENCH_")):
            del os.environ[name]
    os.environ["PURVEYOR_HOME"] = home
    if url := os.environ.get("PURVEYOR_TEST_DATABASE_URL"):
        os.environ["PURVEYOR_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "purveyor.config.settings"

    import django
    from django.conf import settings

    from purveyor.config import options

    # A worker of pytest-xdist may have read the settings already, with the home of the process that began it.
    options.values.cache_clear()
    # Hashing a password slowly is the point everywhere but here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


_start_django()

# Django has to start before these are imported.
import emptying  # noqa: E402
from purveyor.common import clock  # noqa: E402
from purveyor.config.home import ensure_home  # noqa: E402
from purveyor.jobs import engines, stopping  # noqa: E402
from purveyor.jobs.testing import Collector  # noqa: E402

pytest_plugins = ["plug", "setting", "installed"]
emptying.install()

# The fixtures that open the run's database.
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}

# Property tests run without a stop-watch: the machine may be busy with other things.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for no database runs once, on SQLite; pytest-django keeps it from the one of the run. What it starts
    has a home of its own, and SQLite in it, but for those marked ``postgres``."""
    for item in items:
        if not (item.get_closest_marker("postgres") or _asks_a_database(item)):
            item.add_marker(pytest.mark.once)


def _asks_a_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or bool(DATABASE.intersection(fixtures))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What asks for the run's database finds in it the same rows in whatever order tests run."""
    if _asks_a_database(item):
        with item.config.stash[blocking_manager_key].unblock():
            emptying.prepare(commits=_commits(item))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    told = marker is not None and (marker.kwargs.get("transaction") or marker.args[:1] == (True,))
    return bool(told) or "transactional_db" in fixtures or "live_server" in fixtures


@pytest.fixture
def held_clock() -> datetime:
    """The clock stands still at a Monday morning; turn it with ``clock.turn``."""
    clock.hold(START)
    return START


@pytest.fixture(autouse=True)
def _a_fresh_start() -> Iterator[None]:
    """Nudges are collected instead of waking anybody (``jobs.testing.run_due``); afterwards the clock runs again."""
    engines.use(Collector())
    stopping.forget()
    yield
    clock.release()
    engines.use(None)


@pytest.fixture(autouse=True)
def _set_up_may_be_open_again() -> None:
    """Once closed, set-up is remembered as closed for the life of a process; tests start with an empty database."""
    from purveyor.people.domain import setup

    setup.forget()


@pytest.fixture
def home() -> Path:
    """The run's home folder."""
    return ensure_home()
