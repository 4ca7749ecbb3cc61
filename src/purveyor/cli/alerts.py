"""Alerts: list, show, take, assign, comment, close."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, plain, table
from purveyor.cli.profiles import profile_named


@click.group()
def alert() -> None:
    """What a person has to know, one per cause: list, show, take, assign, comment, close."""


def _show(answer: dict[str, Any]) -> str:
    columns = ["id", "severity", "state", "profile", "opened_at", "taken_by", "message"]
    return table(answer["alerts"], columns, "No alert stands.")


def _show_one(answer: dict[str, Any]) -> str:
    return f"{answer['state']}: {answer['message']}\n{answer['hint']}".rstrip()


@alert.command("list", cls=Command, show=_show)
@click.option("--profile", default="", help="Only this profile.")
@click.option(
    "--state",
    type=click.Choice(["standing", "open", "taken", "closed", "all"]),
    default="standing",
    show_default=True,
    help="Standing is open or taken.",
)
def list_(profile: str, state: str) -> dict[str, Any]:
    """List alerts, the worst first."""
    from purveyor.alerts import queries
    from purveyor.alerts.schemas import alert_row
    from purveyor.people.who import Who

    rows = queries.in_state(queries.visible_to(Who.cli()), state)
    rows = rows.filter(profile=profile_named(profile)) if profile else rows
    return {"alerts": [alert_row(one) for one in queries.worst_first(rows)]}


def _show_full(answer: dict[str, Any]) -> str:
    said = [f"{plain(one['at'])} {one['by']}: {one['text']}" for one in answer["comments"]]
    return "\n".join([_show_one(answer), *said])


@alert.command("show", cls=Command, show=_show_full)
@click.argument("number", type=click.IntRange(1))
def show(number: int) -> dict[str, Any]:
    """Show an alert with what was said about it."""
    from purveyor.alerts import queries
    from purveyor.alerts.schemas import alert_row, comment_row
    from purveyor.people.who import Who

    found = queries.one(Who.cli(), number)
    return alert_row(found) | {"comments": [comment_row(one) for one in queries.comments(found)]}


@alert.command("comment", cls=Command)
@click.argument("number", type=click.IntRange(1))
@click.argument("text")
def comment(number: int, text: str) -> dict[str, Any]:
    """Say something about an alert."""
    from purveyor.alerts.domain import comment as say_it
    from purveyor.alerts.schemas import comment_row
    from purveyor.people.who import Who

    return comment_row(say_it(Who.cli(), number, text))


@alert.command("assign", cls=Command, show=_show_one)
@click.argument("number", type=click.IntRange(1))
@click.argument("person")
def assign(number: int, person: str) -> dict[str, Any]:
    """Have somebody look after an alert who may see it."""
    from purveyor.alerts.domain import assign as give
    from purveyor.alerts.schemas import alert_row
    from purveyor.people.who import Who

    return alert_row(give(Who.cli(), number, person))


@alert.command("take", cls=Command, show=_show_one)
@click.argument("number", type=click.IntRange(1))
def take(number: int) -> dict[str, Any]:
    """Look after an alert, also where somebody else took it before."""
    from purveyor.alerts.domain import take as take_it
    from purveyor.alerts.schemas import alert_row
    from purveyor.people.who import Who

    return alert_row(take_it(Who.cli(), number))


@alert.command("close", cls=Command, show=_show_one)
@click.argument("number", type=click.IntRange(1))
@click.option("--because", default="", help="The reason, for the audit.")
def close(number: int, because: str) -> dict[str, Any]:
    """Close an alert that does not close by itself."""
    from purveyor.alerts.domain import close as close_it
    from purveyor.alerts.schemas import alert_row
    from purveyor.people.who import Who

    return alert_row(close_it(Who.cli(), number, because))
