"""The way into the API: operation, token, role, limit, then the work. Every answer carries a request id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.simulator import misbehave, tokens
from purveyor.simulator.accounts import Account
from purveyor.simulator.apps import FULFILLMENT, TRACKING
from purveyor.simulator.faults import Hit
from purveyor.simulator.limits import SANDBOX, STANDARD, TRANSACTIONS, Plan
from purveyor.simulator.spapi import envelope, orders, sandbox, transactions
from purveyor.simulator.spapi.call import Call
from purveyor.simulator.spapi.envelope import Bad, forbidden, invalid
from purveyor.simulator.world import World

LIMIT_HEADER = "x-amzn-RateLimit-Limit"
# The rate is told with these answers only (FACTS §3.2).
TELLS_RATE = frozenset({200, 202, 400, 404})
LONGEST_USER_AGENT = 500

ALL_REGIONS = frozenset({"NA", "EU", "FE"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One of Amazon's operations. ``tracking_regions``: where the lesser role opens it too (FACTS §4.1)."""

    name: str
    method: str
    path: re.Pattern[str]
    work: Callable[[Call], Response]
    plan: Plan = STANDARD
    tracking_regions: frozenset[str] = ALL_REGIONS


OPERATIONS = (
    Operation("getPurchaseOrders", "GET", re.compile(r"/vendor/orders/v1/purchaseOrders"), orders.get_purchase_orders),
    Operation(
        "getPurchaseOrder",
        "GET",
        re.compile(r"/vendor/orders/v1/purchaseOrders/(?P<purchaseOrderNumber>[^/]+)"),
        orders.get_purchase_order,
    ),
    Operation(
        "submitAcknowledgement",
        "POST",
        re.compile(r"/vendor/orders/v1/acknowledgements"),
        orders.submit_acknowledgement,
    ),
    Operation(
        "getPurchaseOrdersStatus",
        "GET",
        re.compile(r"/vendor/orders/v1/purchaseOrdersStatus"),
        orders.get_purchase_orders_status,
    ),
    Operation(
        "getTransaction",
        "GET",
        re.compile(r"/vendor/transactions/v1/transactions/(?P<transactionId>[^/]+)"),
        transactions.get_transaction,
        TRANSACTIONS,
        frozenset({"NA", "EU"}),
    ),
)


# An address may begin with a region; then it is that region's endpoint. The bare root is every region's.
_REGION = re.compile(r"^/(na|eu|fe)(?=/)")


def find(request: Request) -> tuple[Operation, dict[str, str]]:
    """The operation an address belongs to, with its path parameters. Raises Bad: 404, or 405 for a wrong method."""
    wrong_method, path = False, _REGION.sub("", request.path, count=1)
    for operation in OPERATIONS:
        match = operation.path.fullmatch(path)
        if match and operation.method == request.method:
            return operation, match.groupdict()
        wrong_method = wrong_method or match is not None
    if wrong_method:
        raise Bad(405, "MethodNotAllowed", "This resource does not know the method.")
    raise Bad(404, "ResourceNotFound", "There is no such resource.")


def _region(request: Request) -> str:
    """The region an address names; empty for the bare root."""
    found = _REGION.match(request.path)
    return found[1].upper() if found else ""


def answer(world: World, request: Request, operation: Operation, path: dict[str, str], hit: Hit | None) -> Response:
    """Answer one call, faults aside from the outcome and the list already dealt with."""
    early = misbehave.before(hit, operation.name)
    if early is not None:
        return early
    try:
        account, app = _enter(world, request, operation)
    except Bad as bad:
        return envelope.error(bad)
    plan = SANDBOX if account.sandbox else operation.plan
    if not world.settings.generous and not world.limits.take(app, account.name, operation.name, plan):
        return misbehave.instead("throttled", operation.name)
    response = _work(Call(world, account, request, path, hit), operation)
    if response.status_code in TELLS_RATE:
        response.headers[LIMIT_HEADER] = plan.header
    return response


def _work(call: Call, operation: Operation) -> Response:
    try:
        if call.account.sandbox:
            return sandbox.answer(call, operation.name)
        return operation.work(call)
    except Bad as bad:
        return envelope.error(bad)


def _enter(world: World, request: Request, operation: Operation) -> tuple[Account, str]:
    agent = request.headers.get("User-Agent", "")
    if not agent or len(agent) > LONGEST_USER_AGENT:
        raise invalid("The user-agent header is missing or too long.")
    account, app = _holder(world, request.headers.get("x-amz-access-token", ""))
    if not _opens(account, operation) or _region(request) not in {"", account.region}:
        raise forbidden(envelope.CLOSED)
    return account, app


def _opens(account: Account, operation: Operation) -> bool:
    """Whether the authorisation's roles open an operation (FACTS §4.1)."""
    lesser = TRACKING in account.roles and account.region in operation.tracking_regions
    return FULFILLMENT in account.roles or lesser


def _holder(world: World, token: str) -> tuple[Account, str]:
    """Whose token this is, and which app's. Raises Bad: 403, whatever is wrong (FACTS §1.2)."""
    if not token:
        raise forbidden(envelope.MISSING)
    found = tokens.read(world.key, token)
    account = next((one for one in world.accounts if found and one.name == found.account), None)
    if found is None or account is None or found.scope or not _stands(account, found):
        raise forbidden(envelope.REVOKED)
    if clock.now().timestamp() >= found.until:
        raise forbidden(envelope.EXPIRED)
    return account, found.client_id


def _stands(account: Account, found: tokens.Pass) -> bool:
    """Whether the authorisation a token was made under still holds."""
    since = account.authorised_at
    return not account.revoked and (since is None or found.made >= since.timestamp())
