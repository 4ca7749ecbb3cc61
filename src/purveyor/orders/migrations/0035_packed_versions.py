"""Versions are kept packed: PostgreSQL need not try to pack each once more."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _as_it_is(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE orders_snapshot ALTER COLUMN raw SET STORAGE EXTERNAL")


def _as_before(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE orders_snapshot ALTER COLUMN raw SET STORAGE EXTENDED")


class Migration(migrations.Migration):
    dependencies = [("orders", "0030_assignment")]

    operations = [migrations.RunPython(_as_it_is, _as_before)]
