"""Errors at this door: each kind has its status and its page. What happened, what it means, what to do."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _

from purveyor.common.errors import Conflict, Denied, Misconfigured, NotFound, PurveyorError, Refused
from purveyor.config import hosts
from purveyor.web.render import page

STATUSES: tuple[tuple[type[PurveyorError], int], ...] = (
    (Denied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Refused, 422),
    (Misconfigured, 503),
)


def status_of(error: PurveyorError) -> int:
    """The HTTP status of an error; 502 for what another side did to us."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 502)


def page_of(request: HttpRequest, error: PurveyorError) -> HttpResponse:
    """The page of an error, in its frame."""
    status = status_of(error)
    return page(request, "error", status=status, title=_title(status), problem=error.as_dict())


def _title(status: int) -> str:
    return {
        403: _("Not yours to do"),
        404: _("Not found"),
        409: _("Somebody was faster"),
        422: _("That does not go"),
        503: _("The installation needs a hand"),
    }.get(status, _("The other side failed"))


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses before any page of ours: above all an address this hub does not go by, as when it listens on
    every address and people type the machine's name."""
    words = _("It was refused before any page saw it. Go back, load the page again, and try once more.")
    if isinstance(exception, DisallowedHost):
        words = hosts.unknown(request.META.get("HTTP_HOST", ""))
    return HttpResponse(get_template("pages/plain_400.html").render({"words": words}), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No page of ours has this address."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return HttpResponse(get_template("pages/plain_404.html").render({}, request), status=404)
    return page_of(request, NotFound(_("There is no page at this address.")))


def forbidden_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: it waited too long, or did not come from a page of ours."""
    return HttpResponse(get_template("pages/plain_form.html").render({}, request), status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed that nobody foresaw. Drawn without the database, which may be what failed."""
    return HttpResponse(get_template("pages/plain_500.html").render({}), status=500)
