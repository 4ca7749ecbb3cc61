"""Messages against Amazon's published models: every sandbox document is read, every word of ours is theirs.

The models are not part of this project. They are looked for in the folder PURVEYOR_MODELS names, or beside the
repository; without them these tests are skipped, loudly.
"""

from __future__ import annotations

import json
import os
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft4Validator

from amazon.test_acknowledgements import every_field, order
from purveyor.amazon.client import Operation
from purveyor.amazon.errors import Unreadable, said_in
from purveyor.amazon.messages import acknowledgements, orders, transactions
from purveyor.amazon.operations import orders as order_operations
from purveyor.amazon.operations import transactions as transaction_operations

pytestmark = pytest.mark.unit

FOLDER = Path(os.environ.get("PURVEYOR_MODELS") or Path(__file__).parents[3] / "shared" / "spapi" / "models")
KEYS = ("x-amzn-api-sandbox", "x-amazon-spds-sandbox-behaviors")


@cache
def model(name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"CONFORMANCE IS NOT PROVED: no {name}.json at {FOLDER}; set PURVEYOR_MODELS to Amazon's models")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def cases(name: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Operation, status and response of every sandbox case, under both keys."""
    for methods in model(name)["paths"].values():
        for method, operation in methods.items():
            for status, response in operation["responses"].items() if method in {"get", "post"} else ():
                for key in KEYS:
                    found = response.get(key, [])
                    for case in found.get("static", []) if isinstance(found, dict) else found:
                        yield operation["operationId"], int(status), case["response"]


def _good(name: str, operation: str) -> list[bytes]:
    return [json.dumps(body).encode() for op, status, body in cases(name) if op == operation and status < 300]


def _outcome(read: Any, raw: bytes) -> str:
    try:
        return f"read {read(raw).purchase_order_number}"
    except Unreadable as error:
        return f"aside {error.number}: {error.message}"


def test_every_order_of_the_sandbox_is_read_or_stands_aside_and_none_is_lost() -> None:
    bodies = _good("vendorOrders", "getPurchaseOrders")
    given = [document for body in bodies for document in json.loads(body)["payload"]["orders"]]
    single = _good("vendorOrders", "getPurchaseOrder")
    given += [json.loads(body)["payload"] for body in single]

    raws = [raw for body in bodies for raw in orders.read_page(body).orders]
    raws += [json.dumps(json.loads(body)["payload"]).encode() for body in single]
    outcomes = [_outcome(orders.read_order, raw) for raw in raws]

    assert outcomes == [f"read {document['purchaseOrderNumber']}" for document in given]
    assert len(outcomes) >= 10


def test_every_status_of_the_sandbox_is_read_or_stands_aside_and_none_is_lost() -> None:
    bodies = _good("vendorOrders", "getPurchaseOrdersStatus")
    given = [document for body in bodies for document in json.loads(body)["payload"]["ordersStatus"]]

    outcomes = [_outcome(orders.read_status, raw) for body in bodies for raw in orders.status_page(body).orders]

    assert outcomes == [f"read {document['purchaseOrderNumber']}" for document in given]
    assert len(outcomes) >= 3


def test_sandbox_orders_are_read_to_the_last_field() -> None:
    """What was read, written again, holds every value the document had: nothing fell through the mapping."""
    for body in _good("vendorOrders", "getPurchaseOrders"):
        for raw in orders.read_page(body).orders:
            order = orders.read_order(raw)
            assert order.unknown == []
            assert _leaves(json.loads(raw)) <= _leaves(msgspec.to_builtins(order, str_keys=True))


def _leaves(value: Any, way: str = "") -> set[str]:
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        return {leaf for key, one in inner for leaf in _leaves(one, f"{way}.{key}")}
    return set() if way.endswith("Date") else {f"{way}={value}"}


def test_sandbox_next_tokens_are_found() -> None:
    for operation, page in (("getPurchaseOrders", orders.read_page), ("getPurchaseOrdersStatus", orders.status_page)):
        bodies = _good("vendorOrders", operation)
        wanted = [json.loads(body)["payload"].get("pagination", {}).get("nextToken", "") for body in bodies]
        assert [page(body).next_token for body in bodies] == wanted
        assert any(wanted)


def test_sandbox_transactions_and_submissions_are_read() -> None:
    found = [transactions.read(body) for body in _good("vendorTransactionStatus", "getTransaction")]

    assert [(one.known_status, [said.code for said in one.errors]) for one in found] == [
        ("Processing", []),
        ("Failure", ["INVALID_ORDER_ID"]),
        ("Processing", []),
    ]
    submitted = [transactions.read_submitted(body) for body in _good("vendorOrders", "submitAcknowledgement")]
    assert len(submitted) == 2


def test_sandbox_refusals_are_understood() -> None:
    refusals = [
        said_in(json.dumps(body).encode())
        for name in ("vendorOrders", "vendorTransactionStatus")
        for _, status, body in cases(name)
        if status >= 400
    ]

    assert len(refusals) == 5
    assert all(said and said[0].code and said[0].message for said in refusals)


def test_unknown_words_of_the_sandbox_are_flagged_and_only_those() -> None:
    flagged = [
        orders.flags(orders.read_order(raw))
        for body in _good("vendorOrders", "getPurchaseOrders")
        for raw in orders.read_page(body).orders
    ]

    assert {flag for flags in flagged for flag in flags} == set()


def _definition(name: str, definition: str) -> Draft4Validator:
    """A validator for one definition of a Swagger model; its references resolve inside the model."""
    return Draft4Validator({"$ref": f"#/definitions/{definition}", "definitions": model(name)["definitions"]})


@pytest.mark.parametrize("document", [order(), every_field()], ids=["plain", "every field"])
def test_written_acknowledgements_validate_against_the_model(document: acknowledgements.OrderAcknowledgement) -> None:
    body = json.loads(acknowledgements.write_acknowledgement(document))

    problems = list(_definition("vendorOrders", "SubmitAcknowledgementRequest").iter_errors(body))

    assert [problem.message for problem in problems] == []


def test_the_validator_would_notice() -> None:
    body = json.loads(acknowledgements.write_acknowledgement(order()))
    body["acknowledgements"][0]["items"][0]["itemAcknowledgements"][0]["acknowledgementCode"] = "ACCEPTED"
    del body["acknowledgements"][0]["sellingParty"]

    assert len(list(_definition("vendorOrders", "SubmitAcknowledgementRequest").iter_errors(body))) == 2


STRUCTS: list[tuple[str, type[msgspec.Struct]]] = [
    ("Order", orders.PurchaseOrder),
    ("OrderDetails", orders.OrderDetails),
    ("ImportDetails", orders.ImportDetails),
    ("PartyIdentification", orders.Party),
    ("TaxRegistrationDetails", orders.TaxInfo),
    ("Address", orders.Address),
    ("OrderItem", orders.OrderItem),
    ("Money", orders.Price),
    ("ItemQuantity", orders.Quantity),
    ("OrderStatus", orders.OrderStatus),
    ("OrderItemStatus", orders.ItemStatus),
    ("OrderItemStatus.orderedQuantity", orders.Ordered),
    ("OrderItemStatus.acknowledgementStatus", orders.Acknowledged),
    ("OrderItemStatus.receivingStatus", orders.Receiving),
    ("OrderedQuantityDetails", orders.OrderedDetail),
    ("AcknowledgementStatusDetails", orders.AcknowledgedDetail),
    ("SubmitAcknowledgementRequest", acknowledgements.Acknowledgements),
    ("OrderAcknowledgement", acknowledgements.OrderAcknowledgement),
    ("OrderAcknowledgementItem", acknowledgements.AcknowledgedLine),
    ("OrderItemAcknowledgement", acknowledgements.LineAnswer),
    ("Money", acknowledgements.WrittenPrice),
    ("ItemQuantity", acknowledgements.WrittenQuantity),
]


@pytest.mark.parametrize(("definition", "struct"), STRUCTS, ids=lambda value: getattr(value, "__name__", value))
def test_fields_are_exactly_the_models(definition: str, struct: type[msgspec.Struct]) -> None:
    name, _, inner = definition.partition(".")
    found = model("vendorOrders")["definitions"][name]["properties"]
    theirs = set(found[inner]["properties"] if inner else found)
    ours = {field.encode_name for field in msgspec.structs.fields(struct)} - orders.OUR_OWN

    assert ours == theirs


ENUMS = {
    "purchaseOrderState": "Order",
    "purchaseOrderType": "OrderDetails",
    "paymentMethod": "OrderDetails",
    "acknowledgementCode": "OrderItemAcknowledgement",
    "rejectionReason": "OrderItemAcknowledgement",
    "unitOfMeasure": "ItemQuantity",
    "priceUnit": "Money",
    "taxRegistrationType": "TaxRegistrationDetails",
    "methodOfPayment": "ImportDetails",
    "internationalCommercialTerms": "ImportDetails",
    "purchaseOrderStatus": "OrderStatus",
    "confirmationStatus": "OrderItemStatus.acknowledgementStatus",
    "receiveStatus": "OrderItemStatus.receivingStatus",
}


def test_enums_are_exactly_the_models() -> None:
    assert ENUMS.keys() == orders.ENUMS.keys()
    definitions = model("vendorOrders")["definitions"]
    for kind, place in ENUMS.items():
        name, _, inner = place.partition(".")
        found = definitions[name]["properties"]
        found = found[inner]["properties"] if inner else found
        field = "unitOfMeasure" if kind == "priceUnit" else kind
        assert sorted(found[field]["enum"]) == sorted(orders.ENUMS[kind])
    for ours, kind in (
        (acknowledgements.Code, "acknowledgementCode"),
        (acknowledgements.Reason, "rejectionReason"),
        (acknowledgements.Unit, "unitOfMeasure"),
        (acknowledgements.PriceUnit, "priceUnit"),
    ):
        assert [str(word) for word in ours] == list(orders.ENUMS[kind])


OPERATIONS: list[tuple[str, Operation[Any]]] = [
    ("vendorOrders", order_operations.GET_PURCHASE_ORDERS),
    ("vendorOrders", order_operations.GET_PURCHASE_ORDER),
    ("vendorOrders", order_operations.SUBMIT_ACKNOWLEDGEMENT),
    ("vendorOrders", order_operations.GET_PURCHASE_ORDERS_STATUS),
    ("vendorTransactionStatus", transaction_operations.GET_TRANSACTION),
]


@pytest.mark.parametrize(("name", "ours"), OPERATIONS, ids=lambda value: getattr(value, "name", value))
def test_operations_have_the_models_paths_and_parameters(name: str, ours: Operation[Any]) -> None:
    theirs = model(name)["paths"][ours.path][ours.method.lower()]
    names = {parameter["name"] for parameter in theirs["parameters"] if parameter["in"] == "query"}

    assert (theirs["operationId"], names) == (ours.name, set(ours.query))


def test_every_operation_of_the_models_is_there() -> None:
    ours = {operation.name for _, operation in OPERATIONS}
    theirs = {
        operation["operationId"]
        for name in ("vendorOrders", "vendorTransactionStatus")
        for methods in model(name)["paths"].values()
        for method, operation in methods.items()
        if method in {"get", "post"}
    }

    assert ours == theirs


def test_parameters_take_exactly_the_models_words() -> None:
    for name, ours in OPERATIONS:
        for parameter in model(name)["paths"][ours.path][ours.method.lower()]["parameters"]:
            for word in parameter.get("enum", []):
                assert ours.query[parameter["name"]](word) == word


def test_decimal_fields_are_decimal_and_nothing_is_a_float() -> None:
    kinds = [kind for _, struct in STRUCTS for kind in typing.get_type_hints(struct).values()]

    assert [kind for kind in kinds if "float" in str(kind)] == []
