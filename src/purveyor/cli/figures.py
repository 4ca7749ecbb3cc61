"""The house's own figures."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, table
from purveyor.cli.profiles import profile_named


def _show(answer: dict[str, Any]) -> str:
    told = ["week", "orders", "value", "confirmation_rate", "answers", "median_seconds", "p90_seconds"]
    weeks = [
        week | {"value": [f"{value} {currency}" for currency, value in week["values"].items()]}
        for week in answer["weeks"]
    ]
    parts = [
        table(weeks, told, ""),
        table(answer["open_by_center"], ["center", "orders", "eaches"], "Nothing is open."),
    ]
    return "\n\n".join(parts)


@click.command(cls=Command, show=_show)
@click.option("--profile", default="", help="Only this profile.")
@click.option("--weeks", type=int, default=13, show_default=True, help="The last so many: 4, 13, 26 or 52.")
def figures(profile: str, weeks: int) -> dict[str, Any]:
    """Show orders and value per week, confirmation rate, time to acknowledge, open orders by center."""
    from purveyor.orders.figures import figures as count
    from purveyor.people.who import Who

    return count(Who.cli(), profile_named(profile).name if profile else "", weeks).as_dict()
