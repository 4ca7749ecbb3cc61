"""For machines that watch: alive, ready, and the metrics. None of them tells anything about the data."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from purveyor.config import checks, metrics
from purveyor.people.domain.tokens import find_token
from purveyor.people.who import Who

SCOPE = "metrics.read"
# With one of these a proxy speaks for somebody else, who need not be on this machine.
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers and is up to date."""
    found = [{"id": finding.id, "hint": finding.hint} for finding in checks.database()]
    return JsonResponse({"ok": not found, "findings": found}, status=503 if found else 200)


@require_safe
def read_metrics(request: HttpRequest) -> HttpResponse:
    """What is counted, in Prometheus' text format: to this machine, or to a token with its scope."""
    if not (_from_here(request) or _token_allows(request)):
        said = "A token with the scope metrics.read is needed.\n"
        return HttpResponse(said, "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_here(request: HttpRequest) -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _token_allows(request: HttpRequest) -> bool:
    kind, _, plain = request.headers.get("Authorization", "").partition(" ")
    token = find_token(plain) if kind.lower() == "bearer" else None
    return token is not None and Who.of_token(token).may_somewhere(SCOPE)
