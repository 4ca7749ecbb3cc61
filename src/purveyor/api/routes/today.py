"""What needs somebody now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.outbox.overview import overview

router = Router(tags=["today"])


@router.get("", response=shapes.TodayOut)
def today(request: HttpRequest) -> dict[str, Any]:
    """Orders waiting and until when, documents that failed or ask for a decision by remedy, profiles in trouble."""
    return overview(who(request))
