"""Whether the database is there and up to date, asked before a command works with it."""

from __future__ import annotations

from purveyor.common.errors import Misconfigured


def ensure_tables() -> None:
    """Make the tables of a database that has none, so that any command may be the first. Raises Misconfigured."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.utils import OperationalError

    try:
        tables = connection.introspection.table_names()
    except OperationalError as error:
        raise unreachable(error) from None
    if "django_migrations" not in tables:
        call_command("migrate", interactive=False, verbosity=0)


def unreachable(error: Exception) -> Misconfigured:
    """The database does not answer, in one line."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return Misconfigured(
        f"The database does not answer: {reason}.",
        hint="See that it runs, and that PURVEYOR_DATABASE_URL and its rights are right: purveyor check.",
    )


def outdated(error: Exception) -> Misconfigured | None:
    """What a missing table or column means; None for another trouble of the database."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    if not any(words in reason for words in ("no such table", "no such column", "has no column", "does not exist")):
        return None
    return Misconfigured(
        f"The database is not of this version: {reason}.",
        hint="purveyor up brings it up to date at its start; purveyor migrate does so now.",
    )
