"""The house's own figures."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router

from purveyor.api import shapes_lists as shapes
from purveyor.api.auth import who
from purveyor.orders.figures import USUAL
from purveyor.orders.figures import figures as count

router = Router(tags=["figures"])


@router.get("", response=shapes.FiguresOut)
def figures(
    request: HttpRequest,
    profile: str = "",
    weeks: Annotated[int, Field(description="The last so many weeks: 4, 13, 26 or 52")] = USUAL,
) -> dict[str, Any]:
    """Orders and value per week, confirmation rate, time to acknowledge, open orders by center."""
    return count(who(request), profile, weeks).as_dict()
