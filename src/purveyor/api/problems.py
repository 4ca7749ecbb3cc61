"""The one shape of error: problem details (RFC 9457) with our code, the remedy, and Amazon's request id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from purveyor.amazon.errors import AmazonError
from purveyor.common.errors import Conflict, Denied, Misconfigured, NotFound, PurveyorError, Refused, Remedy
from purveyor.config import hosts
from purveyor.orders.domain.second import AwaitsSecond
from purveyor.people.domain.refused import Throttled

CONTENT_TYPE = "application/problem+json"

STATUS: tuple[tuple[type[PurveyorError], HTTPStatus], ...] = (
    (Throttled, HTTPStatus.TOO_MANY_REQUESTS),
    (AwaitsSecond, HTTPStatus.ACCEPTED),
    (Refused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Conflict, HTTPStatus.CONFLICT),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Denied, HTTPStatus.FORBIDDEN),
    (Misconfigured, HTTPStatus.SERVICE_UNAVAILABLE),
    (AmazonError, HTTPStatus.BAD_GATEWAY),
)

Handler = Callable[[HttpRequest], HttpResponseBase]


# For kinds of error of a single package: what helps tells whose turn it is.
BY_REMEDY = {
    Remedy.MEND_DATA: HTTPStatus.UNPROCESSABLE_ENTITY,
    Remedy.MEND_SETTINGS: HTTPStatus.SERVICE_UNAVAILABLE,
    Remedy.WAIT: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: PurveyorError) -> HTTPStatus:
    """The HTTP status for an error; chosen here and nowhere else."""
    found = next((status for kind, status in STATUS if isinstance(error, kind)), None)
    return found or BY_REMEDY.get(error.remedy, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(status: HTTPStatus, *, code: str, detail: str, remedy: Remedy, **more: Any) -> JsonResponse:
    """A problem document. ``title`` is the status' own phrase, ``detail`` the sentence for a person.

    The contract's own shape (DESIGN §6) stands inside as ``error``, so that one reader serves command line and REST.
    """
    told = {"code": code, "remedy": str(remedy), "request_id": ""} | more
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail} | told
    return JsonResponse(body | {"error": told | {"message": detail}}, status=status, content_type=CONTENT_TYPE)


def of_error(error: PurveyorError) -> JsonResponse:
    """The problem document of one of our errors. Amazon's own status stands beside ours as ``amazon_status``."""
    told = error.as_dict()
    amazon = {"amazon_status": told.pop("status")} if "status" in told else {}
    code, detail, remedy = told.pop("code"), told.pop("message"), Remedy(told.pop("remedy"))
    answer = problem(status_of(error), code=code, detail=detail, remedy=remedy, **told, **amazon)
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.wait)
    return answer


def of_validation(errors: list[dict[str, Any]]) -> JsonResponse:
    """What the request's own shape got wrong, each with its place; never the value itself, which may be a secret."""
    problems = [
        {"message": e.get("msg", ""), "where": ".".join(str(p) for p in _place(e.get("loc", ()))), "check": ""}
        for e in errors
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code="invalid",
        detail=_("The request does not have the expected shape."),
        remedy=Remedy.MEND_DATA,
        problems=problems,
    )


def _place(path: Sequence[Any]) -> Sequence[Any]:
    """The place as the caller knows it: a body has its route's own name for it in front, a parameter has not."""
    return path[2:] if path and path[0] == "body" else path[1:]


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """No route of the API has this address."""
    return problem(
        HTTPStatus.NOT_FOUND,
        code="not-found",
        detail=_("There is nothing at this address."),
        remedy=Remedy.MEND_DATA,
    )


def middleware(get_response: Handler) -> Handler:
    """Every refusal under ``/api/`` is a problem document, whoever refused: also a wrong method, host or length.

    An address with a NUL, which no database keeps as text, goes no further.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return get_response(request)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _told_anew(HttpResponse(status=HTTPStatus.BAD_REQUEST))
        if (stranger := _unknown_host(request)) is not None:
            return stranger
        answer = get_response(request)
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            return answer
        if answer.headers.get("Content-Type", "").startswith("application/"):
            return answer
        return _told_anew(answer)

    return handle


def _unknown_host(request: HttpRequest) -> HttpResponse | None:
    try:
        request.get_host()
    except DisallowedHost:
        told = hosts.unknown(request.META.get("HTTP_HOST", ""))
        return problem(HTTPStatus.BAD_REQUEST, code="unknown-host", detail=told, remedy=Remedy.MEND_SETTINGS)
    return None


def _told_anew(answer: HttpResponseBase) -> HttpResponse:
    status = HTTPStatus(answer.status_code)
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    found = problem(
        status,
        code=status.phrase.lower().replace(" ", "-"),
        detail=_("Something went wrong here; the log has the details.")
        if ours
        else str(_WORDS.get(status, status.phrase)),
        remedy=Remedy.TELL_DEVELOPER if ours else Remedy.MEND_DATA,
    )
    if "Allow" in answer.headers:
        found.headers["Allow"] = answer.headers["Allow"]
    return found


_WORDS = {
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("This address does not know this method."),
    HTTPStatus.BAD_REQUEST: gettext_lazy("The request cannot be understood."),
}
