"""The tree of the REST API; its OpenAPI 3.1 description is made from here (``/api/v1/openapi.json``)."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from purveyor import __version__
from purveyor.api.auth import TokenAuth
from purveyor.api.description import Api
from purveyor.api.names import exact
from purveyor.api.problems import of_error, of_validation, problem, unknown_address
from purveyor.api.routes import (
    alert_routes,
    alerts,
    asides,
    audit,
    centers,
    channels,
    deputies,
    documents,
    dry_run,
    exports,
    figures,
    files,
    offers,
    order_findings,
    order_type,
    order_work,
    orders,
    people,
    products,
    profiles,
    runs,
    search,
    settings,
    today,
    views,
    webhooks,
)
from purveyor.common.errors import PurveyorError, Remedy

log = logging.getLogger(__name__)

DESCRIPTION = """Everything the pages can do, for machines.

* **Sign in** with `Authorization: Bearer pvy_…`; tokens are scoped, hashed and expire.
* **Repeat safely**: send `Idempotency-Key` with a writing request; the same key gives the same answer, and the work is
  done once.
* **Errors** are `application/problem+json` with `code`, `detail`, `remedy`, and `problems` naming each place.
* **Lists** are paged by `cursor`: ask again with `next` until it is empty. What comes in meanwhile moves nothing.
* **Times** are UTC and end in `Z`, amounts are text, quantities are counted in eaches (single pieces).
"""

api = Api(
    title="Purveyor",
    version=__version__,
    description=DESCRIPTION,
    auth=TokenAuth(),
    docs_url=None,
    urls_namespace="api-v1",
)
for prefix, router in (
    ("/today", today.router),
    ("/search", search.router),
    ("/orders", orders.router),
    ("/orders", order_work.router),
    ("/orders", order_findings.router),
    ("/offers", offers.router),
    ("/deputies", deputies.router),
    ("/orders", order_type.router),
    ("/documents", documents.router),
    ("/products", products.router),
    ("/files", files.router),
    ("/profiles", profiles.router),
    ("/profiles", settings.router),
    ("/profiles", dry_run.router),
    ("/runs", runs.router),
    ("/asides", asides.router),
    ("/alerts", alerts.router),
    ("/routes", alert_routes.router),
    ("/webhooks", webhooks.router),
    ("/deliveries", webhooks.deliveries),
    ("/events", webhooks.event_router),
    ("/channels", channels.router),
    ("/centers", centers.router),
    ("/people", people.router),
    ("/audit", audit.router),
    ("/views", views.router),
    ("/exports", exports.router),
    ("/figures", figures.router),
):
    api.add_router(prefix, exact(router))


@api.exception_handler(PurveyorError)
def _refused(request: HttpRequest, error: PurveyorError) -> HttpResponse:
    return of_error(error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return of_validation(error.errors)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = problem(
        HTTPStatus.UNAUTHORIZED,
        code="not-signed-in",
        detail=_("A valid token is needed: Authorization: Bearer …"),
        remedy=Remedy.MEND_SETTINGS,
    )
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return unknown_address(request)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = HTTPStatus(error.status_code)
    return problem(status, code="bad-request", detail=str(error), remedy=Remedy.MEND_DATA)


@api.exception_handler(RequestDataTooBig)
def _too_long(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        code="too-large",
        detail=_("The request is too long; send fewer orders at once."),
        remedy=Remedy.MEND_DATA,
    )


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("the API failed at %s", request.path)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal",
        detail=_("Something went wrong here; the log has the details."),
        remedy=Remedy.TELL_DEVELOPER,
    )


urlpatterns = [path("v1/", api.urls), re_path("", unknown_address)]
