"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: Handler) -> Handler:
    return get_response


def language(get_response: Handler) -> Handler:
    return get_response


def require_setup_and_sign_in(get_response: Handler) -> Handler:
    return get_response
