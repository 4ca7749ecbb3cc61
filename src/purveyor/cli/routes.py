"""Routes: who is told of which alerts, where and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any, TypeVar

import click

from purveyor.cli.door import Command, facts, read_stdin, table

F = TypeVar("F", bound=Callable[..., Any])
_NUMBER = click.argument("number", type=click.IntRange(1))


class _Time(click.ParamType[time | str]):
    """A time of the day: 22:00; ``none`` for no such time."""

    name = "HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time | str:
        if value == "none":
            return ""
        try:
            return time.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 22:00", param, ctx)


_OPTIONS = (
    click.option("--kind", "kinds", multiple=True, help="Only alerts of this kind. Repeatable; else all."),
    click.option("--severity", type=click.Choice(["info", "warn", "bad"]), help="The least that is told."),
    click.option("--sink", type=click.Choice(["mail", "webhook", "chat"]), help="Where it is told."),
    click.option("--role", help="Mail: everybody who holds this role where the alert is."),
    click.option("--person", help="Mail: this one person instead."),
    click.option("--webhook", type=click.IntRange(1), help="Webhook: its number."),
    click.option("--address-stdin", is_flag=True, help="Chat: read the address of its incoming webhook, a secret."),
    click.option("--pace", type=click.Choice(["at once", "hourly", "daily"]), help="When it is told."),
    click.option("--daily-at", type=_Time(), help="Local time of the zone."),
    click.option(
        "--zone",
        help="Such as Europe/Berlin; else the zone of the profile's marketplace, of all profiles alike, or UTC.",
    ),
    click.option("--quiet-from", type=_Time(), help="Quiet hours begin; none for no quiet hours."),
    click.option("--quiet-until", type=_Time(), help="Quiet hours end."),
    click.option("--serious-breaks/--serious-waits", default=None, help="Whether quiet hours hold what is serious."),
)


def _options(run: F) -> F:
    for option in reversed(_OPTIONS):
        run = option(run)
    return run


@click.group()
def route() -> None:
    """Routes, which say who is told of alerts, where and when: add, list, change, test."""


def _who() -> Any:
    from purveyor.people.who import Who

    return Who.cli()


def _asked(address_stdin: bool, **told: Any) -> dict[str, Any]:
    """What was named on the command line; all else stays as it is."""
    found = {name: value for name, value in told.items() if value not in (None, ())}
    for name in ("daily_at", "quiet_from", "quiet_until"):
        if found.get(name) == "":
            found[name] = None
    if address_stdin:
        found["address"] = read_stdin("the address").strip()
    return found


def _show(answer: dict[str, Any]) -> str:
    columns = ["id", "name", "on", "profile", "severity", "sink", "role", "person", "host", "pace"]
    return table(answer["routes"], columns, "No route yet: nobody is told. purveyor route add makes one.")


@route.command("list", cls=Command, show=_show)
def list_() -> dict[str, Any]:
    """List routes; of a chat's address only the host."""
    from purveyor.alerts.domain import routes
    from purveyor.alerts.outward import route_row

    return {"routes": [route_row(one) for one in routes.routes(_who())]}


@route.command("add", cls=Command)
@click.argument("name")
@click.option("--profile", help="Only this profile's alerts; without it, those of every profile and of none.")
@_options
def add(name: str, profile: str | None, **told: Any) -> dict[str, Any]:
    """Add a route."""
    from purveyor.alerts.domain import routes
    from purveyor.alerts.outward import route_row

    return route_row(routes.add(_who(), routes.Asked(name=name, profile=profile, **_asked(**told))))


@route.command("change", cls=Command)
@_NUMBER
@click.option("--name", help="Another name.")
@_options
def change(number: int, **told: Any) -> dict[str, Any]:
    """Change what is named; all else stays. Naming a role lets go of the person, and the other way round."""
    from purveyor.alerts.domain import routes
    from purveyor.alerts.outward import route_row

    asked = _asked(**told)
    if "role" in asked:
        asked.setdefault("person", None)
    elif "person" in asked:
        asked["role"] = ""
    return route_row(routes.change(_who(), number, asked))


@route.command("switch", cls=Command)
@_NUMBER
@click.argument("state", type=click.Choice(["on", "off"]))
def switch(number: int, state: str) -> dict[str, Any]:
    """Switch a route on or off."""
    from purveyor.alerts.domain import routes
    from purveyor.alerts.outward import route_row

    return route_row(routes.change(_who(), number, {"on": state == "on"}))


@route.command("remove", cls=Command)
@_NUMBER
def remove(number: int) -> dict[str, Any]:
    """Remove a route with what it has still to tell."""
    from purveyor.alerts.domain import routes

    routes.remove(_who(), number)
    return {"id": number, "removed": True}


@route.command("test", cls=Command, show=facts)
@_NUMBER
def test(number: int) -> dict[str, Any]:
    """Send a test now and say what the other side answers. Mail goes to the one person a route names."""
    from purveyor.alerts.domain import routes
    from purveyor.alerts.outward import said_row

    return said_row(routes.try_out(_who(), number))
