"""The OpenAPI 3.1 description: what the routes say of themselves, and what holds for all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI

from purveyor.api.problems import CONTENT_TYPE
from purveyor.common.errors import Remedy

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details (RFC 9457). `error` repeats them in the shape of the command line.",
    "required": ["type", "title", "status", "detail", "code", "remedy", "request_id", "error"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The sentence for a person"},
        "code": {"type": "string", "description": "Stays the same over versions and languages"},
        "remedy": {"type": "string", "enum": [str(remedy) for remedy in Remedy]},
        "request_id": {"type": "string", "description": "Amazon's, empty where Amazon had no part"},
        "hint": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "where", "check"],
                "properties": {
                    "message": {"type": "string"},
                    "where": {"type": "string", "description": "The place, such as lines[3].answers[0].eaches"},
                    "check": {"type": "string", "description": "The rule's id, such as AC-01"},
                },
            },
        },
        "error": {"type": "object"},
    },
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key gives the same answer for a day, and the work is done once",
}
_ALWAYS = {
    HTTPStatus.BAD_REQUEST: "The request cannot be understood",
    HTTPStatus.UNAUTHORIZED: "No valid token",
    HTTPStatus.FORBIDDEN: "The token lacks the permission that `detail` names",
    HTTPStatus.NOT_FOUND: "There is no such thing, or it is not the caller's to see",
    HTTPStatus.METHOD_NOT_ALLOWED: "The address, as it was written, does not know this method",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Refused; nothing has changed",
}
_WRITING = {
    HTTPStatus.CONFLICT: "It was no longer in the state the caller saw, or the first request still runs",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is too long",
    HTTPStatus.SERVICE_UNAVAILABLE: "The installation wants mending",
}


class Api(NinjaAPI):
    """The tree of routes, described with its errors and its idempotency key."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The noun and the verb, such as ``orders_acknowledge``; clients are generated from it."""
        noun = operation.view_func.__module__.rsplit(".", 1)[-1]
        return f"{noun}_{operation.view_func.__name__}"

    def get_openapi_schema(self, **more: Any) -> Any:
        """The description, as ``/api/v1/openapi.json`` answers it."""
        found = super().get_openapi_schema(**more)
        found["components"]["schemas"]["Problem"] = PROBLEM
        for methods in found["paths"].values():
            for method, route in methods.items():
                _complete(route, writes=method != "get")
        return found


def _complete(route: dict[str, Any], *, writes: bool) -> None:
    told = _ALWAYS | (_WRITING if writes else {})
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in told.items():
        route["responses"].setdefault(str(int(status)), {"description": words, "content": content})
    if writes:
        route["parameters"].append(KEY)
