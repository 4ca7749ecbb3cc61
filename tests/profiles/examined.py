"""What an examination of a connection said, step by step."""

from __future__ import annotations

from typing import Any

from purveyor.profiles.doctor import Check, Connection, Report, examine

NAMES = ["secrets", "network", "clock", "login", "orders", "order", "status", "transactions"]
GOOD = ["good", "good", "unknown", "good", "good", "unknown", "good", "unknown"]
"""Of a good profile without orders: the stand-in names no time when it is plugged in."""


def states(told: dict[str, Any]) -> list[str]:
    return [check["state"] for check in told["checks"]]


def of(report: Report, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


def heard(connection: Connection, name: str) -> Check:
    """What an examination says at one step."""
    return of(examine(connection), name)
