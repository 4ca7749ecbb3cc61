"""A saved view as JSON: one shape for REST and the command line."""

from __future__ import annotations

from typing import Any

from purveyor.people.domain.views import query_of
from purveyor.people.models import View


def view_row(view: View, default: View | None = None) -> dict[str, Any]:
    """One view; ``default`` is the one the asker's list opens with."""
    return {
        "id": view.pk,
        "list": view.listing,
        "name": view.name,
        "owner": view.owner.username,
        "query": query_of(view),
        "columns": view.columns,
        "shared": view.shared,
        "profile": str(view.profile) if view.profile else None,
        "default": default is not None and default.pk == view.pk,
    }
