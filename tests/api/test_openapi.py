"""The description: OpenAPI 3.1, whole, and true to what the routes answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import jsonschema
import pytest
from ninja import Schema

from api.conftest import ROOT, Caller
from purveyor import __version__
from purveyor.api.v1 import api
from purveyor.orders.models import Order

METHODS = ("get", "post", "patch", "delete", "put")

# What OpenAPI 3.1 asks of a document, as far as ours uses it.
REFERENCE = {"type": "object", "required": ["$ref"], "properties": {"$ref": {"type": "string", "pattern": "^#/"}}}
CONTENT = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "object", "required": ["schema"], "properties": {"schema": {"type": "object"}}},
}
OPERATION = {
    "type": "object",
    "required": ["operationId", "summary", "responses", "tags", "security", "description"],
    "properties": {
        "operationId": {"type": "string", "pattern": "^[a-z_]+$"},
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "in", "schema", "required"],
                "properties": {
                    "in": {"enum": ["path", "query", "header"]},
                    "required": {"type": "boolean"},
                    "schema": {"type": "object"},
                },
                "if": {"properties": {"in": {"const": "path"}}},
                "then": {"properties": {"required": {"const": True}}},
            },
        },
        "requestBody": {"type": "object", "required": ["content"], "properties": {"content": CONTENT}},
        "responses": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[1-5][0-9]{2}$"},
            "additionalProperties": {
                "type": "object",
                "required": ["description"],
                "properties": {"content": CONTENT},
            },
        },
        "security": {"type": "array", "minItems": 1, "items": {"type": "object"}},
    },
}
DOCUMENT = {
    "type": "object",
    "required": ["openapi", "info", "paths", "components"],
    "properties": {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": {"type": "object", "required": ["title", "version"]},
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/api/v1/"},
            "additionalProperties": {
                "type": "object",
                "propertyNames": {"enum": list(METHODS)},
                "additionalProperties": OPERATION,
            },
        },
        "components": {
            "type": "object",
            "properties": {
                "schemas": {"type": "object", "additionalProperties": {"type": "object"}},
                "securitySchemes": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"required": ["type"], "properties": {"type": {"const": "http"}}},
                },
            },
        },
    },
}


@pytest.fixture
def described() -> dict[str, Any]:
    """The description as it is served."""
    answer = Caller().get("/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    jsonschema.validate(described, DOCUMENT)
    assert (described["openapi"], described["info"]["version"]) == ("3.1.0", __version__)


def test_every_route_is_described_once_with_its_security(described: dict[str, Any]) -> None:
    served = {
        (method.lower(), f"{ROOT}{prefix}{path}".replace("{int:", "{").rstrip("/"))
        for prefix, router in ((bound.prefix, bound) for bound in api._get_bound_routers())
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert {(method, path) for method, path, _operation in operations(described)} == {
        (method, "/" + path.lstrip("/")) for method, path in served
    }
    schemes = set(described["components"]["securitySchemes"])
    assert [
        path for _method, path, o in operations(described) if not any(set(s) <= schemes for s in o["security"])
    ] == []
    ids = [operation["operationId"] for _method, _path, operation in operations(described)]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere_and_every_schema_is_one(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert {ref for ref in references(described) if ref.rsplit("/", 1)[1] not in schemas} == set()
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_path_parameter_is_declared(described: dict[str, Any]) -> None:
    for _method, path, operation in operations(described):
        wanted = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert {p["name"] for p in operation["parameters"] if p["in"] == "path"} == wanted


def test_writing_routes_take_a_key_and_all_tell_their_problems(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        keys = [p["name"] for p in operation["parameters"] if p["in"] == "header"]
        assert (path, keys) == (path, [] if method == "get" else ["Idempotency-Key"])
        for status in ("401", "403", "404", "422"):
            assert set(operation["responses"][status]["content"]) == {"application/problem+json"}


def test_the_answers_of_a_line_are_described(described: dict[str, Any]) -> None:
    ask = described["components"]["schemas"]["AcknowledgeAsk"]["properties"]["lines"]
    entry = ask["items"]["properties"]["answers"]["items"]
    assert (set(ask["type"]), set(entry["required"])) == ({"array", "null"}, {"code", "eaches"})
    assert entry["properties"]["code"]["enum"] == ["Accepted", "Backordered", "Rejected"]


def test_answers_are_as_described(described: dict[str, Any], root: Caller, place: Callable[..., Order]) -> None:
    order = place()
    root.post(f"/orders/acme-de/{order.number}/acknowledgement")
    asked = {
        "/orders": "/orders",
        "/orders/{profile}/{number}": f"/orders/acme-de/{order.number}",
        "/documents": "/documents",
        "/documents/{number}": f"/documents/{order.acknowledgements.get().document_id}",
        "/documents/hold": "/documents/hold",
        "/profiles": "/profiles",
        "/profiles/{name}": "/profiles/acme-de",
        "/people/users": "/people/users",
        "/people/tokens": "/people/tokens",
        "/audit": "/audit",
        "/audit/verdict": "/audit/verdict",
        "/today": "/today",
        "/runs": "/runs",
    }
    for told, path in asked.items():
        content = described["paths"][ROOT + told]["get"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"] | {"components": described["components"]}
        jsonschema.validate(root.read(path), schema)


def test_a_problem_is_as_described(described: dict[str, Any], root: Caller) -> None:
    schema = described["components"]["schemas"]["Problem"]
    for answer in (root.get("/orders/none/none"), root.post("/orders/acknowledge", {"x": 1}), Caller().get("/orders")):
        jsonschema.validate(json.loads(answer.content), schema)


def test_no_two_shapes_share_a_name() -> None:
    """Of two shapes of one name the description holds only one, and says wrong things of the other's answers."""
    package = import_module("purveyor.api")
    found: dict[str, set[str]] = {}
    for info in walk_packages(package.__path__, "purveyor.api."):
        for name, kind in vars(import_module(info.name)).items():
            if isinstance(kind, type) and issubclass(kind, Schema) and name != "Filters":
                found.setdefault(kind.__name__, set()).add(kind.__module__)
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}
