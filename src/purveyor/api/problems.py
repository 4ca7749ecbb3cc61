"""The one shape of error: problem details (RFC 9457) with our code, the remedy, and Amazon's request id."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from purveyor.amazon.errors import AmazonError
from purveyor.common.errors import Conflict, Denied, Misconfigured, NotFound, PurveyorError, Refused

CONTENT_TYPE = "application/problem+json"

STATUS: tuple[tuple[type[PurveyorError], HTTPStatus], ...] = (
    (Refused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Conflict, HTTPStatus.CONFLICT),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Denied, HTTPStatus.FORBIDDEN),
    (Misconfigured, HTTPStatus.SERVICE_UNAVAILABLE),
    (AmazonError, HTTPStatus.BAD_GATEWAY),
)


def status_of(error: PurveyorError) -> HTTPStatus:
    """The HTTP status for an error; chosen here and nowhere else."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(status: HTTPStatus, *, code: str, detail: str, **more: Any) -> JsonResponse:
    """A problem document. ``title`` is the status' own phrase, ``detail`` the sentence for a person."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "code": code, "detail": detail}
    # The contract's own shape stands inside, so that one reader serves command line and REST.
    error = {"code": code, "message": detail, **more}
    return JsonResponse(body | {"error": error} | more, status=status, content_type=CONTENT_TYPE)


def of_error(request: HttpRequest, error: PurveyorError) -> JsonResponse:
    """The problem document of one of our errors."""
    found = error.as_dict()
    return problem(status_of(error), code=found.pop("code"), detail=found.pop("message"), **found)


def of_validation(request: HttpRequest, errors: list[dict[str, Any]]) -> JsonResponse:
    """What the request's own shape got wrong, each with its place."""
    problems = [
        {"message": e.get("msg", ""), "where": ".".join(str(p) for p in e.get("loc", ()) if p != "body"), "check": ""}
        for e in errors
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code="invalid",
        detail=_("The request does not have the expected shape."),
        remedy="mend the data",
        problems=problems,
    )
