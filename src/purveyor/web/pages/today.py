"""Today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from purveyor.web.render import page


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Today."""
    return page(request, "today", "today")
