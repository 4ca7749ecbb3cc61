"""Of which type an order is. Hangs below ``order``."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, facts, table
from purveyor.cli.order_more import order
from purveyor.cli.orders import PROFILE, find

__all__ = ["order"]


def _show(answer: dict[str, Any]) -> str:
    said = facts({key: answer[key] for key in ("number", "type", "offer", "overruled")})
    if not answer["decisions"]:
        return f"{said}\n\n{answer['undecided']}"
    newest = next((one for one in answer["decisions"] if one["rules"]), answer["decisions"][0])
    rows = [{"line": "–", **one} for one in newest["rules"]]
    rows += [{"line": line["line"], **one} for line in newest["lines"] for one in line["rules"]]
    told = [row | {"met": "yes" if row["ok"] else "no"} for row in rows]
    return f"{said}\n\n{table(told, ['line', 'rule', 'met', 'message'], 'A person said so.')}"


@order.command("type", cls=Command, show=_show)
@click.argument("number", metavar="PO")
@click.option("--type", "type_", default="", help="bulk, weekly or undefined; rules lets the rules say it again.")
@click.option("--offer", default="", help="The completed offer a bulk buy comes from, where several could be meant.")
@click.option("--reason", default="", help="Why; needed to say a type.")
@click.option("--acknowledge", is_flag=True, help="Accept the order in full in the same action.")
@PROFILE
def type_of(number: str, type_: str, offer: str, reason: str, acknowledge: bool, profile: str) -> dict[str, Any]:
    """Show of which type an order is and why, line by line; or say it against the rules with --type."""
    from purveyor.orders.domain.overrule import overrule
    from purveyor.orders.types_said import type_row
    from purveyor.people.who import Who

    found = find(number, profile)
    if not type_ and (offer or reason or acknowledge):
        raise click.UsageError("say the type with --type")
    if type_:
        overrule(Who.cli(), found, type_, offer=offer, reason=reason, acknowledge=acknowledge)
    return type_row(found)
