"""Addresses of pages: the filters of a list are kept in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def with_query(request: HttpRequest, **changes: Any) -> str:
    """This page's address with some parameters changed; None takes one away. It leads to the first page."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path


def back_to(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """An address of our own that a form named, else the other one: nobody is led to a foreign place."""
    ours = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=ours, require_https=request.is_secure())
    return wanted if wanted.startswith("/") and safe else otherwise
