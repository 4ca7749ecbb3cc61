"""Orders, many at once: assign, hold, release."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, Failed, table
from purveyor.cli.orders import PROFILE, order


def _show(answer: dict[str, Any]) -> str:
    return table(answer["orders"], ["number", "profile", "ok", "error"], "No order was named.")


def _treat(do: str, numbers: tuple[str, ...], **told: Any) -> dict[str, Any]:
    """Raises Failed with the whole answer when one was refused."""
    from purveyor.outbox import bulk_named
    from purveyor.people.who import Who

    answer = bulk_named.treat(Who.cli(), do, numbers, **told)
    if answer["refused"]:
        said = f"{answer['refused']} of {len(answer['orders'])} orders were left out."
        problems = [
            {"where": row["number"], "message": row["error"]["message"], "check": ""}
            for row in answer["orders"]
            if row["error"]
        ]
        raise Failed(said, answer, problems=problems)
    return answer


BECAUSE = click.option("--because", default="", help="The reason, for the audit.")
DRY = click.option("--dry-run", is_flag=True, help="Say what would happen and why some are left out; do nothing.")
NUMBERS = click.argument("numbers", metavar="PO...", nargs=-1, required=True)


@order.command("assign", cls=Command, show=_show)
@NUMBERS
@click.option("--to", default="", help="The user name; nobody unless said.")
@BECAUSE
@DRY
@PROFILE
def assign(numbers: tuple[str, ...], to: str, because: str, dry_run: bool, profile: str) -> dict[str, Any]:
    """Give orders to a person, each alone; without --to to nobody."""
    return _treat("assign", numbers, to=to, because=because, dry_run=dry_run, profile=profile)
