"""Of which type an order is: the decisions with their reasons, and a person's word."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from purveyor.api.auth import who
from purveyor.api.shape_bases import Open, Strict
from purveyor.orders import queries
from purveyor.orders.domain.overrule import overrule
from purveyor.orders.types_said import type_row

router = Router(tags=["orders"])


class TypeOut(Open):
    number: str
    profile: str
    type: str
    offer: str | None = Field(description="The bulk-buy offer the order is linked to")
    overruled: bool = Field(description="Whether a person's word stands")
    undecided: str | None = Field(description="Why nobody decided yet, and how that is mended; null where somebody did")
    decisions: list[dict[str, Any]] = Field(description="The newest first, each with its reasons line by line")


class TypeAsk(Strict):
    """``type`` is ``bulk``, ``weekly``, ``undefined``, or ``rules`` to let the rules say it again."""

    type: str
    offer: str = Field("", description="The completed offer a bulk buy comes from, where several could be meant")
    reason: str
    acknowledge: bool = Field(False, description="Accept the order in full in the same action")
    version: int | None = Field(None, description="The order's version this is said of; another one is a conflict")


@router.get("/{profile}/{number}/type", response=TypeOut)
def show(request: HttpRequest, profile: str, number: str) -> dict[str, Any]:
    """Of which type an order is, and why."""
    return type_row(queries.find(who(request), number, profile))


@router.put("/{profile}/{number}/type", response=TypeOut)
def say(request: HttpRequest, profile: str, number: str, body: TypeAsk) -> dict[str, Any]:
    """Say of which type an order is. The word stands against later looks of the rules."""
    caller = who(request)
    order = queries.find(caller, number, profile)
    overrule(
        caller,
        order,
        body.type,
        offer=body.offer,
        reason=body.reason,
        acknowledge=body.acknowledge,
        expect_version=body.version,
    )
    return type_row(order)
