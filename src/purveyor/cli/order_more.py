"""Orders, continued: ways out of findings, second persons, pick results."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, facts
from purveyor.cli.orders import PROFILE, find
from purveyor.cli.orders_many import order

__all__ = ["order"]


def _show_finding(answer: dict[str, Any]) -> str:
    return facts({key: answer[key] for key in ("id", "check", "state", "message", "way")})


@order.command("resolve", cls=Command, show=_show_finding)
@click.argument("number", metavar="PO")
@click.argument("finding", metavar="FINDING", type=int)
@click.argument("way", metavar="WAY")
@click.option("--because", default="", help="The reason; needed to go on all the same.")
@PROFILE
def resolve(number: str, finding: int, way: str, because: str, profile: str) -> dict[str, Any]:
    """Take a way out of a finding: once, agree, round, cut or accept, as order show names them."""
    from purveyor.orders.domain import remedy
    from purveyor.orders.work_schemas import finding_row
    from purveyor.people.who import Who

    taken = remedy.take(Who.cli(), find(number, profile), finding, way, because)
    return finding_row(taken, taken.line.number if taken.line else "")


@order.command("second", cls=Command)
@click.argument("number", metavar="PO")
@click.option("--confirm/--decline", "confirmed", default=None, help="Confirm the answer, or decline it.")
@click.option("--because", default="", help="The reason, for the audit.")
@PROFILE
def second_(number: str, confirmed: bool | None, because: str, profile: str) -> dict[str, Any]:
    """Confirm or decline the answer that waits for a second person."""
    from purveyor.orders.domain import second
    from purveyor.orders.schemas import acknowledgement_row
    from purveyor.people.who import Who

    if confirmed is None:
        raise click.UsageError("say either --confirm or --decline")
    asked = second.waiting(find(number, profile))
    if confirmed:
        return {"number": number, "acknowledgement": acknowledgement_row(second.confirm(Who.cli(), asked.pk))}
    second.decline(Who.cli(), asked.pk, because)
    return {"number": number, "acknowledgement": None}


@order.command("pick", cls=Command)
@click.argument("number", metavar="PO")
@click.argument("lines", metavar="LINE=EACHES...", nargs=-1, required=True)
@PROFILE
def pick(number: str, lines: tuple[str, ...], profile: str) -> dict[str, Any]:
    """Tell what was picked; it answers the order, or corrects a provisional answer."""
    from purveyor.orders.domain.picked import pick_result
    from purveyor.orders.schemas import acknowledgement_row
    from purveyor.people.who import Who

    picked = dict(_count(one) for one in lines)
    given = pick_result(Who.cli(), find(number, profile).pk, picked)
    return {"number": number, "acknowledgement": acknowledgement_row(given) if given else None}


def _count(text: str) -> tuple[str, int]:
    line, mark, eaches = text.partition("=")
    if not mark or not eaches.isdecimal():
        raise click.UsageError(f"{text}: LINE=EACHES is expected, such as 1=24")
    return line, int(eaches)
