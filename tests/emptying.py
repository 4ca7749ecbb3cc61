"""Empties the tables after a test that commits. Django's own way looks at every table there is and writes content types
anew each time, which takes longer than most of these tests; few tables hold anything by then, and nothing here asks
for content types."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, transaction
from django.test import testcases

from purveyor.centers.seed import plant_after_migrating

_planted = {"gone": False, "again": False}
"""Of what migrating planted: whether it is gone by now, and whether it was planted again for those that need it."""


@cache
def _question() -> str:
    """Which tables hold anything, asked in one statement."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quote = connection.ops.quote_name
    ones = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in sorted(names))
    return " UNION ALL ".join(ones)


def empty(command: str, **_options: Any) -> None:
    """What stands in for Django's command ``flush``: foreign keys are looked at when the transaction ends."""
    assert command == "flush"
    _planted.update(gone=True, again=False)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_question())
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


def prepare(*, commits: bool) -> None:
    """Before a test: one that commits begins with empty tables, any other with what migrating planted, whichever test
    ran before it; workers take tests from each other in any order."""
    if commits and _planted["again"]:
        empty("flush")
    elif not commits and _planted["gone"]:
        plant_after_migrating()
        _planted.update(gone=False, again=True)


def install() -> None:
    """From now on tests that commit are cleaned up after in this way."""
    testcases.call_command = empty
