"""Documents that could not be understood: list, read again."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, as_it_came, read, table
from purveyor.cli.profiles import profile_named


@click.group()
def aside() -> None:
    """Documents that could not be understood and stand aside: list, replay."""


def _show(answer: dict[str, Any]) -> str:
    return table(answer["asides"], ["id", "profile", "kind", "number", "at", "reason"], "Nothing stands aside.")


@aside.command("list", cls=Command, show=_show)
@click.option("--profile", default="", help="Only this profile.")
def list_(profile: str) -> dict[str, Any]:
    """List what stands aside, newest first, each with its reason."""
    from purveyor.intake.queries import open_asides
    from purveyor.intake.schemas import aside_row
    from purveyor.people.who import Who

    rows = open_asides(Who.cli())
    return {"asides": [aside_row(one) for one in (rows.filter(profile=profile_named(profile)) if profile else rows)]}


@aside.command("show", cls=Command, show=as_it_came)
@click.argument("number", metavar="ID", type=int)
def show(number: int) -> dict[str, Any]:
    """Show a document that stands aside, as Amazon sent it; it need not be whole JSON."""
    from purveyor.intake.queries import aside_of
    from purveyor.intake.schemas import aside_row
    from purveyor.people.who import Who

    found = aside_of(Who.cli(), number)
    return aside_row(found) | {"document": read(found.document())}


@aside.command("replay", cls=Command)
@click.argument("name")
def replay(name: str) -> dict[str, Any]:
    """Read everything that stands aside in a profile again, for example after an update."""
    from purveyor.intake.replay import replay as again
    from purveyor.people.who import Who

    return again(profile_named(name), who=Who.cli()).as_dict()
