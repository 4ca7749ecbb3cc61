"""What the control page and the control API show of the world. Never a secret."""

from __future__ import annotations

from collections import Counter
from typing import Any

from purveyor.common import clock
from purveyor.common.windows import zulu
from purveyor.simulator.accounts import MARKETPLACES, Account
from purveyor.simulator.faults import KINDS, NEVER, Rule
from purveyor.simulator.model import Acknowledgement, Order
from purveyor.simulator.offers.model import Invitation
from purveyor.simulator.world import World


def account(world: World, found: Account) -> dict[str, Any]:
    """An account without its secrets."""
    return {
        "name": found.name,
        "marketplace": found.marketplace,
        "marketplace_id": MARKETPLACES[found.marketplace].id,
        "region": found.region,
        "vendor_codes": list(found.vendor_codes),
        "client_id": found.client_id,
        "roles": list(found.roles),
        "group": found.group,
        "sandbox": found.sandbox,
        "revoked": found.revoked,
        "orders": len(world.orders_of(found)),
    }


def order(found: Order) -> dict[str, Any]:
    """An order in a list."""
    return {
        "number": found.number,
        "vendor_code": found.vendor_code,
        "center": found.center,
        "state": str(found.state),
        "created_at": zulu(found.created_at),
        "changed_at": zulu(found.changed_at) if found.changed_at else None,
        "lines": len(found.lines),
        "eaches": sum(line.eaches for line in found.lines),
        "cancelled": found.cancelled,
        "versions": found.versions,
    }


def invitation(found: Invitation) -> dict[str, Any]:
    """An invitation to a bulk buy in a list."""
    return {
        "number": found.number,
        "vendor_code": found.vendor_code,
        "layout": found.layout,
        "variant": found.variant,
        "program": found.program,
        "currency": found.currency,
        "created_at": zulu(found.created_at),
        "expires_at": zulu(found.expires_at),
        "deliveries": [
            {"first_day": one.first.isoformat(), "last_day": one.last.isoformat()} for one in found.deliveries
        ],
        "rows": len(found.rows),
        "asked": found.asked,
        "answered_at": zulu(found.answered_at) if found.answered_at else None,
        "promised": found.promised,
        "orders": list(found.orders),
    }


def acknowledgement(found: Acknowledgement) -> dict[str, Any]:
    return {
        "transaction_id": found.transaction_id,
        "received_at": zulu(found.received_at),
        "outcome": str(found.outcome),
        "problems": found.problems,
        "body": found.body,
    }


def rule(found: Rule) -> dict[str, Any]:
    """A fault that is set, with its sentence."""
    return {
        "name": found.name,
        "says": KINDS[found.name].says,
        "operations": list(found.operations),
        "times": None if found.times == NEVER else found.times,
        "chance": found.chance,
    }


def state(world: World) -> dict[str, Any]:
    """The whole at a glance."""
    with world.lock:
        states = Counter(str(one.state) for one in world.all_orders())
        return {
            "stand_in": True,
            "now": zulu(clock.now()),
            "held": clock.is_held(),
            "seed": world.seed,
            "scenario": world.scenario.name,
            "speed": world.speed,
            "states": dict(states),
            "accounts": [account(world, found) for found in world.accounts],
            "faults": [rule(found) for found in world.faults.rules],
            "requests": dict(world.requests.counts),
            "answers": [
                {"operation": operation, "status": status, "count": count}
                for (operation, status), count in sorted(world.requests.answers.items())
            ],
            "struck": [
                {"name": name, "operation": operation, "count": count}
                for (name, operation), count in sorted(world.faults.taken.items())
            ],
        }
