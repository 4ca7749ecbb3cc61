"""What is open about an order: hold, release, seen, propose. Hangs below ``order``."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, facts, table
from purveyor.cli.orders import PROFILE, find, order

__all__ = ["order"]


@order.command("hold", cls=Command, show=facts)
@click.argument("number", metavar="PO")
@click.option("--because", required=True, help="Why; everybody who meets the order reads it.")
@PROFILE
def hold(number: str, because: str, profile: str) -> dict[str, Any]:
    """Put an order on hold: nothing goes on with it by itself."""
    from purveyor.orders.domain import hold as holds
    from purveyor.orders.work_schemas import hold_row
    from purveyor.people.who import Who

    return hold_row(holds.hold(Who.cli(), find(number, profile), because))


@order.command("release", cls=Command, show=facts)
@click.argument("number", metavar="PO")
@click.argument("hold_id", metavar="HOLD", type=click.IntRange(1))
@click.option("--because", default="", help="The reason, for the history.")
@PROFILE
def release(number: str, hold_id: int, because: str, profile: str) -> dict[str, Any]:
    """End one hold of an order, by its number from `order show`."""
    from purveyor.orders.domain import hold as holds
    from purveyor.orders.work_schemas import hold_row
    from purveyor.people.who import Who

    return hold_row(holds.release(Who.cli(), find(number, profile), hold_id, because))


@order.command("seen", cls=Command, show=facts)
@click.argument("number", metavar="PO")
@PROFILE
def seen(number: str, profile: str) -> dict[str, Any]:
    """Say that you looked at what Amazon changed; the alert closes, a hold stays."""
    from purveyor.orders.domain import changed
    from purveyor.people.who import Who

    found = find(number, profile)
    return {"number": found.number, "profile": found.profile.name, "seen": changed.seen(Who.cli(), found)}


def _show_proposal(answer: dict[str, Any]) -> str:
    found = answer["proposal"]
    if found is None:
        return "There is nothing to answer anew."
    rows = [
        {
            "line": one["line"],
            "ordered": one["ordered"],
            "before": _words(one["before"]),
            "proposed": _words(one["proposed"]),
            "why": one["why"],
        }
        for one in found["compared"]
    ]
    said = [found["says"], table(rows, ["line", "ordered", "before", "proposed", "why"], "No lines.")]
    return "\n\n".join([*said, *(problem["message"] for problem in found["problems"])])


def _words(entries: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['eaches']} {one['code']}" for one in entries)


@order.command("propose", cls=Command, show=_show_proposal)
@click.argument("number", metavar="PO")
@PROFILE
def propose(number: str, profile: str) -> dict[str, Any]:
    """Show what to answer to an order that Amazon changed after it was answered.

    The lines of the JSON are as `order acknowledge --answers` takes them.
    """
    from purveyor.orders.domain.propose_again import proposal
    from purveyor.orders.work_schemas import proposal_row

    found = find(number, profile)
    return proposal_row(found, proposal(found))
