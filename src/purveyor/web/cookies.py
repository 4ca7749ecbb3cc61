"""Preferences that the browser keeps: language, look, the profile in view."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

YEAR = 365 * 86400


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """A preference kept by the browser for a year."""
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
