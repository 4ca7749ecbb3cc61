"""Several pick results at once, as machines bring them: each is taken whole or refused alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from purveyor.common.errors import PurveyorError
from purveyor.people.who import Who
from purveyor.warehouse import queries, read_rows
from purveyor.warehouse.domain.take import take


def take_many(who: Who, results: Iterable[Mapping[str, Any]], *, way: str) -> dict[str, Any]:
    """Take results by the number of their order; ``lines`` are rows by the columns of a pick file. What became of each
    comes back in their order."""
    rows = [_one(who, given, way) for given in results]
    refused = sum(not row["ok"] for row in rows)
    return {"results": rows, "taken": len(rows) - refused, "refused": refused}


def _one(who: Who, given: Mapping[str, Any], way: str) -> dict[str, Any]:
    told: dict[str, Any] = {"order": given["order"], "profile": None, "ok": False}
    told |= {"pick_list": None, "reference": given.get("reference") or None, "error": None}
    try:
        found = queries.find(who, given["order"], given.get("profile", ""))
        told |= {"profile": found.order.profile.name, "pick_list": found.number}
        said = read_rows.rows(found.order.number, given["lines"], picked_at=given.get("picked_at"))
        result = take(who, found.order.profile, said, way=way, reference=given.get("reference") or "")
        return told | {"ok": True, "reference": result.reference}
    except PurveyorError as error:
        return told | {"error": error.as_dict()}
