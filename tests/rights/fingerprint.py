"""What every table holds, as one value: it is the same before and after a call that changed nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "PRAGMA")

# A session is a person's way in and no fact of the hub; ending one when its owner is shut out is meant.
LEFT_OUT = frozenset({"django_session"})
TABLES = tuple(
    sorted(
        {
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and model._meta.db_table not in LEFT_OUT
        }
    )
)


def fingerprint() -> str:
    """The hash of all rows of all tables, whatever their order."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            digest.update(f"{table}\n".encode())
            digest.update("\n".join(sorted(map(repr, cursor.fetchall()))).encode())
    return digest.hexdigest()


@contextmanager
def watched() -> Iterator[Callable[[], bool]]:
    """Tells whether anything was sent to the database in it that may have changed a row: looking at every row costs
    too much after each of thousands of calls that only read."""
    sent = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        sent.append(not sql.lstrip().upper().startswith(HARMLESS))
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield lambda: any(sent)
