"""What every request passes through: the headers, the language, the doors that stay shut."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from purveyor.common.errors import PurveyorError
from purveyor.people.domain.setup import setup_is_open
from purveyor.people.models import User
from purveyor.web import errors

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing inline, nothing evaluated, nothing from elsewhere.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# They answer for themselves: the API by its tokens, the metrics by address or token, health tells nothing.
OWN_DOOR = ("/static/", "/health/", "/metrics", "/api/")
BEFORE_SIGN_IN = ("/sign-in/", "/language/", "/look/")
SETUP = "/setup/"
LONGEST_ADDRESS = 8_000
"""Characters; no link of ours is a tenth of it. SQLite compares patterns of at most 50,000 bytes."""


def security_headers(get_response: Handler) -> Handler:
    """The same strict headers on every answer, errors too; a page of a person is kept by no cache."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return handle


def plain_address(get_response: Handler) -> Handler:
    """An address that no person and no program of good faith makes goes no further, at any door: one without measure,
    or with a NUL, which PostgreSQL keeps in no text."""

    def handle(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(request.path) + len(query) > LONGEST_ADDRESS or "\0" in request.path or "%00" in query:
            raise SuspiciousOperation("the address is too long or holds a NUL")
        return get_response(request)

    return handle


def language(get_response: Handler) -> Handler:
    """A person's own language before the browser's."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = None if request.path.startswith(("/static/", "/health/")) else request.user
        if not isinstance(user, User):
            return get_response(request)
        with translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            response = get_response(request)
            patch_vary_headers(response, ("Cookie",))
            response.headers["Content-Language"] = user.language
            return response

    return handle


def require_setup_and_sign_in(get_response: Handler) -> Handler:
    """Deny by default: with no user yet every page leads to set-up, and without a sign-in to the sign-in."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OWN_DOOR):
            return get_response(request)
        if request.user.is_authenticated:
            return get_response(request)
        if setup_is_open():
            open_to_all = (SETUP, "/language/", "/look/")
            return get_response(request) if request.path.startswith(open_to_all) else redirect(SETUP)
        if request.path.startswith(BEFORE_SIGN_IN):
            return get_response(request)
        return _to_sign_in(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, PurveyorError) and not request.path.startswith(OWN_DOOR):
            return errors.page_of(request, error)
        return None

    handle.process_exception = process_exception  # type: ignore[attr-defined]  # Django looks for it on the handler
    return handle


def storable_forms(get_response: Handler) -> Handler:
    """A form that holds a NUL goes no further, as no body of the API does. It comes after the sign-in: what strangers
    send is not even read."""

    def handle(request: HttpRequest) -> HttpResponse:
        ours = request.method == "POST" and not request.path.startswith(OWN_DOOR)
        given = request.POST.lists() if ours else ()
        if any("\0" in text for name, texts in given for text in (name, *texts)):
            raise SuspiciousOperation("the form holds a NUL")
        return get_response(request)

    return handle


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and back afterwards; a part asked for by htmx makes the whole page go there."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer.headers["HX-Redirect"] = "/sign-in/"
        return answer
    if request.method != "GET" or request.path in ("/", SETUP):
        return redirect("/sign-in/")
    return redirect(f"/sign-in/?{urlencode({'next': request.get_full_path()})}")
